/**
 * SageMaker's training jobs: create and stop. The request comes from the plan; waiting is in `waits.ts`.
 */
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  StopTrainingJobCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { createOrAdopt, readOwner, type Standing } from './adopt';
import type { AwsClients } from './aws';
import { readTrouble, requireMember } from '../domain/aws-errors';
import { callAws, failureOf, ifPresent } from './aws-errors';
import type { Activities } from './index';

export function createTrainingActivities({
  sagemaker,
}: AwsClients): Pick<Activities, 'createTrainingJob' | 'stopTrainingJob'> {
  return {
    createTrainingJob(request, run) {
      const name = request.TrainingJobName ?? '';
      const creation = {
        kind: 'training job' as const,
        name,
        operation: 'CreateTrainingJob',
        request,
        send: async (sent: typeof request) => (await sagemaker.send(new CreateTrainingJobCommand(sent))).TrainingJobArn,
        describe: () => describeTrainingJob(sagemaker, name),
        ownedBy: 'this run' as const,
      };
      return createOrAdopt(sagemaker, creation, run);
    },

    async stopTrainingJob(name, region, ifTaggedBy) {
      const at = { operation: 'StopTrainingJob', region, job: name };
      if (ifTaggedBy !== undefined) {
        const standing = await callAws(at, () => describeTrainingJob(sagemaker, name));
        if (!standing) return { found: false };
        const owner = await readOwner(sagemaker, standing.arn, at);
        if (owner !== ifTaggedBy) return { found: false, ...(owner === undefined && { isUntagged: true }) };
      }
      try {
        await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name }));
        return { found: true };
      } catch (error) {
        const trouble = readTrouble(error);
        if (trouble.meaning === 'absent') return { found: false };
        // A job that has ended meanwhile, or is stopping already, refuses the stop: there is nothing left to stop.
        if (trouble.meaning === 'not now') return { found: true };
        throw failureOf(trouble, at);
      }
    },
  };
}

function describeTrainingJob(sagemaker: SageMakerClient, name: string): Promise<Standing | undefined> {
  return ifPresent(async () => {
    const answer = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    return {
      arn: requireMember('TrainingJobArn', answer.TrainingJobArn),
      createdAt: requireMember('CreationTime', answer.CreationTime),
      description: answer,
    };
  });
}
