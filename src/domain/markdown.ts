/**
 * Texts of others in Markdown that the Temporal UI shows: names, AWS's words, a container's. They must not draw in the
 * operator's page, nor lead away from it. Used for current details and for the summary of a start.
 */

/** As plain text, in one line: no markup, no HTML, no address that becomes a link by itself. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\`*_{}[\]()#+!|~$]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/:(?=\/\/)/g, '&#58;')
    .replace(/\b(www)\./gi, '$1&#46;')
    .replace(/@/g, '&#64;');
}

/** Between two backticks. */
export function escapeCode(text: string): string {
  return text.replace(/[`\r\n|]/g, ' ');
}
