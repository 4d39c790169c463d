/**
 * The part of CloudWatch's filter patterns that searches unstructured text: terms that must, must not or may occur.
 * Pure; used by FilterLogEvents.
 */
import { invalidParameter } from './paging';

/**
 * Makes the test for messages. Terms are words or quoted phrases, matched in their case: plain ones must all occur,
 * `-term` must not, and of the `?term`s one must where there are no plain ones.
 * @throws AwsError `InvalidParameterException` for JSON, column and regular expression patterns, which are not emulated.
 */
export function buildMessageTest(pattern = ''): (message: string) => boolean {
  const text = pattern.trim();
  if (/^[{[%]/.test(text)) {
    throw invalidParameter(
      'Invalid filter pattern: this emulator searches for terms alone, not by JSON, column or regular expression patterns.',
    );
  }
  const required: string[] = [];
  const excluded: string[] = [];
  const optional: string[] = [];
  for (const [, sign, phrase, word] of text.matchAll(/([-?]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)) {
    const term = phrase === undefined ? (word ?? '') : phrase.replace(/\\(.)/g, '$1');
    (sign === '-' ? excluded : sign === '?' ? optional : required).push(term);
  }
  return (message) => {
    if (excluded.some((term) => message.includes(term))) return false;
    if (required.length > 0 || optional.length === 0) return required.every((term) => message.includes(term));
    return optional.some((term) => message.includes(term));
  };
}
