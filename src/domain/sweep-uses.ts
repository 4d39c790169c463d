/**
 * What uses what: a config that a standing endpoint uses, or a model that a standing config names, is no orphan, whoever
 * made it. Findings and uses come from the survey of a sweep, and what is left of the orphans goes back to it.
 */
import type { SweptKind } from '../contract';
import { contentBaseIn, contentBaseOf } from './names';
import type { Finding } from './sweep';

/** An endpoint with the configs that it serves and awaits, or a config with its models. */
export interface Use {
  name: string;
  /** Of an endpoint. */
  status?: string;
  names: string[];
  /** True of what is listed and then reads as absent, or does not tell what it uses: it may use anything. */
  isUnread?: true;
}

/** What could be read of all endpoints, or of all configs. */
export interface Uses {
  all: Use[];
  /** False where there are more than were read: then anything may be in use. */
  isWhole: boolean;
}

/** Between two states, or stuck there, AWS does not always say which config an endpoint may come to. */
export function isUncertain({ status }: Pick<Use, 'status'>): boolean {
  return status !== undefined && !['InService', 'Failed', 'OutOfService', 'Deleting'].includes(status);
}

/** Orphaned configs that an endpoint uses which stays are in use. */
export function judgeConfigUse(findings: Finding[], endpoints: Uses): Finding[] {
  const staying = without(endpoints.all, findings, 'endpoint');
  return findings.map((finding) => {
    if (finding.kind !== 'endpoint config' || !isToGo(finding)) return finding;
    if (!endpoints.isWhole) return inUse(finding, TOO_MANY);
    const user = staying.find(({ names }) => names.includes(finding.name));
    if (user) return inUse(finding, `the endpoint ${user.name} uses it`);
    const possible = staying.find((endpoint) => isUncertain(endpoint) && mayUse(endpoint, finding));
    if (possible) return mayBeInUse(finding, possible);
    const unread = staying.find(isUnread);
    return unread ? inUse(finding, untold('endpoint', unread)) : finding;
  });
}

/** Orphaned models that a config names which stays, or that an endpoint may use whose config is not known, are in use. */
export function judgeModelUse(findings: Finding[], endpoints: Uses, configs: Uses): Finding[] {
  const stayingConfigs = without(configs.all, findings, 'endpoint config');
  const known = new Set(configs.all.map(({ name }) => name));
  const isUnclear = (one: Use): boolean => isUncertain(one) || !one.names.some((name) => known.has(name));
  const stayingEndpoints = without(endpoints.all, findings, 'endpoint');
  const unclear = stayingEndpoints.filter((one) => !isUnread(one) && isUnclear(one));
  return findings.map((finding) => {
    if (finding.kind !== 'model' || !isToGo(finding)) return finding;
    if (!endpoints.isWhole || !configs.isWhole) return inUse(finding, TOO_MANY);
    const user = stayingConfigs.find(({ names }) => names.includes(finding.name));
    if (user) return inUse(finding, `the endpoint config ${user.name} names it`);
    const possible = unclear.find((endpoint) => mayUse(endpoint, finding));
    if (possible) return mayBeInUse(finding, possible);
    const unreadConfig = stayingConfigs.find(isUnread);
    if (unreadConfig) return inUse(finding, untold('endpoint config', unreadConfig));
    const unreadEndpoint = stayingEndpoints.find(isUnread);
    return unreadEndpoint ? inUse(finding, untold('endpoint', unreadEndpoint)) : finding;
  });
}

/** True of what is removed, or was: it stands in nobody's way. */
export function isToGo({ verdict, action }: Pick<Finding, 'verdict' | 'action'>): boolean {
  return verdict === 'orphan' && action !== 'left';
}

function without(uses: Use[], findings: Finding[], kind: SweptKind): Use[] {
  const going = new Set(findings.filter((finding) => finding.kind === kind && isToGo(finding)).map(({ name }) => name));
  return uses.filter(({ name, status }) => !going.has(name) && status !== 'Deleting');
}

/** True where the name says that the endpoint's deploys made it. */
export function mayUse(endpoint: Use, { name }: Pick<Finding, 'name'>): boolean {
  return contentBaseOf(endpoint.name) === contentBaseIn(name);
}

const isUnread = (use: Use): boolean => use.isUnread === true;

const untold = (kind: SweptKind, { name }: Use): string =>
  `the ${kind} ${name} is listed but does not tell what it uses: it may use it`;

const TOO_MANY = 'there are too many endpoints or configs to tell whether any uses it';

function inUse(finding: Finding, reason: string): Finding {
  return { ...finding, verdict: 'in use', reason };
}

function mayBeInUse(finding: Finding, endpoint: Use): Finding {
  const state = isUncertain(endpoint) ? `is ${String(endpoint.status)}` : 'has a config that is gone';
  return inUse(finding, `the endpoint ${endpoint.name}, which ${state}, may use it`);
}
