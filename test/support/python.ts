/**
 * The Python of the foreign clients: found, or made by scripts/python-environment.mjs, and started with an environment
 * that leads to the emulator and nowhere else.
 */
import { join } from 'node:path';
import { runProcess } from './processes';

const ROOT = join(__dirname, '../..');

/** For `beforeAll`: installing takes a minute or two, longer where two installs share a slow machine. */
export const PYTHON_ENVIRONMENT_LIMIT_MS = 10 * 60_000;

/** Path of a python that has the packages of test/conformance/requirements.txt, or of the file that is named. */
export async function findPython(...requirements: [] | [string]): Promise<string> {
  const script = join(ROOT, 'scripts/python-environment.mjs');
  const { code, stdout, stderr } = await runProcess(process.execPath, [script, ...requirements], {
    onStderr: (text) => process.stderr.write(text),
  });
  if (code !== 0) throw new Error(`there is no Python environment: ${stderr}`);
  return stdout.trim();
}

/** Where an emulator answers, and to whom. */
export interface EmulatorAddress {
  awsEndpointUrl: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Variables under which boto3 and whatever builds on it talk to the emulator alone. */
export function pythonVariables(emulator: EmulatorAddress): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    AWS_ENDPOINT_URL: emulator.awsEndpointUrl,
    AWS_REGION: emulator.region,
    AWS_DEFAULT_REGION: emulator.region,
    AWS_ACCESS_KEY_ID: emulator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: emulator.secretAccessKey,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    // Nobody answers there: a call that would leave this machine fails at once.
    HTTPS_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '127.0.0.1',
    PYTHONUNBUFFERED: '1',
  };
}
