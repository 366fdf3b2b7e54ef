import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { addLibrary, type Closure, findClosure } from '../../src/loader/index.ts';
import {
  findClosureNeeds,
  type Need,
  type NeedKey,
  type NeedSupply,
  supplyNeeds,
} from '../../src/needs/index.ts';
import { directoryTree } from '../../src/rootfs/index.ts';

/** A program in a root with nothing but its loader and libraries, run there as an ordinary user with nothing around it. */
export interface EmptyRoot {
  readonly directory: string;
  readonly closure: Closure;
  readonly needs: readonly Need[];
}

export interface RunOutcome {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const USER = 65532;
const base = mkdtempSync(join(tmpdir(), 'morsel-needs-'));
let count = 0;

export function removeRoots(): void {
  rmSync(base, { recursive: true, force: true });
}

export const compilers = {
  gcc: (input: string, output: string) => ['gcc', '-O1', input, '-o', output],
  'gcc -static': (input: string, output: string) => ['gcc', '-O1', '-static', '-s', input, '-o', output],
  'musl-gcc': (input: string, output: string) => ['musl-gcc', '-O1', '-static', '-s', input, '-o', output],
  'g++': (input: string, output: string) => ['g++', '-O1', input, '-o', output],
  'g++ -static': (input: string, output: string) => ['g++', '-O1', '-static', input, '-o', output],
  go: (input: string, output: string) => ['go', 'build', '-trimpath', '-ldflags=-s -w', '-o', output, input],
  rustc: (input: string, output: string) => ['rustc', '-O', input, '-o', output],
  'rustc +crt-static': (input: string, output: string) => [
    'rustc',
    '-O',
    '-C',
    'target-feature=+crt-static',
    input,
    '-o',
    output,
  ],
} as const;
export type Compiler = keyof typeof compilers;

const EXTENSION: Readonly<Record<string, string>> = { go: 'go', rustc: 'rs', 'g++': 'cc' };

/** Compiles, and returns the program's path. */
export function compile(compiler: Compiler, source: string, ...flags: readonly string[]): string {
  const name = `program-${count++}`;
  const extension = EXTENSION[compiler.split(' ')[0] ?? ''] ?? 'c';
  const input = join(base, `${name}.${extension}`);
  const output = join(base, name);
  writeFileSync(input, source);
  const [program = '', ...args] = compilers[compiler](input, output);
  const env = { ...process.env, CGO_ENABLED: '0', GO111MODULE: 'off', GOFLAGS: '' };
  // go wants its flags before the file, linkers their libraries after it.
  const words = program === 'go' ? ['build', ...flags, ...args.slice(1)] : [...args, ...flags];
  const done = spawnSync(program, words, { cwd: base, env, encoding: 'utf8' });
  if (done.status !== 0)
    throw new Error(`${program} ${words.join(' ')}: ${done.stderr}${done.error?.message ?? ''}`);
  return output;
}

/** A new empty folder, removed with the roots. */
export function temporaryDirectory(): string {
  const directory = join(base, `folder-${count++}`);
  mkdirSync(directory);
  return directory;
}

/** The program as `/app`, its loader and its libraries (but those whose name matches) at the paths where the loader looks. */
export function emptyRoot(
  program: string,
  env: Readonly<Record<string, string>> = {},
  without?: RegExp,
): EmptyRoot {
  const directory = join(base, `root-${count++}`);
  const host = directoryTree('/');
  const closure = findClosure({ tree: host, path: program });
  copyInto(directory, program, '/app');
  copyClosure(directory, closure, without);
  return { directory, closure, needs: findClosureNeeds(closure, env) };
}

function copyClosure(directory: string, { interpreter, libraries }: Closure, without?: RegExp): void {
  const loader = interpreter?.file ?? null;
  if (interpreter !== null && loader !== null) copyInto(directory, loader.realPath, interpreter.path);
  const wanted = libraries.filter(({ name }) => without?.test(name) !== true && !name.startsWith('ld-'));
  for (const { realPath, path } of wanted) copyInto(directory, realPath, path);
}

function copyInto(directory: string, from: string, to: string): void {
  const target = join(directory, to);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(from, target);
  chmodSync(target, 0o755);
}

/** What `morsel build` would add, and it added. */
export function supply(root: EmptyRoot, env: Readonly<Record<string, string>> = {}): NeedSupply {
  const host = directoryTree('/');
  const supplied = supplyNeeds(root.needs, { host, env, dynamic: root.closure.interpreter !== null });
  for (const entry of supplied.entries) {
    const target = join(root.directory, entry.path);
    mkdirSync(dirname(target), { recursive: true });
    if (entry.kind === 'symlink') symlinkSync(entry.target, target);
    else if (entry.kind === 'directory') mkdirSync(target, { recursive: true });
    else {
      const source = entry.open();
      writeFileSync(target, source.read(0, source.sizeBytes));
      source.close();
    }
    if (entry.kind !== 'symlink') chmodSync(target, entry.mode);
  }
  for (const { name, reason } of supplied.libraries)
    copyClosure(root.directory, addLibrary(root.closure, name, reason));
  return supplied;
}

/** A file or folder of this machine, as a user would add it with --add. */
export function add(root: EmptyRoot, from: string, to: string): void {
  const target = join(root.directory, to);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(from, target, { recursive: true, dereference: true });
}

export function addText(root: EmptyRoot, path: string, text: string): void {
  const target = join(root.directory, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}

/** Exactly this environment, no network, an ordinary user without a name. */
export function run(root: EmptyRoot, env: Readonly<Record<string, string>> = {}): RunOutcome {
  const args = ['--net', '--mount', '/usr/sbin/chroot', `--userspec=${USER}:${USER}`, root.directory, '/app'];
  const done = spawnSync('unshare', args, { env: { ...env }, cwd: '/', encoding: 'utf8', timeout: 30_000 });
  return { exitCode: done.status, signal: done.signal, stdout: done.stdout, stderr: done.stderr };
}

export const needOf = (root: EmptyRoot, name: NeedKey): Need | undefined =>
  root.needs.find(({ need }) => need === name);
