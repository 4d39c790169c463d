/**
 * The wire layer on a real port in front of handlers that a test gives, with all six SDK clients pointed at it. For
 * tests of what the wire does by itself; the real handlers have tests of their own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { STSClient } from '@aws-sdk/client-sts';
import { openClock } from '../../src/emulator/clock';
import { emulatorControl } from '../../src/emulator/control/client';
import { createControl } from '../../src/emulator/control/endpoints';
import { createFaults } from '../../src/emulator/control/faults';
import { createOutcomes } from '../../src/emulator/control/outcomes';
import { openJournal } from '../../src/emulator/control/journal';
import { createGuard } from '../../src/emulator/identity/guard';
import { openRecords } from '../../src/emulator/records';
import { startServer } from '../../src/emulator/server';
import { createAnswerCheck } from '../../src/emulator/wire/answer-check';
import { createWire } from '../../src/emulator/wire/pipeline';
import type { Credentials } from '../../src/emulator/wire/signature';
import type { Call, Handlers, Service } from '../../src/emulator/world';

export const REGION = 'eu-central-1';
export const CREDENTIALS = { accessKeyId: 'EMULATORTEST', secretAccessKey: 'secret/with+signs=' };

/** Lets a handler of a test take any call. */
export function handlers(byOperation: Record<string, (call: Call) => unknown>): Handlers {
  return byOperation;
}

/** Clients of all six services for one address. */
export function clientsFor(endpoint: string, credentials: Credentials = CREDENTIALS, region = REGION) {
  const quiet = () => undefined;
  const logger = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
  const config = { endpoint, region, credentials, maxAttempts: 1, logger };
  const clients = {
    sagemaker: new SageMakerClient(config),
    runtime: new SageMakerRuntimeClient(config),
    logs: new CloudWatchLogsClient(config),
    s3: new S3Client(config),
    sts: new STSClient(config),
    iam: new IAMClient(config),
  };
  return {
    ...clients,
    destroy() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

export async function startWireServer(
  given: Partial<Record<Service, Handlers>>,
  options: { nowMs?: () => number } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'wire-test-'));
  const journal = openJournal(folder);
  const faults = createFaults();
  const outcomes = createOutcomes();
  const answerCheck = createAnswerCheck((text) => outcomes.hasSaid(text));
  const clock = openClock(folder);
  const warnings: string[] = [];
  const warn = (message: string) => {
    warnings.push(message);
  };
  const none: Handlers = {};
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    answerControl: createControl({
      journal,
      faults,
      outcomes,
      clock,
      guard: createGuard({ region: REGION, account: '123456789012', records: openRecords(folder, warn) }, String),
      readResources: () => Promise.resolve([]),
      readDefects: () => answerCheck.defects(),
    }),
    answerAws: createWire({
      region: REGION,
      credentials: CREDENTIALS,
      handlers: { sagemaker: none, 'sagemaker-runtime': none, logs: none, s3: none, sts: none, iam: none, ...given },
      journal,
      faults,
      answerCheck,
      now: options.nowMs ?? Date.now,
      warn,
    }),
    warn,
  });
  const clients = clientsFor(server.url);
  return {
    url: server.url,
    port: Number(new URL(server.url).port),
    clients,
    control: emulatorControl(server.url),
    warnings,
    async close() {
      faults.remove();
      clients.destroy();
      await server.close();
      journal.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
