/** The arguments of `deploy` as a zod schema, with descriptions, units and defaults. `inputs.ts` puts it into the inputs of workflows. */
import { z } from 'zod';
import { DEFAULT_ENDPOINT_TIMEOUT_SECONDS } from '../domain/deployment-time';
import { acrossFields } from './across-fields';
import {
  image,
  instanceType,
  kmsKey,
  namedValues,
  resourceName,
  role,
  tags,
  text,
  wholeNumber,
  ENTRIES_MAX,
  ENTRIES_PROBLEM,
} from './fields';
import { findDeployProblems, KINDS_OF_DEPLOY } from './hosting-rules';
import {
  asyncInferenceConfig,
  dataCaptureConfig,
  deploymentConfig,
  instancePools,
  routingConfig,
  serverlessInferenceConfig,
  vpcConfig,
} from './hosting-settings';
import { hostingOverrides } from './overrides';

/** Of any endpoint. */
const anywhere = {
  endpointName: resourceName.optional().meta({ description: "Name of the endpoint. Absent: the training job's name." }),
  updateEndpoint: z.boolean().optional().meta({
    description:
      'True: only an endpoint that exists is updated. False: only a new one is made. Absent: whichever it takes.',
  }),
  modelName: resourceName.optional().meta({
    description:
      "Name of the model, which no deploy deletes then. Absent: the endpoint's name and a hash of the model's content.",
  }),
  image: image.optional().meta({ description: 'Serving image. Absent: the training image.' }),
  role: role.optional().meta({ description: "Execution role of the model. Absent: the estimator's." }),
  env: namedValues(
    text(1024).regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be a name of letters, digits and underscores'),
    z.string().max(1024),
    { most: ENTRIES_MAX, problem: ENTRIES_PROBLEM },
  )
    .optional()
    .meta({ description: 'Environment of the serving container.' }),
  vpcConfigOverride: vpcConfig.nullable().optional().meta({
    description: "Where the container runs; null: in no VPC. Absent: in the estimator's, where it has one.",
  }),
  enableNetworkIsolation: z
    .boolean()
    .optional()
    .meta({ description: "Whether the container is kept from every network. Absent: as the estimator's." }),
  tags: tags.optional().meta({ description: "Tags for model, endpoint config and endpoint. Absent: the estimator's." }),
  kmsKey: kmsKey.optional().meta({ description: "KMS key for the storage volumes of what serves. Absent: AWS's own." }),
  endpointTimeoutSeconds: wholeNumber(1, 86_400)
    .optional()
    .meta({
      description:
        'How long the endpoint may take to be in service, in seconds. Absent: this, and as long as the deployment policy ' +
        'waits and instances may be waited for.',
      default: DEFAULT_ENDPOINT_TIMEOUT_SECONDS,
    }),
  overrides: hostingOverrides.optional().meta({
    description: "Fields laid over the AWS requests that host, and over the estimator's overrides.",
  }),
};

/** Of endpoints on instances. */
const onInstances = {
  initialInstanceCount: wholeNumber(1, 10_000).optional().meta({ description: 'Number of serving instances.' }),
  instanceType: instanceType.optional().meta({ description: 'Type of the serving instances.' }),
  acceleratorType: text(64)
    .regex(/^ml[.]eia[0-9]+[.][a-z0-9]+$/, 'must be an accelerator type such as ml.eia2.medium')
    .optional()
    .meta({ description: 'Elastic Inference accelerator, which AWS has ended. Absent: none.' }),
  instancePools: instancePools.optional().meta({
    description: 'The types of instance that may serve, the most wanted first, in the place of instanceType.',
  }),
  variantInstanceProvisionTimeoutInSeconds: wholeNumber(300, 3600).optional().meta({
    description: 'How long instances may be waited for, in seconds. Absent: AWS chooses.',
  }),
  volumeSize: wholeNumber(1, 512).optional().meta({
    description: "Volume of each instance, in GB. Absent: the instance type's own.",
  }),
  modelDataDownloadTimeout: wholeNumber(60, 3600).optional().meta({
    description: 'How long model data may take to be there, in seconds. Absent: AWS chooses.',
  }),
  containerStartupHealthCheckTimeout: wholeNumber(60, 3600).optional().meta({
    description: 'How long the container may take to answer pings, in seconds. Absent: AWS chooses.',
  }),
  inferenceAmiVersion: text(64)
    .regex(/^[a-z0-9][a-z0-9-]*$/, "must be AWS's name of a machine image")
    .optional()
    .meta({ description: "Machine image of the instances, by AWS's name for it. Absent: AWS chooses." }),
  routingConfig: routingConfig.optional().meta({
    description: 'How requests are shared out among instances. Absent: at random.',
  }),
  asyncInferenceConfig: asyncInferenceConfig
    .optional()
    .meta({ description: 'Answers go to S3. Absent: they go to whoever asked.' }),
  dataCaptureConfig: dataCaptureConfig.nullable().optional().meta({
    description: 'Keeps requests and answers; null: does not. Absent: none, and an update leaves what it finds.',
  }),
  deploymentConfig: deploymentConfig.optional().meta({
    description: 'How an update takes over, and what takes it back. Absent: all at once.',
  }),
  retainAllVariantProperties: z.boolean().optional().meta({
    description:
      'Whether an update keeps how many instances there are by now and their weight, beside the data capture.',
    default: false,
  }),
  excludeRetainedVariantProperties: z
    .array(z.enum(['DesiredInstanceCount', 'DesiredWeight', 'DataCaptureConfig']))
    .max(3)
    .optional()
    .meta({ description: 'What is not kept of all that retainAllVariantProperties would keep. Absent: nothing.' }),
};

/** Every kind of deploy, laid over one another; what goes together is checked across its fields. */
export const deploySchema = acrossFields(
  z.strictObject({
    ...onInstances,
    ...anywhere,
    serverlessInferenceConfig: serverlessInferenceConfig
      .optional()
      .meta({ description: 'Serves without instances, in the place of all that is said of them.' }),
  }),
  findDeployProblems,
).meta({
  id: 'DeployArguments',
  title: 'deploy',
  description: 'Arguments of deploy: how to host, on instances of one type or of several, or without any.',
  ...KINDS_OF_DEPLOY,
});

/** What the schema alone tells; a `DeployArguments` is one of its kinds. */
export type AnyDeployArguments = z.output<typeof deploySchema>;
