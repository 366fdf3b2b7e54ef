import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireTool } from '../reference-tools.ts';
import type { ControlInput, ControlOutput, PlannedControl } from './control-runner.ts';
import { COMBINATIONS, type Combination, makeHome } from './sandbox-suite.ts';
import { commandAs, giveTo } from './sandbox-users.ts';

/** This machine's own root, in every sandbox and as every kind of user: a program that pries sees nobody's own files. */
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'control-root-'));
  chmodSync(folder, 0o755);
  buildSync({
    entryPoints: [join(import.meta.dirname, 'control-runner.ts')],
    outfile: join(folder, 'runner.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  mkdirSync(join(folder, 'app/bin'), { recursive: true });
  mkdirSync(join(folder, 'app/share'));
  copyFileSync('/bin/cat', join(folder, 'app/bin/tool'));
  writeFileSync(join(folder, 'app/share/data'), 'beside\n');
  makeProgramWithLibrary();
  writeFileSync(join(folder, 'secret'), 'everybody may read this, and nobody is to see it\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program of no package, whose library lies elsewhere: its image has it, and so has the root. */
function makeProgramWithLibrary(): void {
  requireTool('gcc');
  mkdirSync(join(folder, 'libraries'));
  mkdirSync(join(folder, 'build'));
  writeFileSync(join(folder, 'part.c'), 'int part(void) { return 7; }\n');
  writeFileSync(join(folder, 'main.c'), 'int part(void);\nint main(void) { return part(); }\n');
  const gcc = (...words: readonly string[]): void => void execFileSync('gcc', words, { cwd: folder });
  gcc('-shared', '-fPIC', '-Wl,-soname,libpart.so', '-o', 'libraries/libpart.so', 'part.c');
  gcc('-o', 'build/main', 'main.c', 'libraries/libpart.so', `-Wl,-rpath,${folder}/libraries`);
}

const NONROOT = { uid: 65532, gid: 65532, name: 'nonroot', home: '/' };
const ROOT = { uid: 0, gid: 0, name: 'root', home: '/' };
const TMP = { path: '/tmp', mode: 0o1777, uid: 0, gid: 0 };
const BASH = { source: '/bin/bash', target: '/bin/bash' };

/** What is a secret, a service's, or somebody's on any machine; with what this test has made. */
function pryWords(): readonly string[] {
  const keys = existsSync('/etc/ssh') ? readdirSync('/etc/ssh').filter((name) => name.endsWith('_key')) : [];
  return [
    '/etc/shadow',
    '/etc/gshadow',
    '/etc/shadow-',
    '/etc/ssl/private/*',
    '/etc/sudoers',
    '/root/.ssh/*',
    '/root/.*',
    '/home/*/*',
    '/home/*/.ssh/*',
    '/srv/*',
    '/mnt/*',
    '/media/*',
    '/boot/*',
    '/run/*',
    '/var/run/*',
    '/run/docker.sock',
    '/var/lib/dpkg/status',
    '/var/log/*',
    '/var/mail/*',
    '/tmp/*',
    '/var/tmp/*',
    '/work/*',
    '/.dockerenv',
    join(folder, 'secret'),
    `${folder}/*`,
    ...keys.map((name) => `/etc/ssh/${name}`),
  ];
}

const PRY =
  'shopt -s nullglob dotglob; for p in $*; do if : 2>/dev/null <"$p"; then echo "sees $p"; fi; done; echo /*';

function plans(): Readonly<Record<string, PlannedControl>> {
  const tool = join(folder, 'app/bin/tool');
  const bash = (script: string, user = NONROOT): PlannedControl => {
    const options = { program: BASH, user, directories: [TMP] };
    return { options, argv: ['/bin/bash', '-c', script] };
  };
  const pry = (user: typeof NONROOT): PlannedControl => {
    return { ...bash('', user), argv: ['/bin/bash', '-c', PRY, 'pry', ...pryWords()] };
  };
  const withTool = (target: string, path: string): PlannedControl => {
    return { options: { program: { source: tool, target }, user: NONROOT }, argv: [target, path] };
  };
  return {
    'pries as nobody': pry(NONROOT),
    'pries as root': pry(ROOT),
    who: bash('id -un; getent passwd nonroot; cat /etc/hostname /etc/nsswitch.conf; stat -c %a /tmp'),
    writes: bash('echo x > /usr/x; echo x > /etc/x; echo x > /bin/x; echo x > /x', ROOT),
    beside: withTool(tool, join(folder, 'app/share/data')),
    'beside, moved': withTool('/tool', join(folder, 'app/share/data')),
    'in a directory of packages': withTool('/usr/share/morsel-test/tool', '/etc/hostname'),
    libraries: {
      options: { program: { source: join(folder, 'build/main'), target: '/main' }, user: NONROOT },
      argv: ['/main'],
    },
    added: {
      options: {
        program: { source: tool, target: '/tool' },
        user: NONROOT,
        mounts: [{ source: join(folder, 'app/share/data'), target: '/etc/morsel-test/data' }],
      },
      argv: ['/tool', '/etc/morsel-test/data'],
    },
  };
}

function perform({ user, sandbox }: Combination): ControlOutput {
  const home = makeHome(folder);
  const inputPath = join(home.path, 'input');
  const outputPath = join(home.path, 'output');
  writeFileSync(inputPath, JSON.stringify({ sandbox, roots: plans(), outputPath } satisfies ControlInput));
  giveTo(user, home.path);
  const env = { PATH: '/usr/bin:/bin', TMPDIR: home.temporary };
  const [program = '', ...args] = commandAs(
    user,
    [process.execPath, join(folder, 'runner.mjs'), inputPath],
    env,
  );
  const done = spawnSync(program, args, { encoding: 'utf8', timeout: 240_000 });
  if (done.status !== 0) throw new Error(`the runner failed: ${done.stderr}`);
  expect(readdirSync(home.temporary)).toEqual([]);
  return JSON.parse(readFileSync(outputPath, 'utf8')) as ControlOutput;
}

describe.each(COMBINATIONS)('the root of this machine in $title', (combination) => {
  let output: ControlOutput = {};
  beforeAll(() => void (output = perform(combination)));
  const linesOf = (name: string): readonly string[] => (output[name]?.text ?? '').trim().split('\n');

  it.each(['pries as nobody', 'pries as root'])('shows no one else: a program that %s', (name) => {
    const lines = linesOf(name);
    expect(lines.filter((line) => line.startsWith('sees'))).toEqual([]);
    const seen = (lines.at(-1) ?? '').split(' ');
    const allowed = ['bin', 'dev', 'etc', 'lib', 'lib32', 'lib64', 'libx32', 'proc', 'sbin', 'sys', 'tmp'];
    expect(seen.filter((path) => ![...allowed, 'usr', 'var'].includes(path.slice(1)))).toEqual([]);
  });

  it("has the image's user and no services of the machine", () => {
    expect(linesOf('who')).toEqual([
      'nonroot',
      'nonroot:x:65532:65532:nonroot:/:/sbin/nologin',
      'morsel',
      '1777',
    ]);
  });

  it('cannot be written to', () => {
    expect(linesOf('writes').map((line) => line.replace(/^.*: /, ''))).toEqual(
      Array.from({ length: 4 }, () => 'Read-only file system'),
    );
  });

  it('has the program at its place, and what lies beside it only at its own', () => {
    expect(output['beside']).toEqual({ code: 0, text: 'beside\n' });
    expect(output['beside, moved']?.text).toContain('No such file or directory');
    expect(output['in a directory of packages']).toEqual({ code: 0, text: 'morsel\n' });
  });

  it("has the program's libraries, wherever they lie", () => {
    expect(output['libraries']).toEqual({ code: 7, text: '' });
  });

  it('has what the user adds, also where the machine has no such directory', () => {
    expect(output['added']).toEqual({ code: 0, text: 'beside\n' });
  });
});
