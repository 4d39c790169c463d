/**
 * The operations on training jobs. A job is written down before its creation is answered; what follows goes on in the
 * background, one {@link TrainingLife} for each job under way.
 */
import type {
  CreateTrainingJobRequest,
  DescribeTrainingJobResponse,
  ListTrainingJobsRequest,
  ListTrainingJobsResponse,
} from '@aws-sdk/client-sagemaker';
import { asRole } from '../identity/act-as';
import type { Call, Handlers } from '../world';
import { AwsError } from '../world';
import { describeTrainingJob } from './describe-training-job';
import type { Life } from './life';
import { listPage } from './lists';
import { refuseStatus, refuseTaken } from './refusals';
import { openResources } from './resources';
import { INTERNAL_ERROR, startTrainingLife } from './training-life';
import type { TrainingLife } from './training-life';
import { beginTrainingRecord, failTraining, isOver } from './training-record';
import type { TrainingJobRecord } from './training-record';
import { checkTrainingRules } from './training-rules';

interface Named {
  TrainingJobName: string;
}

export interface TrainingJobs {
  handlers: Handlers;
  /** Settles when nothing goes on any more after the emulator's end. */
  drain(): Promise<void>;
}

export function openTrainingJobs(life: Life): TrainingJobs {
  const { world } = life;
  const jobs = openResources<TrainingJobRecord>(world, 'training-job');
  const underWay = new Map<string, TrainingLife>();
  failInterrupted();
  life.outcomes?.onNow('training job', (isMeant, script, most) => {
    const meant = [...underWay].filter(([name]) => isMeant(name)).slice(0, most);
    return meant.filter(([, training]) => training.follow(script)).length;
  });

  /** What an emulator that was killed has left in progress does not go on. */
  function failInterrupted(): void {
    for (const job of jobs.list()) {
      if (!isOver(job)) jobs.change(job.name, (record) => failTraining(record, INTERNAL_ERROR, world.clock.now()));
    }
  }

  function begin(job: TrainingJobRecord): void {
    const training = startTrainingLife({ ...life, world: asRole(world, job.request.RoleArn) }, jobs, job);
    underWay.set(job.name, training);
    void training.over.then(() => {
      // The name may have been given to another job in between.
      if (underWay.get(job.name) === training) underWay.delete(job.name);
    });
  }

  const handlers: Handlers = {
    CreateTrainingJob({ input }: Call<CreateTrainingJobRequest>) {
      const name = input.TrainingJobName ?? '';
      if (jobs.find(name) !== undefined) throw refuseTaken(jobs.kind, jobs.arnOf(name));
      checkTrainingRules(asRole(world, input.RoleArn), input);
      const job = beginTrainingRecord(input, world.clock.now());
      jobs.add(job);
      begin(job);
      return { TrainingJobArn: jobs.arnOf(name) };
    },

    DescribeTrainingJob({ input }: Call<Named>): DescribeTrainingJobResponse {
      const job = jobs.get(input.TrainingJobName);
      const metrics = underWay.get(job.name)?.metrics() ?? job.metrics;
      return describeTrainingJob({ ...job, metrics }, jobs.arnOf(job.name));
    },

    StopTrainingJob({ input }: Call<Named>) {
      const job = jobs.get(input.TrainingJobName);
      if (isOver(job)) throw refuseStatus(job.status);
      underWay.get(job.name)?.stop('Stopped');
      return {};
    },

    DeleteTrainingJob({ input }: Call<Named>) {
      const job = jobs.get(input.TrainingJobName);
      if (!isOver(job)) {
        throw new AwsError('ResourceInUse', `The training job is in status ${job.status} and cannot be deleted.`);
      }
      jobs.delete(job.name);
      return {};
    },

    ListTrainingJobs({ input }: Call<ListTrainingJobsRequest>): ListTrainingJobsResponse {
      const { page, NextToken } = listPage(jobs.list(), input, {
        statusOf: ({ status }) => status,
        defaultOrder: 'Ascending',
        filtersPages: true,
      });
      return {
        TrainingJobSummaries: page.map((job) => ({
          TrainingJobName: job.name,
          TrainingJobArn: jobs.arnOf(job.name),
          CreationTime: new Date(job.creationTime),
          ...(job.trainingEndTime === undefined ? {} : { TrainingEndTime: new Date(job.trainingEndTime) }),
          LastModifiedTime: new Date(job.lastModifiedTime),
          TrainingJobStatus: job.status,
          SecondaryStatus: job.secondaryStatus,
        })),
        ...(NextToken === undefined ? {} : { NextToken }),
      };
    },
  };

  return {
    handlers,
    async drain() {
      await Promise.all([...underWay.values()].map(({ over }) => over));
    },
  };
}
