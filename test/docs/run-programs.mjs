// Runs modules one after the other in this process, which loads the package and all beneath it once. Prints one line of
// JSON for each that has ended: its path, what it threw, and what it printed. Started by programs-stack.ts.
import { inspect } from 'node:util';

const [limitMs, ...paths] = process.argv.slice(2);

for (const path of paths) {
  let output = '';
  const streams = [process.stdout, process.stderr];
  for (const stream of streams) {
    stream.write = (chunk, ...rest) => {
      output += Buffer.from(chunk).toString('utf8');
      rest.find((one) => typeof one === 'function')?.();
      return true;
    };
  }
  let limit;
  const tooLong = new Promise((_resolve, reject) => {
    limit = setTimeout(() => reject(new Error(`it has not ended within ${limitMs} ms`)), Number(limitMs));
  });
  const failure = await Promise.race([import(path), tooLong]).then(
    () => undefined,
    (error) => inspect(error),
  );
  clearTimeout(limit);
  // The streams' own again.
  for (const stream of streams) delete stream.write;
  process.stdout.write(`${JSON.stringify({ path, failure, output })}\n`);
}
// What a program has left open is its own affair.
process.exit();
