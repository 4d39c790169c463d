/** The program from outside, as processes of their own: help, mistakes, dry runs, and what happens with nobody there. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readEvents } from '../support/events';
import { endProcesses, runProcess, startProcess } from '../support/processes';

const PROGRAM = join(__dirname, '../../lib/cli/main.js');

const SPEC = {
  estimator: {
    imageName: 'digits',
    role: 'SageMakerRole',
    trainInstanceCount: 1,
    trainInstanceType: 'ml.m5.large',
    hyperparameters: { epochs: 3 },
  },
  fit: { inputs: 's3://bucket/data', jobName: 'digits-1' },
  deploy: { initialInstanceCount: 1, instanceType: 'ml.m5.large' },
};

const COMMANDS = [
  ...['quickstart', 'dev', 'worker', 'emulator', 'fit', 'deploy', 'fit-then-deploy'],
  ...['status', 'attach', 'logs', 'cancel', 'result', 'predict', 'delete-endpoint', 'sweep'],
  ...['doctor', 'schema'],
];

async function run(args: string[], env: NodeJS.ProcessEnv = {}, stdin?: string) {
  const program = startProcess(process.execPath, [PROGRAM, ...args], {
    env: { ...process.env, ...env },
    stdin: stdin !== undefined,
  });
  if (stdin !== undefined) {
    program.write(stdin);
    program.closeInput();
  }
  return program.ended;
}

const lastLine = (text: string): unknown => JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');

/** A place that counts who comes. */
async function openTrap() {
  let visits = 0;
  const server = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    env: { TEMPORAL_ADDRESS: address, AWS_ENDPOINT_URL: `http://${address}`, AWS_REGION: 'eu-central-1' },
    visits: () => visits,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

afterEach(endProcesses);

/** A script that runs command lines of the program, one after the other, and calls `told` with what each one printed. */
const runEach = (lines: string[][], told: string): string => `
  const { runProgram } = require(${JSON.stringify(join(PROGRAM, '../program.js'))});
  const { stdin, stderr, env } = process;
  let said = '';
  const stdout = { columns: 80, write: (text) => (said += text) };
  const interrupted = new AbortController().signal;
  void (async () => {
    for (const line of ${JSON.stringify(lines)}) {
      said = '';
      await runProgram(line, { env, stdin, streams: { stdout, stderr }, interrupted, script: ${JSON.stringify(PROGRAM)} });
      ${told}
    }
  })();`;
const HELPS = [['--help'], ['--version'], ...COMMANDS.map((name) => [name, '--help'])];

test('no help loads anything heavy: not Temporal, nor AWS, nor the schemas, nor tables, nor YAML', async () => {
  const script = runEach(
    HELPS,
    `const heavy = Object.keys(require.cache).filter((file) => !/node_modules[/]commander[/]/.test(file))
       .filter((file) => /[/]node_modules[/]|[/]lib[/](client|worker|emulator|schemas|service-model)[/]/.test(file));
     console.log(JSON.stringify({ line, said: said.length > 0, heavy }));`,
  );
  const { stdout, stderr } = await runProcess(process.execPath, ['-e', script]);
  expect(stderr).toBe('');
  const told = stdout.trimEnd().split('\n');
  expect(told.map((line) => JSON.parse(line) as unknown)).toEqual(
    HELPS.map((line) => ({ line, said: true, heavy: [] })),
  );
});

test('the help of every command that there is begins with an example, and says what all have in common', async () => {
  const script = runEach(HELPS, 'console.log(JSON.stringify(said));');
  const { stdout } = await runProcess(process.execPath, ['-e', script]);
  const [main = '', , ...helps] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as string);
  const commands = [...main.matchAll(/^ {2}([a-z][a-z-]+)(?: |$)/gm)].map(([, name]) => name);
  expect(commands.filter((name) => name !== 'help').sort()).toEqual([...COMMANDS].sort());
  for (const help of [main, ...helps]) expect(help).toMatch(/^Examples?:\n {2}\$ .*temporal-sagemaker /);
  for (const help of helps) expect(help).toMatch(/--json [^]*--quiet [^]*--no-color /);
});

test('only commands that wait for a run take --timeout', async () => {
  const script = runEach(
    HELPS.slice(2),
    'console.log(JSON.stringify([line[0], /--timeout /.test(said), /--on-interrupt /.test(said)]));',
  );
  const { stdout } = await runProcess(process.execPath, ['-e', script]);
  const told = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as [string, boolean, boolean]);
  const cancelling = ['fit', 'deploy', 'fit-then-deploy', 'attach', 'result'];
  const namesOf = (which: 1 | 2): string[] =>
    told
      .filter((each) => each[which])
      .map(([name]) => name)
      .sort();
  expect(namesOf(1)).toEqual([...cancelling, 'cancel', 'delete-endpoint', 'sweep'].sort());
  expect(namesOf(2)).toEqual([...cancelling].sort());
});

test('a mistake of usage ends with 2, and with --json in an error that programs can read', async () => {
  const unknown = await run(['fti']);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('Did you mean fit');
  const [missing, wrong] = await Promise.all([
    run(['fit', '--json']),
    run(['attach', 'x', '--timeout', '0', '--json']),
  ]);
  expect(missing).toMatchObject({ code: 2, stderr: '' });
  expect(readEvents(missing.stdout)).toMatchObject([
    { v: 1, type: 'error', command: 'fit', code: 'InvalidInput', exitCode: 2 },
  ]);
  expect(wrong).toMatchObject({ code: 2, stderr: '' });
  expect(readEvents(wrong.stdout)).toMatchObject([{ message: expect.stringContaining('a time-out is more than 0') }]);
});

test('a dry run prints the four requests and calls nobody', async () => {
  const trap = await openTrap();
  try {
    const dryRun = await run(['fit-then-deploy', '--spec', '-', '--dry-run', '--json'], trap.env, JSON.stringify(SPEC));
    expect(dryRun).toMatchObject({ code: 0, stderr: '' });
    expect(lastLine(dryRun.stdout)).toMatchObject({
      CreateTrainingJob: { TrainingJobName: 'digits-1', RoleArn: '<role>', HyperParameters: { epochs: '3' } },
      CreateModel: {
        PrimaryContainer: { ModelDataUrl: 's3://sagemaker-eu-central-1-<account>/digits-1/output/model.tar.gz' },
      },
      CreateEndpointConfig: { ProductionVariants: [{ InstanceType: 'ml.m5.large', InitialInstanceCount: 1 }] },
      CreateEndpoint: { EndpointName: 'digits-1' },
    });
    expect(trap.visits()).toBe(0);
  } finally {
    await trap.close();
  }
});

test('a spec with five mistakes is refused with five problems, and nobody is called', async () => {
  const trap = await openTrap();
  try {
    const spec = {
      ...SPEC,
      estimator: { ...SPEC.estimator, role: '', trainInstanceCount: 0, trainInstancetype: 'ml.m5.large' },
      fit: { inputs: 'bucket/data' },
      deploy: { ...SPEC.deploy, instanceType: 'm5.large' },
    };
    const refused = await run(['fit-then-deploy', '--spec', '-', '--json'], trap.env, JSON.stringify(spec));
    expect(refused.code).toBe(2);
    const error = readEvents(refused.stdout).at(-1) as unknown as { problems: string[] };
    expect(error).toMatchObject({ type: 'error', code: 'InvalidInput', exitCode: 2 });
    expect(error.problems).toHaveLength(5);
    expect(trap.visits()).toBe(0);
  } finally {
    await trap.close();
  }
});

test('a Temporal server that does not answer is exit code 8, in words without a stack', async () => {
  const { code, stdout, stderr } = await run(['status', 'digits-1'], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
  expect({ code, stdout }).toEqual({ code: 8, stdout: '' });
  expect(stderr).toContain('✗ TemporalUnreachable:');
  expect(stderr).toMatch(/\nfix: .+/);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('a worker without a server ends with 8, and one with a wrong setting with 2', async () => {
  const env = { TEMPORAL_ADDRESS: '127.0.0.1:1', AWS_REGION: 'eu-central-1' };
  const [unreachable, wrong] = await Promise.all([
    run(['worker', '--json'], env),
    run(['worker', '--json'], { ...env, TEMPORAL_SAGEMAKER_POLL_MIN_MS: 'often' }),
  ]);
  expect(readEvents(unreachable.stdout).at(-1)).toMatchObject({ code: 'TemporalUnreachable', exitCode: 8 });
  expect(unreachable.code).toBe(8);
  expect(readEvents(wrong.stdout).at(-1)).toMatchObject({ code: 'InvalidInput', exitCode: 2 });
  expect(wrong.code).toBe(2);
});

test('a reader that has gone is no failure', async () => {
  const line = `(${process.execPath} ${PROGRAM} --help; echo "code=$?" >&2) | true`;
  const { stderr } = await runProcess('sh', ['-c', line]);
  expect(stderr).toBe('code=0\n');
});
