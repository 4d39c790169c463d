/** Who gets colours and a picture: what a person says beats what the surroundings say. */
import { canRedraw, hasColor, paintFor, styleOfContainer } from '../../../src/cli/terminal-style';

const TERMINAL = { isTTY: true };
const PIPE = { isTTY: false };

test.each<[string, { isTTY: boolean }, NodeJS.ProcessEnv, boolean | undefined, boolean]>([
  ['a terminal', TERMINAL, {}, undefined, true],
  ['a pipe', PIPE, {}, undefined, false],
  ['--no-color', TERMINAL, { FORCE_COLOR: '1' }, false, false],
  ['NO_COLOR', TERMINAL, { NO_COLOR: '1' }, undefined, false],
  ['an empty NO_COLOR', TERMINAL, { NO_COLOR: '' }, undefined, true],
  ['FORCE_COLOR in a pipe', PIPE, { FORCE_COLOR: '1' }, undefined, true],
  ['FORCE_COLOR beside NO_COLOR', PIPE, { FORCE_COLOR: '1', NO_COLOR: '1' }, undefined, true],
  ['FORCE_COLOR=0', TERMINAL, { FORCE_COLOR: '0' }, undefined, false],
  ['TERM=dumb', TERMINAL, { TERM: 'dumb' }, undefined, false],
  ['a build server with a terminal', TERMINAL, { CI: 'true' }, undefined, true],
])('colours: %s', (_what, stream, env, color, expected) => {
  expect(hasColor(stream, { env, ...(color !== undefined && { color }) })).toBe(expected);
  const paint = paintFor(stream, { env, ...(color !== undefined && { color }) });
  expect(paint('red', 'x')).toBe(expected ? '\u001b[31mx\u001b[39m' : 'x');
});

test.each<[string, { isTTY: boolean }, NodeJS.ProcessEnv, boolean]>([
  ['a terminal', TERMINAL, {}, true],
  ['a pipe', PIPE, { FORCE_COLOR: '1' }, false],
  ['TERM=dumb', TERMINAL, { TERM: 'dumb' }, false],
  ['a build server with a terminal', TERMINAL, { CI: '1' }, false],
  ['CI=false', TERMINAL, { CI: 'false' }, true],
  ['no colours', TERMINAL, { NO_COLOR: '1' }, true],
])('a picture: %s', (_what, stream, env, expected) => {
  expect(canRedraw(stream, env)).toBe(expected);
});

test('a container has its colour whoever speaks first', () => {
  expect(styleOfContainer('algo-1')).toBe('cyan');
  expect(styleOfContainer('algo-2')).toBe('magenta');
  expect(styleOfContainer('algo-6')).toBe(styleOfContainer('algo-1'));
  expect(styleOfContainer('somewhere')).toBe('cyan');
});
