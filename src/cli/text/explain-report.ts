import type { Cause, Explanation } from '../../explain/explanation.ts';
import { joinLines, paint, type Text, text } from './text.ts';

/** `explain` as text: a heading, then causes with their evidence and fixes. */
export function formatExplanation({ summary, causes, ruledOut }: Explanation): Text {
  const excluded = ruledOut.map(({ cause, because }) => text`not ${cause}: ${because}`);
  const isList = causes.length > 1;
  return joinLines([
    summary,
    ...causes.flatMap((cause, index) => causeLines(cause, isList ? `${index + 1}. ` : '')),
    ...excluded,
  ]);
}

function causeLines(cause: Cause, number: string): readonly Text[] {
  return [
    text`${number}${paint('bold', cause.title)}${cause.status === 'confirmed' ? '' : ' (possible)'}`,
    ...(cause.evidence === null ? [] : [text`  because: ${cause.evidence}`]),
    ...cause.fixes.map((fix) => text`  fix: ${fix}`),
    text`  see: ${cause.check}`,
  ];
}
