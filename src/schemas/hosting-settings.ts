/**
 * What the arguments of `deploy` are made of as zod schemas: capacity, capture, asynchronous answers, and how an update
 * takes over. `hosting-arguments.ts` puts them together; which of them go together is in `hosting-rules.ts`.
 */
import { z } from 'zod';
import { SERVERLESS_DEFAULTS, CAPTURE_DEFAULTS } from '../domain/hosting-settings';
import { acrossFields } from './across-fields';
import { instanceType, kmsKey, resourceName, s3Uri, text, vpcId, wholeNumber } from './fields';
import { findServerlessProblems, findTrafficProblems, KINDS_OF_TRAFFIC } from './hosting-rules';

export const vpcConfig = z
  .strictObject({
    subnets: z.array(vpcId).min(1, 'must not be empty').max(16).meta({ description: 'Subnet ids.' }),
    securityGroupIds: z.array(vpcId).min(1, 'must not be empty').max(5).meta({ description: 'Security group ids.' }),
  })
  .meta({ id: 'VpcConfig', title: 'VPC', description: "Where a model's containers run." });

export const serverlessInferenceConfig = acrossFields(
  z.strictObject({
    memorySizeInMb: z
      .literal([1024, 2048, 3072, 4096, 5120, 6144])
      .optional()
      .meta({ description: 'Memory of one container, in MB.', default: SERVERLESS_DEFAULTS.memorySizeInMb }),
    maxConcurrency: wholeNumber(1, 200).optional().meta({
      description: 'How many containers may answer at once.',
      default: SERVERLESS_DEFAULTS.maxConcurrency,
    }),
    provisionedConcurrency: wholeNumber(1, 200).optional().meta({
      description: 'How many containers are kept warm; at most maxConcurrency. Absent: none.',
    }),
  }),
  findServerlessProblems,
).meta({
  id: 'ServerlessInferenceConfig',
  title: 'Serverless capacity',
  description: 'Serves without instances: containers are started as they are asked for.',
});

const topicArn = z
  .string()
  .max(2048)
  .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]*:[0-9]{12}:[a-zA-Z0-9_.-]+$/, 'must be the ARN of an SNS topic');

export const asyncInferenceConfig = z
  .strictObject({
    outputPath: s3Uri.optional().meta({
      description: 'S3 URI for the answers. Absent: async-endpoint-outputs/{endpointName} in the default bucket.',
    }),
    failurePath: s3Uri.optional().meta({
      description: 'S3 URI for what failed. Absent: async-endpoint-failures/{endpointName} in the default bucket.',
    }),
    maxConcurrentInvocationsPerInstance: wholeNumber(1, 1000).optional().meta({
      description: "How many requests an instance's container gets at once. Absent: AWS chooses.",
    }),
    kmsKeyId: kmsKey.optional().meta({ description: "KMS key for the answers. Absent: the bucket's own encryption." }),
    notificationConfig: z
      .strictObject({
        successTopic: topicArn.optional().meta({ description: 'SNS topic that is told of each success.' }),
        errorTopic: topicArn.optional().meta({ description: 'SNS topic that is told of each failure.' }),
        includeInferenceResponseIn: z
          .array(z.enum(['SUCCESS_NOTIFICATION_TOPIC', 'ERROR_NOTIFICATION_TOPIC']))
          .max(2)
          .optional()
          .meta({ description: 'Which of the messages carry the answer itself. Absent: none.' }),
      })
      .optional()
      .meta({ description: 'Whom to tell. Absent: nobody.' }),
  })
  .meta({
    id: 'AsyncInferenceConfig',
    title: 'Asynchronous answers',
    description: 'Answers are written to S3, and only InvokeEndpointAsync asks for them.',
  });

const contentTypes = z
  .array(
    text(256).regex(
      /^[a-zA-Z0-9](-*[a-zA-Z0-9])*[/][a-zA-Z0-9](-*[a-zA-Z0-9.])*$/,
      'must be a content type such as text/csv',
    ),
  )
  .min(1, 'must not be empty')
  .max(10);

export const dataCaptureConfig = z
  .strictObject({
    enableCapture: z.boolean().meta({ description: 'False keeps the settings and captures nothing.' }),
    samplingPercentage: wholeNumber(0, 100).optional().meta({
      description: 'How many of a hundred requests are kept.',
      default: CAPTURE_DEFAULTS.samplingPercentage,
    }),
    destinationS3Uri: s3Uri.optional().meta({
      description: 'S3 URI under which they are kept. Absent: model-monitor/data-capture in the default bucket.',
    }),
    kmsKeyId: kmsKey.optional().meta({ description: "KMS key for what is kept. Absent: the bucket's own encryption." }),
    captureOptions: z
      .array(z.enum(['REQUEST', 'RESPONSE']))
      .min(1, 'must not be empty')
      .max(2)
      .optional()
      .meta({ description: 'What of each is kept.', default: CAPTURE_DEFAULTS.captureOptions }),
    csvContentTypes: contentTypes.optional().meta({
      description: 'Content types that are kept as CSV.',
      default: CAPTURE_DEFAULTS.csvContentTypes,
    }),
    jsonContentTypes: contentTypes.optional().meta({
      description: 'Content types that are kept as JSON.',
      default: CAPTURE_DEFAULTS.jsonContentTypes,
    }),
  })
  .meta({ id: 'DataCaptureConfig', title: 'Data capture', description: 'Keeps requests and answers in S3.' });

export const instancePools = z
  .array(
    z
      .strictObject({
        instanceType: instanceType.meta({ description: 'Type of these instances.' }),
        priority: wholeNumber(1, 5).optional().meta({
          description: 'From 1, which is tried first, to 5. Absent: its place in the list.',
        }),
        modelNameOverride: resourceName.optional().meta({
          description: 'A model that exists, to serve on these instances. Absent: the model of this deploy.',
        }),
      })
      .meta({ id: 'InstancePool', title: 'Instance pool', description: 'A type of instance that may serve.' }),
  )
  .min(1, 'must not be empty')
  .max(5);

export const routingConfig = z.strictObject({
  routingStrategy: z
    .enum(['LEAST_OUTSTANDING_REQUESTS', 'RANDOM', 'PREFIX_AWARE', 'KV_AWARE'])
    .meta({ description: "AWS's word for it." }),
});

const capacitySize = z
  .strictObject({
    type: z.enum(['INSTANCE_COUNT', 'CAPACITY_PERCENT']).meta({ description: 'In instances, or in percent of all.' }),
    value: wholeNumber(1, 10_000).meta({ description: 'How many of them.' }),
  })
  .meta({ id: 'CapacitySize', title: 'Capacity size', description: "A share of an endpoint's instances." });

const waitSeconds = wholeNumber(0, 3600);
const executionSeconds = wholeNumber(600, 28_800).optional().meta({
  description: 'After how many seconds AWS gives the update up; more than all its waiting. Absent: AWS chooses.',
});

export const deploymentConfig = z
  .strictObject({
    blueGreenUpdatePolicy: z
      .strictObject({
        trafficRoutingConfiguration: acrossFields(
          z.strictObject({
            type: z.enum(['ALL_AT_ONCE', 'CANARY', 'LINEAR']).meta({ description: 'In which steps requests go over.' }),
            waitIntervalInSeconds: waitSeconds.optional().meta({
              description: 'How long alarms are watched after each step, in seconds; 0 for ALL_AT_ONCE unless given.',
            }),
            canarySize: capacitySize.optional().meta({
              description: 'Of CANARY, the first step: at most half of the instances.',
            }),
            linearStepSize: capacitySize.optional().meta({
              description: 'Of LINEAR, each step: a tenth to half of the instances.',
            }),
          }),
          findTrafficProblems,
        ).meta({ description: 'In which steps requests go over to the new instances.', ...KINDS_OF_TRAFFIC }),
        terminationWaitInSeconds: waitSeconds.optional().meta({
          description: 'How long the old instances stay after that, in seconds.',
          default: 0,
        }),
        maximumExecutionTimeoutInSeconds: executionSeconds,
      })
      .optional()
      .meta({ description: 'New instances beside the old ones. Absent: so too, all at once and without waiting.' }),
    rollingUpdatePolicy: z
      .strictObject({
        maximumBatchSize: capacitySize.meta({ description: 'Each batch: 5 to 50 percent of the instances.' }),
        waitIntervalInSeconds: waitSeconds.meta({
          description: 'How long alarms are watched after each batch, in seconds.',
        }),
        maximumExecutionTimeoutInSeconds: executionSeconds,
        rollbackMaximumBatchSize: capacitySize.optional().meta({
          description: 'Each batch on the way back. Absent: all at once.',
        }),
      })
      .optional()
      .meta({ description: 'Batch by batch, in the place of blueGreenUpdatePolicy.' }),
    autoRollbackConfiguration: z
      .strictObject({
        alarms: z
          .array(
            z.strictObject({
              alarmName: text(255)
                .regex(/\S/, 'must not be blank')
                .meta({ description: "Name of an alarm in the endpoint's account and region." }),
            }),
          )
          .min(1, 'must not be empty')
          .max(10)
          .meta({ description: 'CloudWatch alarms: the first that goes off has the update taken back.' }),
      })
      .optional()
      .meta({
        description: 'What has AWS take an update back. Absent: only what does not come into service is taken back.',
      }),
  })
  .meta({
    id: 'DeploymentConfig',
    title: 'Deployment policy',
    description: 'How an update takes over from what serves, and what takes it back.',
    anyOf: [
      { type: 'object', properties: { blueGreenUpdatePolicy: true, rollingUpdatePolicy: false } },
      { type: 'object', properties: { blueGreenUpdatePolicy: false, rollingUpdatePolicy: true } },
    ],
  });
