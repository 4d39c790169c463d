/** The committed answers of the SageMaker Python SDK, 1.72.1 and 2.257.7, made anew: what ours are compared with is what it says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../support/processes';
import { findPython, PYTHON_ENVIRONMENT_LIMIT_MS } from '../support/python';

const FOLDER = join(__dirname, 'parity');
const at = (file: string): string => join(FOLDER, file);

const ORACLES = [
  {
    version: '1.72.1',
    script: 'sdk1_requests.py',
    cases: 'cases.json',
    told: 'sdk1.json',
    packages: 'requirements.txt',
  },
  { version: '2.257.7', script: 'sdk2_requests.py', cases: 'cases2.json', told: 'sdk2.json' },
];

it.each(ORACLES)(
  'the SDK $version asks AWS for what $told says that it asks for',
  async ({ script, cases, told, packages }) => {
    const python = await (packages === undefined ? findPython() : findPython(at(packages)));
    const { code, stdout, stderr } = await runProcess(python, ['-B', at(script), at(cases)]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(readFileSync(at(told), 'utf8'));
  },
  PYTHON_ENVIRONMENT_LIMIT_MS + 120_000,
);
