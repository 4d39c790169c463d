/**
 * How a rule names what it is about: a name, or a regular expression that matches all of one. Read from the rules that
 * tests post.
 */

/** Answers whether a name is meant; without a pattern, every name is. */
export function matchNames(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true;
  const expression = compile(pattern);
  return (name) => name === pattern || expression?.test(name) === true;
}

/** A name that is no valid expression is a name all the same. */
function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, 's');
  } catch {
    return undefined;
  }
}
