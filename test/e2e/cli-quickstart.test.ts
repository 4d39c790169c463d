/** The main job, once, as a clone's first command runs it: real processes, real data, and nothing left behind. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readEvents } from '../support/events';
import { endProcesses, isAlive, startProcess } from '../support/processes';
import { temporalCliPath } from '../support/temporal';

/** Many times what it takes, since the machine may be busy with the other tests. */
const LIMIT_MS = 150_000;
const PROGRAM = join(__dirname, '../../lib/cli/main.js');

afterEach(endProcesses);

test(
  'the quickstart trains, deploys, predicts and takes everything down',
  async () => {
    const quickstart = startProcess(process.execPath, [PROGRAM, 'quickstart', '--json'], {
      env: { ...process.env, TEMPORAL_CLI_PATH: temporalCliPath() },
    });
    const { code, stdout } = await quickstart.ended;
    const events = readEvents(stdout);
    expect(events.at(-1)).toMatchObject({ type: 'result', heldOut: 359 });
    expect(code).toBe(0);

    const of = (type: string) => events.filter((event) => event.type === type);
    const losses = of('metric').filter(({ name }) => name === 'train:loss');
    expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, epoch) => epoch + 1));
    expect(Number(losses.at(-1)?.value)).toBeLessThan(Number(losses[0]?.value));
    expect(of('status').map(({ secondaryStatus, status }) => secondaryStatus ?? status)).toEqual(
      expect.arrayContaining(['Starting', 'Downloading', 'Training', 'Uploading', 'Creating', 'InService']),
    );

    const result = events.at(-1) as unknown as { accuracy: number; seconds: Record<string, number> };
    expect(result.accuracy).toBeGreaterThan(0.93);
    expect(result.seconds.total).toBeGreaterThan(result.seconds.Training ?? Infinity);
    expect(of('removed')[0]).toMatchObject({
      deleted: [{ kind: 'endpoint' }, { kind: 'endpoint config' }, { kind: 'model' }],
    });

    const { pids, folder } = of('stack')[0] as unknown as { pids: Record<string, number>; folder: string };
    expect(Object.values(pids).filter(isAlive)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  },
  LIMIT_MS,
);
