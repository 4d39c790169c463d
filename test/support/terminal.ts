/**
 * The built program in a terminal, as a person has it: a real pseudo-terminal, held by Python's standard library, into
 * which one types. What stands in it at last is read back from what was drawn.
 */
import { join } from 'node:path';
import { startProcess, type TestProcess } from './processes';

const PROGRAM = join(__dirname, '../../lib/cli/main.js');
const COLUMNS = 100;

export interface Terminal extends TestProcess {
  pressCtrlC(): void;
  /** The lines that stand in the terminal, those that have scrolled away included. */
  lines(): string[];
}

export function openTerminal(args: string[], env: NodeJS.ProcessEnv): Terminal {
  const argv = [join(__dirname, 'terminal.py'), String(COLUMNS), process.execPath, PROGRAM, ...args];
  const started = startProcess('python3', argv, { env: { ...env, TERM: 'xterm-256color' }, stdin: true });
  return {
    ...started,
    pressCtrlC: () => {
      started.write('\u0003');
    },
    lines: () => readScreen(started.stdout()),
  };
}

// eslint-disable-next-line no-control-regex -- what moves a cursor is what this is about
const PIECES = /\u001b\[(\d*)([A-Za-z])|\r|\n|[^\r\n\u001b]+/g;

/** What is left of a drawing once every movement of the cursor and every removal has been followed. */
export function readScreen(drawn: string): string[] {
  const rows: string[] = [''];
  let row = 0;
  let column = 0;
  for (const [piece, count = '', command] of drawn.matchAll(PIECES)) {
    if (piece === '\n') {
      row += 1;
      if (row === rows.length) rows.push('');
    } else if (piece === '\r') column = 0;
    else if (command === 'A') row = Math.max(0, row - Number(count || 1));
    else if (command === 'J') rows.splice(row, Infinity, (rows[row] ?? '').slice(0, column));
    else if (command === 'm') continue;
    else if (command !== undefined) throw new Error(`a movement that is not known: ${JSON.stringify(piece)}`);
    else {
      const line = (rows[row] ?? '').padEnd(column);
      rows[row] = line.slice(0, column) + piece + line.slice(column + piece.length);
      column += piece.length;
    }
  }
  return rows.map((line) => line.trimEnd());
}
