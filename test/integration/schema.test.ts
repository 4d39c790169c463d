/**
 * What real runs take and answer is what the published JSON Schema says: all four workflows, their progress at every
 * stage, memo and failures, read as a program of another language reads them. And the command that prints the documents.
 */
import { MEMO, PROGRESS_QUERY, WORKFLOW_TYPES, type Progress, type WorkflowType } from '../../src/contract';
import { failureOfRun } from '../support/failures';
import { compilePublished, expectToFit, publishedNames, readPublished } from '../support/json-schema';
import { DEPLOY, ESTIMATOR, mainJob, startRig, uniqueName, type Handle, type Rig } from '../support/rig';
import { runForEvents, runProgramHere } from '../support/run-program';
import { until } from '../support/until';

let rig: Rig;
beforeAll(async () => {
  // Each phase long enough to be seen by one who asks all the time.
  const phases = { Starting: 100, Training: 100, Creating: 100, Updating: 100, Deleting: 100 };
  rig = await startRig({ emulator: { simulated: true, phases } });
});
afterAll(() => rig.close());

/** Follows a run to its end; every progress on the way, and what it leaves, must fit. Answers the stages it went through. */
async function follow(handle: Handle): Promise<Set<string>> {
  const stages = new Set<string>();
  await until(
    async () => {
      const progress = await handle.query<Progress>(PROGRESS_QUERY);
      expectToFit('progress', progress);
      stages.add(progress.stage);
      return ['Done', 'Failed', 'Cancelled'].includes(progress.stage);
    },
    { what: 'the run to end', limitMs: 30_000 },
  );
  await handle.result().catch(() => undefined);
  expectToFit('run-memo', (await handle.describe()).memo?.[MEMO.run]);
  return stages;
}

async function runToItsEnd(type: WorkflowType, input: unknown): Promise<Set<string>> {
  expectToFit(`${type}.input`, input);
  const handle = await rig.start(type, input);
  const stages = await follow(handle);
  expectToFit(`${type}.result`, await handle.result());
  return stages;
}

test('a model is trained, deployed, updated and deleted as the documents say', async () => {
  const [name, second] = [uniqueName(), uniqueName()];
  const { estimator, fit } = mainJob(second);
  const [stages] = await Promise.all([
    runToItsEnd('fitThenDeploy', mainJob(name)),
    runToItsEnd('fit', { estimator, fit }),
  ]);
  // The first lasts no time of its own, so that a look may come too late for it.
  expect(stages.add('Preparing')).toEqual(new Set(['Preparing', 'Training', 'Deploying', 'Done']));
  await runToItsEnd('deploy', { trainingJobName: second, deploy: { ...DEPLOY, endpointName: name } });
  expect(await runToItsEnd('deleteEndpoint', { endpointName: name })).toContain('Deleting');
});

describe('a run that does not succeed leaves what the documents say:', () => {
  test('refused input', async () => {
    const input = { ...mainJob('a_b'), unknown: 1 };
    const handle = await rig.start('fitThenDeploy', input);
    await follow(handle);
    const { code, details } = await failureOfRun(handle);
    expectToFit('failure-details', details);
    expect([code, details.problems?.length]).toEqual(['InvalidInput', 2]);
    expect(compilePublished('fitThenDeploy.input')(input)).toBe(false);
  });

  test('a taken name', async () => {
    const name = uniqueName();
    const { estimator, fit } = mainJob(name);
    await (await rig.start('fit', { estimator, fit })).result();
    const handle = await rig.start('fit', { estimator: { ...ESTIMATOR, trainMaxRun: 60 }, fit });
    await follow(handle);
    const { code, details } = await failureOfRun(handle);
    expectToFit('failure-details', details);
    expect([code, details.differences?.length]).toEqual(['NameTaken', 2]);
  });

  test('a cancel', async () => {
    await rig.control.setClock({ phases: { Training: 60_000 } });
    const name = uniqueName();
    const handle = await rig.start('fitThenDeploy', mainJob(name));
    await until(async () => (await handle.query<Progress>(PROGRESS_QUERY)).stage === 'Training', { what: 'training' });
    await handle.cancel();
    expect(await follow(handle)).toContain('Cancelled');
    await rig.control.setClock({ phases: { Training: 20 } });
  });
});

describe('the command', () => {
  test('lists the documents of the package, with what each is of', async () => {
    const { code, last } = await runForEvents(['schema']);
    expect(code).toBe(0);
    const listed = last.schemas as { name: string; title: string; id: string }[];
    expect(listed.map(({ name }) => name).sort()).toEqual(publishedNames().sort());
    expect(listed).toContainEqual({
      name: 'fit.input',
      title: 'Input of fit',
      id: 'urn:temporal-sagemaker:schema:1:fit.input',
    });
    const { stdout } = await runProgramHere(['schema']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(publishedNames().length);
    expect(stdout).toMatch(/^fitThenDeploy\.result +Result of fitThenDeploy$/m);
  });

  test.each(WORKFLOW_TYPES)('prints the document of the input of %s, for people and for programs', async (type) => {
    const [pretty, bare] = await Promise.all([
      runProgramHere(['schema', `${type}.input`]),
      runProgramHere(['schema', `${type}.input`, '--json']),
    ]);
    const document = readPublished(`${type}.input`);
    expect([JSON.parse(pretty.stdout), JSON.parse(bare.stdout)]).toEqual([document, document]);
    expect(bare.stdout.trimEnd()).not.toContain('\n');
    expect([pretty.code, bare.code, bare.stderr]).toEqual([0, 0, '']);
  });

  test('refuses a name that there is not, with those that there are', async () => {
    const { code, last } = await runForEvents(['schema', 'fit']);
    expect(code).toBe(2);
    expect(last).toMatchObject({
      type: 'error',
      code: 'InvalidInput',
      fix: expect.stringContaining('fit.input') as string,
    });
  });
});
