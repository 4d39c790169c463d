/** The committed answers of the SageMaker Python SDK 1.72.1, made anew: what ours are compared with is what it says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../support/processes';
import { findPython, PYTHON_ENVIRONMENT_LIMIT_MS } from '../support/python';

const FOLDER = join(__dirname, 'parity');
const at = (file: string): string => join(FOLDER, file);

let python: string;

beforeAll(async () => {
  python = await findPython(at('requirements.txt'));
}, PYTHON_ENVIRONMENT_LIMIT_MS);

it('the SDK asks AWS for what sdk1.json says that it asks for', async () => {
  const { code, stdout, stderr } = await runProcess(python, [at('sdk1_requests.py'), at('cases.json')]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(readFileSync(at('sdk1.json'), 'utf8'));
}, 120_000);
