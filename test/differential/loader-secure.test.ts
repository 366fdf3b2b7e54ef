import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClosureRequest, findClosure, startsSecure } from '../../src/loader/index.ts';
import { directoryTree } from '../../src/rootfs/directory-tree.ts';
import { hasTool, requireInCi, toolPath } from '../reference-tools.ts';
import { LoaderLab } from './loader-lab.ts';
import { GLIBC_LOADER, MUSL_LOADER } from './loader-oracle.ts';

const canChroot = requireInCi('root, for chroot', process.getuid?.() === 0) && hasTool('chroot');

/** Ends at once: in secure mode ld.so answers no LD_TRACE_LOADED_OBJECTS, so that only a start can be seen. */
const EXIT = 'void _start(void) { __asm__ volatile("mov $60, %eax; xor %edi, %edi; syscall"); }\n';
/** Ends with 7 when the library is preloaded. */
const PRELOADED = `extern int preloaded(void) __attribute__((weak));
void _start(void) {
  long code = preloaded ? 7 : 0;
  __asm__ volatile("syscall" : : "a"(60L), "D"(code));
}
`;
const NOBODY = 65534;
const LOADERS = [
  ['glibc', GLIBC_LOADER],
  ['musl', MUSL_LOADER],
] as const;
const canRun = canChroot && hasTool('gcc') && hasTool('musl-gcc') && process.arch === 'x64';

// Rules of secure mode, each with a program that is set-user-ID root and started by nobody, in a root of its own.
describe.skipIf(!canRun)('secure mode, as the real loaders', () => {
  let lab = new LoaderLab();
  beforeAll(() => {
    lab.remove();
    lab = new LoaderLab();
    chmodSync(lab.dir, 0o755);
    lab.library('liba.so');
    lab.library('link/libdst.so', { soname: '$ORIGIN/liba.so' });
    for (const [, loader] of LOADERS) {
      mkdirSync(dirname(lab.path(loader.slice(1))), { recursive: true });
      copyFileSync(loader, lab.path(loader.slice(1)));
    }
    mkdirSync(lab.path('proc/self'), { recursive: true });
  });
  afterAll(() => lab.remove());

  interface Case {
    readonly interpreter: string;
    readonly at: string;
    readonly library?: string;
    readonly libraryMode?: number;
    readonly runpath?: string;
    readonly needs?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly source?: string;
  }

  /** Starts the program as nobody, with the bit and without: how each ends, and what is said of it before. */
  function start({
    interpreter,
    at,
    library,
    libraryMode = 0o644,
    runpath,
    needs,
    env = {},
    source = EXIT,
  }: Case) {
    const program = lab.program(at, {
      interpreter,
      source,
      ...(runpath !== undefined && { runpath }),
      needs: source === EXIT ? [lab.path(needs ?? 'liba.so')] : [],
    });
    if (library !== undefined) {
      lab.library(library, { source: 'int preloaded(void) { return 1; }\n' });
      chmodSync(lab.path(library), libraryMode);
    }
    rmSync(lab.path('proc/self/exe'), { force: true });
    symlinkSync(`/${at}`, lab.path('proc/self/exe'));
    chownSync(program, 0, 0);
    const outcomes = [0o4755, 0o755].map((mode) => {
      chmodSync(program, mode);
      const argv = [`--userspec=${NOBODY}:${NOBODY}`, lab.dir, `/${at}`];
      const { status } = spawnSync(toolPath('chroot') ?? 'chroot', argv, { env: { ...env } });
      const secure = startsSecure({ mode, uid: 0, gid: 0 }, { uid: NOBODY, gid: NOBODY });
      const request: ClosureRequest = {
        tree: directoryTree(lab.dir),
        path: `/${at}`,
        libraryPath: env['LD_LIBRARY_PATH'],
        preload: env['LD_PRELOAD'] === undefined ? undefined : [env['LD_PRELOAD']],
        secure,
      };
      const { missing, failures, notPreloaded } = findClosure(request);
      const starts = missing.length === 0 && failures.length === 0;
      const code = source === PRELOADED && notPreloaded.length === 0 ? 7 : 0;
      expect(starts ? code : 127, `${join('/', at)} ${mode.toString(8)}`).toBe(status);
      return status;
    });
    if (library !== undefined) rmSync(lab.path(library));
    return outcomes;
  }

  describe.each(LOADERS)('%s', (kind, interpreter) => {
    it('takes no LD_LIBRARY_PATH', () => {
      const env = { LD_LIBRARY_PATH: '/x' };
      expect(start({ interpreter, at: 'p', library: 'x/liba.so', env })).toEqual([127, 0]);
    });

    it('takes a RUNPATH that is absolute', () => {
      expect(start({ interpreter, at: 'p', library: 'x/liba.so', runpath: '/x' })).toEqual([0, 0]);
    });

    it('takes no $ORIGIN of the program outside of the trusted directories', () => {
      const outside = { interpreter, at: 'opt/b/p', library: 'opt/l/liba.so', runpath: '$ORIGIN/../l' };
      expect(start(outside)).toEqual([127, 0]);
      expect(start({ ...outside, runpath: '${ORIGIN}/../l:/opt/l' })).toEqual([kind === 'musl' ? 127 : 0, 0]);
    });

    it('takes one that leads below them, in glibc alone', () => {
      const inside = { interpreter, at: 'usr/lib/a/p', library: 'usr/lib/a/l/liba.so', runpath: '$ORIGIN/l' };
      expect(start(inside)).toEqual([kind === 'musl' ? 127 : 0, 0]);
      const out = { ...inside, library: 'usr/l/liba.so', runpath: '$ORIGIN/../../l' };
      expect(start(out)).toEqual([127, 0]);
    });

    it('preloads no path', () => {
      const env = { LD_PRELOAD: '/x/libpre.so' };
      expect(start({ interpreter, at: 'p', library: 'x/libpre.so', env, source: PRELOADED })).toEqual([0, 7]);
    });

    it('preloads a name only where glibc finds it in its own directories, set-user-ID itself', () => {
      const env = { LD_PRELOAD: 'libpre.so' };
      const preload = { interpreter, at: 'p', library: 'usr/lib/libpre.so', env, source: PRELOADED };
      expect(start(preload)).toEqual([0, 7]);
      expect(start({ ...preload, libraryMode: 0o4644 })).toEqual([kind === 'musl' ? 0 : 7, 7]);
    });
  });

  it('refuses a token in a name that is needed, in glibc', () => {
    const needs = 'link/libdst.so';
    expect(start({ interpreter: GLIBC_LOADER, at: 'p', library: 'liba.so', needs })).toEqual([127, 0]);
    lab.library('liba.so');
  });
});
