/**
 * Texts of strangers on their way to a terminal or a shell: names, AWS's words, a container's. What is printed cannot move
 * the cursor, rename the window or hide what was there; what is to be typed is one word to the shell.
 */
import { execFileSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { createOutput, type Output, type OutputStreams } from '../../../src/cli/output';
import { describeFailureLines } from '../../../src/cli/describe-event';
import { describeStatus } from '../../../src/cli/describe-run';
import { describeRuns } from '../../../src/cli/run-table';
import { frame } from '../../../src/cli/live-block';
import { commandLine } from '../../../src/cli/program-name';
import { toPlainLines } from '../../../src/client/log-line';
import type { RunProgress, RunStatus } from '../../../src/client';

const HOSTILE = {
  colours: 'a\u001b[31mred',
  'a cleared screen': 'a\u001b[2J\u001b[H',
  'a title': 'a\u001b]0;owned\u0007',
  'a link': '\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\',
  'a query that the terminal answers': 'a\u001b[6n\u001b[c',
  'eight-bit controls': 'a\u009b2J\u009d0;owned\u009c',
  'an overwritten line': 'failed\rsucceeded',
  'backspaces and bells': 'rm\b\b\u0007\u0000',
  'a device string': '\u001bPq#0\u001b\\',
};

/** Without tabs and line ends: what a terminal would act on. */
const CONTROLS = /[^\P{Cc}\t\n]/u;

const METHODS: Record<string, (output: Output, text: string) => void> = {
  'a status': (output, text) => {
    output.emit({ type: 'status', subject: 'training job', name: text, status: text, message: text });
  },
  'a warning': (output, text) => {
    output.emit({ type: 'warning', message: text });
  },
  'a remark': (output, text) => {
    output.remark({ type: 'warning', message: text });
  },
  'a note': (output, text) => {
    output.note(`following it: ${text}`);
  },
  'an alert': (output, text) => {
    output.alert(text);
  },
  'a heartbeat': (output, text) => {
    output.emit({ type: 'heartbeat', workflowId: text, stage: 'Training' });
  },
  'data for people': (output, text) => {
    output.print(text);
  },
  'a log line': (output, text) => {
    output.printLog({ type: 'log', source: 'algo-1', line: toPlainLines(text), time: '2026-01-01T00:00:00.000Z' });
  },
  'a result': (output, text) => {
    output.result({}, text);
  },
  'a document': (output, text) => {
    output.document({}, text);
  },
  'a failure': (output, text) => {
    output.failure({
      ...{ code: 'TrainingJobFailed', message: text, reason: text, fix: text, workflowId: text, requestId: text },
      ...{ problems: [text], differences: [text], logTail: [text], exitCode: 5 },
    });
  },
};

function said(tell: (output: Output) => void, terminal: boolean): string {
  const stream = () => Object.assign(new PassThrough(), { isTTY: terminal, columns: 60 });
  const streams = { stdout: stream(), stderr: stream() };
  const output = createOutput(streams as unknown as OutputStreams, { json: false, color: false, env: { CI: '1' } });
  tell(output);
  return `${String(streams.stdout.read() ?? '')}${String(streams.stderr.read() ?? '')}`;
}

describe.each([true, false])('on a terminal: %j,', (terminal) => {
  test.each(
    Object.entries(METHODS).flatMap(([what, tell]) =>
      Object.entries(HOSTILE).map(([kind, text]) => ({ what, kind, tell, text })),
    ),
  )('$what with $kind is text', ({ tell, text }) => {
    const printed = said((output) => {
      tell(output, text);
    }, terminal);
    expect(printed).not.toBe('');
    expect(printed).not.toMatch(CONTROLS);
  });

  test('a stranger’s bytes are a program’s to the last one, and a terminal’s as text', () => {
    const printed = said((output) => {
      output.result({}, Buffer.from(HOSTILE.colours));
    }, terminal);
    expect(printed).toBe(terminal ? 'a[31mred\n' : HOSTILE.colours);
  });
});

test('for programs, every control character is written as JSON writes it', () => {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const output = createOutput(streams as unknown as OutputStreams, { json: true });
  for (const text of Object.values(HOSTILE)) output.emit({ type: 'warning', message: text });
  const lines = String(streams.stdout.read()).trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(Object.values(HOSTILE));
  expect(lines.join('')).not.toMatch(/\p{Cc}/u);
});

test('tables, pictures and the words of failures keep each name in its place', () => {
  for (const text of Object.values(HOSTILE)) {
    const job = { name: text, status: text, secondaryStatus: text, transitions: [], metrics: [] };
    const progress = {
      stage: 'Training',
      trainingJob: job,
      ledger: [],
      attempts: {},
      links: {},
      warnings: [text],
      live: true,
    };
    const status = {
      workflowId: text,
      workflowType: text,
      status: 'RUNNING',
      startTime: '2026-01-01T00:00:00.000Z',
      stage: 'Training',
    };
    const shown = [
      describeRuns([status as never], 0),
      frame({ workflowId: text, startedAtMs: 0, progress: progress as never, notice: text }, 80, 0).join('\n'),
      describeFailureLines({ code: 'Internal', message: text, exitCode: 1 }, (_style, painted) => painted).join('\n'),
      said((output) => {
        output.result({}, describeStatus(status as unknown as RunStatus, progress as unknown as RunProgress, 0));
      }, true),
    ];
    for (const one of shown) expect(one).not.toMatch(CONTROLS);
  }
});

test('a command that is told to be typed hands the shell each name as it is', () => {
  const start = { env: { PATH: '/usr/bin' }, cwd: '/', script: '/opt/x/main.js' };
  const name = fc.oneof(
    fc.string({ minLength: 1, unit: fc.constantFrom(...`abc -'"\\$\`!*?[]{}()<>|&;~#=%\n\t`.split('')) }),
    fc.constantFrom('$(reboot)', '`reboot`', "'; reboot #", '-rf', '--json', 'a\nb', '*', '~', '!!', 'ä 中 🎉'),
  );
  fc.assert(
    fc.property(name, (workflowId) => {
      const line = commandLine(start, 'cancel', { name: workflowId });
      // The program's own words in the place of the program.
      const typed = line.replace(/^node \S+/, "printf '%s\\0'");
      const words = execFileSync('/bin/sh', ['-c', typed], { encoding: 'utf8' }).split('\0').slice(0, -1);
      expect(words).toEqual(['cancel', ...(workflowId.startsWith('-') ? ['--'] : []), workflowId]);
    }),
    { numRuns: 60 },
  );
});
