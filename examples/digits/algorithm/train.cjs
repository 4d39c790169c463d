// The training program: reads the channels, runs the epochs, logs a line for each, and leaves model.json. SIGTERM is
// SageMaker's wish to stop: what was learnt so far is saved, and that is a success. All failures end in output/failure.
'use strict';
const { setImmediate: nextTurn, setTimeout: pause } = require('node:timers/promises');
const { readChannel, readHosts, readHyperparameters, saveModel, writeFailure } = require('./container.cjs');
const { parseDigits } = require('./digits-csv.cjs');
const { parseHyperparameters } = require('./hyperparameters.cjs');
const { Network } = require('./network.cjs');
const { makeRandom, shuffle } = require('./random.cjs');

/** Asked to stop: cuts the pause between epochs short and ends the loop after the batch at hand. */
const stopping = new AbortController();
/** True once there is something that is worth saving. */
let learning = false;

function log(line) {
  process.stdout.write(`${line}\n`);
}

async function train() {
  const settings = parseHyperparameters(readHyperparameters());
  const hosts = readHosts();
  if (hosts.current !== hosts.leader) {
    log(`${hosts.current}: this algorithm trains on one host, ${hosts.leader}; nothing to do here`);
    return;
  }
  log('reading the data');
  const training = await readDigits('training');
  if (!training) throw new Error('the job has no channel "training"');
  const validation = await readDigits('validation');
  const { epoch_seconds: epochSeconds, seed, ...shown } = settings;
  log(`rows=${training.count} validation_rows=${validation?.count ?? 0} seed=${seed} ${pairs(shown)}`);

  const random = makeRandom(seed);
  const network = Network.random(settings.hidden_units, random);
  const order = Array.from({ length: training.count }, (_, row) => row);
  const history = [];
  learning = true;
  for (let epoch = 1; epoch <= settings.epochs && !stopping.signal.aborted; epoch += 1) {
    const endsAt = performance.now() + epochSeconds * 1000;
    shuffle(order, random);
    const learnt = await runEpoch(network, training, order, settings);
    if (!learnt) break;
    const metrics = {
      'train:loss': learnt.loss,
      'train:accuracy': learnt.accuracy,
      ...(validation && named('validation', network.evaluate(validation))),
    };
    if (!Object.values(metrics).every(Number.isFinite)) {
      throw new Error(`epoch ${epoch}: the loss is no number any more; try a lower learning_rate`);
    }
    history.push(metrics);
    log(`epoch=${epoch} ${pairs(metrics)}`);
    await pauseUntil(endsAt);
  }
  if (stopping.signal.aborted) log(`SIGTERM: saving what was learnt in ${history.length} whole epochs`);
  await saveModel({
    ...network.toJSON(),
    trained: { settings, rows: training.count, epochs: history.length, history },
  });
  log(`model saved after ${history.length} epochs`);
}

/** Undefined where a wish to stop cut the epoch short. */
async function runEpoch(network, data, order, { batch_size: batchSize, learning_rate: learningRate, l2 }) {
  let loss = 0;
  let right = 0;
  for (let at = 0; at < order.length; at += batchSize) {
    const done = network.learn(data, order.slice(at, at + batchSize), { learningRate, l2 });
    loss += done.loss;
    right += done.right;
    await nextTurn(); // so that SIGTERM is heard
    if (stopping.signal.aborted) return undefined;
  }
  return { loss: loss / data.count, accuracy: right / data.count };
}

async function readDigits(channel) {
  const sources = await readChannel(channel);
  return sources && parseDigits(sources);
}

async function pauseUntil(time) {
  const left = time - performance.now();
  if (left <= 0) return;
  // An aborted pause is the wish to stop, which the loop looks for itself.
  await pause(left, undefined, { signal: stopping.signal }).catch((error) => {
    if (error.name !== 'AbortError') throw error;
  });
}

const named = (prefix, values) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}:${name}`, value]));

const pairs = (values) =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${name.includes(':') ? value.toFixed(4) : value}`)
    .join(' ');

async function main() {
  process.once('SIGTERM', () => {
    if (learning) return stopping.abort();
    // The data may be a pipe that nobody fills: there is nothing to wait for.
    log('SIGTERM: nothing was learnt yet');
    return process.exit(0);
  });
  try {
    await train();
  } catch (error) {
    process.stderr.write(`${error.stack}\n`);
    await writeFailure(error.message);
    process.exitCode = 1;
  }
}

module.exports = { main };
