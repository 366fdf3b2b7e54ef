import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CLI, morsel, startMorsel } from '../built-cli.ts';
import { compileProgram } from '../contract/sandbox-program.ts';
import { CaseFolder } from '../e2e/case-folder.ts';
import { eventually } from '../left-behind.ts';
import { runTool, type ToolResult } from '../run-tool.ts';

/** Offset of e_machine (gABI, ELF header). */
const E_MACHINE = 18;
/**
 * EM_S390 in a little-endian file: every reader names the machine, and no emulator that the kernel may know takes it,
 * since the magic of binfmt_misc has the byte order.
 */
const FOREIGN_MACHINE = 22;

const SYSTEM_DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** A function of a module of Node, by its names. */
export interface Fault {
  readonly from: string;
  readonly call: string;
}

/** What commands are given, each made when it is asked for first. The programs do what `sandbox-program.ts` says. */
export class Targets {
  readonly place = new CaseFolder();

  constructor() {
    this.place.next();
  }

  remove(): void {
    this.place.remove();
  }

  path(name: string): string {
    return join(this.place.work, name);
  }

  static(): string {
    return this.#once('static', () => compileProgram(this.place.work));
  }

  dynamic(): string {
    return this.#once('dynamic', () => compileProgram(this.place.work, 'gcc', ['-O1']));
  }

  /** Dynamic, and one of its libraries is nowhere. */
  lacking(): string {
    return this.#once('lacking', (path) => {
      const compile = (source: string, ...flags: readonly string[]): void =>
        void execFileSync('gcc', ['-x', 'c', '-', ...flags], { input: source, cwd: this.place.work });
      compile('int gone(void) { return 0; }', '-shared', '-Wl,-soname,libgone.so', '-o', 'libgone.so');
      compile('int gone(void); int main(void) { return gone(); }', '-x', 'none', 'libgone.so', '-o', path);
      return path;
    });
  }

  foreign(): string {
    return this.#once('foreign', () => {
      const bytes = readFileSync(this.static());
      bytes.writeUInt16LE(FOREIGN_MACHINE, E_MACHINE);
      return this.place.write('foreign', bytes);
    });
  }

  /** An ELF header, and nothing of what it announces. */
  broken(): string {
    return this.#once('broken', () =>
      this.place.write('broken', readFileSync(this.static()).subarray(0, 100)),
    );
  }

  text(): string {
    return this.place.write('text', 'These are notes.\n', 0o644);
  }

  absent(): string {
    return this.path('absent');
  }

  /** A root: `/static` can start, `/dynamic` lacks its loader. */
  folder(): string {
    return this.#once('folder', (path) => {
      mkdirSync(path);
      cpSync(this.static(), join(path, 'static'));
      cpSync(this.dynamic(), join(path, 'dynamic'));
      return path;
    });
  }

  /** An archive with the program, as `build` makes it. */
  async image(program: string, ...flags: readonly string[]): Promise<string> {
    const output = `${program}${flags.length}.tar`;
    if (existsSync(output)) return output;
    const built = await this.morsel('build', program, '--no-prove', '-q', '-o', output, ...flags);
    if (built.exitCode !== 0) throw new Error(built.stderr);
    return output;
  }

  /** An archive whose layer is not what its digest says. */
  async damagedImage(): Promise<string> {
    const bytes = readFileSync(await this.image(this.static()));
    const gzip = bytes.indexOf(Buffer.from([0x1f, 0x8b, 0x08]));
    bytes.writeUInt8(bytes.readUInt8(gzip + 1000) ^ 0xff, gzip + 1000);
    return this.place.write('damaged.tar', bytes, 0o644);
  }

  /** The built CLI in a clean environment with a HOME of its own. */
  morsel(...args: readonly string[]): Promise<ToolResult> {
    return this.morselWith({}, ...args);
  }

  morselWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<ToolResult> {
    return morsel(args, { cwd: this.place.output, env: { ...this.place.environment(), ...env } });
  }

  /** Sends SIGINT as soon as `reached`, as often as asked, and answers how it ended. */
  async interrupted(args: readonly string[], reached: () => boolean, times = 1): Promise<ToolResult> {
    const child = startMorsel(args, { cwd: this.place.output, env: this.place.environment() });
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    if (!(await eventually(() => reached() || child.exitCode !== null, 60_000))) child.kill('SIGKILL');
    for (let sent = 0; sent < times; sent += 1) {
      child.kill('SIGINT');
      await setTimeout(50); // two at once are one: signals do not queue
    }
    return { exitCode: await ended, stdout, stderr };
  }

  /** For code 70: a call that the command makes on its way throws what nobody expects. */
  morselWithFault(fault: Fault, ...args: readonly string[]): Promise<ToolResult> {
    const script = this.place.write(
      'fault.cjs',
      `const { from, call } = ${JSON.stringify(fault)};
       require(from)[call] = () => { throw new TypeError('injected'); };`,
      0o644,
    );
    return this.morselWith({ NODE_OPTIONS: `--require=${script}` }, ...args);
  }

  /** For code 5: on a machine without these programs, wherever they are looked for. Only root can hide them. */
  morselWithout(tools: readonly string[], ...args: readonly string[]): Promise<ToolResult> {
    const paths = SYSTEM_DIRECTORIES.flatMap((directory) => tools.map((tool) => join(directory, tool)));
    const hidden = new Set(paths.filter((path) => existsSync(path)).map((path) => realpathSync(path)));
    const script = 'while [ "$1" != -- ]; do mount --bind /dev/null "$1"; shift; done; shift; exec "$@"';
    const words = ['--mount', 'sh', '-c', script, 'sh', ...hidden, '--', process.execPath, CLI, ...args];
    // RUSTUP_HOME, which set-up gives where HOME is another one, would name toolchains that no folder of PATH has.
    const { RUSTUP_HOME: _, ...kept } = this.place.environment();
    const env = { ...kept, PATH: SYSTEM_DIRECTORIES.join(':') };
    return runTool('unshare', words, { cwd: this.place.output, env });
  }

  readonly #made = new Map<string, string>();

  #once(name: string, make: (path: string) => string): string {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const made = make(this.path(name));
    this.#made.set(name, made);
    return made;
  }
}
