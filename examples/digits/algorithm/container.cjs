// SageMaker's contract with a training container: where hyperparameters, data, model and failure lie below /opt/ml.
// Where a process has no /opt/ml of its own, SAGEMAKER_BASE_DIR says what stands in for it.
'use strict';
const { constants, existsSync, openSync, readFileSync } = require('node:fs');
const { mkdir, readdir, readFile, rename, stat, writeFile } = require('node:fs/promises');
const { Socket } = require('node:net');
const { join } = require('node:path');
const { gunzipSync } = require('node:zlib');

/** More than any set of digits needs, and little enough to be held in memory. */
const MAX_BYTES = 256 * 1024 ** 2;

const base = process.env.SAGEMAKER_BASE_DIR || '/opt/ml';
const path = (...parts) => join(base, ...parts);

function readConfig(name, fallback) {
  const file = path('input', 'config', name);
  if (!existsSync(file)) return fallback;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} is not JSON: ${error.message}`, { cause: error });
  }
}

/** All values are strings, as SageMaker hands them over. */
const readHyperparameters = () => readConfig('hyperparameters.json', {});

/** This host's name, and the names of all hosts of the job. */
function readHosts() {
  const { current_host: current = 'algo-1', hosts = [current] } = readConfig('resourceconfig.json', {});
  return { current, leader: [...hosts].sort()[0] ?? current, count: hosts.length };
}

/**
 * The CSV files of a channel as `{ name, text }`, plain or gzipped, or what a Pipe carries in its first epoch.
 * Undefined where the job has no such channel.
 */
async function readChannel(channel) {
  const mode = readConfig('inputdataconfig.json', {})[channel]?.TrainingInputMode;
  if (mode === 'Pipe') return [await readPipe(path('input', 'data', `${channel}_0`), `${channel} (pipe)`)];
  const folder = path('input', 'data', channel);
  if (!existsSync(folder)) return undefined;
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  const wanted = files.filter((file) => /\.csv(\.gz)?$/i.test(file));
  if (wanted.length === 0) {
    const found = files.slice(0, 5).map((file) => file.slice(folder.length + 1));
    throw new Error(
      `channel ${channel} holds no file that ends in .csv or .csv.gz, but ${found.length === 0 ? 'nothing' : found.join(', ')}`,
    );
  }
  const sources = [];
  let left = MAX_BYTES;
  for (const file of wanted) {
    const source = await readSource(file, `${channel}/${file.slice(folder.length + 1)}`, left);
    left -= source.text.length;
    sources.push(source);
  }
  return sources;
}

/** Waits for whoever fills the pipe without holding up the process: an ordinary read could not even be exited from. */
async function readPipe(file, name) {
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const chunks = [];
  let size = 0;
  for await (const chunk of new Socket({ fd, readable: true, writable: false })) {
    size += chunk.length;
    if (size > MAX_BYTES) throw tooLarge(name);
    chunks.push(chunk);
  }
  return { name, text: decode(Buffer.concat(chunks), name, MAX_BYTES) };
}

async function readSource(file, name, maxBytes) {
  if ((await stat(file)).size > maxBytes) throw tooLarge(name);
  return { name, text: decode(await readFile(file), name, maxBytes) };
}

/** Known by content, since a pipe has no name that ends in .gz. */
function decode(bytes, name, maxBytes) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8');
  try {
    return gunzipSync(bytes, { maxOutputLength: Math.max(1, maxBytes) }).toString('utf8');
  } catch (error) {
    if (error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(name);
    throw new Error(`${name} is not whole gzip: ${error.message}`, { cause: error });
  }
}

function tooLarge(name) {
  return new Error(`${name}: the data is larger than ${MAX_BYTES / 1024 ** 2} MB, the most that is read`);
}

const modelFile = () => path('model', 'model.json');

/** Renamed into place: a kill leaves the model of before or none, never half of one. */
async function saveModel(model) {
  await mkdir(path('model'), { recursive: true });
  // In the same folder, since each folder of /opt/ml may be a file system of its own.
  const temporary = path('model', '.model.json.tmp');
  await writeFile(temporary, JSON.stringify(model));
  await rename(temporary, modelFile());
}

/** What stands here becomes the job's FailureReason. */
async function writeFailure(message) {
  await mkdir(path('output'), { recursive: true });
  await writeFile(path('output', 'failure'), message);
}

module.exports = { modelFile, readChannel, readHosts, readHyperparameters, saveModel, writeFailure };
