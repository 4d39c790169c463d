/**
 * A sweep that AWS answers with less than decides: empty lists, lists without a list, endpoints that do not tell their
 * config, reads that know nothing of what was just listed. What may be in use stays, and what is not goes in the end.
 */
import { CreateEndpointCommand, DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import type { SweepResult } from '../../src/contract';
import type { FaultRuleInput } from '../../src/emulator';
import { abandonEndpoint, abandonParts, hostedParts } from '../support/abandoned';
import { startRig, uniqueName, type Rig } from '../support/rig';
import { letLast, putModelData } from '../support/sweep-stages';
import { until } from '../support/until';

jest.setTimeout(120_000);

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await putModelData(rig);
});
afterAll(() => rig.close());
beforeEach(async () => {
  await rig.control.clearFaults();
  await letLast(rig, 'Training');
});

const sweep = async (): Promise<SweepResult> =>
  (await (await rig.start('sweep', { apply: true })).result()) as SweepResult;

/** Of a run that was terminated, with an endpoint of somebody else's that serves its config. */
async function lendConfig(borrower: string): Promise<string> {
  const name = await abandonParts(rig);
  const config = (await rig.control.resources()).find(
    (one) => one.kind === 'endpoint-config' && one.name.startsWith(name),
  );
  await rig.sagemaker.send(new CreateEndpointCommand({ EndpointName: borrower, EndpointConfigName: config!.name }));
  await until(
    async () =>
      (await rig.sagemaker.send(new DescribeEndpointCommand({ EndpointName: borrower }))).EndpointStatus ===
      'InService',
    { what: 'the endpoint to serve', limitMs: 60_000 },
  );
  return name;
}

const EMPTY = { action: 'error', status: 200, contentType: 'application/x-amz-json-1.1' } as const;
const ABSENT = { action: 'error', status: 400, code: 'ValidationException', message: 'Could not find it' } as const;

describe('what a standing endpoint serves stays', () => {
  test.each<[string, (borrower: string) => FaultRuleInput]>([
    ['ListEndpoints is answered by nothing', () => ({ operation: 'ListEndpoints', ...EMPTY, body: '', times: 2 })],
    ['ListEndpoints is answered by {}', () => ({ operation: 'ListEndpoints', ...EMPTY, body: '{}', times: 2 })],
    [
      'ListEndpoints is answered as what is not there',
      () => ({ operation: 'ListEndpoints', ...ABSENT, status: 404, times: 2 }),
    ],
    [
      'a listed endpoint has no name',
      () => ({ operation: 'ListEndpoints', action: 'rewrite', patch: { Endpoints: [{}] }, times: 2 }),
    ],
    [
      'the endpoint does not tell its config, once',
      (resource) => ({
        operation: 'DescribeEndpoint',
        resource,
        action: 'rewrite',
        patch: { EndpointConfigName: null },
        times: 1,
      }),
    ],
    [
      'the endpoint never tells its config',
      (resource) => ({
        operation: 'DescribeEndpoint',
        resource,
        action: 'rewrite',
        patch: { EndpointConfigName: null },
      }),
    ],
    [
      'the endpoint does not tell its status',
      (resource) => ({
        operation: 'DescribeEndpoint',
        resource,
        action: 'rewrite',
        patch: { EndpointStatus: null, EndpointConfigName: null },
        times: 2,
      }),
    ],
    ['the endpoint reads as absent', (resource) => ({ operation: 'DescribeEndpoint', resource, ...ABSENT })],
    [
      'ListEndpointConfigs is answered by {}',
      () => ({ operation: 'ListEndpointConfigs', ...EMPTY, body: '{}', times: 2 }),
    ],
    [
      'its config does not tell its models',
      () => ({ operation: 'DescribeEndpointConfig', action: 'rewrite', patch: { ProductionVariants: null }, times: 2 }),
    ],
    ['its config reads as absent', () => ({ operation: 'DescribeEndpointConfig', ...ABSENT })],
    ['ListTags is answered by {}', () => ({ operation: 'ListTags', ...EMPTY, body: '{}', times: 2 })],
  ])('where %s', async (_what, rule) => {
    const borrower = uniqueName('borrower');
    const name = await lendConfig(borrower);
    await rig.control.addFaults([rule(borrower)]);
    await sweep();
    expect(await hostedParts(rig, name)).toEqual(['model', 'endpoint-config']);
    expect(await hostedParts(rig, borrower)).toEqual(['endpoint']);
  });
});

test('a list that tells of no endpoint does not cost the endpoint that the name tells its config', async () => {
  const name = await abandonParts(rig);
  const parts = (await rig.control.resources()).filter((one) => one.name.startsWith(name));
  const config = parts.find(({ kind }) => kind === 'endpoint-config');
  await rig.sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: config!.name }));
  await rig.control.addFaults([{ operation: 'ListEndpoints', action: 'rewrite', patch: { Endpoints: [] } }]);
  const { resources } = await sweep();
  expect(await hostedParts(rig, name)).toEqual(['model', 'endpoint-config', 'endpoint']);
  expect(resources.filter((one) => one.name.startsWith(name))).toEqual([
    expect.objectContaining({ verdict: 'in use', reason: `the endpoint ${name} uses it` }),
    expect.objectContaining({ verdict: 'in use' }),
  ]);
});

test('what nothing uses goes, though AWS was slow to say so', async () => {
  const [parts, endpoint] = [await abandonParts(rig), await abandonEndpoint(rig)];
  await rig.control.addFaults([
    { operation: 'ListEndpoints', ...EMPTY, body: '{}', times: 1 },
    { operation: 'ListModels', ...EMPTY, body: '', times: 1 },
    { operation: 'ListTags', ...EMPTY, body: '{}', times: 1 },
    {
      operation: 'DescribeEndpointConfig',
      action: 'rewrite',
      patch: { ProductionVariants: null },
      resource: `${parts}-.*`,
      times: 1,
    },
  ]);
  await sweep();
  expect(await hostedParts(rig, parts)).toEqual([]);
  expect(await hostedParts(rig, endpoint)).toEqual([]);
});
