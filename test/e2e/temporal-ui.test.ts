/**
 * What a person sees of a run in the Temporal UI: a real Chromium on the UI of a dev stack, during a run and after it.
 * `npm run screenshots` runs the same and keeps the pictures that the README shows.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Run, Session } from '../../src/client';
import type { FitThenDeployInput } from '../../src/contract';
import { emulatorControl, type EmulatorControl } from '../../src/emulator';
import { endProcesses, runProcess } from '../support/processes';
import { until } from '../support/until';
import { collectConsoleErrors, findChromium, openBrowser, openPage, textOf } from './browser';
import { startDevStack, variablesOf, type DevStack } from './dev-stack';

jest.setTimeout(180_000);

const ROOT = join(__dirname, '../..');
const SIZE = { width: 1120, height: 800 };
/** Names that stay the same, so that pictures of two days can be compared. */
const JOB = 'digits-1';
const ENDPOINT = 'digits';

let stack: DevStack & { close: () => Promise<void> };
let control: EmulatorControl;
let session: Session;
let run: Run<'fitThenDeploy'>;
let browser: Browser;
let page: Page;
let consoleErrors: string[];

beforeAll(async () => {
  // First, since without it all the rest would be for nothing.
  browser = await openBrowser();
  stack = await startDevStack();
  const variables = variablesOf(stack);
  Object.assign(process.env, variables);
  const upload = await runProcess(process.execPath, [join(ROOT, 'examples/upload-digits.mjs')], {
    env: { ...process.env, ...variables },
  });
  if (upload.code !== 0) throw new Error(`the data was not uploaded: ${upload.stderr}`);

  // However long a browser takes to come up, it sees the run train.
  control = emulatorControl(stack.awsEndpointUrl);
  await control.setClock({ phases: { Training: 3_600_000 } });
  const { connect, startRun } = await import('../../src/client/index.js');
  session = await connect();
  const example = JSON.parse(readFileSync(join(ROOT, 'examples/digits.json'), 'utf8')) as FitThenDeployInput;
  run = await startRun(session, 'fitThenDeploy', {
    ...example,
    fit: { ...example.fit, jobName: JOB },
    deploy: { ...example.deploy, endpointName: ENDPOINT },
  });
  page = await openPage(browser, SIZE);
  consoleErrors = collectConsoleErrors(page);
});
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await (session as Session | undefined)?.close();
  await (stack as typeof stack | undefined)?.close();
  await endProcesses();
});

/** Opens a page of the run and waits until it shows all of these texts. */
async function open(tab: string, texts: string[]): Promise<void> {
  await page.goto(`${stack.temporalUiUrl}/namespaces/default/workflows/${run.workflowId}/${run.runId}/${tab}`);
  await shows(texts);
}

async function shows(texts: string[]): Promise<void> {
  let shown = '';
  const missing = () => texts.filter((text) => !shown.includes(text));
  await until(
    async () => {
      shown = await textOf(page);
      return missing().length === 0;
    },
    { what: `the page ${page.url()} to show ${texts.join(', ')}`, limitMs: 60_000, intervalMs: 250 },
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}; missing: ${missing().join(', ')}; shown: ${shown}`);
  });
}

async function keepPicture(name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder === undefined || folder === '') return;
  mkdirSync(join(ROOT, folder), { recursive: true });
  await page.screenshot({ path: join(ROOT, folder, `${name}.png`), animations: 'disabled' });
}

test('while a run trains, its current details tell the stage and the secondary status', async () => {
  await until(async () => (await run.progress()).trainingJob?.secondaryStatus === 'Training', {
    what: 'the job to train',
    limitMs: 60_000,
  });
  try {
    await open('user-metadata', ['Current Details', `Training job ${JOB}: Training since`, 'Training']);
  } finally {
    await control.setClock({ phases: { Training: 0 } });
  }
});

test('after the run, the current details tell what serves and what was made', async () => {
  await run.result();
  await open('user-metadata', [
    `fit then deploy ${JOB} (ml.m5.large x1; ml.m5.large x1)`,
    'Done',
    `Endpoint ${ENDPOINT}: InService`,
    'train:loss',
    'endpoint config',
    `create training job ${JOB}`,
  ]);
  await keepPicture('current-details');
});

test('the history names each activity by what it does', async () => {
  await open('history', [
    run.workflowId,
    'fitThenDeploy',
    'check the input and make the plan',
    `create training job ${JOB}`,
    `await training job ${JOB}: Training`,
    `create endpoint ${ENDPOINT}`,
  ]);
  // The timeline is what a picture is for; input and result stand above it.
  const heading = page.getByRole('heading', { name: 'Event History' });
  await until(
    async () => {
      await heading.evaluate((element: unknown) => {
        (element as { scrollIntoView(options: object): void }).scrollIntoView({ block: 'start' });
      });
      return ((await heading.boundingBox())?.y ?? Infinity) < 100;
    },
    { what: 'the timeline to be in sight', limitMs: 30_000, intervalMs: 250 },
  );
  await keepPicture('history');
});

test('the run is found by its search attributes, and they tell its stage', async () => {
  const query = encodeURIComponent(`SageMakerStage = "Done" AND EndpointName = "${ENDPOINT}"`);
  await page.goto(`${stack.temporalUiUrl}/namespaces/default/workflows?query=${query}`);
  await shows([run.workflowId, 'Completed']);
  await open('search-attributes', ['"SageMakerStage": "Done"', `"TrainingJobName": "${JOB}"`]);
});

test('a hostile name draws nothing in the page and leads nowhere: it is text', async () => {
  const { startRun } = await import('../../src/client/index.js');
  const workflowId = `<img src="x" onerror="alert(1)"> [click](https://evil.example) https://evil.example \`x\``;
  const hostile = await startRun(session, 'deleteEndpoint', { endpointName: 'nobody' }, { workflowId });
  await expect(hostile.result()).rejects.toMatchObject({ code: 'EndpointNotFound' });
  const at = [hostile.workflowId, hostile.runId].map(encodeURIComponent).join('/');
  await page.goto(`${stack.temporalUiUrl}/namespaces/default/workflows/${at}/user-metadata`);
  await shows(['Current Details', 'EndpointNotFound', 'Workflow Id <img src="x" onerror="alert(1)">']);
  for (const frame of page.frames()) {
    expect(await frame.locator('img[src="x"], a[href*="//evil.example"]').count()).toBe(0);
  }
});

test('where there is no Chromium, the error says what to install', () => {
  expect(() => findChromium({ CHROMIUM_PATH: '/nowhere/chromium' })).toThrow(
    /no Chromium at .*apt-get install chromium/,
  );
});

test('none of the pages finds anything wrong', () => {
  expect(consoleErrors).toEqual([]);
});
