import type { ImageReference } from './find-references.ts';
import type { DocumentsFile } from './read-documents.ts';

/**
 * The text with each reference replaced by its image, and every other character as it is: comments, order, quotes.
 *
 * @param imageOf by the path of a reference: `ghcr.io/me/server@sha256:…`
 */
export function replaceReferences(
  { text }: DocumentsFile,
  references: readonly ImageReference[],
  imageOf: (path: string) => string,
): string {
  let done = 0;
  const pieces: string[] = [];
  for (const { start, end, path, style } of [...references].sort((a, b) => a.start - b.start)) {
    pieces.push(text.slice(done, start), written(imageOf(path), style));
    done = end;
  }
  return [...pieces, text.slice(done)].join('');
}

/** The name of an image needs no quotes: it has no white space, and its colons stand before what is none (YAML 1.2.2, 7.3.3). */
function written(image: string, style: ImageReference['style']): string {
  switch (style) {
    case 'plain':
      return image;
    case 'single':
      return `'${image}'`;
    case 'double':
      return `"${image}"`;
    case 'block':
      return `${image}\n`; // a block has the end of its line
  }
}

/** What begins a document by itself, behind comments and empty lines. */
const OWN_START = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*(---(?=\s|$)|%)/;

/** Several files as one stream: what ends the one before stands between them (YAML 1.2.2, 9.2). */
export function joinDocuments(texts: readonly string[]): string {
  return texts.reduce((before, text) => {
    if (before === '') return text;
    const whole = before.endsWith('\n') ? before : `${before}\n`;
    const [, start] = OWN_START.exec(text) ?? [];
    if (start === undefined) return `${whole}---\n${text}`;
    return start === '%' ? `${whole}...\n${text}` : `${whole}${text}`;
  }, '');
}
