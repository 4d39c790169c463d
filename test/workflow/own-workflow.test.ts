/** The workflow functions inside a user's own workflow, and what the workflow bundle holds. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { MEMO, PROGRESS_QUERY, type FitInput, type FitResult, type Progress, type RunMemo } from '../../src/contract';
import { DATA_BUCKET, ESTIMATOR, startRig, type Rig } from '../support/rig';
import { workflowBundle } from '../support/temporal';

let rig: Rig;
beforeAll(async () => {
  const bundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('./own-workflows'),
    logger: new DefaultLogger('ERROR'),
  });
  rig = await startRig({ worker: { worker: { workflowBundle: bundle } } });
});
afterAll(() => rig.close());

describe('a workflow of one’s own', () => {
  const input: FitInput = { estimator: ESTIMATOR, fit: { inputs: `s3://${DATA_BUCKET}/iris` } };

  it('can fit twice in one run: each training job has a name of its own', async () => {
    const handle = await rig.start('fitTwice', input);
    const results = (await handle.result()) as FitResult[];
    const names = results.map(({ trainingJobName }) => trainingJobName);
    expect(new Set(names).size).toBe(2);
    expect(results.map(({ ledger }) => ledger.length)).toEqual([1, 1]);
  });

  it('tells all that its steps made, while it runs and after', async () => {
    const handle = await rig.start('fitTwice', input);
    const names = ((await handle.result()) as FitResult[]).map(({ trainingJobName }) => trainingJobName);
    const expected = names.map(
      (name) => expect.objectContaining({ kind: 'training job', name, state: 'made' }) as object,
    );
    const progress = await handle.query<Progress>(PROGRESS_QUERY);
    expect(progress.ledger).toEqual(expected);
    const { memo, typedSearchAttributes } = await handle.describe();
    expect((memo?.[MEMO.run] as RunMemo).ledger).toEqual(expected);
    // Whether the run is done is for the user's workflow to say.
    const stage = typedSearchAttributes.get(defineSearchAttributeKey('SageMakerStage', SearchAttributeType.KEYWORD));
    expect([progress.stage, stage]).toEqual(['Training', 'Training']);
  });

  it('gives other runs of the same worker other names', async () => {
    const handles = await Promise.all([rig.start('fitTwice', input), rig.start('fitTwice', input)]);
    const results = (await Promise.all(handles.map((handle) => handle.result()))) as FitResult[][];
    const names = results.flat().map(({ trainingJobName }) => trainingJobName);
    expect(new Set(names).size).toBe(4);
  });
});

describe('the workflow bundle', () => {
  it('holds neither zod nor an AWS client nor Node’s modules', () => {
    const { code } = workflowBundle();
    expect(code).not.toMatch(/node_modules\/zod\//);
    expect(code).not.toMatch(/node_modules\/@aws-sdk\//);
    expect(code).not.toMatch(/require\(\\?"node:/);
  });
});
