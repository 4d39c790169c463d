/** Texts of others in Markdown: read by a strict reader of its syntax, they are text and nothing else. */
import fc from 'fast-check';
import { summarize } from '../../../src/client/summary';
import { describeProgress } from '../../../src/domain/details';
import { escapeMarkdown } from '../../../src/domain/markdown';

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '[click](https://evil.example)',
  '![pixel](https://evil.example/p.png)',
  '[a]: https://evil.example\n[a]',
  'https://evil.example/login',
  'HTTP://evil.example',
  'www.evil.example',
  'someone@evil.example',
  '<https://evil.example>',
  '`code` **bold** _it_ ~~gone~~ $x$',
  '# heading\n\n- list\n\n> quote\n\n---',
  '| a | b |\n| --- | --- |',
  '&lt;img&gt; &#60;b&#62;',
  '\\[not](https://evil.example)',
];

/** What of a text a reader of Markdown would take for more than text. */
const MARKUP = /[`*_{}[\]()#+!|~$&<@\r\n]|:\/\/|\bwww\./i;

/** With a dot in the place of what stands for a character: what stood beside it must not come together. */
const withoutEscapes = (text: string): string =>
  text.replace(/&(?:amp|lt|#58|#46|#64);/g, '·').replace(/\\[\\`*_{}[\]()#+!|~$]/g, '·');

test.each(HOSTILE)('%j is text', (text) => {
  expect(withoutEscapes(escapeMarkdown(text))).not.toMatch(MARKUP);
});

test('so is any text', () => {
  const text = fc.string({ unit: fc.constantFrom(...'<>[]()`*_#!|~$\\&;:/@w. \n\rab1-'.split('')), maxLength: 60 });
  fc.assert(
    fc.property(text, (given) => {
      expect(withoutEscapes(escapeMarkdown(given))).not.toMatch(MARKUP);
    }),
    { numRuns: 2_000 },
  );
});

test('a hostile Workflow Id, name, reason, metric, warning and failure are text in what the UI shows', () => {
  for (const text of HOSTILE) {
    const { staticSummary, staticDetails } = summarize('deleteEndpoint', { endpointName: 'e' }, text);
    const details = describeProgress({
      stage: 'Failed',
      trainingJob: {
        name: text,
        secondaryStatus: text,
        transitions: [],
        metrics: [{ name: text, value: 1, time: '2026-01-01T00:00:00.000Z' }],
      },
      endpoint: { name: text, status: text },
      ledger: [{ kind: 'endpoint', name: text, state: 'left', reason: text }],
      attempts: {},
      links: {},
      warnings: [text],
      failure: { code: text, message: text },
    });
    for (const shown of [staticSummary, staticDetails, details]) {
      // Between backticks nothing is markup, and no text of others can end them.
      const beside = shown.replace(/`[^`\n]*`/g, '').replace(/^\| (---|resource)[^\n]*$/gm, '');
      expect(beside).not.toMatch(/<|:\/\/|(?<!\\)\]\(|\bwww\.|@|^#/im);
    }
  }
});
