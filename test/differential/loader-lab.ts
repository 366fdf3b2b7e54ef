import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export interface BuildOptions {
  /** Paths (in the lab) of libraries to link with: their soname becomes DT_NEEDED. */
  readonly needs?: readonly string[];
  readonly rpath?: string;
  readonly runpath?: string;
  /** `null` leaves DT_SONAME out, so that DT_NEEDED becomes the path by which it is linked. */
  readonly soname?: string | null;
  readonly interpreter?: string;
  readonly flags?: readonly string[];
  readonly source?: string;
}

/** A folder of small ELF files, built by the real linker without any C library, to set before the real loaders. */
export class LoaderLab {
  readonly dir: string;
  readonly #compiler: string;

  constructor(compiler = 'gcc') {
    // The kernel gives the real path as /proc/self/exe.
    this.dir = realpathSync(mkdtempSync(join(tmpdir(), 'morsel-loader-')));
    this.#compiler = compiler;
    writeFileSync(join(this.dir, 'empty.c'), '');
    writeFileSync(join(this.dir, 'main.c'), 'void _start(void) { for (;;); }\n');
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  library(name: string, options: BuildOptions = {}): string {
    const soname = options.soname === undefined ? basename(name) : options.soname;
    const flags = ['-shared', '-fPIC', ...(soname === null ? [] : [`-Wl,-soname,${soname}`])];
    return this.#link(name, 'empty.c', flags, options);
  }

  program(name: string, options: BuildOptions = {}): string {
    const flags = [
      '-fPIE',
      '-pie',
      `-Wl,--dynamic-linker=${options.interpreter ?? '/lib64/ld-linux-x86-64.so.2'}`,
    ];
    return this.#link(name, 'main.c', flags, options);
  }

  #link(name: string, source: string, flags: readonly string[], options: BuildOptions): string {
    const out = this.path(name);
    mkdirSync(dirname(out), { recursive: true });
    if (options.source !== undefined) writeFileSync(join(this.dir, 'source.c'), options.source);
    const path = options.rpath ?? options.runpath;
    const tags = options.runpath === undefined ? '-Wl,--disable-new-dtags' : '-Wl,--enable-new-dtags';
    const search = path === undefined ? [] : [tags, `-Wl,-rpath,${path}`];
    const args = [
      '-nostdlib',
      '-Wl,--no-as-needed,--allow-shlib-undefined,--unresolved-symbols=ignore-all',
      '-o',
      out,
      options.source === undefined ? source : 'source.c',
      ...flags,
      ...search,
      ...(options.flags ?? []),
      ...(options.needs ?? []),
    ];
    execFileSync(this.#compiler, args, { cwd: this.dir, stdio: ['ignore', 'ignore', 'pipe'] });
    return out;
  }

  file(name: string, content: string | Uint8Array): string {
    const out = this.path(name);
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, content, { mode: 0o755 });
    return out;
  }

  /** A copy of a built file with some bytes changed. */
  patched(name: string, from: string, changes: Readonly<Record<number, number>>): string {
    const bytes = readFileSync(this.path(from));
    for (const [offset, byte] of Object.entries(changes)) bytes[Number(offset)] = byte;
    return this.file(name, bytes);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
