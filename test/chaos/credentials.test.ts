/**
 * The worker's AWS credentials end while runs are under way. New ones from wherever AWS's chain looks are found without
 * anyone's doing; where there are none, runs wait and say why, and go on when there are; a cancel is heard meanwhile.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRESS_QUERY, type FitResult, type Progress } from '../../src/contract';
import type { Credentials } from '../../src/emulator';
import { failureOfRun } from '../support/failures';
import { fitInput, startRig, uniqueName, type Handle, type Rig } from '../support/rig';
import { makeScratchFolder } from '../support/scratch';
import { until } from '../support/until';

jest.setTimeout(180_000);
const LIMIT = { limitMs: 60_000 };
const HOURS_MS = 3_600_000;

/** What AWS's chain reads: each way of its own, since the SDK remembers files by their names. */
interface Way {
  config: string;
  /** Makes these the credentials that are found from now on. */
  write: (credentials: Credentials | undefined) => void;
  credentialsFile: string;
}

function fromProcess(): Way {
  const folder = makeScratchFolder({ 'answer.json': '{}', credentials: '' });
  const answerFile = join(folder, 'answer.json');
  return {
    config: `[default]\ncredential_process = cat ${answerFile}\n`,
    credentialsFile: join(folder, 'credentials'),
    write(credentials) {
      const answer = credentials && {
        Version: 1,
        AccessKeyId: credentials.accessKeyId,
        SecretAccessKey: credentials.secretAccessKey,
        ...(credentials.sessionToken !== undefined && { SessionToken: credentials.sessionToken }),
      };
      writeFileSync(answerFile, answer ? JSON.stringify(answer) : 'no credentials today');
    },
  };
}

function fromSharedFile(): Way {
  const credentialsFile = join(makeScratchFolder({ credentials: '' }), 'credentials');
  return {
    config: '[default]\n',
    credentialsFile,
    write(credentials) {
      const { accessKeyId = '', secretAccessKey = '', sessionToken } = credentials ?? {};
      const lines = [
        '[default]',
        ...(credentials ? [`aws_access_key_id = ${accessKeyId}`, `aws_secret_access_key = ${secretAccessKey}`] : []),
        ...(sessionToken === undefined ? [] : [`aws_session_token = ${sessionToken}`]),
      ];
      writeFileSync(credentialsFile, `${lines.join('\n')}\n`);
    },
  };
}

const WAYS = { 'a credential_process': fromProcess, 'a file of shared credentials': fromSharedFile };

describe.each(Object.entries(WAYS))('credentials from %s', (_name, makeWay) => {
  const { config, credentialsFile, write } = makeWay();
  const configFile = join(makeScratchFolder({ config }), 'config');
  const environment = { ...process.env };
  let rig: Rig;

  const jobOf = (name: string) => rig.control.resources().then((all) => all.find((one) => one.name === name));
  const callsFor = async (operation: string, name: string) =>
    (await rig.control.calls({ operation })).filter(({ resource }) => resource === name);
  const progressOf = (handle: Handle) => handle.query<Progress>(PROGRESS_QUERY);
  /** Why an activity of the run has failed so far, as anyone sees it in Temporal. */
  async function pendingFailure(handle: Handle, activity: string): Promise<string | undefined> {
    const { raw } = await handle.describe();
    const pending = raw.pendingActivities?.find(({ activityType }) => activityType?.name === activity);
    return pending?.lastFailure?.message ?? undefined;
  }

  async function startWaiting(): Promise<{ name: string; handle: Handle }> {
    const name = uniqueName('waiting');
    const handle = await rig.start('fit', fitInput(name));
    await until(async () => (await progressOf(handle)).trainingJob?.secondaryStatus === 'Training', {
      what: 'the training',
      ...LIMIT,
    });
    return { name, handle };
  }

  /** A run whose create AWS throttles until that is told to end. */
  async function startCreating(): Promise<{ name: string; handle: Handle }> {
    const name = uniqueName('creating');
    await rig.control.addFaults([{ operation: 'CreateTrainingJob', resource: name, action: 'throttle' }]);
    const handle = await rig.start('fit', fitInput(name));
    await until(async () => (await callsFor('CreateTrainingJob', name)).length > 0, { what: 'the create', ...LIMIT });
    return { name, handle };
  }

  beforeAll(async () => {
    const first = { accessKeyId: 'EMULATORFIRST', secretAccessKey: 'first' };
    write(first);
    const credentials = { AWS_CONFIG_FILE: configFile, AWS_SHARED_CREDENTIALS_FILE: credentialsFile };
    rig = await startRig({ emulator: { credentials: first }, credentials });
  });
  afterAll(async () => {
    await rig.close();
    process.env = environment;
  });
  beforeEach(() => rig.control.setClock({ phases: { Training: HOURS_MS } }));
  afterEach(() => rig.control.clearFaults());

  it.each(['expired', 'unknown'] as const)(
    'that are %s from one call to the next: runs go on with those that are there now, and nobody does anything',
    async (before) => {
      const [waiting, creating] = [await startWaiting(), await startCreating()];
      write(rig.emulator.renewCredentials({ before, ...(before === 'expired' && { sessionToken: 'of-the-hour' }) }));
      await rig.control.clearFaults();
      await rig.control.setClock({ phases: { Training: 20 } });
      for (const { name, handle } of [waiting, creating]) {
        expect((await handle.result()) as FitResult).toMatchObject({ trainingJobName: name });
        const creates = await callsFor('CreateTrainingJob', name);
        expect(creates.filter(({ status }) => status === 200)).toHaveLength(1);
      }
    },
  );

  it('that nobody has: runs wait and say why, a cancel is heard, and all go on when there are some', async () => {
    const [waiting, stopped] = [await startWaiting(), await startWaiting()];
    const [creating, givenUp] = [await startCreating(), await startCreating()];
    write(undefined);
    const next = rig.emulator.renewCredentials();
    await rig.control.clearFaults();

    // Whoever looks sees why: in the run's warnings, or at the step that is tried again.
    await until(async () => (await progressOf(waiting.handle)).warnings.some((one) => /expired.*Renew/s.test(one)), {
      what: 'the warning of the run that waits',
      ...LIMIT,
    });
    await stopped.handle.cancel();
    await until(async () => /expired/.test((await pendingFailure(stopped.handle, 'stopTrainingJob')) ?? ''), {
      what: 'the reason why the stop has not left',
      ...LIMIT,
    });
    const late = await rig.start('fit', fitInput(uniqueName('late')));
    await until(async () => /expired/.test((await pendingFailure(late, 'prepare')) ?? ''), {
      what: 'the reason why a new run is not prepared',
      ...LIMIT,
    });
    // What was not begun is given up at once.
    await givenUp.handle.cancel();
    expect((await failureOfRun(givenUp.handle)).code).toBe('Cancelled');
    expect(await jobOf(givenUp.name)).toBeUndefined();
    expect(await jobOf(stopped.name)).toMatchObject({ description: { TrainingJobStatus: 'InProgress' } });

    write(next);
    expect((await failureOfRun(stopped.handle)).code).toBe('Cancelled');
    expect(await jobOf(stopped.name)).toMatchObject({ description: { TrainingJobStatus: 'Stopped' } });
    await rig.control.setClock({ phases: { Training: 20 } });
    for (const handle of [waiting.handle, creating.handle, late]) await handle.result();
    expect((await progressOf(waiting.handle)).stage).toBe('Done');
  });
});
