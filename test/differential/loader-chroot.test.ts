import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addLibrary,
  type Closure,
  closureEntries,
  findClosure,
  loaderEnvironment,
} from '../../src/loader/index.ts';
import { directoryTree } from '../../src/rootfs/directory-tree.ts';
import { hasTool, requireInCi, toolPath } from '../reference-tools.ts';

const canChroot = requireInCi('root, for chroot', process.getuid?.() === 0) && hasTool('chroot');

// What closureEntries plans must start on an empty root, with nothing of the host, no cache and no environment.
describe.skipIf(!canChroot)('closures on an empty root', () => {
  let dir = '';
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'morsel-closure-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  function compile(name: string, source: string, compiler: string, args: readonly string[] = []): string {
    const file = join(dir, `${name}${compiler === 'rustc' ? '.rs' : compiler.endsWith('++') ? '.cc' : '.c'}`);
    writeFileSync(file, source);
    execFileSync(compiler, [file, '-o', join(dir, name), ...args], {
      cwd: dir,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return join(dir, name);
  }

  function closure(path: string, ...lastDirectories: readonly string[]): Closure {
    return findClosure({ tree: directoryTree('/'), path, lastDirectories });
  }

  /** Copies the plan into an empty directory and runs the program there. */
  function run(
    found: Closure,
    args: readonly string[] = [],
    programPath = '/program',
    env: Readonly<Record<string, string>> = {},
  ) {
    const root = mkdtempSync(join(dir, 'root-'));
    const entries = closureEntries(found, { programPath });
    mkdirSync(dirname(join(root, programPath)), { recursive: true });
    copyFileSync(found.realPath, join(root, programPath));
    chmodSync(join(root, programPath), 0o755);
    // Where $ORIGIN of a program comes from: every container has /proc, a bare chroot has not.
    mkdirSync(join(root, 'proc/self'), { recursive: true });
    symlinkSync(programPath, join(root, 'proc/self/exe'));
    for (const entry of entries) {
      const path = join(root, entry.path);
      mkdirSync(entry.kind === 'directory' ? path : dirname(path), { recursive: true });
      if (entry.kind === 'directory') continue;
      if (entry.kind === 'symlink') {
        symlinkSync(entry.target, path);
        continue;
      }
      const source = entry.open();
      writeFileSync(path, source.read(0, entry.sizeBytes), { mode: entry.mode });
      source.close();
      expect(entry.reason).not.toBe('');
    }
    const { status, stdout, stderr } = spawnSync(
      toolPath('chroot') ?? 'chroot',
      [root, programPath, ...args],
      {
        env: { ...env },
        encoding: 'utf8',
      },
    );
    return { status, output: stdout + stderr, paths: entries.map(({ path }) => path) };
  }

  const HELLO = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n';

  it.skipIf(!hasTool('gcc'))('C', () => {
    const result = run(closure(compile('c', HELLO, 'gcc')));
    expect(result).toMatchObject({ status: 0, output: 'hello\n' });
    expect(result.paths).toHaveLength(2);
  });

  /** As patchelf leaves them, which must keep their length, and as linkers are told: each runs here. */
  it.skipIf(!hasTool('gcc')).each([
    ['//lib64/ld-linux-x86-64.so.2', 2],
    ['///lib64//ld-linux-x86-64.so.2', 2],
    ['/lib64/./ld-linux-x86-64.so.2', 2],
    ['/lib64/../lib64/ld-linux-x86-64.so.2', 2],
    ['/usr/lib64/ld-linux-x86-64.so.2', 2],
    ['/../lib64/ld-linux-x86-64.so.2', 2],
    // A directory that nothing else makes is made: the kernel enters it.
    ['/var/../lib64/ld-linux-x86-64.so.2', 3],
    ['/usr/share/../lib64/ld-linux-x86-64.so.2', 3],
  ])('the interpreter %s', (interpreter, paths) => {
    const program = compile('interpreter', HELLO, 'gcc', [`-Wl,--dynamic-linker=${interpreter}`]);
    const result = run(closure(program));
    expect(result).toMatchObject({ status: 0, output: 'hello\n' });
    expect(result.paths).toHaveLength(paths);
  });

  it.skipIf(!hasTool('musl-gcc'))('C with musl: one copy of libc', () => {
    const result = run(closure(compile('musl', HELLO, 'musl-gcc')));
    expect(result).toMatchObject({ status: 0, output: 'hello\n', paths: ['/lib/ld-musl-x86_64.so.1'] });
  });

  const WEAK = `#include <stdio.h>
int extra(void) __attribute__((weak));
int main(void) { return extra ? extra() : 3; }
`;
  const EXTRA = 'int extra(void) { return 8; }\n';

  it.each([['gcc'], ['musl-gcc']])('what LD_LIBRARY_PATH of the image names stays there: %s', (compiler) => {
    if (!hasTool(compiler)) return;
    const folder = `env-${compiler}`;
    mkdirSync(join(dir, folder));
    compile(`${folder}/libextra.so`, EXTRA, compiler, ['-shared', '-fPIC']);
    const program = compile(`uses-${folder}`, WEAK, compiler, [
      '-Wl,--no-as-needed',
      `-L${folder}`,
      '-lextra',
    ]);
    const env = { LD_LIBRARY_PATH: `/nowhere:${join(dir, folder)}` };
    const asked = { tree: directoryTree('/'), path: program, ...loaderEnvironment(env, '/') };
    const result = run(findClosure(asked), [], '/program', env);
    expect(result.status).toBe(8);
    expect(result.paths).toContain(join(dir, folder, 'libextra.so'));
    // The same path, from the working directory: chroot(1) stands in /.
    const relative = { LD_LIBRARY_PATH: join(dir, folder).slice(1) };
    const found = findClosure({ ...asked, ...loaderEnvironment(relative, '/') });
    expect(run(found, [], '/program', relative)).toMatchObject({ status: 8, paths: result.paths });
  });

  it.each([['gcc'], ['musl-gcc']])('what LD_PRELOAD of the image names is packed: %s', (compiler) => {
    if (!hasTool(compiler)) return;
    // Of no C library: chroot(1) gets the same environment.
    const library = compile(`libpre-${compiler}.so`, EXTRA, compiler, ['-shared', '-fPIC', '-nostdlib']);
    const program = compile(`weak-${compiler}`, WEAK, compiler);
    const env = { LD_PRELOAD: library };
    const found = findClosure({ tree: directoryTree('/'), path: program, ...loaderEnvironment(env, '/') });
    expect(found.notPreloaded).toEqual([]);
    expect(run(found, [], '/program', env)).toMatchObject({ status: 8 });
    const absent = findClosure({ ...found.request, preload: ['/nowhere/a.so libnowhere.so'] });
    expect(absent.notPreloaded.map(({ name }) => name)).toEqual(['/nowhere/a.so', 'libnowhere.so']);
  });

  it
    .skipIf(!hasTool('gcc'))
    .each([
      '//lib64/ld-linux-x86-64.so.2',
      '/lib64/../lib64/ld-linux-x86-64.so.2',
      '/usr/../lib64/./ld-linux-x86-64.so.2',
      '/usr/lib64/ld-linux-x86-64.so.2',
    ])('a loader by another spelling: %s', (interpreter) => {
    const name = `spelled${interpreter.replaceAll('/', '_')}`;
    const program = compile(name, HELLO, 'gcc', [`-Wl,--dynamic-linker=${interpreter}`]);
    expect(run(closure(program))).toMatchObject({ status: 0, output: 'hello\n' });
  });

  it.skipIf(!hasTool('musl-gcc'))('a musl library moves to where musl looks without its path file', () => {
    compile('libmine.so', 'int mine(void) { return 7; }\n', 'musl-gcc', ['-shared', '-fPIC']);
    const source = 'int mine(void);\nint main(void) { return mine(); }\n';
    const program = compile('musl-mine', source, 'musl-gcc', ['-L.', '-l:libmine.so']);
    const result = run(closure(program, dir));
    expect(result).toMatchObject({ status: 7, output: '' });
    expect(result.paths).toEqual(['/lib/ld-musl-x86_64.so.1', '/lib/libmine.so']);
  });

  it.skipIf(!hasTool('g++'))('C++ with exceptions and threads', () => {
    const source = `#include <iostream>\n#include <thread>\n#include <stdexcept>
int main() {
  std::thread([] { try { throw std::runtime_error("caught"); } catch (std::exception &e) { std::cout << e.what() << std::endl; } }).join();
}\n`;
    expect(run(closure(compile('cpp', source, 'g++', ['-pthread'])))).toMatchObject({
      status: 0,
      output: 'caught\n',
    });
  });

  it.skipIf(!hasTool('rustc'))('Rust', () => {
    const program = compile('rust', 'fn main() { println!("hello"); }\n', 'rustc', [
      '-C',
      'prefer-dynamic=no',
    ]);
    expect(run(closure(program))).toMatchObject({ status: 0, output: 'hello\n' });
  });

  it.for([
    ['/bin/bash', ['-c', 'echo $((6*7))'], '42\n'],
    ['/usr/bin/jq', ['-n', '6*7'], '42\n'],
    ['/usr/bin/curl', ['--version'], /^curl \d/],
    ['/usr/bin/openssl', ['version'], /^OpenSSL/],
    ['/usr/bin/xz', ['--version'], /^xz/],
    ['/usr/bin/objdump', ['--version'], /^GNU objdump/],
  ] as const)('%s', ([path, args, output], { skip }) => {
    if (!requireInCi(path, existsSync(path))) skip(`no ${path}`);
    const result = run(closure(path), args);
    expect(result.output).toMatch(output);
    expect(result.status).toBe(0);
  });

  it.skipIf(!hasTool('gcc'))(
    'a library stays where RUNPATH leads, or moves with a program that has moved',
    () => {
      mkdirSync(join(dir, 'app/lib'), { recursive: true });
      compile('app/lib/libdeep.so.1', 'int deep(void) { return 9; }\n', 'gcc', [
        '-shared',
        '-fPIC',
        '-Wl,-soname,libdeep.so.1',
      ]);
      const source = 'int deep(void);\nint main(void) { return deep(); }\n';
      const runpath = ['app/lib/libdeep.so.1', '-Wl,-rpath,$ORIGIN/lib'];
      const program = compile('app/deep', source, 'gcc', runpath);
      const moved = run(closure(program));
      expect(moved).toMatchObject({ status: 9, output: '' });
      expect(moved.paths).toContain('/lib/x86_64-linux-gnu/libdeep.so.1');
      const inPlace = run(closure(program), [], closure(program).realPath);
      expect(inPlace.status).toBe(9);
      expect(inPlace.paths).toContain(join(dirname(closure(program).realPath), 'lib/libdeep.so.1'));
    },
  );

  it.skipIf(!hasTool('gcc'))('a file that is looked up by two names is one library', () => {
    compile('libtwice.so.1', 'int count; int bump(void) { return ++count; }\n', 'gcc', [
      '-shared',
      '-fPIC',
      '-Wl,-soname,libtwice.so.1',
    ]);
    symlinkSync('libtwice.so.1', join(dir, 'libtwice.so'));
    mkdirSync(join(dir, 'stub'));
    compile('stub/libtwice.so', 'int count; int bump(void) { return ++count; }\n', 'gcc', [
      '-shared',
      '-fPIC',
      '-Wl,-soname,libtwice.so',
    ]);
    compile('libuser.so', 'int bump(void); int use(void) { return bump(); }\n', 'gcc', [
      '-shared',
      '-fPIC',
      'stub/libtwice.so',
    ]);
    const source = 'int bump(void); int use(void);\nint main(void) { bump(); return use(); }\n';
    const args = [
      '-Wl,--no-as-needed',
      'libtwice.so.1',
      'libuser.so',
      '-Wl,-rpath-link,stub',
      '-Wl,--disable-new-dtags',
    ];
    const program = compile('twice', source, 'gcc', args);
    const result = run(closure(program, dir));
    expect(result.status).toBe(2);
    expect(result.paths).toContain('/lib/x86_64-linux-gnu/libtwice.so');
  });

  it.skipIf(!hasTool('gcc'))('a library that glibc opens by itself is added through the same search', () => {
    const source = `#include <pthread.h>\n#include <stdio.h>
static void *run(void *argument) { pthread_exit(argument); }
int main(void) { pthread_t thread; pthread_create(&thread, 0, run, 0); pthread_join(thread, 0); puts("joined"); return 0; }\n`;
    const program = closure(compile('exit', source, 'gcc', ['-pthread']));
    expect(run(program).output).toContain('libgcc_s.so.1 must be installed');
    const complete = addLibrary(program, 'libgcc_s.so.1', 'imports pthread_exit', 'libc.so.6');
    expect(complete.libraries.find(({ name }) => name === 'libgcc_s.so.1')?.reason).toBe(
      'imports pthread_exit',
    );
    expect(run(complete)).toMatchObject({ status: 0, output: 'joined\n' });
  });

  it.skipIf(!hasTool('gcc'))('refuses a program that cannot start, and says what is missing', () => {
    compile('libgone.so', 'int gone(void) { return 0; }\n', 'gcc', ['-shared', '-fPIC']);
    const source = 'int gone(void);\nint main(void) { return gone(); }\n';
    const program = compile('gone', source, 'gcc', ['-L.', '-l:libgone.so']);
    rmSync(join(dir, 'libgone.so'));
    expect(() => closureEntries(closure(program))).toThrow(/libgone\.so \(needed by .*gone\)/);
  });
});
