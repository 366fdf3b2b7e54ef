import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ImageConfig } from '../../src/oci/config.ts';
import { compile, emptyRoot, type EmptyRoot, temporaryDirectory } from './needs-root.ts';

export const HELLO = '#include <stdio.h>\nint main(void){puts("hello");return 0;}\n';
export const CPP = '#include <iostream>\nint main(){std::cout<<"hello\\n";}\n';

export interface Broken {
  readonly directory: string;
  readonly entrypoint?: readonly string[];
  readonly user?: string;
}

export function imageConfig({ entrypoint = ['/hello'], user }: Broken): ImageConfig {
  return {
    architecture: 'amd64',
    os: 'linux',
    config: { Entrypoint: entrypoint, ...(user === undefined ? {} : { User: user }) },
    rootfs: { type: 'layers', diff_ids: [] },
  };
}

/** The program alone, as COPY on scratch makes it. */
export function alone(program: string, mode = 0o755): Broken {
  const directory = temporaryDirectory();
  copyFileSync(program, join(directory, 'hello'));
  chmodSync(join(directory, 'hello'), mode);
  return { directory };
}

export function text(content: string): Broken {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'hello'), content);
  chmodSync(join(directory, 'hello'), 0o755);
  return { directory };
}

/** What chroot(1) and the loader really say; the words of docker are in the cases. */
export function start({ directory, entrypoint = ['/hello'], user = '0:0' }: Broken): {
  readonly output: string;
  readonly exitCode: number | null;
} {
  const numeric = /^\d/.test(user) ? user : '0:0';
  const args = ['--net', '--mount', '/usr/sbin/chroot', `--userspec=${numeric}`, directory, ...entrypoint];
  const done = spawnSync('unshare', args, { env: {}, cwd: '/', encoding: 'utf8', timeout: 20_000 });
  return { output: done.stdout + done.stderr, exitCode: done.status };
}

export function crossCompiled(): string {
  const output = join(temporaryDirectory(), 'hello');
  const done = spawnSync('aarch64-linux-gnu-gcc', ['-static', '-x', 'c', '-', '-o', output], {
    input: HELLO,
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(done.stderr);
  return output;
}

/** A static Go program for another system. */
export function crossGo(system: string): string {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'hello.go'), 'package main\nfunc main() { println("hello") }\n');
  const env = { ...process.env, GOOS: system, CGO_ENABLED: '0', GOFLAGS: '' };
  const done = spawnSync('go', ['build', '-o', 'hello', 'hello.go'], { cwd: folder, env, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return join(folder, 'hello');
}

/** The debugging information of a program, as distributions ship it in packages of its own. */
export function splitOff(program: string): string {
  const output = join(temporaryDirectory(), 'hello.debug');
  const done = spawnSync('objcopy', ['--only-keep-debug', program, output], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return output;
}

export function asHello(root: EmptyRoot): Broken {
  copyFileSync(root.closure.path, join(root.directory, 'hello'));
  chmodSync(join(root.directory, 'hello'), 0o755);
  return { directory: root.directory };
}

export function withLoader(program: string): Broken {
  return withLibraries(program, /./);
}

/** The closure without the libraries whose name matches. */
export function withLibraries(program: string, without: RegExp): Broken {
  const root = emptyRoot(program, {}, without);
  return asHello(root);
}

/** On musl before 1.2.4, which does not apply the relocation of `names`. */
export function withRelr(): string {
  const source =
    '#include <stdio.h>\nstatic const char *names[]={"a","b"};const char **volatile all=names;\nint main(void){puts(all[1]);return 0;}\n';
  const specs = '/usr/lib/x86_64-linux-musl/musl-gcc.specs';
  return compile('gcc', source, '-specs', specs, '-fPIE', '-pie', '-Wl,-z,pack-relative-relocs');
}

export function withForeignLibc(): Broken {
  const broken = withLoader(compile('gcc', HELLO));
  const foreign = '/usr/aarch64-linux-gnu/lib/libc.so.6';
  const target = join(broken.directory, 'lib/x86_64-linux-gnu/libc.so.6');
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(foreign, target);
  return broken;
}

/** A program linked with libcount 2, in a root that has libcount 1: the loader refuses as it does for glibc. */
export function withOldLibrary(): Broken {
  const directory = temporaryDirectory();
  const build = (version: number): string => {
    const script = join(directory, `count${version}.map`);
    const older =
      version === 2
        ? 'COUNT_1 { global: one; local: *; };\nCOUNT_2 { global: count; } COUNT_1;\n'
        : 'COUNT_1 { global: one; count; local: *; };\n';
    writeFileSync(script, older);
    const output = join(directory, `libcount${version}.so`);
    const args = [
      '-shared',
      '-fPIC',
      '-Wl,-soname,libcount.so.1',
      `-Wl,--version-script=${script}`,
      '-x',
      'c',
      '-',
      '-o',
      output,
    ];
    const done = spawnSync('gcc', args, {
      input: 'int one(void){return 1;}\nint count(void){return 2;}\n',
      encoding: 'utf8',
    });
    if (done.status !== 0) throw new Error(done.stderr);
    return output;
  };
  const [old, present] = [build(1), build(2)];
  const program = compile('gcc', 'int count(void);\nint main(void){return count();}\n', present);
  const broken = withLibraries(program, /count/);
  const target = join(broken.directory, 'lib/x86_64-linux-gnu/libcount.so.1');
  copyFileSync(old, target);
  return broken;
}

export function inClosedDirectory(): Broken {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'opt'), { mode: 0o700 });
  copyFileSync(compile('gcc -static', HELLO), join(directory, 'opt/hello'));
  chmodSync(join(directory, 'opt/hello'), 0o755);
  chmodSync(directory, 0o755);
  return { directory, entrypoint: ['/opt/hello'], user: '65532:65532' };
}

export function cutShort(): Broken {
  const broken = alone(compile('gcc -static', HELLO));
  truncateSync(join(broken.directory, 'hello'), 20_000);
  return broken;
}

export function withDirectory(): string {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'hello'));
  return directory;
}
