/**
 * An image for the emulator whose training prints numbered lines, the first half at once and the rest when a file, the
 * gate, is there; what it serves answers with the bytes it was asked. Nothing in it takes a time of its own.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeScratchFolder } from './scratch';

const TRAIN = `#!/usr/bin/env node
const fs = require('fs');
const base = process.env.SAGEMAKER_BASE_DIR ?? '/opt/ml';
const { lines = '6', gate, fail } = JSON.parse(fs.readFileSync(base + '/input/config/hyperparameters.json', 'utf8'));
const count = Number(lines);
const half = Math.ceil(count / 2);
const print = (from, to) => {
  for (let line = from; line <= to; line += 1) console.log('line ' + line + ' of ' + count);
};
const finish = () => {
  print(half + 1, count);
  if (fail !== undefined) {
    fs.writeFileSync(base + '/output/failure', fail);
    process.exit(1);
  }
  fs.writeFileSync(base + '/model/model.json', '{}');
};
print(1, half);
process.on('SIGTERM', () => process.exit(0));
const wait = () => (gate === undefined || fs.existsSync(gate) ? finish() : setTimeout(wait, 20));
wait();
`;

const SERVE = `#!/usr/bin/env node
process.on('SIGTERM', () => process.exit(0));
require('http').createServer((request, response) => {
  if (request.url === '/ping') return response.end();
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
    const body = Buffer.concat(chunks);
    if (body.toString() === 'nonsense') {
      response.writeHead(422, { 'content-type': 'text/plain' });
      return response.end('cannot read nonsense');
    }
    const { accept, 'content-type': type } = request.headers;
    response.setHeader('content-type', accept === undefined || accept === '*/*' ? type : accept);
    response.end(body);
  });
}).listen(Number(process.env.SAGEMAKER_BIND_TO_PORT ?? 8080), '127.0.0.1');
`;

/** The folder that the emulator takes as the image; `removeScratchFolders` removes it. */
export function makeGatedImage(): string {
  return makeScratchFolder({ train: TRAIN, serve: SERVE });
}

export interface Gate {
  /** For the hyperparameter `gate`. */
  file: string;
  /** Lets the training go on to its end. */
  open(): void;
}

export function makeGate(): Gate {
  const file = join(makeScratchFolder(), 'gate');
  return {
    file,
    open: () => {
      writeFileSync(file, '');
    },
  };
}
