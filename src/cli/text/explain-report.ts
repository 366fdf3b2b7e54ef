import type { Cause, Explanation } from '../../index.ts';
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
    ...evidenceAndFixes(cause),
    text`  see: ${cause.check}`,
  ];
}

/** What stands below a cause wherever it is told. */
export function evidenceAndFixes({ evidence, fixes }: Cause): readonly Text[] {
  return [
    ...(evidence === null ? [] : [text`  because: ${evidence}`]),
    ...fixes.map((fix) => text`  fix: ${fix}`),
  ];
}
