/**
 * The commands that look at runs, their logs and their endpoints, in each of the ways in which they print: for a terminal,
 * for a pipe, for programs, quietly. Real runs, and an emulator that runs real programs.
 */
import { CreateTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { connect, Run, startRun, type LogLine, type Session } from '../../src/client';
import { followTrainingLog } from '../../src/client/training-log';
import { trainingJobRequest } from '../support/by-hand';
import { readEvents } from '../support/events';
import { makeGate, makeGatedImage, type Gate } from '../support/gated-image';
import { DATA_BUCKET, DEPLOY, ESTIMATOR, startRig, uniqueName, type Rig } from '../support/rig';
import {
  runForEvents,
  runProgramHere,
  startProgramHere,
  type ProgramEnd,
  type ProgramOptions,
  type RunningProgram,
} from '../support/run-program';
import { removeScratchFolders } from '../support/scratch';
import { until } from '../support/until';

jest.setTimeout(180_000);

let rig: Rig;
let session: Session;
/** A run of `fitThenDeploy` that has ended, with two hosts and its endpoint in service. */
let done: string;
/** A training job that was started by somebody else. */
const foreign = uniqueName('foreign');
/** Runs that train until they are let go on; each test takes those that are for it. */
const started: RunningProgram[] = [];
let held: Record<
  'logs' | 'interrupted' | 'timedOut' | 'cancelling' | 'cancellingForPrograms' | 'gone' | 'cancelled',
  Held
>;

beforeAll(async () => {
  rig = await startRig({ emulator: { simulated: false, images: { gated: makeGatedImage() } } });
  process.env.TEMPORAL_ADDRESS = rig.server.address;
  process.env.TEMPORAL_SAGEMAKER_TASK_QUEUE = rig.taskQueue;
  session = await connect({ client: rig.server.client, taskQueue: rig.taskQueue });
  done = uniqueName('done');
  const spec = specOf(done, { lines: 6 }, { trainInstanceCount: 2 });
  const run = await startRun(session, 'fitThenDeploy', { ...spec, deploy: DEPLOY });
  const cancels = ['--on-interrupt', 'cancel'];
  const [, , logs, interrupted, timedOut, cancelling, cancellingForPrograms, gone, cancelled] = await Promise.all([
    run.result(),
    startForeignJob(),
    startHeld(),
    startHeld(),
    startHeld(),
    startHeld(cancels),
    startHeld([...cancels, '--json']),
    startHeld(cancels),
    startHeld(),
  ]);
  held = { logs, interrupted, timedOut, cancelling, cancellingForPrograms, gone, cancelled };
});
afterAll(async () => {
  // Where a test has failed, its program may still follow.
  for (const program of started) program.interrupt('EPIPE');
  await Promise.all(started.map(({ ended }) => ended));
  await rig.close();
  removeScratchFolders();
});

function specOf(jobName: string, hyperparameters: Record<string, string | number>, further: object = {}) {
  return {
    estimator: { ...ESTIMATOR, imageName: 'gated', hyperparameters, ...further },
    fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName },
  };
}

interface Held {
  name: string;
  gate: Gate;
  program: RunningProgram;
}

/** Starts a run by the command and follows it until its first half is printed. */
async function startHeld(args: string[] = []): Promise<Held> {
  const name = uniqueName('held');
  const gate = makeGate();
  const stdin = JSON.stringify(specOf(name, { gate: gate.file }));
  const program = startProgramHere(['fit', '--spec', '-', ...args], { stdin });
  started.push(program);
  await program.waitFor(/line 3 of 6/);
  return { name, gate, program };
}

async function startForeignJob(): Promise<void> {
  const AlgorithmSpecification = { TrainingImage: 'gated', TrainingInputMode: 'File' } as const;
  const job = trainingJobRequest(foreign, { AlgorithmSpecification, HyperParameters: { lines: '6' } });
  await rig.sagemaker.send(new CreateTrainingJobCommand(job));
}

async function historyOf(workflowId: string): Promise<string[]> {
  const { events } = await rig.server.client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).map(({ eventType }) => String(eventType));
}

const CANCEL_REQUESTED = /CANCEL_REQUESTED|^20$/;
const LINES = [1, 2, 3, 4, 5, 6].map((number) => `line ${String(number)} of 6`);
const linesOf = (text: string, host: string) =>
  text
    .split('\n')
    .filter((line) => line.includes(`${host} │`))
    .map((line) => line.slice(line.indexOf('│') + 2));

describe('a run that has ended is attached to', () => {
  type Manner = 'piped' | 'events' | 'quiet' | 'quietEvents' | 'terminal' | 'noColor' | 'dumb' | 'build' | 'saved';
  let ends: Record<Manner, ProgramEnd>;
  beforeAll(async () => {
    const terminals: ProgramOptions['terminals'] = ['stdout', 'stderr'];
    const attach = (args: string[] = [], options: ProgramOptions = {}) =>
      runProgramHere(['attach', done, ...args], options);
    const [piped, events, quiet, quietEvents, terminal, noColor, dumb, build, saved] = await Promise.all([
      attach(),
      attach(['--json']),
      attach(['--quiet']),
      attach(['--quiet', '--json']),
      attach([], { terminals }),
      attach(['--no-color'], { terminals }),
      attach([], { terminals, env: { NO_COLOR: '1', TERM: 'dumb' } }),
      attach([], { terminals, env: { CI: 'true' } }),
      attach([], { terminals: ['stderr'] }),
    ]);
    ends = { piped, events, quiet, quietEvents, terminal, noColor, dumb, build, saved };
  });

  test('through a pipe: log lines of each host, then the result; everything else on stderr', () => {
    const { code, stdout, stderr } = ends.piped;
    expect(code).toBe(0);
    expect(linesOf(stdout, 'algo-1')).toEqual(LINES);
    expect(linesOf(stdout, 'algo-2')).toEqual(LINES);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(done);
    expect(stdout.trimEnd().split('\n')).toHaveLength(13);
    expect(stderr).toContain('Billable seconds: ');
    expect(stderr).not.toContain('\u001b');
  });

  test('for programs: statuses and lines as events, the result last', () => {
    const { code, stdout, stderr } = ends.events;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const events = readEvents(stdout);
    expect(events.filter(({ type }) => type === 'log')).toHaveLength(12);
    expect(events.at(-1)).toMatchObject({
      ...{ type: 'result', command: 'attach', workflowId: done, workflowType: 'fitThenDeploy' },
      ...{ trainingJobName: done, endpointName: done },
    });
  });

  test('quietly: the result alone', () => {
    expect(ends.quiet).toMatchObject({ code: 0, stdout: `${done}\n`, stderr: '' });
    expect(readEvents(ends.quietEvents.stdout)).toHaveLength(1);
  });

  test('on a terminal: coloured names and a picture, which --no-color and the environment leave plain', () => {
    const { terminal, noColor, dumb, build } = ends;
    expect(terminal.stdout).toContain('\u001b[36malgo-1 │\u001b[39m line 1 of 6');
    expect(terminal.stdout).toContain('\u001b[35malgo-2 │\u001b[39m line 1 of 6');
    // The last picture is left standing, with the cursor below it.
    expect(terminal.stderr).toMatch(new RegExp(`\\u001b\\[0J${done}  Done  [^\\u001b]*\\n[^\\u001b]*$`));
    expect(noColor.stdout).not.toContain('\u001b');
    expect(dumb.stdout + dumb.stderr).not.toContain('\u001b');
    expect(build.stderr).not.toContain('\u001b[0J');
  });

  test('with stdout in a file, the picture stays on the terminal', () => {
    expect(ends.saved.stdout).not.toContain('\u001b');
    expect(ends.saved.stderr).toContain('\u001b[0J');
  });
});

describe('logs', () => {
  // Each reads a while beyond the last line: all at once, they wait together.
  const readAll = () =>
    Promise.all([
      runProgramHere(['logs', done]),
      runProgramHere(['logs', done, '--tail', '2', '--quiet']),
      runProgramHere(['logs', done, '--since', '2999-01-01']),
      runForEvents(['logs', done, '--tail', '3']),
      runProgramHere(['logs', foreign]),
      runProgramHere(['logs', foreign, '--follow']),
    ]);
  let read: Awaited<ReturnType<typeof readAll>>;
  beforeAll(async () => {
    read = await readAll();
  });

  test('prints all lines, the last ones, or those since a time', () => {
    const [all, tail, none, events] = read;
    expect(all.code).toBe(0);
    expect(all.stdout.trimEnd().split('\n')).toHaveLength(12);
    expect(linesOf(all.stdout, 'algo-2')).toEqual(LINES);
    expect(tail.stdout.trimEnd().split('\n')).toEqual(all.stdout.trimEnd().split('\n').slice(-2));
    expect(tail.stderr).toBe('');
    expect(none).toMatchObject({ code: 0, stdout: '' });
    expect(events.events.map(({ type }) => type)).toEqual(['log', 'log', 'log', 'result']);
    expect(events.last).toMatchObject({ command: 'logs', trainingJobName: done, lines: 3 });
  });

  test('follows a run to the end of its training, each line once, from the last ones of those that are there', async () => {
    const { name, gate, program } = held.logs;
    const following = startProgramHere(['logs', name, '--follow', '--tail', '1']);
    await following.waitFor(/line 3 of 6/);
    gate.open();
    const { code, stdout } = await following.ended;
    expect(code).toBe(0);
    expect(linesOf(stdout, 'algo-1')).toEqual(LINES.slice(2));
    await program.ended;
  });

  test('takes a training job that no run of ours knows', () => {
    for (const ends of read.slice(4)) {
      expect(ends.code).toBe(0);
      expect(linesOf(ends.stdout, 'algo-1')).toEqual(LINES);
    }
  });

  test('of a run that trains one model after the other is that of each job', async () => {
    const lines: LogLine[] = [];
    const log = followTrainingLog({
      onLine: (line) => lines.push(line),
      onTrouble: (trouble) => {
        throw new Error(trouble);
      },
    });
    const rest = { stage: 'Training', ledger: [], attempts: {}, links: {}, warnings: [], live: true } as const;
    for (const name of [foreign, done]) {
      const trainingJob = { name, status: 'InProgress', transitions: [], metrics: [] };
      log.see({ ...rest, ledger: [], warnings: [], trainingJob });
    }
    await log.end();
    const messagesOf = (job: string, host: string) =>
      lines.filter((line) => line.stream.startsWith(`${job}/${host}-`)).map(({ message }) => message);
    expect(messagesOf(foreign, 'algo-1')).toEqual(LINES);
    expect(messagesOf(done, 'algo-2')).toEqual(LINES);
    expect(lines).toHaveLength(18);
  });

  test('says what is not there: a run, a job, a training', async () => {
    const unknown = await runForEvents(['logs', uniqueName('nobody')]);
    expect(unknown).toMatchObject({ code: 3, last: { command: 'logs', code: 'TrainingJobNotFound' } });
    const deploy = await startRun(session, 'deploy', {
      trainingJobName: done,
      estimator: { ...ESTIMATOR, imageName: 'gated' },
      deploy: { ...DEPLOY, endpointName: done },
    });
    await deploy.result().catch(() => undefined);
    const trainsNothing = await runForEvents(['logs', deploy.workflowId]);
    expect(trainsNothing).toMatchObject({ code: 2, last: { code: 'InvalidInput' } });
  });

  test('a log that is denied is a failure of the command that is for nothing else', async () => {
    await rig.control.addFaults([
      ...['DescribeLogStreams', 'GetLogEvents'].map((operation) => ({
        operation,
        action: 'error' as const,
        status: 400,
        code: 'AccessDeniedException',
        message: 'not authorized to perform logs:GetLogEvents',
      })),
    ]);
    try {
      const { code, last } = await runForEvents(['logs', done]);
      expect({ code, last }).toMatchObject({ code: 4, last: { code: 'AccessDenied', trainingJobName: done } });
    } finally {
      await rig.control.clearFaults();
    }
  });
});

describe('predict', () => {
  test('sends bytes as they are and prints the answer untouched', async () => {
    const bytes = Buffer.from([0, 1, 2, 255, 254, 10, 0, 27, 91, 50, 74]);
    const { code, stdoutBytes, stderr } = await runProgramHere(['predict', done], { stdin: bytes });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdoutBytes).toEqual(bytes);
    const terminal = await runProgramHere(['predict', done, '--content-type', 'text/csv', '-'], {
      ...{ stdin: '\u001b[2J1,2', terminals: ['stdout'] },
    });
    expect(terminal.stdout).toBe('[2J1,2\n');
  });

  test('tells programs the type and the body, as text or as base64', async () => {
    const [text, binary] = await Promise.all([
      runForEvents(['predict', done, '--content-type', 'application/json'], { stdin: '{"a":"ä"}' }),
      runForEvents(['predict', done, '--accept', 'application/x-npy'], { stdin: Buffer.from([147, 0, 255]) }),
    ]);
    expect(text.events).toHaveLength(1);
    expect(text.last).toMatchObject({
      ...{ type: 'result', command: 'predict', endpointName: done, contentType: 'application/json' },
      ...{ encoding: 'utf8', body: '{"a":"ä"}' },
    });
    expect(binary.last).toMatchObject({ contentType: 'application/x-npy', encoding: 'base64', body: 'kwD/' });
  });

  test('asks once, and tells what the model said', async () => {
    const { code, last } = await runForEvents(['predict', done], { stdin: 'nonsense' });
    expect({ code, last }).toMatchObject({
      code: 5,
      last: { code: 'ModelError', reason: 'cannot read nonsense', modelStatus: 422, endpointName: done },
    });
    await rig.control.addFaults([
      { operation: 'InvokeEndpoint', action: 'error', status: 503, code: 'ServiceUnavailable' },
    ]);
    const before = (await rig.calls('InvokeEndpoint')).length;
    const unavailable = await runForEvents(['predict', done], { stdin: '1' });
    await rig.control.clearFaults();
    expect(unavailable).toMatchObject({ code: 8, last: { code: 'AwsUnreachable' } });
    expect((await rig.calls('InvokeEndpoint')).length).toBe(before + 1);
  });

  test('refuses what cannot be sent before anybody is asked, and an endpoint that is not there', async () => {
    const before = (await rig.calls('InvokeEndpoint')).length;
    const [empty, large, missing] = await Promise.all([
      runForEvents(['predict', done], { stdin: '' }),
      runForEvents(['predict', done], { stdin: Buffer.alloc(6 * 1024 * 1024 + 1) }),
      runForEvents(['predict', done, '/nowhere/data.csv']),
    ]);
    expect([empty.last.code, large.last.code, missing.last.code]).toEqual(Array(3).fill('InvalidInput'));
    expect([empty.code, large.code, missing.code]).toEqual([2, 2, 2]);
    expect((await rig.calls('InvokeEndpoint')).length).toBe(before);
    const { code, last } = await runForEvents(['predict', uniqueName('nobody')], { stdin: '1' });
    expect({ code, last }).toMatchObject({ code: 3, last: { code: 'EndpointNotFound' } });
  });
});

describe('status', () => {
  test('of one run tells where it stands', async () => {
    const [text, events] = await Promise.all([runProgramHere(['status', done]), runForEvents(['status', done])]);
    expect(text.stdout).toMatch(new RegExp(`^${done}  Done  .*\\(fitThenDeploy, COMPLETED in Temporal\\)\n`));
    expect(events.last).toMatchObject({ command: 'status', workflowId: done, stage: 'Done', closed: true });
  });

  test('without a run lists them, by what one remembers of them', async () => {
    await until(async () => (await runProgramHere(['status'])).stdout.includes(done), { what: 'the run to be listed' });
    const [table, filtered, other, none] = await Promise.all([
      runProgramHere(['status', '--type', 'fitThenDeploy', '--stage', 'Done', '--since', '1h']),
      runForEvents(['status', '--endpoint', done, '--status', 'completed', '--limit', '5']),
      runForEvents(['status', '--endpoint', uniqueName('nobody')]),
      runProgramHere(['status', '--since', '2999-01-01']),
    ]);
    const [head, ...rows] = table.stdout.trimEnd().split('\n');
    expect(head).toMatch(/^RUN +TYPE +STAGE +STARTED +TOOK$/);
    expect(rows.find((row) => row.startsWith(done))).toMatch(
      /^\S+ {2}fitThenDeploy {2}Done {3}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}[\dms. ]+$/,
    );
    const { runs } = filtered.last as unknown as { runs: { workflowId: string }[] };
    expect(runs.map(({ workflowId }) => workflowId)).toContain(done);
    expect(other.last).toMatchObject({ type: 'result', command: 'status', runs: [] });
    expect(none).toMatchObject({ code: 0, stdout: '' });
    expect(none.stderr).toContain('no run fits');
  });

  test('takes filters or a run, and knows a time from none', async () => {
    const both = await runForEvents(['status', done, '--stage', 'Done']);
    expect(both).toMatchObject({ code: 2, last: { command: 'status', code: 'InvalidInput' } });
    const time = await runForEvents(['status', '--since', 'yesterday']);
    expect(time).toMatchObject({ code: 2, last: { command: 'status', code: 'InvalidInput' }, stderr: '' });
    const limit = await runForEvents(['status', '--limit', '1001']);
    expect(limit).toMatchObject({ code: 2, last: { problems: ['limit must be a whole number from 1 to 1000'] } });
  });
});

describe('a follower is told to let go', () => {
  test('by Ctrl-C: three lines, exit code 130, and the run is untouched', async () => {
    const { name, gate, program } = held.interrupted;
    program.interrupt('SIGINT');
    const { code, stderr } = await program.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(new RegExp(`\\n\\d\\d:\\d\\d:\\d\\d training job ${name}: InProgress · Training`));
    const here = 'node .*/opt/temporal-sagemaker/lib/cli/main\\.js';
    expect(stderr).toMatch(
      new RegExp(
        `\n${name} is at Training \\(training job Training\\) after .*, and goes on\n` +
          `follow it again: ${here} attach ${name}\n` +
          `stop it and remove what it made: ${here} cancel ${name}\n$`,
      ),
    );
    gate.open();
    const result = await runForEvents(['result', name]);
    expect(result).toMatchObject({ code: 0, last: { command: 'result', trainingJobName: name } });
    expect((await historyOf(name)).filter((type) => CANCEL_REQUESTED.test(type))).toEqual([]);
  });

  test('by --timeout: exit code 7, told the same; for programs in the error', async () => {
    const { name, gate, program } = held.timedOut;
    const [people, programs] = await Promise.all([
      runProgramHere(['attach', name, '--timeout', '0.5']),
      runForEvents(['attach', name, '--timeout', '0.5']),
    ]);
    expect(people.code).toBe(7);
    const [reason, state, ...hints] = people.stderr.trimEnd().split('\n').slice(-4);
    expect(reason).toBe('✗ TimedOut: not at the end within 0.5 s, as --timeout says');
    // How far it has come in that time is the machine's affair.
    expect(state).toMatch(new RegExp(`^${name} (.*, and goes on|is left as it is: .*)$`));
    expect(hints).toEqual([
      expect.stringMatching(new RegExp(`^follow it again: node .* attach ${name}$`)),
      expect.stringMatching(new RegExp(`^stop it .*: node .* cancel ${name}$`)),
    ]);
    expect(programs).toMatchObject({
      code: 7,
      last: { type: 'error', command: 'attach', code: 'TimedOut', exitCode: 7, workflowId: name },
    });
    expect((programs.last.next as { attach: string }).attach).toMatch(new RegExp(`^node .*main\\.js attach ${name}$`));
    gate.open();
    expect((await program.ended).code).toBe(0);
  });

  test('with --on-interrupt cancel: the run is cancelled, its clean-up awaited and told', async () => {
    const { cancelling: people, cancellingForPrograms: programs } = held;
    people.program.interrupt('SIGTERM');
    programs.program.interrupt('SIGINT');
    const ends = await Promise.all([people.program.ended, programs.program.ended]);
    expect(ends.map(({ code }) => code)).toEqual([143, 130]);
    expect(ends[0].stderr).toContain(`${people.name} has ended: Cancelled\n  left     training job ${people.name}`);
    expect(readEvents(ends[1].stdout).at(-1)).toMatchObject({
      ...{ type: 'error', code: 'Interrupted', exitCode: 130, workflowId: programs.name },
      message: 'interrupted by SIGINT; the run has ended: Cancelled',
      ledger: [{ kind: 'training job', name: programs.name, state: 'left' }],
    });
    for (const { name } of [people, programs]) {
      expect((await (await Run.attach(session, name)).status()).status).toBe('CANCELLED');
    }
  });

  test('a reader that has gone lets go of it without a word', async () => {
    const { name, gate, program } = held.gone;
    program.interrupt('EPIPE');
    expect((await program.ended).code).toBe(0);
    expect((await (await Run.attach(session, name)).status()).closed).toBe(false);
    gate.open();
    await (await Run.attach(session, name)).result();
  });
});

test('cancel waits for the clean-up and says what became of everything', async () => {
  const { name, program } = held.cancelled;
  const { code, stdout } = await runProgramHere(['cancel', name]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    new RegExp(`^${name} has ended: Cancelled\n  left     training job ${name} \\(stopped: .*\\)\n$`),
  );
  expect((await program.ended).code).toBe(5);
  const again = await runForEvents(['cancel', name]);
  expect(again).toMatchObject({ code: 0, last: { command: 'cancel', outcome: 'Cancelled', workflowId: name } });
});

test('an endpoint is deleted, and the second time is not there', async () => {
  const deleted = await runForEvents(['delete-endpoint', done]);
  expect(deleted).toMatchObject({ code: 0, last: { command: 'delete-endpoint', endpointName: done, left: [] } });
  const again = await runForEvents(['delete-endpoint', done]);
  expect(again).toMatchObject({ code: 3, last: { command: 'delete-endpoint', code: 'EndpointNotFound' } });
});
