/** Values of hyperparameters and environment are in no text that comes of a request: AWS's answers, differences. */
import fc from 'fast-check';
import { readTrouble } from '../../../src/domain/aws-errors';
import { findDifferences } from '../../../src/domain/compare';
import { hideValues, showValue } from '../../../src/domain/hidden-values';

const REQUEST = {
  TrainingJobName: 'iris',
  HyperParameters: { api_key: 'canary-1234', epochs: '10', note: 'line one\nand "two"' },
  PrimaryContainer: { Image: 'iris', Environment: { TOKEN: 'canary-5678' } },
};

describe('what AWS says of a request', () => {
  test('is told without its hidden values, and with all else', () => {
    const said = 'Value canary-1234 of iris with {TOKEN=canary-5678, epochs=10} is not allowed: canary-1234';
    expect(hideValues(said, REQUEST)).toBe('Value *** of iris with {TOKEN=***, epochs=10} is not allowed: ***');
  });

  test('is told without them where it repeats the request as JSON', () => {
    const said = hideValues(`denied: ${JSON.stringify(REQUEST)}`, REQUEST);
    expect(said).toContain('"TrainingJobName":"iris"');
    expect(said).not.toMatch(/canary|line one|two/);
  });

  test('is told without the part of a long value that it repeats', () => {
    const value = Array.from({ length: 60 }, (_, index) => String.fromCharCode(97 + (index % 26))).join('');
    const said = hideValues(`got ${value.slice(0, 40)}... and ${value}.`, { HyperParameters: { value } });
    expect(said).toBe('got ***... and ***.');
  });

  test('holds none of them, wherever they stand in it', () => {
    const words = (from: string[], minLength = 0) =>
      fc.string({ unit: fc.constantFrom(...from), minLength, maxLength: 80 });
    const VALUE = ['a', 'b', 'c', '"', '\\', '\n', '\u2028', 'é'];
    const ROUND = ['0', '1', '2', '3', ' '];
    fc.assert(
      fc.property(words(VALUE, 6), words(ROUND), words(ROUND), (value, before, after) => {
        const said = hideValues(`${before}${value}${after}${JSON.stringify(value)}`, { Environment: { A: value } });
        expect(said).toBe(`${before}***${after}"***"`);
      }),
    );
  });

  test.each([
    'AccessDenied: not authorized: canary-1234 and canary-5678',
    "1 validation error detected: Value '{api_key=canary-1234}' at 'hyperParameters' failed to satisfy constraint",
    `${'x'.repeat(1_995)}canary-1234`,
  ])('comes without them out of an exception (case %#)', (message) => {
    expect(readTrouble(new Error(message), REQUEST).message).not.toContain('cana');
  });

  test.each(['{"HyperParameters": {"a": canary-1234', '{"a":"b"} canary-1234', '<html>canary-1234</html>'])(
    'comes without them out of an answer that is no JSON: %s',
    (answer) => {
      let thrown: unknown;
      try {
        JSON.parse(answer);
      } catch (error) {
        thrown = error;
      }
      expect(readTrouble(thrown).message).not.toContain('canary');
    },
  );
});

describe('differences', () => {
  test('are shown without hidden values where a whole container differs', () => {
    const differences = findDifferences(REQUEST, { ...REQUEST, PrimaryContainer: undefined, Containers: [{}] });
    expect(differences.map(({ text }) => text)).toEqual([
      'PrimaryContainer: asked for {"Image":"iris","Environment":"***"}, found nothing',
    ]);
    const found = findDifferences(
      { Containers: [] as unknown[], A: 1 },
      { Containers: [REQUEST.PrimaryContainer], A: 1 },
    );
    expect(JSON.stringify(found)).not.toContain('canary');
    const missing = findDifferences({ Containers: [REQUEST.PrimaryContainer] }, { Containers: [] });
    expect(JSON.stringify(missing)).not.toContain('canary');
  });

  test('compare the words of a command line, and show none of them', () => {
    const asked = (...ContainerArguments: string[]) => ({ AlgorithmSpecification: { ContainerArguments } });
    const textsOf = (sent: object, found: object) => findDifferences(sent, found).map(({ text }) => text);
    expect(textsOf(asked('--api-key', 'canary-1'), asked('--api-key', 'canary-1'))).toEqual([]);
    const differs = ['AlgorithmSpecification.ContainerArguments: values differ'];
    expect(textsOf(asked('--api-key', 'canary-1'), asked('--api-key', 'canary-2'))).toEqual(differs);
    expect(textsOf(asked('--api-key', 'canary-1'), { AlgorithmSpecification: {} })).toEqual(differs);
    expect(textsOf(asked(), { AlgorithmSpecification: {} })).toEqual([]);
  });

  test('show nothing of fields that nobody knows, alone or within others', () => {
    const unknown = new Set(['Tomorrow', 'Later']);
    const sent = { Tomorrow: { key: 'canary-1' }, Later: 'canary-2', Container: { Tomorrow: 'canary-3' } };
    const told = findDifferences(sent, {}, unknown);
    expect(told.map(({ text, isNewer }) => `${text}${isNewer ? ', newer' : ''}`)).toEqual([
      'Tomorrow.key: values differ, newer',
      'Later: values differ, newer',
      'Container: asked for {"Tomorrow":"***"}, found nothing',
    ]);
    expect(findDifferences(sent, { ...sent, Tomorrow: { key: 'canary-1' } }, unknown)).toEqual([]);
  });

  test('show what is not hidden', () => {
    expect(showValue({ a: [1, { HyperParameters: { x: 'y' } }] })).toBe('{"a":[1,{"HyperParameters":"***"}]}');
  });
});
