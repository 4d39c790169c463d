/**
 * The unmodified SageMaker Python SDK against the emulator: it trains, deploys, predicts and deletes as it does against
 * AWS. The algorithm and the data are those of the digits example.
 */
import { DescribeEndpointCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { join } from 'node:path';
import { readDigits, splitDigits, toCsv } from '../../src/cli/quickstart/dataset';
import { emulatorControl } from '../../src/emulator';
import { startEmulatorProcess } from '../support/command-line';
import { endProcesses, runProcess } from '../support/processes';
import { findPython, PYTHON_ENVIRONMENT_LIMIT_MS, pythonVariables } from '../support/python';
import { makeScratchFolder, removeScratchFolders } from '../support/scratch';
import { until } from '../support/until';

/** The SDK looks at an endpoint first after half a minute, and at a job's status that seldom. */
const SCRIPT_LIMIT_MS = 6 * 60_000;

const SCRIPT = join(__dirname, 'fit_deploy_predict.py');
const DIGITS = join(__dirname, '../../examples/digits/digits.csv.gz');

const SDK_CONFIG = `SchemaVersion: '1.0'
SageMaker:
  PythonSDK:
    Modules:
      TelemetryOptOut: true
`;

/** What the script prints last. */
interface Report {
  trainingJobName: string;
  modelData: string;
  endpointName: string;
  accuracy: number;
  asked: number;
}

let python: string;
beforeAll(async () => {
  python = await findPython();
}, PYTHON_ENVIRONMENT_LIMIT_MS);
afterEach(endProcesses);
afterEach(removeScratchFolders);

it(
  'trains, shows the logs, deploys, predicts and deletes',
  async () => {
    const { training, heldOut } = splitDigits(readDigits(DIGITS), { seed: 7 });
    const folder = makeScratchFolder({
      'train.csv': toCsv(training),
      'held-out.csv': toCsv(heldOut.slice(0, 100)),
      'config.yaml': SDK_CONFIG,
    });
    const emulatorProcess = await startEmulatorProcess();
    const emulator = emulatorProcess.ready;
    const { code, stdout, stderr } = await runProcess(
      python,
      [SCRIPT, join(folder, 'train.csv'), join(folder, 'held-out.csv')],
      {
        env: {
          ...pythonVariables(emulator),
          SAGEMAKER_USER_CONFIG_OVERRIDE: join(folder, 'config.yaml'),
          SAGEMAKER_SUPPRESS_V2_WARNING: '1',
        },
      },
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const report = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Report;

    // The container's lines, and the SDK's own about the statuses it saw.
    expect(stdout).toMatch(/rows=\d+ .*epochs=8/);
    expect(stdout.match(/epoch=\d train:loss=/g)).toHaveLength(8);
    expect(stdout).toMatch(/Training - .*in progress/);
    expect(stdout).toMatch(/Completed - Training job completed/);
    expect(stdout).toMatch(/Training seconds: \d+/);
    expect(report.asked).toBe(100);
    expect(report.accuracy).toBeGreaterThan(0.9);
    expect(report.modelData).toBe(`s3://digits-of-python/${report.trainingJobName}/output/model.tar.gz`);

    const calls = await emulatorControl(emulator.awsEndpointUrl).calls();
    const changes = calls.filter(({ operation }) => /^(Create|Delete|Invoke|Put)/.test(operation));
    expect(changes.map(({ operation, status }) => `${operation} ${String(status)}`)).toEqual([
      'CreateBucket 200',
      'PutObject 200',
      'CreateTrainingJob 200',
      'CreateModel 200',
      'CreateEndpointConfig 200',
      'CreateEndpoint 200',
      'InvokeEndpoint 200',
      'DeleteModel 200',
      'DeleteEndpointConfig 200',
      'DeleteEndpoint 200',
    ]);
    const reads = calls.filter(({ operation }) => /^(Describe|GetLog)/.test(operation));
    expect(reads.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(reads.map(({ operation }) => operation))).toEqual(
      new Set([
        'DescribeTrainingJob',
        'DescribeLogStreams',
        'GetLogEvents',
        'DescribeEndpoint',
        'DescribeEndpointConfig',
      ]),
    );

    const sagemaker = new SageMakerClient({
      endpoint: emulator.awsEndpointUrl,
      region: emulator.region,
      credentials: emulator,
    });
    const described = () => sagemaker.send(new DescribeEndpointCommand({ EndpointName: report.endpointName }));
    await until(
      () =>
        described().then(
          () => false,
          (error: unknown) => String(error).includes('Could not find endpoint'),
        ),
      { what: 'the endpoint to be gone' },
    );
    sagemaker.destroy();
    await emulatorProcess.close();
  },
  SCRIPT_LIMIT_MS,
);
