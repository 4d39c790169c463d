/**
 * The door to the emulator: `startEmulator` builds one world, lets the services loose on it and answers where it can be
 * reached. The CLI's `dev` and `emulator` start it, and so do tests, which drive it with `emulatorControl`.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openClock } from './clock';
import { createControl } from './control/endpoints';
import { createFaults } from './control/faults';
import { openJournal } from './control/journal';
import { createOutcomes } from './control/outcomes';
import { DISK_FULL, isDiskFull } from './disk';
import { lockFolder } from './folder-lock';
import { createActAs } from './identity/act-as';
import { createGuard, type Policies } from './identity/guard';
import { iamHandlers, roleArnOf, stsHandlers } from './identity/handlers';
import { openKeyRing, type Renewal } from './key-pair';
import { logsHandlers } from './logs/handlers';
import { openLogStore } from './logs/log-store';
import { openRecords } from './records';
import { s3Handlers } from './s3/handlers';
import { openObjects } from './s3/objects';
import { startServer, type LoopbackHost } from './server';
import { startSageMaker } from './sagemaker';
import { describeStanding } from './sagemaker/standing';
import { createAnswerCheck } from './wire/answer-check';
import { createWire } from './wire/pipeline';
import type { Credentials } from './wire/signature';
import type { Phase, World } from './world';

export { emulatorControl, type EmulatorControl } from './control/client';
export type { ClockChange, ClockSettings } from './clock';
export type {
  AmountSent,
  FaultAction,
  FaultRule,
  FaultRuleInput,
  FaultRuleView,
  HeldCall,
} from './control/fault-rules';
export type {
  AwsWord,
  EndpointEnd,
  EndpointRuleInput,
  EndpointScript,
  EndpointStep,
  OutcomeRule,
  OutcomeRuleInput,
  OutcomeRuleView,
  TrainingJobEnd,
  TrainingJobRuleInput,
  TrainingJobScript,
  TrainingJobStep,
} from './control/outcome-rules';
export type { JournalEntry } from './control/journal';
export type { AskedPermission, Policies } from './identity/guard';
export type { PolicyDocument, PolicyStatement } from './identity/policy';
export type { Conditions } from './identity/policy-conditions';
export type { Renewal } from './key-pair';
export type { LoopbackHost } from './server';
export type { StandingResource } from './sagemaker/standing';
export type { AnswerDefect } from './wire/answer-check';
export type { Credentials } from './wire/signature';
export type { Phase } from './world';

/** How to start an emulator. */
export interface EmulatorOptions {
  /** Holds all that is made and survives a restart. @default a new one in the system's temporary folder, removed at close */
  folder?: string;
  /** @default one that is free */
  port?: number;
  /** Loopback only. @default '127.0.0.1' */
  host?: LoopbackHost;
  /** @default 'us-east-1' */
  region?: string;
  /** @default '123456789012' */
  account?: string;
  /** Image name to the folder with its executables `train` and `serve`. */
  images?: Record<string, string>;
  /** Shortest time of each phase, in ms. @default as set before in this folder, else about a second each */
  phases?: Partial<Record<Phase, number>>;
  /** Path of each IAM role that has one, by name, such as `{ Trainer: '/team/ml/' }`. Every role is there. @default '/' */
  rolePaths?: Record<string, string>;
  /** Enforced on callers and execution roles. @default everything is allowed */
  policies?: Policies;
  /** Jobs and endpoints run no process. @default as set before in this folder, else false */
  simulated?: boolean;
  /** Holds every answer against AWS's model, for `defects` of {@link EmulatorControl}; a call takes up to 2 ms longer. @default false */
  checkAnswers?: boolean;
  /** @default the folder's own, made at its first start */
  credentials?: Credentials;
  /** Told of what is worth knowing, one line each. @default a process warning */
  onWarning?: (message: string) => void;
}

/** A running emulator. */
export interface Emulator {
  /** `http://127.0.0.1:port`: clients that are given an address choose path style for S3 by themselves. */
  url: string;
  /** The region it answers for. */
  region: string;
  /** The account in all ARNs. */
  account: string;
  /** What requests must be signed with. */
  credentials: Credentials;
  /** Holds all that was made. */
  folder: string;
  /**
   * Puts a new key pair in the place of the one there is, as AWS does with temporary credentials and people with keys:
   * what is signed with the one before is refused in AWS's words. Clients made by `credentials` are not told.
   */
  renewCredentials(renewal?: Renewal): Credentials;
  /** Ends all its processes and connections; what it holds stays in its folder, unless that was a temporary one. */
  close(): Promise<void>;
}

const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;

function checkOptions(region: string, account: string): void {
  if (!ACCOUNT.test(account)) throw new Error(`An account is 12 digits [account=${account}]`);
  if (!REGION.test(region)) throw new Error(`A region looks like us-east-1 [region=${region}]`);
}

/** Runs what was pushed, the last first, and reports the first thing that went wrong. */
async function runBackwards(closers: (() => void | Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers.splice(0).reverse()) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/**
 * Starts SageMaker, SageMaker Runtime, CloudWatch Logs, S3, STS and IAM on one loopback address. Jobs and endpoints that
 * an earlier process left in the folder are taken up again.
 *
 * @throws Error when another emulator holds the folder, the port is taken or the host is not loopback; nothing is left
 * running then.
 * @example
 * ```ts
 * import { SageMakerClient } from '@aws-sdk/client-sagemaker';
 * import { startEmulator } from 'temporal-sagemaker/emulator';
 *
 * const emulator = await startEmulator({ images: { digits: './examples/digits' } });
 * const client = new SageMakerClient({ endpoint: emulator.url, region: emulator.region, credentials: emulator.credentials });
 * client.destroy();
 * await emulator.close();
 * ```
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { region = 'us-east-1', account = '123456789012', host = '127.0.0.1', port = 0 } = options;
  checkOptions(region, account);
  const warn =
    options.onWarning ??
    ((message: string) => {
      process.emitWarning(message, 'EmulatorWarning');
    });
  const closers: (() => void | Promise<void>)[] = [];
  const folder = resolve(options.folder ?? mkdtempSync(join(tmpdir(), 'temporal-sagemaker-')));
  if (options.folder === undefined) closers.push(() => rm(folder, { recursive: true, force: true }));

  try {
    mkdirSync(folder, { recursive: true });
    closers.push(lockFolder(folder));
    const clock = openClock(folder, {
      ...(options.phases === undefined ? {} : { phases: options.phases }),
      ...(options.simulated === undefined ? {} : { simulated: options.simulated }),
    });
    const keyRing = openKeyRing(folder, options.credentials);
    const journal = openJournal(folder);
    closers.push(() => {
      journal.close();
    });
    const logs = openLogStore(join(folder, 'logs'), () => clock.now());
    const records = openRecords(join(folder, 'records'), warn);
    closers.push(() => {
      records.close();
    });
    let url = '';
    const world: World = {
      region,
      account,
      folder,
      endpointUrl: () => url,
      images: new Map(Object.entries(options.images ?? {}).map(([name, path]) => [name, resolve(path)])),
      records,
      objects: openObjects(join(folder, 's3'), () => clock.now()),
      logs,
      clock,
      warn,
    };
    const rolePaths = options.rolePaths ?? {};
    const guard = createGuard(world, (name) => roleArnOf(world, name, rolePaths), options.policies);
    world.actAs = createActAs(world, guard);
    const faults = createFaults();
    const outcomes = createOutcomes();
    const answerCheck = options.checkAnswers ? createAnswerCheck((text) => outcomes.hasSaid(text)) : undefined;
    const handlers = {
      s3: s3Handlers(world),
      logs: logsHandlers(logs, world),
      sts: stsHandlers(world),
      iam: iamHandlers(world, rolePaths),
      sagemaker: {},
      'sagemaker-runtime': {},
    };
    const answerAws = createWire({
      region,
      // Asked anew for each call.
      get credentials() {
        return keyRing.keys();
      },
      handlers,
      protect: guard.protect,
      journal,
      faults,
      ...(answerCheck && { answerCheck }),
      now: () => clock.now(),
      warn,
    });

    // The address comes first, as what is taken up again may call it; callers wait until all of it is.
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolveOpened) => {
      open = resolveOpened;
    });
    const server = await startServer({
      host,
      port,
      answerControl: createControl({
        journal,
        faults,
        outcomes,
        clock,
        guard,
        readResources: () => describeStanding(world, handlers.sagemaker),
        readDefects: () => answerCheck?.defects() ?? [],
      }),
      answerAws: async (request, response) => {
        await opened;
        await answerAws(request, response);
      },
      warn,
    });
    url = server.url;
    const sageMaker = await startSageMaker(world, { outcomes }).catch(async (error: unknown) => {
      await server.close();
      throw error;
    });
    closers.push(() => sageMaker.close());
    closers.push(() => server.close());
    closers.push(() => {
      faults.remove();
    });
    handlers.sagemaker = sageMaker.handlers.sagemaker;
    handlers['sagemaker-runtime'] = sageMaker.handlers.runtime;
    open();

    const { expired: _expired, ...credentials } = keyRing.keys();
    return {
      url,
      region,
      account,
      credentials,
      folder,
      renewCredentials: (renewal) => keyRing.renew(renewal),
      close: () => runBackwards(closers),
    };
  } catch (error) {
    await runBackwards(closers);
    if (!isDiskFull(error)) throw error;
    throw new Error(`The emulator cannot start: ${DISK_FULL} [folder=${folder}]`, { cause: error });
  }
}
