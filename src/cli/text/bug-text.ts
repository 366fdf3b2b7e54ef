import { paint, quote, type Text, text } from './text.ts';

/** What nobody expected. Its message may hold foreign words, and a stack holds the message. */
export function bugText(error: unknown): Text {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text`${paint('red', 'error:')} this is a bug in morsel
  hint: please report it with the lines below
  code: BUG
${quote(stack)}`;
}
