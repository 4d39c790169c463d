// Lets Node 20 run the TypeScript programs beside this file: `node --import ./examples/run-typescript.mjs PROGRAM`. Types
// are taken out, not checked. Node 22.18 and later do the same by themselves.
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

// Node loads this file twice: by --import, and once more as the hooks, in a thread of their own.
if (isMainThread) register(import.meta.url);

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.mts')) return nextLoad(url, context);
  const { default: typescript } = await import('typescript');
  const text = await readFile(new URL(url), 'utf8');
  const { outputText } = typescript.transpileModule(text, {
    compilerOptions: { target: 'es2022', module: 'esnext', sourceMap: false },
  });
  return { format: 'module', source: outputText, shortCircuit: true };
}
