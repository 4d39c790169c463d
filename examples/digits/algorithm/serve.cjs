// The serving program: loads model.json and answers GET /ping and POST /invocations. What a request and an answer may
// look like stands in `payloads.cjs`; here is HTTP alone.
'use strict';
const { readFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { modelFile } = require('./container.cjs');
const { likeliest, Network, PIXEL_MAX } = require('./network.cjs');
const { chooseAccept, PayloadError, readRows, writePredictions } = require('./payloads.cjs');

/** SageMaker sends no larger body. */
const MAX_BODY_BYTES = 6 * 1024 ** 2;
/** SageMaker waits a minute for an answer; who takes longer to ask is gone. */
const REQUEST_TIMEOUT_MS = 60_000;

function loadNetwork() {
  const file = modelFile();
  try {
    return Network.fromJSON(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Error(`the model ${file} cannot be loaded: ${error.message}`, { cause: error });
  }
}

function predict(network, rows) {
  return rows.map((row) => {
    const probabilities = Array.from(network.classify(row.map((pixel) => pixel / PIXEL_MAX)));
    const label = likeliest(probabilities);
    return { label, probability: probabilities[label], probabilities };
  });
}

async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new PayloadError(413, `the body is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** @returns status, content type and body of the answer */
async function answer(network, request) {
  const { pathname } = new URL(request.url, 'http://container');
  const wanted = { '/ping': 'GET', '/invocations': 'POST' }[pathname];
  if (!wanted) throw new PayloadError(404, 'there are GET /ping and POST /invocations');
  if (request.method !== wanted) throw new PayloadError(405, `${pathname} is asked with ${wanted}`);
  if (pathname === '/ping') return [200, 'text/plain', ''];
  const type = request.headers['content-type'];
  const accept = chooseAccept(request.headers.accept, type);
  const rows = readRows(await readBody(request), type);
  return [200, accept, writePredictions(predict(network, rows), accept), rows.length];
}

async function handle(network, request, response) {
  const startedAt = performance.now();
  let status = 500;
  let contentType = 'text/plain';
  let body = 'the model failed; its log says why\n';
  let rows = 0;
  try {
    [status, contentType, body, rows = 0] = await answer(network, request);
  } catch (error) {
    if (error instanceof PayloadError) {
      status = error.status;
      body = `${error.message}\n`;
    } else {
      process.stderr.write(`${error.stack}\n`);
    }
    // What is left of the body is not read.
    if (!request.complete) response.setHeader('connection', 'close');
  }
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }).end(body);
  if (request.url !== '/ping') {
    const ms = (performance.now() - startedAt).toFixed(1);
    process.stdout.write(`${request.method} ${request.url} status=${status} rows=${rows} ms=${ms}\n`);
  }
}

function main() {
  let network;
  try {
    network = loadNetwork();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  const port = Number(process.env.SAGEMAKER_BIND_TO_PORT || 8080);
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    void handle(network, request, response);
  });
  server.on('error', (error) => {
    process.stderr.write(`cannot listen on port ${port}: ${error.message}\n`);
    process.exitCode = 1;
  });
  server.listen(port, () => {
    process.stdout.write(`serving on port ${server.address().port}\n`);
  });
  process.once('SIGTERM', () => {
    server.close();
    server.closeIdleConnections();
  });
}

module.exports = { main };
