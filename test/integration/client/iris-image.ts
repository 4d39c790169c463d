/** An image for the emulator: trains for a moment, prints lines, serves its number times what it is asked, and NumPy arrays as they are. */
import { makeScratchFolder } from '../../support/scratch';

const TRAIN = `#!/usr/bin/env node
const fs = require('fs');
const base = process.env.SAGEMAKER_BASE_DIR ?? '/opt/ml';
const { epochs = '2', fail } = JSON.parse(fs.readFileSync(base + '/input/config/hyperparameters.json', 'utf8'));
for (let epoch = 1; epoch <= Number(epochs); epoch += 1) console.log('\\u001b[32mepoch ' + epoch + '\\u001b[0m');
if (fail !== undefined) {
  fs.writeFileSync(base + '/output/failure', fail);
  console.error('Traceback: ' + fail);
  process.exit(1);
}
fs.writeFileSync(base + '/model/model.json', JSON.stringify({ factor: Number(epochs) }));
`;

const SERVE = `#!/usr/bin/env node
const fs = require('fs');
process.on('SIGTERM', () => process.exit(0));
const base = process.env.SAGEMAKER_BASE_DIR ?? '/opt/ml';
const { factor } = JSON.parse(fs.readFileSync(base + '/model/model.json', 'utf8'));
require('http').createServer((request, response) => {
  if (request.url === '/ping') return response.end();
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
    const body = Buffer.concat(chunks).toString();
    if (body === 'silence') return;
    if (body === 'nonsense') {
      response.writeHead(422, { 'content-type': 'text/plain' });
      return response.end('cannot read nonsense');
    }
    const type = request.headers['content-type'];
    if (type === 'application/x-npy') {
      response.setHeader('content-type', type);
      return response.end(Buffer.concat(chunks));
    }
    if (type === 'text/csv') {
      response.setHeader('content-type', 'text/csv');
      const rows = body.split('\\n').map((row) => row.split(',').map((cell) => Number(cell) * factor).join(','));
      return response.end(rows.join('\\n'));
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ factor, type, accept: request.headers.accept, body, greeting: process.env.GREETING }));
  });
}).listen(Number(process.env.SAGEMAKER_BIND_TO_PORT ?? 8080), '127.0.0.1');
`;

/** The folder that the emulator takes as the image; `removeScratchFolders` removes it. */
export function makeIrisImage(): string {
  return makeScratchFolder({ train: TRAIN, serve: SERVE });
}
