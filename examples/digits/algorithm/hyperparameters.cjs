// The hyperparameters that this algorithm takes, with their defaults and limits. SageMaker hands all of them over as
// strings; what cannot be meant is refused, and so is a name that is not known, since it is most likely misspelt.
'use strict';

const KNOWN = {
  epochs: { default: 20, min: 1, max: 100_000, integer: true },
  learning_rate: { default: 0.2, min: 1e-9, max: 100 },
  batch_size: { default: 8, min: 1, max: 100_000, integer: true },
  hidden_units: { default: 128, min: 1, max: 4096, integer: true },
  l2: { default: 0.0001, min: 0, max: 1 },
  seed: { default: 1, min: 0, max: 2 ** 32 - 1, integer: true },
  // The least that an epoch takes: for watching, and for trying out what happens while a job runs.
  epoch_seconds: { default: 0, min: 0, max: 86_400 },
};

function parseHyperparameters(given) {
  const problems = [];
  for (const name of Object.keys(given)) {
    // SageMaker's SDKs add such names of their own.
    if (!Object.hasOwn(KNOWN, name) && !/^_?sagemaker_|^_tuning_/.test(name)) {
      problems.push(`there is no hyperparameter ${JSON.stringify(name)}; known are ${Object.keys(KNOWN).join(', ')}`);
    }
  }
  const values = {};
  for (const [name, { default: fallback, min, max, integer }] of Object.entries(KNOWN)) {
    const text = given[name];
    const value = text === undefined ? fallback : String(text).trim() === '' ? NaN : Number(text);
    if (value >= min && value <= max && (!integer || Number.isInteger(value))) values[name] = value;
    else {
      const kind = integer ? 'an integer' : 'a number';
      problems.push(`hyperparameter ${name} is ${JSON.stringify(text)}, not ${kind} from ${min} to ${max}`);
    }
  }
  if (problems.length > 0) throw new Error(problems.join('; '));
  return values;
}

module.exports = { parseHyperparameters };
