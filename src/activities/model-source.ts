/**
 * What a deploy is to serve, where no training of the same run makes it: by the arguments, or by AWS's description of the
 * training job. Comes from the input; goes into the plan that `prepare.ts` makes.
 */
import { DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import type { DeployInput } from '../contract';
import { answerOf, readTrouble, requireMember } from '../domain/aws-errors';
import { sourceFromArguments, surroundingsOfTraining, type ModelSource } from '../domain/build-plan';
import { asModelPrefix, modelDataUri } from '../domain/names';
import { codeOfTrainingJob, outcomeOfTrainingJob } from '../domain/outcomes';
import type { AwsClients } from './aws';
import { failureOf, failWith } from './aws-errors';
import { createLogActivities } from './log-tail';

/** What a deploy serves: as the arguments say, else as AWS describes the training job. */
export async function findModelSource(aws: AwsClients, input: DeployInput): Promise<ModelSource> {
  return sourceFromArguments(input) ?? describeModelSource(aws, input, input.trainingJobName ?? '');
}

async function describeModelSource(aws: AwsClients, input: DeployInput, name: string): Promise<ModelSource> {
  const { sagemaker, region } = aws;
  const at = { operation: 'DescribeTrainingJob', region, job: name };
  const job = await sagemaker
    .send(new DescribeTrainingJobCommand({ TrainingJobName: name }))
    .catch((error: unknown) => {
      const trouble = readTrouble(error);
      if (trouble.meaning !== 'absent') throw failureOf(trouble, at);
      const details = { ...answerOf(trouble), trainingJobName: name };
      throw failWith('TrainingJobNotFound', `there is no training job named ${name}`, at, { details });
    });
  const ended = outcomeOfTrainingJob({
    status: job.TrainingJobStatus ?? '',
    secondaryStatus: job.SecondaryStatus ?? '',
    ...(job.FailureReason !== undefined && { failureReason: job.FailureReason }),
  });
  const willDo = ended?.kind !== 'failed' && (ended?.kind !== 'stopped' || input.acceptStopped !== undefined);
  if (!willDo) {
    const reason = job.FailureReason ?? job.SecondaryStatus ?? ended.kind;
    const what = `the training job ${name} made no model to deploy: ${ended.kind}: ${reason}`;
    const logTail = await createLogActivities(aws).readLogTail({ trainingJobName: name });
    const details = { reason, outcome: ended, trainingJobName: name, logTail };
    throw failWith(codeOfTrainingJob(ended), what, at, { details });
  }
  const told = <T>(member: string, value: T | undefined): T => {
    try {
      return requireMember(member, value);
    } catch (error) {
      throw failureOf(readTrouble(error), at);
    }
  };
  const isUncompressed = job.OutputDataConfig?.CompressionType === 'NONE';
  const artefacts = job.ModelArtifacts?.S3ModelArtifacts;
  return {
    trainingJobName: name,
    modelData: artefacts
      ? isUncompressed
        ? asModelPrefix(artefacts)
        : artefacts
      : modelDataUri(told('OutputDataConfig', job.OutputDataConfig?.S3OutputPath), name, isUncompressed),
    ...surroundingsOfTraining(
      input.estimator ?? {
        subnets: job.VpcConfig?.Subnets,
        securityGroupIds: job.VpcConfig?.SecurityGroupIds,
        enableNetworkIsolation: job.EnableNetworkIsolation,
      },
    ),
    image: input.deploy.image ?? input.estimator?.imageName ?? job.AlgorithmSpecification?.TrainingImage ?? '',
    role: input.deploy.role ?? input.estimator?.role ?? told('RoleArn', job.RoleArn),
    // What a stopped job has left is looked for where the job is awaited, which then takes no time.
    ...(ended?.kind !== 'completed' && { awaitedTrainingJob: name }),
    ...(input.acceptStopped !== undefined && { acceptStopped: input.acceptStopped }),
  };
}
