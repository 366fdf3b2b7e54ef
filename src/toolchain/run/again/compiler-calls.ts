import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { readSmallFile } from '../../../core/read-small-file.ts';

/** A compiler's call, as a build system made it. */
export interface CompilerCall {
  /** Absolute. */
  readonly directory: string;
  readonly args: readonly string[];
}

/** Of one compiler process, which is one call but where process ids come again. */
const RECORD_LIMIT_BYTES = 16 * 1024 * 1024;
const MAX_CALLS = 100_000;

/** The calls that generated compilers have recorded in a folder; null where they cannot all be told. */
export function readCalls(folder: string): readonly CompilerCall[] | null {
  const calls: CompilerCall[] = [];
  try {
    for (const name of readdirSync(folder)) {
      const words = (readSmallFile(join(folder, name), RECORD_LIMIT_BYTES)?.toString('utf8') ?? '').split(
        '\0',
      );
      if (words.pop() !== '') return null;
      for (let at = 0; at < words.length;) {
        const count = Number(words[at]);
        const [directory, ...args] = words.slice(at + 1, at + 2 + count);
        if (!Number.isSafeInteger(count) || count < 0 || args.length !== count || directory?.[0] !== '/')
          return null;
        calls.push({ directory, args });
        if (calls.length > MAX_CALLS) return null;
        at += 2 + count;
      }
    }
    return calls;
  } catch {
    return null;
  }
}

/** What is compiled by itself; everything else is read by something that is. */
export const TRANSLATION_UNIT = /\.(?:c|cc|cpp|cxx|c\+\+|C)$/;

/** Answers a question about a source or a machine, and makes nothing that a build goes on with. */
const ASKS = new Set(['-M', '-MM', '-fsyntax-only', '--version', '-v', '-###']);
/** Stops before there is an object. */
const NO_PROGRAM = new Set(['-c', '-S', '-E', '-r', '-Wl,-r', '-shared', ...ASKS]);

export function isQuestion({ args }: CompilerCall): boolean {
  return args.some((word) => ASKS.has(word));
}

/** Its product is a program. */
export function isProgramLink(call: CompilerCall): boolean {
  return !call.args.some((word) => NO_PROGRAM.has(word));
}

/** Absolute paths of all that may be files, but for what it writes. */
export function inputsOf(call: CompilerCall): readonly string[] {
  const { args, directory } = call;
  const inputs = args.filter((word, at) => !word.startsWith('-') && args[at - 1] !== '-o');
  return [...inputs, ...librariesOf(args)].map((word) => resolve(directory, word));
}

/** `-lNAME` in each folder of `-L`: whichever of them is there counts. */
function librariesOf(args: readonly string[]): readonly string[] {
  const folders = valuesOf('-L', args);
  return valuesOf('-l', args).flatMap((name) =>
    folders.flatMap((folder) => [join(folder, `lib${name}.a`), join(folder, `lib${name}.so`)]),
  );
}

function valuesOf(option: string, args: readonly string[]): readonly string[] {
  return args.flatMap((word, at) => {
    if (!word.startsWith(option)) return [];
    return word === option ? (args[at + 1] ?? []) : word.slice(option.length);
  });
}

/** Absolute paths of what it writes; null where it goes to stdout, or where its words are in a file. */
export function outputsOf(call: CompilerCall): readonly string[] | null {
  const { args, directory } = call;
  if (args.some((word) => word.startsWith('@') || word === '-E')) return null;
  const [output] = valuesOf('-o', args).slice(-1);
  if (output !== undefined) return [resolve(directory, output)];
  const suffix = args.includes('-c') ? '.o' : args.includes('-S') ? '.s' : null;
  if (suffix === null) return [join(directory, 'a.out')];
  return args
    .filter((word) => !word.startsWith('-') && TRANSLATION_UNIT.test(word))
    .map((word) => join(directory, basename(word).replace(TRANSLATION_UNIT, suffix)));
}

/** The same call in the same folder. */
export function keyOfCall({ directory, args }: CompilerCall): string {
  return JSON.stringify([directory, args]);
}
