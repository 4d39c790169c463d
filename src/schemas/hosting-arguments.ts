/** The arguments of `deploy` as a zod schema, with descriptions, units and defaults. `inputs.ts` puts it into the inputs of workflows. */
import { z } from 'zod';
import type { DeployArguments } from '../contract';
import { DEFAULT_ENDPOINT_TIMEOUT_SECONDS } from '../domain/build-plan';
import {
  image,
  instanceType,
  namedValues,
  resourceName,
  role,
  tags,
  text,
  wholeNumber,
  ENTRIES_MAX,
  ENTRIES_PROBLEM,
} from './fields';

export const deploySchema = z
  .strictObject({
    initialInstanceCount: wholeNumber(1, 10_000).meta({ description: 'Number of serving instances.' }),
    instanceType: instanceType.meta({ description: 'Type of the serving instances.' }),
    endpointName: resourceName
      .optional()
      .meta({ description: "Name of the endpoint. Absent: the training job's name." }),
    image: image.optional().meta({ description: 'Serving image. Absent: the training image.' }),
    role: role.optional().meta({ description: "Execution role of the model. Absent: the estimator's." }),
    env: namedValues(
      text(1024).regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be a name of letters, digits and underscores'),
      z.string().max(1024),
      { most: ENTRIES_MAX, problem: ENTRIES_PROBLEM },
    )
      .optional()
      .meta({ description: 'Environment of the serving container.' }),
    tags: tags
      .optional()
      .meta({ description: "Tags for model, endpoint config and endpoint. Absent: the estimator's." }),
    endpointTimeoutSeconds: wholeNumber(1, 86_400).optional().meta({
      description: 'How long the endpoint may take to be in service, in seconds.',
      default: DEFAULT_ENDPOINT_TIMEOUT_SECONDS,
    }),
  })
  .meta({
    id: 'DeployArguments',
    title: 'deploy',
    description: 'Arguments of deploy: how to host.',
  }) satisfies z.ZodType<DeployArguments>;
