/** The program from outside, as processes of their own: help, mistakes, dry runs, and what happens with nobody there. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
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
  ...['status', 'attach', 'cancel', 'result', 'delete-endpoint'],
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

test('help loads neither Temporal nor AWS nor the schemas', async () => {
  const script = `
    const { runProgram } = require(${JSON.stringify(join(PROGRAM, '../program.js'))});
    const { stdin, stdout, stderr, env } = process;
    const interrupted = new AbortController().signal;
    void runProgram(['fit', '--help'], { env, stdin, streams: { stdout, stderr }, interrupted }).then((code) => {
      const heavy = Object.keys(require.cache).filter((file) => /@temporalio|@aws-sdk|@smithy|[/]zod[/]/.test(file));
      console.log(JSON.stringify({ code, heavy }));
    });`;
  const { stdout } = await runProcess(process.execPath, ['-e', script]);
  expect(lastLine(stdout)).toEqual({ code: 0, heavy: [] });
});

test('the help of every command begins with an example', async () => {
  const script = `
    const { runProgram } = require(${JSON.stringify(join(PROGRAM, '../program.js'))});
    const { stdin, stderr, env } = process;
    const stdout = { columns: 80, write: (text) => (said += text) };
    let said = '';
    const interrupted = new AbortController().signal;
    void (async () => {
      for (const name of [[], ...${JSON.stringify(COMMANDS)}.map((name) => [name])]) {
        said = '';
        await runProgram([...name, '--help'], { env, stdin, streams: { stdout, stderr }, interrupted });
        console.log(said.split('\\n').slice(0, 2).join('|'));
      }
    })();`;
  const { stdout } = await runProcess(process.execPath, ['-e', script]);
  const beginnings = stdout.trimEnd().split('\n');
  expect(beginnings).toHaveLength(COMMANDS.length + 1);
  for (const beginning of beginnings) expect(beginning).toMatch(/^Examples?:\| {2}\$ .*temporal-sagemaker /);
});

test('a mistake of usage ends with 2, and with --json in an error that programs can read', async () => {
  const unknown = await run(['fti']);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('Did you mean fit');
  const missing = await run(['fit', '--json']);
  expect(missing.code).toBe(2);
  expect(lastLine(missing.stdout)).toMatchObject({ v: 1, type: 'error', code: 'InvalidInput', exitCode: 2 });
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
    const error = lastLine(refused.stdout) as { problems: string[] };
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
  expect(lastLine(unreachable.stdout)).toMatchObject({ code: 'TemporalUnreachable', exitCode: 8 });
  expect(unreachable.code).toBe(8);
  expect(lastLine(wrong.stdout)).toMatchObject({ code: 'InvalidInput', exitCode: 2 });
  expect(wrong.code).toBe(2);
});

test('a reader that has gone is no failure', async () => {
  const line = `(${process.execPath} ${PROGRAM} --help; echo "code=$?" >&2) | true`;
  const { stderr } = await runProcess('sh', ['-c', line]);
  expect(stderr).toBe('code=0\n');
});
