/** Raw fields of AWS requests as zod schemas; what in them is an argument's own is refused in the words of `domain/`. */
import { z } from 'zod';
import type { HostingOverrides, RequestOverrides } from '../contract';
import { findOverrideProblems, ownFieldsOf, type OverriddenRequest } from '../domain/overrides';
import { FORBIDDEN_KEYS, json } from './fields';

/** Fields under AWS's own names. */
function fieldsOver(request: OverriddenRequest, operation: string) {
  const name = z.string().meta({ not: { enum: [...FORBIDDEN_KEYS, ...ownFieldsOf(request)] } });
  return z
    .record(name, json)
    .superRefine((fields, context) => {
      for (const { path, message } of findOverrideProblems(request, fields)) {
        context.addIssue({ code: 'custom', path, message });
      }
    })
    .optional()
    .meta({
      description: `Fields over ${operation}, in AWS's names. Objects are merged, lists and values replaced; null removes.`,
    });
}

const ofHosting = {
  createModel: fieldsOver('createModel', 'CreateModel'),
  createEndpointConfig: fieldsOver('createEndpointConfig', 'CreateEndpointConfig'),
  createEndpoint: fieldsOver('createEndpoint', 'CreateEndpoint, or UpdateEndpoint where the endpoint is there'),
};

export const hostingOverrides = z.strictObject(ofHosting).meta({
  id: 'HostingOverrides',
  title: 'Overrides of hosting',
  description: 'Fields laid over the AWS requests that host; names, roles and tags have arguments and stay.',
}) satisfies z.ZodType<HostingOverrides>;

export const requestOverrides = z
  .strictObject({ createTrainingJob: fieldsOver('createTrainingJob', 'CreateTrainingJob'), ...ofHosting })
  .meta({
    id: 'RequestOverrides',
    title: 'Overrides',
    description:
      'Fields laid over the AWS requests that train and host; names, roles and tags have arguments and stay.',
  }) satisfies z.ZodType<RequestOverrides>;
