/**
 * An emulator that is killed with SIGKILL: nothing it started stays alive, and the next one in its folder knows what
 * was there, fails what was in progress and serves what was in service.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { probeIsolation } from '../../../src/emulator/processes/isolation';
import { NO_ISOLATION } from '../../../src/emulator/processes/launcher';
import type { Isolation } from '../../../src/emulator/processes/launcher';
import { findMarked, nameFolder } from '../../../src/emulator/processes/marker';
import { findCommands } from '../../support/find-commands';
import { endProcesses, isAlive, startTypeScript } from '../../support/processes';
import { openSageMakerWorld, untilOver } from '../../support/sagemaker-world';
import { makeScratchFolder, removeScratchFolders } from '../../support/scratch';
import { until } from '../../support/until';

const PROGRAM = path.join(__dirname, '..', '..', 'support', 'sagemaker-program.ts');

afterEach(async () => {
  await endProcesses();
  removeScratchFolders();
});

/** What this host allows, and what it must make do with elsewhere. */
async function listIsolations(folder: string): Promise<Isolation[]> {
  const found = await probeIsolation(folder);
  if (!found.ownOptMl) return [NO_ISOLATION];
  const within = { ...found, userNamespace: true };
  return found.userNamespace ? [found, NO_ISOLATION] : [found, within, NO_ISOLATION];
}

test('after a kill nothing is left alive, and the next life goes on', async () => {
  const isolations = await listIsolations(makeScratchFolder());
  for (const [index, isolation] of isolations.entries()) {
    const folder = makeScratchFolder();
    mkdirSync(folder, { recursive: true });
    const seconds = String(40_000 + process.pid + index * 100_000);
    const emulator = startTypeScript(PROGRAM, [folder, JSON.stringify(isolation), seconds]);
    await emulator.waitForOutput(/^ready$/m, 40_000);

    const mark = nameFolder(folder);
    const started = findMarked((marker) => marker.startsWith(mark));
    const findSleeping = (): number[] => findCommands(new RegExp(`^sleep ${seconds}$`));
    if (process.platform === 'linux') {
      await until(() => findSleeping().length === 2, { what: 'both helpers of the training to sleep' });
      expect(started.length).toBeGreaterThan(3);
    }
    const sleeping = findSleeping();
    emulator.kill('SIGKILL');
    await emulator.ended;
    await until(() => [...started, ...sleeping].filter(isAlive).length === 0, {
      what: `the end of all processes with ${JSON.stringify(isolation)}`,
    });
    expect(findMarked((marker) => marker.startsWith(mark))).toEqual([]);

    const next = await openSageMakerWorld({ folder, isolation });
    expect(await untilOver(next, 'running')).toMatchObject({
      TrainingJobStatus: 'Failed',
      FailureReason: 'InternalServerError: We encountered an internal error. Please try again.',
    });
    expect(await next.ask('DescribeEndpoint', { EndpointName: 'serving' })).toMatchObject({
      EndpointStatus: 'InService',
    });
    const answer = await until(() => next.invoke({ EndpointName: 'serving' }, 'again'), { what: 'an answer' });
    expect(JSON.parse(answer.Body.toString())).toMatchObject({ model: 'served', body: 'again' });
    await next.close();
    await until(() => findMarked((marker) => marker.startsWith(mark)).length === 0, { what: 'the end' });
  }
}, 120_000);

test('what a killed emulator left alive all the same is ended by the next one, and nothing else is', async () => {
  const folder = makeScratchFolder();
  const mark = nameFolder(folder);
  const leave = (marker: string) =>
    startTypeScript(makeProgram(), [], { env: { ...process.env, TEMPORAL_SAGEMAKER_PROCESS: marker } });
  const dead = leave(`${mark}:${String(process.pid)}:1:run`);
  const other = leave(`0123456789abcdef:${String(process.pid)}:1:run`);
  await Promise.all([dead.waitForOutput(/here/), other.waitForOutput(/here/)]);
  const sagemaker = await openSageMakerWorld({ folder });
  expect((await dead.ended).signal).toBe('SIGKILL');
  expect(isAlive(other.pid)).toBe(true);
  expect(sagemaker.warnings).toContain('1 processes of an earlier emulator were ended');
  await sagemaker.close();
});

function makeProgram(): string {
  return path.join(
    makeScratchFolder({ 'left.ts': "process.stdout.write('here'); setInterval(() => undefined, 60_000);" }),
    'left.ts',
  );
}
