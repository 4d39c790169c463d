/**
 * Endpoints that do not go, and endpoints that take no update although they look as if they did: AWS gives the delete up,
 * one is stuck on its way for longer than is waited for, AWS refuses every update. Hours are passed by activities that
 * stand in for ours.
 */
import type { EndpointObservation } from '../../src/domain/endpoint-status';
import { PROGRESS_QUERY, type DeployResult, type LedgerEntry, type Progress } from '../../src/contract';
import { failureOfRun } from '../support/failures';
import { DATA_BUCKET, DEPLOY, ROLE, startRig, uniqueName, type Rig } from '../support/rig';
import { STAND_IN_RUN, standInHosting, unreachable, withStandIns } from '../support/stand-in-activities';
import { until } from '../support/until';

const LIMIT_MS = 60_000;
jest.setTimeout(180_000);

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ worker: { retryMinIntervalMs: 10, retryMaxIntervalMs: 20 } });
});
afterAll(() => rig.close());

const deployInput = (endpointName: string, env = {}) => ({
  modelData: `s3://${DATA_BUCKET}/iris/data.csv`,
  deploy: { ...DEPLOY, endpointName, image: 'iris', role: ROLE, env },
});

const tell = (ledger: LedgerEntry[] = []) => ledger.map(({ kind, state, reason }) => [kind, state, reason ?? '']);

const ENDPOINT: EndpointObservation = {
  name: 'stuck',
  arn: 'arn:aws:sagemaker:eu-central-1:123456789012:endpoint/stuck',
  status: 'SystemUpdating',
  endpointConfigName: 'stuck-00000000cf',
};
const refused = () => Promise.reject(unreachable('Cannot delete in-progress endpoint.'));

describe('an endpoint that is to be deleted', () => {
  it('and whose delete AWS gives up fails the run, and keeps what it uses', async () => {
    const name = uniqueName();
    const first = await rig.start('deploy', deployInput(name));
    const { endpointConfigName, modelName } = (await first.result()) as DeployResult;
    await rig.control.setClock({ phases: { Deleting: 600_000 } });
    const handle = await rig.start('deleteEndpoint', { endpointName: name });
    await until(async () => (await handle.query<Progress>(PROGRESS_QUERY)).endpoint?.status === 'Deleting', {
      what: 'the delete to be seen',
      limitMs: LIMIT_MS,
    });
    const failureReason = 'Request to service failed.';
    await rig.control.addFaults([
      {
        operation: 'DescribeEndpoint',
        resource: name,
        action: 'rewrite',
        patch: { EndpointStatus: 'Failed', FailureReason: failureReason },
      },
    ]);
    const { code, details } = await failureOfRun(handle);
    expect(code).toBe('EndpointFailed');
    expect(details).toMatchObject({ reason: failureReason, outcome: { resource: 'endpoint', kind: 'failed' } });
    expect(tell(details.ledger)).toEqual([
      ['endpoint', 'left', 'its delete was sent, and AWS gave it up'],
      ['endpoint config', 'left', `the endpoint ${name} uses it`],
      ['model', 'left', `the endpoint ${name} uses it`],
    ]);
    const standing = (await rig.control.resources()).map((resource) => resource.name);
    expect(standing).toEqual(expect.arrayContaining([name, endpointConfigName, modelName]));
  });

  it('and is stuck for as long as it is waited for ends the run, and keeps what it uses', async () => {
    await withStandIns(
      {
        prepare: () => Promise.resolve({ run: STAND_IN_RUN, removal: { endpointName: 'stuck' } }),
        describeHosting: () =>
          Promise.resolve({
            endpoint: ENDPOINT,
            isOurs: true,
            config: { name: 'stuck-00000000cf', isOurs: true },
            models: [{ name: 'stuck-00000000de', isOurs: true }],
          }),
        awaitEndpointChange: () => Promise.resolve({ deadlinePassed: true }),
        deleteEndpoint: refused,
        readLogTail: () => Promise.resolve(['its last words']),
      },
      async (start) => {
        const { code, details } = await failureOfRun(await start('deleteEndpoint', { endpointName: 'stuck' }));
        expect(code).toBe('EndpointTimedOut');
        expect(details).toMatchObject({ outcome: { kind: 'unfinished' }, logTail: ['its last words'] });
        expect(tell(details.ledger)).toEqual([
          ['endpoint', 'left', 'it is still changing and takes no delete: it may cost money'],
          ['endpoint config', 'left', 'the endpoint stuck uses it'],
          ['model', 'left', 'the endpoint stuck uses it'],
        ]);
      },
    );
  });
});

it('a new endpoint that is stuck for good ends its deploy, and is named', async () => {
  const made = { arn: ENDPOINT.arn, adopted: false, isOwnWork: true, warnings: [] };
  let isMade = false;
  const creating = { ...ENDPOINT, status: 'Creating' };
  await withStandIns(
    {
      prepare: () => Promise.resolve({ run: STAND_IN_RUN, hosting: standInHosting('stuck') }),
      checkModelData: () => Promise.resolve(),
      createModel: () => Promise.resolve(made),
      createEndpointConfig: () => Promise.resolve(made),
      createEndpoint: () => {
        isMade = true;
        return Promise.resolve(made);
      },
      describeHosting: () => Promise.resolve(isMade ? { endpoint: creating, isOurs: true, models: [] } : null),
      awaitEndpointChange: ({ seen }) =>
        Promise.resolve(
          seen
            ? { deadlinePassed: true as const }
            : { change: { endpoint: creating, seen: { status: 'Creating', endpointConfigName: 'stuck-00000000cf' } } },
        ),
      deleteEndpoint: refused,
      readLogTail: () => Promise.resolve([]),
    },
    async (start) => {
      const { code, details } = await failureOfRun(await start('deploy', {}));
      expect(code).toBe('EndpointTimedOut');
      expect(tell(details.ledger)).toEqual([
        ['model', 'left', 'the endpoint stuck uses it'],
        ['endpoint config', 'left', 'the endpoint stuck uses it'],
        ['endpoint', 'left', 'it is still Creating and takes no delete: it may cost money'],
      ]);
    },
  );
});

it('an endpoint that looks as if it took an update, and takes none, is asked with pauses, and AWS’s reason is told', async () => {
  const name = uniqueName();
  await (await rig.start('deploy', deployInput(name))).result();
  const message = `Cannot update in-progress endpoint "${name}".`;
  await rig.control.addFaults([
    { operation: 'UpdateEndpoint', resource: name, action: 'error', status: 400, code: 'ValidationException', message },
  ]);
  const handle = await rig.start('deploy', deployInput(name, { VERSION: '2' }));
  const failure = await failureOfRun(handle);
  expect(failure).toMatchObject({ code: 'EndpointTimedOut', details: { reason: message } });
  expect(failure.message).toContain(message);
  const { events } = await handle.fetchHistory();
  const pauses = (events ?? []).filter(({ timerStartedEventAttributes }) => timerStartedEventAttributes);
  const updates = (await rig.calls('UpdateEndpoint')).filter(({ resource }) => resource === name);
  expect(pauses).toHaveLength(updates.length);
});
