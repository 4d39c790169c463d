/** The digits' training program as a process: what it learns, what it says, how it stops and fails. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { toCsv } from '../../src/cli/quickstart/dataset';
import { endProcesses } from '../support/processes';
import { removeScratchFolders } from '../support/scratch';
import { channels, DIGITS_FILE, makeContainer, metric, split, type Container } from './digits-container';

afterEach(async () => {
  await endProcesses();
  removeScratchFolders();
});

const few = toCsv(split.training.slice(0, 40));
const failureOf = ({ folder }: Container) => readFileSync(join(folder, 'output/failure'), 'utf8');
const modelOf = ({ folder }: Container) =>
  JSON.parse(readFileSync(join(folder, 'model/model.json'), 'utf8')) as { trained: { epochs: number; rows: number } };

it('reads more than 94 of 100 digits it has not seen, after twenty epochs that it logs', async () => {
  const container = makeContainer({ data: channels() });
  const { code, stdout, stderr } = await container.train();
  expect([code, stderr]).toEqual([0, '']);
  const accuracies = metric(stdout, 'validation:accuracy');
  expect(accuracies).toHaveLength(20);
  expect(accuracies.at(-1)).toBeGreaterThanOrEqual(0.94);
  const losses = metric(stdout, 'train:loss');
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 4);
  expect(stdout).toMatch(/^epoch=1 train:loss=\d\.\d{4} train:accuracy=0\.\d{4} validation:loss=/m);
  expect(modelOf(container).trained).toMatchObject({ epochs: 20, rows: split.training.length });
  expect(readdirSync(join(container.folder, 'model'))).toEqual(['model.json']);
  expect(existsSync(join(container.folder, 'output/failure'))).toBe(false);
});

it('learns nothing of use from labels that were mixed up', async () => {
  const mixed = split.training.map(({ pixels }, at) => ({
    pixels,
    label: split.training[(at + 100) % split.training.length]!.label,
  }));
  const { code, stdout } = await makeContainer({ data: channels(mixed), hyperparameters: { epochs: '5' } }).train();
  expect(code).toBe(0);
  expect(metric(stdout, 'validation:accuracy').at(-1)).toBeLessThan(0.3);
});

it('makes the same model of the same seed and another of another', async () => {
  const train = async (seed: string) => {
    const container = makeContainer({ data: { 'training/a.csv': few }, hyperparameters: { epochs: '2', seed } });
    expect((await container.train()).code).toBe(0);
    const { trained: _, ...weights } = modelOf(container);
    return JSON.stringify(weights);
  };
  const first = await train('5');
  expect(await train('5')).toBe(first);
  expect(await train('6')).not.toBe(first);
});

it('reads all CSV files of the channel, plain or gzipped, in folders too, and nothing else', async () => {
  const container = makeContainer({
    hyperparameters: { epochs: '1' },
    data: { 'training/a.csv': few, 'training/deep/b.CSV': few, 'training/notes.txt': 'no digits' },
  });
  copyFileSync(DIGITS_FILE, join(container.folder, 'input/data/training/c.csv.gz'));
  // What is gzipped is known by its content.
  writeFileSync(join(container.folder, 'input/data/training/d.csv'), gzipSync(few));
  expect((await container.train()).code).toBe(0);
  expect(modelOf(container).trained.rows).toBe(1797 + 3 * 40);
});

it('reads a pipe where the channel is one', async () => {
  const container = makeContainer({
    hyperparameters: { epochs: '1' },
    files: { 'input/config/inputdataconfig.json': JSON.stringify({ training: { TrainingInputMode: 'Pipe' } }) },
  });
  mkdirSync(join(container.folder, 'input/data'));
  const pipe = join(container.folder, 'input/data/training_0');
  execFileSync('mkfifo', [pipe]);
  const training = container.start('train');
  execFileSync('sh', ['-c', 'cat > "$0"', pipe], { input: few, timeout: 20_000 });
  expect((await training.ended).code).toBe(0);
  expect(modelOf(container).trained.rows).toBe(40);
});

it('leaves the training to the first of several hosts', async () => {
  const resources = { current_host: 'algo-2', hosts: ['algo-1', 'algo-2'] };
  const container = makeContainer({
    data: { 'training/a.csv': few },
    files: { 'input/config/resourceconfig.json': JSON.stringify(resources) },
  });
  expect(await container.train()).toMatchObject({ code: 0, stdout: expect.stringContaining('algo-1') as string });
  expect(existsSync(join(container.folder, 'model'))).toBe(false);
});

describe('on SIGTERM', () => {
  it('saves what was learnt so far and counts as done', async () => {
    const container = makeContainer({
      data: { 'training/a.csv': few },
      hyperparameters: { epochs: '100', epoch_seconds: '60' },
    });
    const training = container.start('train');
    await training.waitForOutput(/epoch=1 /);
    training.kill('SIGTERM');
    expect(await training.ended).toMatchObject({ code: 0, signal: null });
    expect(modelOf(container).trained.epochs).toBe(1);
  });

  it('stops in the middle of an epoch', async () => {
    const container = makeContainer({
      data: channels(),
      hyperparameters: { hidden_units: '1024', batch_size: '1', epochs: '1000' },
    });
    const training = container.start('train');
    await training.waitForOutput(/rows=/);
    training.kill('SIGTERM');
    expect(await training.ended).toMatchObject({ code: 0, signal: null });
    expect(training.stdout()).toContain('SIGTERM: saving what was learnt');
    expect(modelOf(container).trained.epochs).toBeLessThan(1000);
  });

  it('leaves no model where there was no data yet', async () => {
    const container = makeContainer({
      files: { 'input/config/inputdataconfig.json': JSON.stringify({ training: { TrainingInputMode: 'Pipe' } }) },
    });
    mkdirSync(join(container.folder, 'input/data'));
    execFileSync('mkfifo', [join(container.folder, 'input/data/training_0')]);
    const training = container.start('train');
    await training.waitForOutput(/reading the data/);
    training.kill('SIGTERM');
    expect(await training.ended).toMatchObject({ code: 0, signal: null });
    expect(existsSync(join(container.folder, 'model'))).toBe(false);
  });
});

describe('fails with exit code 1 and tells', () => {
  const lines = few.split('\n');
  const broken = (at: number, line: string) => [...lines.slice(0, at - 1), line, ...lines.slice(at)].join('\n');
  it.each([
    ['the line that is too short', broken(17, '1,2,3'), 'training/a.csv, line 17: 3 values where 65 are needed'],
    ['the pixel that is too bright', broken(3, `${'0,'.repeat(5)}99,${'0,'.repeat(58)}1`), 'line 3: pixel 6 is "99"'],
    ['the label that is none', broken(40, `${'0,'.repeat(64)}x`), 'line 40: the label is "x"'],
    ['the header', `a,b,c\n${few}`, 'line 1: 3 values'],
    ['the file without rows', '\n\n', 'training/a.csv holds no rows'],
  ])('%s', async (_what, csv, failure) => {
    const container = makeContainer({ data: { 'training/a.csv': csv } });
    const { code, stderr } = await container.train();
    expect(code).toBe(1);
    expect(failureOf(container)).toContain(failure);
    expect(stderr).toContain(failure);
    expect(existsSync(join(container.folder, 'model'))).toBe(false);
  });

  it.each([
    ['no channel', {}, {}, 'no channel "training"'],
    [
      'a channel without CSV',
      { 'training/a.parquet': 'PAR1' },
      {},
      'no file that ends in .csv or .csv.gz, but a.parquet',
    ],
    ['torn gzip', { 'training/a.csv.gz': '\u001f' }, {}, 'training/a.csv.gz, line 1'],
    [
      'an unknown hyperparameter',
      { 'training/a.csv': few },
      { epoch: '3' },
      'no hyperparameter "epoch"; known are epochs',
    ],
    ['a hyperparameter that is no number', { 'training/a.csv': few }, { epochs: 'many' }, 'epochs is "many"'],
    [
      'one out of its limits',
      { 'training/a.csv': few },
      { batch_size: '0', l2: '' },
      'batch_size is "0", not an integer',
    ],
    ['a loss that explodes', channels(), { learning_rate: '100', epochs: '2', l2: '1' }, 'try a lower learning_rate'],
  ])('%s', async (_what, data, hyperparameters, failure) => {
    const container = makeContainer({ data, hyperparameters });
    expect((await container.train()).code).toBe(1);
    expect(failureOf(container)).toContain(failure);
  });
});
