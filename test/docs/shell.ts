/**
 * A person at a few terminals, following a document: one bash in which its blocks are run one after the other, and others
 * for what runs on in a terminal of its own. What `dev` says to be exported is exported in all of them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess, type TestProcess } from '../support/processes';
import { until } from '../support/until';
import { findMissingLine, matchPids } from './output';
import { ROOT } from './markdown';

const BLOCK_LIMIT_MS = 180_000;

export interface Shell {
  /** Runs a block to its end; answers all that it printed. @throws Error where a command of it fails */
  run(block: string): Promise<string>;
  /** Opens a terminal for a block that goes on, and waits until it has printed what is documented. */
  keepRunning(block: string, documented: string): Promise<string>;
  /** Ends the terminals as Ctrl-C does, the last one first, and the shell. */
  close(): Promise<void>;
}

/** `path` goes in front of PATH. */
export function openShell(path: string, cwd = ROOT): Shell {
  const folder = mkdtempSync(join(tmpdir(), 'temporal-sagemaker-docs-'));
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: `${path}:${process.env.PATH ?? ''}`, TERM: 'dumb' };
  const options = { cwd, env };
  const bash = startProcess('bash', ['--noprofile', '--norc'], { ...options, stdin: true });
  bash.write('set -euo pipefail; exec 2>&1\n');
  const terminals: TestProcess[] = [];
  const pids = new Map<string, string>();
  let count = 0;

  /** A number in the document stands for one of our own processes, or nothing is killed. */
  const withOwnPids = (block: string): string =>
    block.replace(/\bkill (.*?)(\d{2,})\b/g, (_all, flags: string, pid: string) => {
      const own = pids.get(pid);
      if (own === undefined || own === '') throw new Error(`the document kills ${pid}, which nothing printed`);
      return `kill ${flags}${own}`;
    });

  return {
    async run(block) {
      count += 1;
      const script = join(folder, `block-${String(count)}.sh`);
      writeFileSync(script, withOwnPids(block));
      const end = `--- end of block ${String(count)} ---`;
      const before = bash.stdout().length;
      // A program that reads its input must not read the next block.
      bash.write(`source ${script} </dev/null; echo '${end}'\n`);
      await until(() => bash.stdout().includes(end, before) || !bash.isRunning(), {
        what: `the end of\n${block}`,
        limitMs: BLOCK_LIMIT_MS,
      }).catch((error: unknown) => {
        throw new Error(`${String(error)}; printed: ${bash.stdout().slice(before)}`);
      });
      const output = bash.stdout().slice(before);
      if (!output.includes(end)) throw new Error(`a command failed in\n${block}\nprinted:\n${output}`);
      return output.slice(0, output.indexOf(end));
    },

    async keepRunning(block, documented) {
      // A process group of its own, as a terminal gives one: Ctrl-C goes to all in it.
      const args = ['--noprofile', '--norc', '-c', `exec 2>&1\n${block}`];
      const terminal = startProcess('bash', args, { ...options, detached: true });
      terminals.push(terminal);
      await until(
        () => {
          if (!terminal.isRunning()) throw new Error(`it has ended: ${terminal.stdout()}`);
          return findMissingLine(documented, terminal.stdout()) === undefined;
        },
        { what: `${block.trim()} to print what is documented`, limitMs: BLOCK_LIMIT_MS },
      ).catch((error: unknown) => {
        throw new Error(`${String(error)}; printed: ${terminal.stdout()}`);
      });
      const output = terminal.stdout();
      for (const [pid, own] of matchPids(documented, output)) pids.set(pid, own);
      for (const [line, name = '', value] of output.matchAll(/^ *export (\w+)=(.*)$/gm)) {
        env[name] = value;
        bash.write(`${line}\n`);
      }
      return output;
    },

    async close() {
      bash.closeInput();
      for (const terminal of terminals.reverse()) await endTerminal(terminal);
      await bash.ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function endTerminal(terminal: TestProcess): Promise<void> {
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    if (!terminal.isRunning()) return;
    process.kill(-terminal.pid, signal);
    await until(() => !terminal.isRunning(), { what: `a terminal to end at ${signal}`, limitMs: 60_000 }).catch(
      (error: unknown) => {
        if (signal === 'SIGKILL') throw error;
      },
    );
  }
}
