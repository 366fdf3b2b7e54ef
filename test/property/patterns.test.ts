import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { LOADER_ERRORS } from '../../src/proof/loader-error.ts';
import { DISK_FULL_PATTERN, ERROR_PATTERN, SYMPTOMS } from '../../src/toolchain/run/compile-failure.ts';

/**
 * Patterns that are tried on what a stranger's program prints: with one that tries again from each place, a line of
 * 200 kB takes minutes. Each is given texts made of its own words, in a thread that is stopped when it hangs.
 */
const TABLES: Readonly<Record<string, readonly RegExp[]>> = {
  'symptoms of compilers': [...SYMPTOMS.map(({ pattern }) => pattern), DISK_FULL_PATTERN, ERROR_PATTERN],
  'errors of loaders': LOADER_ERRORS,
};

const TEXT_CHARACTERS = 200_000;
/** A guard against what takes minutes, not a measurement: a linear pattern takes a few milliseconds. */
const HANG_MS = 5_000;

/** Words of the pattern, alone and joined, and what its classes take: repeated, each is a text that nearly matches. */
function unitsOf({ source }: RegExp): {
  readonly prefixes: readonly string[];
  readonly units: readonly string[];
} {
  const literal = source
    .replaceAll(/\(\?(?:<?[=!]|<\w+>|:)/g, '(')
    .replaceAll(/\\[bBdDwWsS]|\[(?:\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}/g, '\0')
    .replaceAll(/\\(.)/g, '$1');
  const words = literal.split(/[\0^$*+?()|]+/).filter((word) => word.length > 1);
  const units = [
    ...words,
    ...words.map((word) => `${word}a`),
    words.join('a'),
    words.join(''),
    'a',
    ' ',
    '\n',
    '/',
    '.so',
    'a: ',
    '0',
    '\\',
    '"',
    '(',
    '.h',
  ];
  return { prefixes: ['', ...words.slice(0, 2)], units: [...new Set(units)].filter((unit) => unit !== '') };
}

const WORKER = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ pattern, prefixes, units, length }) => {
  for (const prefix of prefixes)
    for (const unit of units) {
      parentPort.postMessage({ trying: [prefix, unit] });
      pattern.exec(prefix + unit.repeat(Math.ceil(length / unit.length)) + '\\u0001');
    }
  parentPort.postMessage({ done: true });
});`;

type Answer = { readonly done: true } | { readonly trying: readonly [string, string] };

/** What it hung on; null when it did not. */
function findHang(worker: Worker, pattern: RegExp): Promise<readonly [string, string] | null> {
  return new Promise((resolve) => {
    let trying: readonly [string, string] = ['', ''];
    const hung = (): void => resolve(trying);
    let timer = setTimeout(hung, HANG_MS);
    const hear = (answer: Answer): void => {
      clearTimeout(timer);
      if ('done' in answer) {
        worker.off('message', hear);
        return resolve(null);
      }
      trying = answer.trying;
      timer = setTimeout(hung, HANG_MS);
    };
    worker.on('message', hear);
    worker.postMessage({ pattern, ...unitsOf(pattern), length: TEXT_CHARACTERS });
  });
}

describe('patterns for what strangers print', () => {
  it.each(Object.entries(TABLES))(
    '%s take time in proportion to the text',
    { timeout: 600_000 },
    async (_, table) => {
      for (const pattern of table) {
        const worker = new Worker(WORKER, { eval: true });
        const hang = await findHang(worker, pattern);
        await worker.terminate();
        expect(hang, `${pattern.source} hangs on this, repeated`).toBeNull();
      }
    },
  );
});
