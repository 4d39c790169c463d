// Loaded before a worker's program (node -r): on SIGUSR2 the process does to itself what a bug would do to it. HURT=block
// keeps its event loop from turning for HURT_MS; HURT=memory takes all the memory that it may have.
process.on('SIGUSR2', () => {
  process.stdout.write('{"hurt":true}\n');
  if (process.env.HURT === 'memory') {
    const taken = [];
    for (;;) taken.push(new Array(1_000_000).fill(taken.length));
  }
  const untilMs = Date.now() + Number(process.env.HURT_MS);
  while (Date.now() < untilMs);
});
