import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, expectedNothing, findLeftBehind, listBelow } from '../left-behind.ts';
import { hasTool, requireTool } from '../reference-tools.ts';
import { compileProgram } from './sandbox-program.ts';
import type { PlannedRun, RunnerOutput, RunOutcome } from './sandbox-runner.ts';
import { ARGUMENTS, planRuns } from './sandbox-runs.ts';
import {
  COMBINATIONS,
  type Combination,
  listCgroups,
  makeHome,
  makeSuiteFolder,
  performRuns,
  runnerCommand,
  runnerIn,
} from './sandbox-suite.ts';
import { giveTo } from './sandbox-users.ts';

const SECRET = 'only this machine knows it';
const hasCrossCompiler = hasTool('aarch64-linux-gnu-gcc') && hasTool('qemu-aarch64-static');

let folder = '';

beforeAll(() => {
  requireTool('gcc');
  folder = makeSuiteFolder();
  mkdirSync(join(folder, 'programs'));
  copyFileSync(compileProgram(join(folder, 'programs')), join(folder, 'program'));
  copyFileSync(compileProgram(join(folder, 'programs'), 'gcc', []), join(folder, 'dynamic'));
  if (hasCrossCompiler)
    copyFileSync(compileProgram(join(folder, 'programs'), 'aarch64-linux-gnu-gcc'), join(folder, 'arm'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A root with the programs and with each file that cannot be started. */
function makeRoot(root: string): void {
  mkdirSync(join(root, 'etc'), { recursive: true });
  mkdirSync(join(root, 'bin'));
  mkdirSync(join(root, 'out'));
  for (const name of ['program', 'dynamic', ...(hasCrossCompiler ? ['arm'] : [])]) {
    copyFileSync(join(folder, name), join(root, name));
    chmodSync(join(root, name), 0o755);
  }
  copyFileSync(join(folder, 'program'), join(root, 'bin/tool'));
  const put = (name: string, content: string, mode = 0o755): void =>
    writeFileSync(join(root, name), content, { mode });
  put('script', '#!/bin/absent\n');
  put('static-script', '#!/program hello\n');
  put('closed-script', '#!/not-executable\n');
  put('below-a-file', '#!/text/interpreter\n');
  put('damaged', readFileSync(join(folder, 'program'), 'latin1').slice(0, 100));
  put('text', 'neither this nor that\n');
  put('empty', '');
  put('not-executable', readFileSync(join(folder, 'program'), 'latin1').slice(0, 100), 0o644);
  chmodSync(join(root, 'bin/tool'), 0o755);
  chmodSync(root, 0o755);
}

function listRoot(root: string): readonly string[] {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return [
    ...names.sort(),
    execFileSync('stat', ['-c', '%Y %a', root, join(root, 'etc')], { encoding: 'utf8' }),
  ];
}

interface Suite {
  readonly output: RunnerOutput;
  readonly rootBefore: readonly string[];
  readonly rootAfter: readonly string[];
  readonly temporary: string;
}

function performAll(combination: Combination): Suite {
  const home = makeHome(folder);
  const secret = join(home.path, 'secret');
  const open = join(home.path, 'open');
  mkdirSync(open);
  const links = join(home.path, 'links');
  mkdirSync(links);
  symlinkSync('/out', join(links, 'link'));
  symlinkSync(open, join(links, 'host'));
  writeFileSync(secret, SECRET);
  makeRoot(home.root);
  giveTo(combination.user, home.path);
  const rootBefore = listRoot(home.root);
  const output = performRuns(
    folder,
    home,
    combination,
    planRuns(home.root, { secret, open, links, hasCrossCompiler }),
  );
  return { output, rootBefore, rootAfter: listRoot(home.root), temporary: home.temporary };
}

describe.each(COMBINATIONS)('$title', (combination) => {
  const { user } = combination;
  let suite: Suite;
  const outcome = (name: string): RunOutcome => {
    const found = suite.output.results[name];
    if (found === undefined) throw new Error(`no run called ${name}`);
    return found;
  };
  const lines = (name: string): readonly string[] =>
    outcome(name)
      .stdout.split('\n')
      .filter((line) => line !== '');

  beforeAll(() => {
    suite = performAll(combination);
  }, 300_000);

  it('runs a program, and gives it its arguments', () => {
    expect(outcome('hello')).toMatchObject({
      exitCode: 0,
      signal: null,
      stdout: 'hello\n',
      stderr: '',
      startFailure: null,
      error: null,
    });
    expect(outcome('arguments').stdout).toBe(['/program', 'argv', ...ARGUMENTS, ''].join('\n'));
  });

  it.each([0, 1, 126, 127, 255])('hands on exit code %i of the program', (code) => {
    expect(outcome(`exit ${code}`)).toMatchObject({ exitCode: code, signal: null, startFailure: null });
  });

  it('names the signal that ended the program', () => {
    expect(outcome('crash')).toMatchObject({ exitCode: null, signal: 'SIGSEGV', timedOut: false });
    expect(outcome('killed')).toMatchObject({ exitCode: null, signal: 'SIGKILL', timedOut: false });
  });

  it('does not take what the program says for what the tools say', () => {
    expect(outcome('speaks for the tool')).toMatchObject({
      exitCode: 1,
      signal: null,
      stderr: 'unshare: sigprocmask unblock failed: Invalid argument\n',
    });
  });

  it('keeps the start of a long output and counts the rest', () => {
    expect(outcome('prints 250000')).toMatchObject({
      exitCode: 0,
      stdout: 'x'.repeat(100_000),
      droppedBytes: 150_000,
    });
  });

  it('stops what prints, waits or forks without end', () => {
    for (const name of ['prints endlessly', 'hangs', 'forks endlessly']) {
      expect(outcome(name), name).toMatchObject({
        exitCode: null,
        signal: null,
        timedOut: true,
        startFailure: null,
        error: null,
      });
    }
    expect(outcome('prints endlessly').stdout).toHaveLength(1000);
    expect(outcome('prints endlessly').droppedBytes).toBeGreaterThan(0);
    expect(Number(outcome('forks counted').stdout)).toBeLessThan(40);
  });

  it('is interrupted by an abort', () => {
    expect(outcome('aborted').error).toMatch(/^INTERRUPTED: /);
  });

  it('leaves nothing behind: no process, mount, file or cgroup, and the root as it was', async () => {
    expect(await expectedNothing(suite.temporary)).toEqual({ processes: [], mounts: [] });
    expect(listBelow(suite.temporary)).toEqual([]);
    expect(await eventually(() => listCgroups(suite.output.pid).length === 0, 5_000)).toBe(true);
    expect(suite.rootAfter).toEqual(suite.rootBefore);
  });

  it('shows nothing of the host', () => {
    expect(outcome('reads the host').stdout).not.toContain(SECRET);
    expect(outcome('reads the host').stdout.match(/No such file/g)).toHaveLength(4);
    // 3 is the descriptor that reads the list itself.
    expect(lines('lists descriptors').toSorted()).toEqual(['0', '1', '2', '3']);
    expect(lines('lists processes').filter((name) => /^\d+$/.test(name))).toEqual(['1']);
    const own = new Set([...suite.rootBefore, 'proc', 'sys', 'dev']);
    expect(lines('lists /').filter((name) => !own.has(name))).toEqual([]);
  });

  it('gives the devices that docker gives, and no other', () => {
    const expected = [
      'fd',
      'full',
      'mqueue',
      'null',
      'ptmx',
      'pts',
      'random',
      'shm',
      'stderr',
      'stdin',
      'stdout',
      'tty',
      'urandom',
      'zero',
    ];
    // bwrap and crun add a link to /proc/kcore, as docker does; it is hidden all the same.
    expect(
      lines('lists /dev')
        .filter((name) => name !== 'core')
        .toSorted(),
    ).toEqual(expected);
    expect(outcome('writes to /dev/null').exitCode).toBe(0);
    expect(outcome('writes to /dev/shm').exitCode).toBe(0);
  });

  it('gives the environment that was asked for, and HOME', () => {
    expect(lines('no environment')).toEqual(['HOME=/']);
    expect(lines('environment').toSorted()).toEqual(['A=1', 'B=two words=2', 'EMPTY=', 'HOME=/x']);
  });

  it('runs as the user, in the folder and on the host that were asked for, as PID 1', () => {
    // With one id only, setgroups is not allowed, and the user's own group stays.
    const groups = user.label === 'a user without subordinate ids' ? 1 : 0;
    // With all that came of the run: it has failed on a busy machine without telling why.
    const ran = { exitCode: 0, stderr: '', error: null, startFailure: null, timedOut: false };
    expect(outcome('who')).toMatchObject({
      ...ran,
      stdout: `uid=1234 gid=4321 groups=${groups} pid=1 ppid=0 host=box cwd=/bin umask=22\n`,
    });
    const asRoot = /^uid=0 gid=0 .* pid=1 .* host=morsel cwd=\/ /;
    expect(outcome('who as root')).toMatchObject({ ...ran, stdout: expect.stringMatching(asRoot) });
    const elsewhere = expect.stringContaining('cwd=/made/for/it');
    expect(outcome('other working directory')).toMatchObject({ ...ran, stdout: elsewhere });
  });

  it('gives no capability and no new privilege, also not to root', () => {
    for (const name of ['status', 'status as root']) {
      const { stdout } = outcome(name);
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
        expect(stdout, name).toContain(`${set}:\t0000000000000000`);
      expect(stdout, name).toContain('NoNewPrivs:\t1');
      expect(stdout, name).toContain('SigBlk:\t0000000000000000');
    }
    expect(outcome('remounts as root').stdout).toBe('Operation not permitted\n');
    expect(outcome('system request as root').exitCode).toBe(3);
  });

  it('keeps the root read-only, and writable only when asked', () => {
    expect(outcome('writes to a read-only root')).toMatchObject({
      exitCode: 3,
      stdout: '/new: Read-only file system\n',
    });
    expect(outcome('writes to a writable root')).toMatchObject({
      exitCode: 0,
      stdout: '/out/new: written\n',
    });
  });

  it('connects the streams, and gives an empty stdin where none was given', () => {
    for (const stream of ['stdout', 'stderr']) expect(outcome(`opens /dev/${stream}`).exitCode).toBe(0);
    expect(outcome('stdin').stdout).toBe('one\ntwo\n');
    expect(outcome('no stdin')).toMatchObject({ exitCode: 0, stdout: '' });
    expect(outcome('unread stdin')).toMatchObject({ exitCode: 0, stdout: 'hello\n' });
  });

  it('has a network of its own: loopback and nothing else', () => {
    expect(lines('interfaces')).toEqual(['lo 127.0.0.1']);
    expect(outcome('first port of users').stdout).toBe('0\n');
    expect(outcome('hosts').stdout).toMatch(/^127\.0\.0\.1\tlocalhost\n/);
    expect(outcome('hosts').stdout).toMatch(/\nbox\n# no network/);
  });

  it('has the network of the machine when that is asked for', () => {
    // The same program outside: Node's list leaves out an interface that is down.
    const outside = execFileSync(join(folder, 'program'), ['interfaces'], { encoding: 'utf8' });
    expect(outcome('interfaces of the host').stdout).toBe(outside);
    expect(outcome('hosts of the host').stdout).toBe(readFileSync('/etc/hosts', 'utf8'));
  });

  it('asks servers from inside that network', () => {
    expect(outcome('http answer')).toMatchObject({
      probe: { kind: 'http', status: 200, body: 'ready' },
      exitCode: 0,
      timedOut: false,
    });
    expect(outcome('http other answer').probe).toMatchObject({ kind: 'http', status: 404 });
    expect(outcome('tcp answer')).toMatchObject({ probe: { kind: 'tcp' }, exitCode: 0 });
    // It may have ended before anybody could ask.
    expect(outcome('server that ends').exitCode).toBe(3);
    expect(outcome('server that ends').probe?.kind ?? 'failed').toBe('failed');
    expect(outcome('server that never answers').probe).toEqual({ kind: 'failed', reason: 'ECONNREFUSED' });
  });

  it('shows that PID 1 without a handler ignores SIGTERM', () => {
    expect(outcome('deaf server')).toMatchObject({ probe: { kind: 'http', status: 200 }, timedOut: true });
  });

  it('finds a name in the PATH of the image', () => {
    expect(outcome('name in PATH').stdout).toBe('hello\n');
    expect(outcome('name not in PATH').startFailure).toEqual({
      kind: 'exec',
      errno: 'ENOENT',
      message: 'exec: "tool": executable file not found in $PATH',
    });
  });

  it.each([
    ['missing', 'ENOENT', 'exec: "/absent": stat /absent: no such file or directory'],
    ['a directory', 'EISDIR', 'exec: "/bin": is a directory'],
    ['not executable', 'EACCES', 'exec /not-executable: permission denied'],
    ['no interpreter', 'ENOENT', 'exec /dynamic: no such file or directory'],
    ['interpreter below a file', 'ENOTDIR', 'exec /below-a-file: not a directory'],
    ['no script interpreter', 'ENOENT', 'exec /script: no such file or directory'],
    ['a script interpreter without x', 'EACCES', 'exec /closed-script: permission denied'],
    ['text', 'ENOEXEC', 'exec /text: exec format error'],
    ['empty', 'ENOEXEC', 'exec /empty: exec format error'],
    ['a damaged ELF file', 'ENOEXEC', 'exec /damaged: exec format error'],
  ])('says why the program was never started: %s', (name, errno, message) => {
    const startFailure = { kind: 'exec', errno, message };
    expect(outcome(name)).toMatchObject({ startFailure, exitCode: null, signal: null, error: null });
  });

  it('tells what is no matter of the program apart: no command, and a folder that is none', () => {
    expect(outcome('no command')).toMatchObject({
      startFailure: { kind: 'no-command', message: 'no command specified' },
      error: null,
    });
    expect(outcome('no folder')).toMatchObject({
      startFailure: { kind: 'chdir', errno: 'ENOTDIR', message: 'chdir to /text: not a directory' },
      error: null,
    });
  });

  it('runs a script whose interpreter is there', () => {
    expect(outcome('script')).toMatchObject({ startFailure: null, stdout: 'hello\n' });
  });

  it.skipIf(!hasCrossCompiler)('runs a program of another machine in an emulator, and says so', () => {
    expect(outcome('other machine')).toMatchObject({
      exitCode: 0,
      notes: ['aarch64 emulated by qemu-aarch64-static'],
    });
    expect(outcome('other machine').stdout).toMatch(/^uid=65532 gid=65532 .* pid=1 /);
  });

  it('follows no link of a mount to the place of another, and covers no root', () => {
    for (const name of ['link', 'host'])
      expect(
        outcome(`mounts through a link ${name === 'link' ? 'of a mount' : 'to the host'}`).error,
      ).toMatch(new RegExp(`^SANDBOX_FAILED: .*open /data/${name}: too many levels of symbolic links`));
    expect(outcome('mounts on the root').error).toMatch(/^USAGE: .* cannot be mounted on \/: /);
  });

  it('binds files and folders of the host, read-only or not', () => {
    expect(outcome('mounts').stdout).toBe(SECRET);
    expect(outcome('writes to a mount')).toMatchObject({ exitCode: 0 });
    expect(outcome('writes to a read-only mount').stdout).toBe('/data/secret: Read-only file system\n');
    expect(outcome('absent mount source').error).toBe('NOT_FOUND: /absent: no such file or directory');
  });

  it('ends with morsel, also when that is killed', async () => {
    const home = makeHome(folder);
    makeRoot(home.root);
    const marker = join(home.path, 'marker');
    const all = planRuns(home.root, {
      secret: marker,
      open: home.path,
      links: home.path,
      hasCrossCompiler,
    });
    const hanging = all['forks endlessly'] as PlannedRun;
    // Its probe is a process of the host's, not of the container's; the URL tells it from others.
    const probe = { kind: 'http', url: `http://127.0.0.1:8080${marker}`, timeoutMs: 60_000 } as const;
    const runs = { hanging: { ...hanging, probe, request: { ...hanging.request, timeoutMs: 60_000 } } };
    const { argv, inputPath } = runnerCommand(folder, home, combination, runs);
    const [program = '', ...args] = argv;
    const child = spawn(program, args, { stdio: 'ignore', detached: true });
    const processes = (): readonly string[] => findLeftBehind(marker).processes;
    expect(await eventually(() => processes().length > 1, 20_000)).toBe(true);
    expect(await eventually(() => processes().some((line) => line.includes(probe.url)), 20_000)).toBe(true);
    const main = findLeftBehind(inputPath).processes.find(
      (line) => line.includes(' /') && line.includes(runnerIn(folder)) && !line.includes('su -s'),
    );
    const pid = Number(main?.split(' ')[0]);
    process.kill(pid, 'SIGKILL');
    expect(await eventually(() => findLeftBehind(home.path).processes.length === 0, 10_000)).toBe(true);
    expect(await eventually(() => listCgroups(pid).length === 0, 10_000)).toBe(true);
    child.unref();
  });
});
