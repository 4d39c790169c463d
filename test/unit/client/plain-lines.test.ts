import { toPlainLines } from '../../../src/client/log-line';

test.each([
  ['colours', '\u001b[1;31mred\u001b[0m text', 'red text'],
  ['cursor movements', 'a\u001b[2J\u001b[10;10Hb', 'ab'],
  ['titles', '\u001b]0;my title\u0007text', 'text'],
  ['links', '\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['titles that never end', '\u001b]0;rest', ''],
  ['short sequences', '\u001bcreset \u001b(B', 'reset '],
  ['eight-bit controls', 'a\u009b31mb', 'a31mb'],
  ['bells and backspaces', 'a\u0007\bb\u0000', 'ab'],
  ['the end of a Windows line', 'text\r\n', 'text\n'],
])('%s are taken out', (_what, raw, clean) => {
  expect(toPlainLines(raw)).toBe(clean);
});

test('tabs, lines and all letters stay; what overwrote a line becomes one of its own', () => {
  expect(toPlainLines('a\tb\nä 中 🎉')).toBe('a\tb\nä 中 🎉');
  expect(toPlainLines(' 10%\r 20%\r')).toBe(' 10%\n 20%');
});
