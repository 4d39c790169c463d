// Workers of this package in a process of their own, made when told: a line {"taskQueue", "region", "address"} on stdin
// starts one, {"stop": taskQueue} ends it; each is answered by a line. For tests that kill processes by the dozen: what
// costs most, loading, is done before there is anything to do, and workflows run in the main thread. Everything else is as in
// the command `worker`, which `kill-rig.ts` kills.
const { createInterface } = require('node:readline');
const { DefaultLogger, NativeConnection, Runtime } = require('@temporalio/worker');
const { createWorker, workerOptionsFromEnvironment } = require('../../lib/worker');

Runtime.install({ logger: new DefaultLogger('ERROR') });

/** One for each address: workers of different task queues share it. */
const connections = new Map();
const running = new Map();
const say = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);

function connect(address) {
  if (!connections.has(address)) connections.set(address, NativeConnection.connect({ address }));
  return connections.get(address);
}

async function start({ taskQueue, region, address }) {
  const worker = await createWorker({
    ...workerOptionsFromEnvironment(),
    connection: await connect(address),
    taskQueue,
    region,
    worker: {
      // One case is served at a time; every poller more costs the server.
      maxConcurrentWorkflowTaskPolls: 2,
      maxConcurrentActivityTaskPolls: 2,
      // Workflows in this thread: a worker costs a fifth.
      debugMode: true,
    },
  });
  running.set(taskQueue, { worker, ended: worker.run() });
  say({ started: taskQueue });
}

async function stop(taskQueue) {
  const { worker, ended } = running.get(taskQueue);
  worker.shutdown();
  await ended;
  running.delete(taskQueue);
  say({ stopped: taskQueue });
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const order = JSON.parse(line);
    (order.stop === undefined ? start(order) : stop(order.stop)).catch((error) => {
      say({ failed: order.taskQueue ?? order.stop, error: String(error?.stack ?? error) });
    });
  })
  // Whoever started it is gone.
  .on('close', () => process.exit());
say({ loaded: true });
