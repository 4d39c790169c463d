// A small neural network: 64 pixels, one hidden layer of rectified units, ten classes. It knows nothing of files or
// processes; `train.cjs` feeds it batches and stores it, `serve.cjs` loads it and asks it.
'use strict';
const { normal } = require('./random.cjs');

const PIXELS = 64;
const CLASSES = 10;
/** Brightest pixel; inputs are divided by it. */
const PIXEL_MAX = 16;
const FORMAT = 'digits-network/1';

class Network {
  constructor(hiddenUnits) {
    this.hiddenUnits = hiddenUnits;
    // A row of weights for each unit, its bias in an array beside them.
    this.hiddenWeights = new Float64Array(hiddenUnits * PIXELS);
    this.hiddenBiases = new Float64Array(hiddenUnits);
    this.outputWeights = new Float64Array(CLASSES * hiddenUnits);
    this.outputBiases = new Float64Array(CLASSES);
    this.hidden = new Float64Array(hiddenUnits);
    this.probabilities = new Float64Array(CLASSES);
  }

  /** A network that has learnt nothing yet; deviations after He, so that signals neither fade nor explode. */
  static random(hiddenUnits, random) {
    const network = new Network(hiddenUnits);
    const fill = (weights, inputs) => {
      for (let at = 0; at < weights.length; at += 1) weights[at] = normal(random) * Math.sqrt(2 / inputs);
    };
    fill(network.hiddenWeights, PIXELS);
    fill(network.outputWeights, hiddenUnits);
    return network;
  }

  /** The probability of each class for the 64 scaled pixels that begin at `offset`; overwritten by the next call. */
  classify(pixels, offset = 0) {
    const { hidden, hiddenUnits, hiddenWeights, outputWeights, probabilities } = this;
    for (let unit = 0; unit < hiddenUnits; unit += 1) {
      const row = unit * PIXELS;
      let sum = this.hiddenBiases[unit];
      for (let at = 0; at < PIXELS; at += 1) sum += hiddenWeights[row + at] * pixels[offset + at];
      hidden[unit] = sum > 0 ? sum : 0;
    }
    let highest = -Infinity;
    for (let label = 0; label < CLASSES; label += 1) {
      const row = label * hiddenUnits;
      let sum = this.outputBiases[label];
      for (let unit = 0; unit < hiddenUnits; unit += 1) sum += outputWeights[row + unit] * hidden[unit];
      probabilities[label] = sum;
      if (sum > highest) highest = sum;
    }
    // Softmax; the highest is taken off first so that nothing overflows.
    let total = 0;
    for (let label = 0; label < CLASSES; label += 1)
      total += probabilities[label] = Math.exp(probabilities[label] - highest);
    for (let label = 0; label < CLASSES; label += 1) probabilities[label] /= total;
    return probabilities;
  }

  /**
   * One step of gradient descent on the rows of `data` that `batch` names.
   * @returns the summed loss and the number of right answers, both from before the step
   */
  learn(data, batch, { learningRate, l2 }) {
    const { hidden, hiddenUnits, outputWeights, probabilities } = this;
    const slopes = (this.slopes ??= {
      hiddenWeights: new Float64Array(this.hiddenWeights.length),
      hiddenBiases: new Float64Array(hiddenUnits),
      outputWeights: new Float64Array(outputWeights.length),
      outputBiases: new Float64Array(CLASSES),
      hidden: new Float64Array(hiddenUnits),
    });
    for (const slope of Object.values(slopes)) slope.fill(0);
    let loss = 0;
    let right = 0;
    for (const row of batch) {
      const offset = row * PIXELS;
      const label = data.labels[row];
      this.classify(data.pixels, offset);
      loss += lossOf(probabilities[label]);
      if (likeliest(probabilities) === label) right += 1;
      slopes.hidden.fill(0);
      for (let other = 0; other < CLASSES; other += 1) {
        const error = probabilities[other] - (other === label ? 1 : 0);
        slopes.outputBiases[other] += error;
        const at = other * hiddenUnits;
        for (let unit = 0; unit < hiddenUnits; unit += 1) {
          slopes.outputWeights[at + unit] += error * hidden[unit];
          slopes.hidden[unit] += error * outputWeights[at + unit];
        }
      }
      for (let unit = 0; unit < hiddenUnits; unit += 1) {
        if (hidden[unit] === 0) continue;
        const error = slopes.hidden[unit];
        slopes.hiddenBiases[unit] += error;
        const at = unit * PIXELS;
        for (let pixel = 0; pixel < PIXELS; pixel += 1) {
          slopes.hiddenWeights[at + pixel] += error * data.pixels[offset + pixel];
        }
      }
    }
    const step = learningRate / batch.length;
    descend(this.hiddenBiases, slopes.hiddenBiases, step, 0);
    descend(this.outputBiases, slopes.outputBiases, step, 0);
    descend(this.hiddenWeights, slopes.hiddenWeights, step, learningRate * l2);
    descend(this.outputWeights, slopes.outputWeights, step, learningRate * l2);
    return { loss, right };
  }

  /** Mean loss and share of right answers over all rows. */
  evaluate(data) {
    let loss = 0;
    let right = 0;
    for (let row = 0; row < data.count; row += 1) {
      const probabilities = this.classify(data.pixels, row * PIXELS);
      loss += lossOf(probabilities[data.labels[row]]);
      if (likeliest(probabilities) === data.labels[row]) right += 1;
    }
    return { loss: loss / data.count, accuracy: right / data.count };
  }

  toJSON() {
    const numbers = (values) => Array.from(values, (value) => Number(value.toPrecision(7)));
    return {
      format: FORMAT,
      classes: Array.from({ length: CLASSES }, (_, label) => label),
      pixels: PIXELS,
      pixelMax: PIXEL_MAX,
      hiddenUnits: this.hiddenUnits,
      hiddenWeights: numbers(this.hiddenWeights),
      hiddenBiases: numbers(this.hiddenBiases),
      outputWeights: numbers(this.outputWeights),
      outputBiases: numbers(this.outputBiases),
    };
  }

  /** The network that `toJSON` wrote. Anything else is refused. */
  static fromJSON(stored) {
    if (stored?.format !== FORMAT) throw new Error(`not a model of this algorithm (format ${FORMAT})`);
    if (!Number.isInteger(stored.hiddenUnits) || stored.hiddenUnits < 1) throw new Error('hiddenUnits is no count');
    const network = new Network(stored.hiddenUnits);
    for (const part of ['hiddenWeights', 'hiddenBiases', 'outputWeights', 'outputBiases']) {
      const values = stored[part];
      const wanted = network[part].length;
      if (!Array.isArray(values) || values.length !== wanted || !values.every(Number.isFinite)) {
        throw new Error(`${part} are not ${wanted} numbers`);
      }
      network[part].set(values);
    }
    return network;
  }
}

function descend(weights, slopes, step, decay) {
  for (let at = 0; at < weights.length; at += 1) weights[at] -= step * slopes[at] + decay * weights[at];
}

/** Cross entropy; held away from the logarithm of zero. */
function lossOf(probability) {
  return -Math.log(Math.max(probability, 1e-15));
}

function likeliest(probabilities) {
  let best = 0;
  for (let label = 1; label < CLASSES; label += 1) if (probabilities[label] > probabilities[best]) best = label;
  return best;
}

module.exports = { CLASSES, likeliest, Network, PIXEL_MAX, PIXELS };
