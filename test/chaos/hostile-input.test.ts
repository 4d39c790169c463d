/**
 * Hostile inputs as any starter can send them, past our client's checks: each run ends with a typed failure before anything
 * is made, however large the input. And addresses that lead elsewhere are never called: neither by the worker nor by the
 * emulator, whatever field they stand in. All runs of a table go at once, on one rig.
 */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateModelCommand, CreateTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { connect, Run, SageMakerError, startRun, type Session } from '../../src/client';
import type { FitThenDeployInput } from '../../src/contract';
import { trainingJobRequest } from '../support/by-hand';
import { DATA_BUCKET, mainJob, ROLE, startRig, uniqueName, type Rig } from '../support/rig';
import { makeScratchFolder, removeScratchFolders } from '../support/scratch';

const MEGABYTE = 1_000_000;
const SERVE = `#!/usr/bin/env node
require('http').createServer((_, response) => response.end()).listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), '127.0.0.1');
`;

let rig: Rig;
let session: Session;
/** Somebody's service on this machine, whom nobody here has any business to call. */
let bystander: Server;
let calledFrom: (number | undefined)[];
let elsewhere: string;

/** What becomes of each run, by its scenario. */
const outcomes = new Map<string, Promise<unknown>>();

beforeAll(async () => {
  calledFrom = [];
  bystander = createServer((socket) => {
    calledFrom.push(socket.remotePort);
    socket.destroy();
  });
  await new Promise<void>((resolve) => bystander.listen(0, '127.0.0.1', resolve));
  elsewhere = `127.0.0.1:${String((bystander.address() as AddressInfo).port)}`;
  const image = makeScratchFolder({ train: '#!/bin/sh\nexit 0\n', serve: SERVE });
  rig = await startRig({ emulator: { simulated: false, images: { iris: image } } });
  session = await connect({ client: rig.server.client, taskQueue: rig.taskQueue });
  await rig.s3.send(
    new PutObjectCommand({
      Bucket: DATA_BUCKET,
      Key: 'manifest.json',
      Body: JSON.stringify([{ prefix: `http://${elsewhere}/` }, 'a']),
    }),
  );
  for (const [name, { input }] of Object.entries({ ...RAW, ...LARGE })) outcomes.set(name, startRaw(input()));
  for (const [name, input] of Object.entries(ELSEWHERE)) outcomes.set(name, startRaw(renameJob(input(), 'elsewhere')));
}, 120_000);

afterAll(async () => {
  await rig.close();
  bystander.close();
  removeScratchFolders();
});

/** Starts as any client of Temporal can, and answers with the result or the error that our client makes of the end. */
async function startRaw(input: unknown): Promise<unknown> {
  const workflowId = uniqueName('hostile');
  try {
    const handle = await rig.server.client.workflow.start('fitThenDeploy', {
      workflowId,
      taskQueue: rig.taskQueue,
      args: [input],
    });
    return await (await Run.attach(session, handle.workflowId)).result();
  } catch (error) {
    return error;
  }
}

const change = (estimator: object = {}, others: object = {}): unknown => {
  const input = mainJob(uniqueName('refused'));
  return { ...input, ...others, estimator: { ...input.estimator, ...estimator } };
};

function renameJob(input: unknown, prefix: string): FitThenDeployInput {
  const given = input as FitThenDeployInput;
  return { ...given, fit: { ...given.fit, jobName: uniqueName(prefix) } };
}

/** Inputs that are no inputs, with the beginning of the first problem. */
const RAW: Record<string, { input: () => unknown; problem: string }> = {
  nothing: { input: () => null, problem: 'the input of fitThenDeploy must be one object, not null' },
  'a text': { input: () => 'text', problem: 'the input of fitThenDeploy must be one object, not a text' },
  'a list': { input: () => [1], problem: 'the input of fitThenDeploy must be one object, not a list' },
  'a name for a prototype': {
    input: () => change({ hyperparameters: JSON.parse('{"__proto__": {"a": 1}}') as object }),
    problem: 'estimator.hyperparameters.__proto__ is a name that cannot be used',
  },
  'a job name that climbs': {
    input: () => change({}, { fit: { inputs: 's3://data/iris', jobName: '../../x' } }),
    problem: 'fit.jobName must be 1 to 63 letters',
  },
  'a count that is a text': {
    input: () => change({ trainInstanceCount: '1' }),
    problem: 'estimator.trainInstanceCount must be a number, not a text',
  },
  'too many hyperparameters': {
    input: () =>
      change({ hyperparameters: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`h${String(i)}`, 1])) }),
    problem: 'estimator.hyperparameters must have at most 100 entries',
  },
  'a value that is too long for AWS': {
    input: () => change({ hyperparameters: { a: 'x'.repeat(2_501) } }),
    problem:
      'estimator.hyperparameters.a has an entry that AWS refuses: each value must be at most 2500 characters long',
  },
  'levels without end': {
    input: () => change({ hyperparameters: { a: JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown } }),
    problem: 'estimator.hyperparameters.a is nested too deeply',
  },
  'a terminal’s escape sequences': {
    input: () => change({ baseJobName: 'a', imageName: '\u001b[2J\u0007 x' }),
    problem: 'estimator.imageName must be an image path',
  },
};

/** The text is in a field that AWS's model does not know, and sets no limit to. */
const withText = (bytes: number): unknown => {
  const withField = (Later: string) => change({ overrides: { createTrainingJob: { Later } } });
  const base = Buffer.byteLength(JSON.stringify(withField('')));
  return withField('x'.repeat(bytes - base));
};

/** Each within AWS's limits, and together so much that the plan, which says tags four times, is over Temporal's. */
function inputWithLargerPlan(): unknown {
  const many = (count: number, value: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`v${String(index)}`, value]));
  const tags = Array.from({ length: 49 }, (_, index) => ({
    key: `${String(index)}${'あ'.repeat(120)}`,
    value: 'あ'.repeat(256),
  }));
  // A control character is one to AWS, and six bytes of JSON.
  const input = change({ hyperparameters: many(100, '\u0001'.repeat(2_500)), tags }) as FitThenDeployInput;
  return { ...input, deploy: { ...input.deploy, env: many(55, '\u0001'.repeat(1_024)) } };
}

/** What is large, how it ends, and in which words: the server's where it does not even take it. */
const LARGE: Record<string, { input: () => unknown; code: string; words: RegExp }> = {
  '1.9 MB of one hyperparameter': {
    input: () => change({ hyperparameters: { a: 'x'.repeat(1.9 * MEGABYTE) } }),
    code: 'InvalidInput',
    words:
      /estimator\.hyperparameters\.a has an entry that AWS refuses: each value must be at most 2500 characters long/,
  },
  '2.08 MB': {
    input: () => withText(2.08 * MEGABYTE),
    code: 'InvalidInput',
    words: /makes a plan of \d{7} bytes, and Temporal takes 2000000: put large values into S3/,
  },
  // The input itself is taken; handing it to the first activity, with its name and the run's identity, is too much.
  'a few bytes below 2 MiB': {
    input: () => withText(2 ** 21 - 50),
    code: 'RunTerminated',
    words: /ScheduleActivityTaskCommandAttributes.Input exceeds size limit/,
  },
  'a plan of more than its input': {
    input: inputWithLargerPlan,
    code: 'InvalidInput',
    words: /makes a plan of \d{7} bytes/,
  },
  '2.2 MB': { input: () => withText(2.2 * MEGABYTE), code: 'none', words: /Blob data size exceeds limit/ },
  '3 MB': { input: () => withText(3 * MEGABYTE), code: 'none', words: /Blob data size exceeds limit/ },
};

describe('a raw start', () => {
  test.each(Object.entries(RAW))('with %s ends as InvalidInput', async (name, { problem }) => {
    const error = await outcomes.get(name);
    if (!(error instanceof SageMakerError)) throw new Error(`it ended otherwise: ${String(error)}`);
    expect(error.code).toBe('InvalidInput');
    expect(error.problems[0]).toContain(problem);
  });

  test.each(Object.entries(LARGE))('with %s ends, and says why', async (name, { code, words }) => {
    const error = await outcomes.get(name);
    const cause = error instanceof SageMakerError ? error : ((error as Error).cause as Error);
    expect(cause.message).toMatch(words);
    expect(error instanceof SageMakerError ? error.code : 'none').toBe(code);
  });

  test('has made nothing', async () => {
    await Promise.all(outcomes.values());
    const calls = (await rig.control.calls()).filter(({ resource }) => resource?.startsWith('refused'));
    expect(calls).toEqual([]);
  });
});

describe('our client', () => {
  test.each([2.2, 3, 5])('refuses %d MB with the size and a way out, before it sends anything', async (megabytes) => {
    const refusal = startRun(session, 'fitThenDeploy', withText(megabytes * MEGABYTE) as FitThenDeployInput);
    await expect(refusal).rejects.toMatchObject({
      code: 'InvalidInput',
      why: expect.stringMatching(
        /^The input of fitThenDeploy is \d{7} bytes long; Temporal takes 2000000\.$/,
      ) as string,
      fix: 'Put large values into S3 and pass their URI as a channel or hyperparameter.',
    });
  });

  test('sends what Temporal takes, and is told where the plan is too large', async () => {
    const run = await startRun(session, 'fitThenDeploy', inputWithLargerPlan() as FitThenDeployInput);
    await expect(run.result()).rejects.toMatchObject({
      code: 'InvalidInput',
      problems: [expect.stringMatching(/makes a plan of/) as string],
    });
  });
});

/** Fields in which an address would be taken, were anyone to follow it. */
const ELSEWHERE: Record<string, () => unknown> = {
  'an image': () => change({ imageName: `http://${elsewhere}/image` }),
  'a registry': () => change({ imageName: `${elsewhere}/image:1` }),
  'hyperparameters, environment and tags': () => {
    const url = `http://${elsewhere}/`;
    const hyperparameters = { url, s3_endpoint: url, sagemaker_submit_directory: `s3://${elsewhere}/x` };
    const tags = [{ key: 'url', value: url }];
    const deploy = {
      initialInstanceCount: 1,
      instanceType: 'ml.m5.large',
      env: { AWS_ENDPOINT_URL: url, HTTP_PROXY: url },
    };
    return change(
      { hyperparameters, tags, outputKmsKey: `arn:aws:kms:us-east-1:123456789012:key/${elsewhere}` },
      { deploy },
    );
  },
  'a manifest': () => {
    return change({}, { fit: { inputs: { s3Data: `s3://${DATA_BUCKET}/manifest.json`, s3DataType: 'ManifestFile' } } });
  },
  'a bucket of that name': () => change({ outputPath: 's3://127.0.0.1/models' }),
  'model data': () => change({ outputPath: `http://${elsewhere}/models` }),
};

describe('an address that leads elsewhere', () => {
  test.each(Object.keys(ELSEWHERE))('in %s is not called', async (name) => {
    const ended = await outcomes.get(name);
    if (ended instanceof Error) expect(ended).toBeInstanceOf(SageMakerError);
    expect(calledFrom).toEqual([]);
  });

  test('is not called by the emulator either, to which anyone may say it', async () => {
    const name = uniqueName('elsewhere');
    const job = (uri: string, further: object = {}) =>
      new CreateTrainingJobCommand(
        trainingJobRequest(`${name}-${String(Math.abs(uri.length))}`, {
          InputDataConfig: [
            { ChannelName: 'training', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri } } },
          ],
          ...further,
        }),
      );
    const { sagemaker } = rig;
    for (const uri of [`http://${elsewhere}/data`, `file:///etc/passwd`]) {
      await expect(sagemaker.send(job(uri))).rejects.toMatchObject({ name: 'ValidationException' });
    }
    // AWS's own pattern takes any https address; what is no bucket of S3's is not found.
    await expect(sagemaker.send(job(`https://${elsewhere}/data`))).rejects.toMatchObject({
      name: 'ValidationException',
    });

    for (const host of [
      elsewhere,
      `s3.amazonaws.com@${elsewhere}`,
      `${elsewhere}/s3.amazonaws.com`,
      `s3.${elsewhere}`,
    ]) {
      const container = { Image: 'iris', ModelDataUrl: `https://${host}/model.tar.gz` };
      const model = { ModelName: name, ExecutionRoleArn: ROLE, PrimaryContainer: container };
      await expect(sagemaker.send(new CreateModelCommand(model))).rejects.toMatchObject({
        name: 'ValidationException',
      });
    }
    expect(calledFrom).toEqual([]);
  });
});
