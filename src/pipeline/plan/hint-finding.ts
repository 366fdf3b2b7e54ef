import type { Finding } from '../../core/finding.ts';
import { isAtOrBelow } from '../../core/is-below.ts';
import type { HintedPath } from '../../needs/index.ts';

/** More would hide the others. */
const NAMED_LIMIT = 6;

/** A need of its own says what it is for. */
const SHELL = '/bin/sh';

/**
 * What the program names of this machine and does not get: it may read it, or may not. What only a library of it names in
 * /etc is the library's matter, which has defaults. Null where there is nothing to be said.
 */
export function hintFinding(
  hints: readonly HintedPath[],
  program: readonly string[],
  inImage: readonly string[],
): Finding | null {
  const left = hints.filter(
    ({ path, namedBy }) =>
      path !== SHELL &&
      (program.includes(namedBy) || !path.startsWith('/etc/')) &&
      !inImage.some((other) => isAtOrBelow(other, path)),
  );
  const [first] = left;
  if (first === undefined) return null;
  const named = left.slice(0, NAMED_LIMIT).map(textOf).join(', ');
  const more = left.length > NAMED_LIMIT ? `, and ${left.length - NAMED_LIMIT} more` : '';
  return {
    level: 'info',
    message: `it or a library of it names what is on this machine, and is not packed: ${named}${more}`,
    hint: `add what it uses, such as --add ${first.path}:${first.path}`,
  };
}

function textOf({ path, kind, sizeBytes, files, isWhole }: HintedPath): string {
  if (kind !== 'directory') return `${path} (${sizeBytes} bytes)`;
  const size = `${sizeBytes} bytes in ${files} ${files === 1 ? 'file' : 'files'}`;
  return `${path} (${isWhole ? '' : 'at least '}${size})`;
}
