import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import type { LddLine } from '../../src/loader/index.ts';

/** What a real loader says of a program: its lines, or the error with which it gives up. */
export interface LoaderAnswer {
  readonly lines: readonly LddLine[];
  /** Everything that is not a line of the list: version problems, fatal errors, musl's missing libraries. */
  readonly complaints: string;
  readonly failed: boolean;
}

export const GLIBC_LOADER = '/lib64/ld-linux-x86-64.so.2';
export const MUSL_LOADER = '/lib/ld-musl-x86_64.so.1';

interface AskOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly hasInterpreter?: boolean;
}

/**
 * glibc's ld.so in trace mode: it lists and exits before the program's first instruction. A program is started, so
 * that the kernel gives /proc/self/exe; a library, and what is setuid, is an argument of ld.so.
 */
export function askGlibc(path: string, options: AskOptions = {}): LoaderAnswer {
  const mode = statSync(path).mode;
  const direct = options.hasInterpreter !== false && (mode & 0o111) !== 0 && (mode & 0o6000) === 0;
  const argv = direct ? [path] : [GLIBC_LOADER, path];
  return ask(argv, { ...options, env: { ...options.env, LD_TRACE_LOADED_OBJECTS: '1' } });
}

/** musl's loader, asked to list. It relocates what it has loaded, and complains of glibc's symbols: that is not asked. */
export function askMusl(path: string, options: AskOptions & { readonly loader?: string } = {}): LoaderAnswer {
  return ask([options.loader ?? MUSL_LOADER, '--list', path], options);
}

function ask(argv: readonly string[], options: AskOptions): LoaderAnswer {
  const [program = '', ...args] = argv;
  const { stdout, stderr, status, error } = spawnSync(program, args, {
    env: { ...options.env },
    cwd: options.cwd,
    encoding: 'utf8',
    timeout: 30_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  const lines: LddLine[] = [];
  const rest: string[] = [];
  for (const line of stdout.split('\n')) {
    const parsed = parseLine(line);
    if (parsed === undefined) rest.push(line);
    else if (parsed !== null) lines.push(parsed);
  }
  return { lines, complaints: rest.join('\n') + stderr, failed: status !== 0 };
}

/** undefined for what is no line of the list, null for a line that names no file. */
function parseLine(line: string): LddLine | null | undefined {
  if (line.startsWith('\tlinux-vdso.so.1 ') || line === '\tstatically linked' || line === '') return null;
  const missing = /^\t(.*) => not found$/.exec(line);
  if (missing !== null) return { name: missing[1] ?? '', path: null };
  const found = /^\t(.*) => (.*) \(0x[0-9a-f]+\)$/.exec(line);
  if (found !== null) return { name: found[1] ?? '', path: found[2] ?? '' };
  const own = /^\t(.*) \(0x[0-9a-f]+\)$/.exec(line);
  return own === null ? undefined : { name: own[1] ?? '', path: own[1] ?? '' };
}
