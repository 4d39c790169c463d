/**
 * What `--dry-run` shows a person at a shell against what the SageMaker Python SDK would have sent: the real program, a spec
 * on standard input, no server, no emulator, no credentials. The unit room compares every case; here some of each kind
 * go the whole way, as JSON and as YAML.
 */
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startProcess } from '../support/processes';
import { isRefusal, readOracle, withoutDifferences, type Told } from '../support/parity';
import { PARITY_REFUSALS, type ParityInput } from '../support/parity-differences';

const PROGRAM = join(__dirname, '../../lib/cli/main.js');
const ENVIRONMENT = { PATH: process.env.PATH, HOME: '/nowhere', AWS_REGION: 'eu-central-1' };
/** Of so many neighbours in the tables, which vary one argument each, one. */
const EVERY = 8;

jest.setTimeout(60_000);

const refused = Object.values(PARITY_REFUSALS).flatMap((cases) => Object.keys(cases));
const cases = ([1, 2] as const).flatMap((version) => {
  const { inputs, sdk } = readOracle(version);
  return [...inputs]
    .filter(([name]) => !isRefusal(sdk.get(name)) && !refused.includes(name))
    .filter((_, place) => place % EVERY === 0)
    .map(([name, input]) => ({ name, input, told: sdk.get(name) ?? {} }));
});

it.each(cases)('$name: the dry run shows what the SDK sends', async ({ name, input, told }) => {
  const spec = name.length % 2 === 0 ? JSON.stringify(input) : stringify(input);
  const command = input.deploy ? 'fit-then-deploy' : 'fit';
  const program = startProcess(process.execPath, [PROGRAM, command, '--spec', '-', '--dry-run', '--json'], {
    env: ENVIRONMENT,
    stdin: true,
  });
  program.write(spec);
  program.closeInput();
  const { code, stdout, stderr } = await program.ended;
  expect({ code, stderr: stderr.replace(/^warning: .*\n/gm, '') }).toEqual({ code: 0, stderr: '' });
  const shown = JSON.parse(fillIn(stdout.trim().split('\n').at(-1) ?? '', input)) as Told;
  expect(withoutDifferences(shown, input)).toEqual(withoutDifferences(told, input));
});

/** A dry run leaves open what only AWS knows. */
function fillIn(line: string, { estimator }: ParityInput): string {
  const role = `arn:aws:iam::123456789012:role/${String(estimator.role)}`;
  return line.replaceAll('<account>', '123456789012').replaceAll('<role>', role);
}
