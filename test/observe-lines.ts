import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Observation, readTrace, type ReadTraceOptions } from '../src/observe/index.ts';

export const START_LINE = '7 execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0';
export const ENOENT = '-1 ENOENT (No such file or directory)';

type Options = Partial<ReadTraceOptions>;

/** What is read of a trace of /bin/x; its characters are bytes. */
export async function observeText(text: string, options: Options = {}): Promise<Observation> {
  const work = mkdtempSync(join(tmpdir(), 'observe-lines-'));
  try {
    const file = join(work, 'trace');
    writeFileSync(file, text, 'latin1');
    return await readTrace(file, { startPath: '/bin/x', ...options });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What comes of lines that the program wrote, process 7 unless they say which. */
export async function observeLines(lines: readonly string[], options: Options = {}): Promise<Observation> {
  const numbered = lines.map((line) => (/^\d+ /.test(line) ? line : `7 ${line}`));
  return observeText([START_LINE, ...numbered, ''].join('\n'), options);
}

/** `path: uses` of all that was found, but the program itself. */
export function usesOf({ found }: Observation): Readonly<Record<string, string>> {
  const entries = [...found].map(([path, use]) => {
    const names = Object.entries(use).flatMap(([name, holds]) =>
      holds ? [name.slice(2).toLowerCase()] : [],
    );
    return [path, names.join(' ')] as const;
  });
  return Object.fromEntries(entries.filter(([path]) => path !== '/bin/x'));
}

export async function usesBy(
  lines: readonly string[],
  options: Options = {},
): Promise<Readonly<Record<string, string>>> {
  return usesOf(await observeLines(lines, options));
}
