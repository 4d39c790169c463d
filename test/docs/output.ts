/**
 * Does a command print what the documentation shows? Lines are compared in their order with all that differs from one run
 * to the next taken out; a line with an ellipsis stands for any number of others.
 */

/** What is never the same twice, and what stands for it. */
const VARIABLE: [RegExp, string][] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  [/\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-\d{3}-[0-9a-z]{8}/g, 'STAMP'],
  [/STAMP-[0-9a-f]{10}/g, 'STAMP-HASH'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID'],
  [/127\.0\.0\.1:\d+/g, 'ADDRESS'],
  [/\(pid \d+\)/g, '(pid PID)'],
  [/export (\w+)=.*/g, 'export $1=VALUE'],
  [/\/\S*\/temporal-sagemaker-\w+/g, 'FOLDER'],
  [/\d+\.\d+/g, 'N'],
  // A bar is as long as its share of the whole, and a small share has none.
  [/█+/g, ''],
  [/\s+/g, ' '],
];

export function normalize(line: string): string {
  return VARIABLE.reduce((text, [pattern, name]) => text.replace(pattern, name), line).trim();
}

/** The first documented line that the output does not have in its place; undefined where it has all. */
export function findMissingLine(documented: string, output: string): string | undefined {
  const printed = output.split('\n').map(normalize);
  let at = 0;
  for (const line of documented.split('\n')) {
    const wanted = normalize(line);
    if (wanted === '' || wanted === '…') continue;
    const found = printed.indexOf(wanted, at);
    if (found === -1) return line;
    at = found + 1;
  }
  return undefined;
}

/** Process ids as the documentation writes them, to those that the same lines of the output have. */
export function matchPids(documented: string, output: string): Map<string, string> {
  const pidsOf = (text: string) =>
    new Map(
      text.split('\n').flatMap((line): [string, string][] => {
        const pid = /\(pid (\d+)\)/.exec(line)?.[1];
        return pid === undefined ? [] : [[normalize(line), pid]];
      }),
    );
  const printed = pidsOf(output);
  return new Map([...pidsOf(documented)].map(([line, pid]) => [pid, printed.get(line) ?? '']));
}
