/** Names that both sides must spell alike: queues, workflow types, the query, search attributes, memo, tags. */

/** Task queue of workflows and short activities. */
export const TASK_QUEUE = 'sagemaker';

/** Appended to the task queue's name: the queue of the waiting activities, which have a worker of their own. */
export const WAITS_QUEUE_SUFFIX = '-waits';

/** The workflow types, by the names under which a worker registers them. */
export const WORKFLOW_TYPES = ['fit', 'deploy', 'fitThenDeploy', 'deleteEndpoint', 'sweep'] as const;
/** The name of a workflow type. */
export type WorkflowType = (typeof WORKFLOW_TYPES)[number];

/** Query that answers a {@link Progress}. */
export const PROGRESS_QUERY = 'progress';

/** Search attributes (type Keyword) that a run sets where the namespace has them. */
export const SEARCH_ATTRIBUTES = ['TrainingJobName', 'EndpointName', 'SageMakerStage'] as const;
/** The name of a search attribute that a run sets. */
export type SearchAttributeName = (typeof SEARCH_ATTRIBUTES)[number];

/** Memo fields. `inputHash` is set by the starter; `run` (a {@link RunMemo}) by the workflow before every end. */
export const MEMO = { inputHash: 'temporalSagemakerInputHash', run: 'temporalSagemakerRun' } as const;

/** Tag that marks every resource a run makes; its value names the run. */
export const RUN_TAG = 'temporal-sagemaker:run';
