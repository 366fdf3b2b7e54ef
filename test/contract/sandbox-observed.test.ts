import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, expectedNothing, findLeftBehind } from '../left-behind.ts';
import { hasTool, requireTool } from '../reference-tools.ts';
import { compileProgram } from './sandbox-program.ts';
import type { PlannedRun, RunnerOutput, RunOutcome } from './sandbox-runner.ts';
import {
  COMBINATIONS,
  type Combination,
  type Home,
  makeHome,
  makeSuiteFolder,
  performRuns,
  runnerCommand,
  runnerIn,
} from './sandbox-suite.ts';
import { giveTo } from './sandbox-users.ts';

/** The same runs with a tracer around them, and without: in every driver, as every kind of user. */
const hasTracer = hasTool('strace');
let folder = '';
beforeAll(() => {
  requireTool('gcc');
  folder = makeSuiteFolder();
  copyFileSync(compileProgram(folder), join(folder, 'program'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RUNS: Readonly<Record<string, readonly string[]>> = {
  reads: ['/program', 'cat', '/etc/text', '/etc/absent'],
  lists: ['/program', 'list', '/etc'],
  'ends with 3': ['/program', 'exit', '3'],
  'by a name in PATH': ['tool', 'cat', '/etc/text'],
  'is absent': ['/absent'],
  'cannot be executed': ['/etc/text'],
  hangs: ['/program', 'hang'],
};
const HANG_MS = 1_500;

function planned(root: string, argv: readonly string[], traceFile: string | null): PlannedRun {
  return {
    request: {
      root,
      argv,
      env: { PATH: '/bin' },
      cwd: '/',
      uid: 65532,
      gid: 65532,
      readOnlyRoot: true,
      network: 'none',
      mounts: [],
      timeoutMs: argv.includes('hang') || argv.includes('signal') ? HANG_MS : 60_000,
      stdio: { kind: 'capture' },
      limits: { processes: 40, memoryBytes: 512 * 1024 * 1024 },
      ...(traceFile === null ? {} : { observe: { traceFile } }),
    },
  };
}

function makeRoot(root: string): void {
  for (const name of ['bin', 'etc']) mkdirSync(join(root, name));
  writeFileSync(join(root, 'etc/text'), 'some text\n');
  for (const name of ['program', 'bin/tool']) {
    copyFileSync(join(folder, 'program'), join(root, name));
    chmodSync(join(root, name), 0o755);
  }
  chmodSync(root, 0o755);
}

const SPLIT_CALL = / *<unfinished \.\.\.>\n\d+ +<\.\.\. \w+ resumed>/g;

const traceIn = (home: Home, name: string): string => join(home.path, `${name.replaceAll(' ', '-')}.trace`);

describe.skipIf(!hasTracer).each(COMBINATIONS)('an observed run in $title', (combination: Combination) => {
  let home: Home;
  let output: RunnerOutput;
  beforeAll(() => {
    home = makeHome(folder);
    makeRoot(home.root);
    const runs = Object.entries(RUNS).flatMap(([name, argv]) => [
      [name, planned(home.root, argv, null)] as const,
      [`${name}, observed`, planned(home.root, argv, traceIn(home, name))] as const,
    ]);
    const server = planned(home.root, ['/program', 'http'], traceIn(home, 'serves'));
    const probe = { kind: 'http', url: 'http://127.0.0.1:8080/ready', timeoutMs: 10_000 } as const;
    output = performRuns(folder, home, combination, {
      ...Object.fromEntries(runs),
      serves: { ...server, probe, kill: 'SIGTERM' },
      crashes: planned(home.root, ['/program', 'signal', '11'], traceIn(home, 'crashes')),
      'trace is there already': planned(home.root, ['/program', 'hello'], join(home.path, 'input')),
    });
  }, 120_000);

  const outcome = (name: string): RunOutcome => {
    const found = output.results[name];
    if (found === undefined) throw new Error(`no run called ${name}`);
    return found;
  };
  /** The lines of the program itself: of the process that asked for the marker, from its execve on. */
  const linesOf = (name: string): readonly string[] => {
    const { observed } = outcome(`${name}, observed`);
    const lines = readFileSync(traceIn(home, name), 'utf8').split('\n');
    const marked = lines.findIndex((line) => line.includes(`"${observed?.marker}"`));
    expect(marked).toBeGreaterThan(-1);
    const [pid] = (lines[marked] ?? '').split(' ');
    // Two processes at once: a call is written in two parts.
    const own = lines.slice(marked).filter((line) => line.startsWith(`${pid} `));
    return own.join('\n').replaceAll(SPLIT_CALL, '').split('\n').slice(1);
  };

  it.each(Object.keys(RUNS))('comes to the same end: %s', (name) => {
    const { elapsedMs: _, observed, ...plain } = outcome(name);
    expect(observed).toBeNull();
    expect(outcome(`${name}, observed`)).toMatchObject({ ...plain, error: null });
  });

  it('names the start of the program, and what it asked for', () => {
    expect(outcome('reads, observed').observed).toMatchObject({ startPath: '/program', droppedBytes: 0 });
    const [start = '', ...after] = linesOf('reads');
    expect(start).toMatch(/ execve\("\/program", \["\/program", "cat", "\/etc\/text", .* = 0$/);
    expect(after.find((line) => line.includes('/etc/text'))).toMatch(
      / open(at)?\(.*"\/etc\/text", O_RDONLY.* = \d+<\/etc\/text>$/,
    );
    expect(after.find((line) => line.includes('/etc/absent'))).toMatch(/ = -1 ENOENT /);
    expect(linesOf('lists').some((line) => /getdents64\(\d+<\/etc>/.test(line))).toBe(true);
    expect(outcome('by a name in PATH, observed').observed?.startPath).toBe('/bin/tool');
    expect(linesOf('by a name in PATH')[0]).toMatch(/ execve\("\/bin\/tool", /);
  });

  it('names no start where there was none', () => {
    expect(outcome('is absent, observed').observed).toBeNull();
    expect(linesOf('cannot be executed')).toEqual([
      expect.stringMatching(/ execve\("\/etc\/text", .* = -1 EACCES/),
      expect.stringMatching(/ exit_group\(/),
    ]);
  });

  it('ends in time, with its trace to the end', () => {
    expect(outcome('hangs, observed')).toMatchObject({ timedOut: true, error: null });
    expect(linesOf('hangs')[0]).toMatch(/ execve\("\/program"/);
    expect(readFileSync(traceIn(home, 'hangs'), 'latin1').at(-1)).toBe('\n');
  });

  it('does not end by its own fault as PID 1, which a tracer keeps alive, but in time', () => {
    // kernel/signal.c, force_sig_info_to_task: SIGNAL_UNKILLABLE stays where somebody traces.
    expect(outcome('crashes')).toMatchObject({ timedOut: true, error: null });
  });

  it('is a server that can be asked and told to stop', () => {
    expect(outcome('serves')).toMatchObject({
      probe: { kind: 'http', status: 200, body: 'ready' },
      exitCode: 0,
      timedOut: false,
    });
  });

  it('writes over no file', () => {
    expect(outcome('trace is there already').error).toMatch(/^WRITE_FAILED: /);
  });

  it('leaves nothing behind', async () => {
    expect(await expectedNothing(home.path)).toEqual({ processes: [], mounts: [] });
    expect(existsSync(home.temporary) && findLeftBehind(home.temporary).processes).toEqual([]);
  });

  it('ends with morsel, also when that is killed', async () => {
    const other = makeHome(folder);
    makeRoot(other.root);
    const run = planned(other.root, ['/program', 'bomb', other.path], traceIn(other, 'killed'));
    const hanging = { request: { ...run.request, timeoutMs: 60_000 } };
    giveTo(combination.user, other.path);
    const { argv, inputPath } = runnerCommand(folder, other, combination, { hanging });
    const [program = '', ...args] = argv;
    const child = spawn(program, args, { stdio: 'ignore', detached: true });
    const hasStarted = (): boolean =>
      findLeftBehind(other.path).processes.some((line) => line.includes(' /program bomb '));
    expect(await eventually(hasStarted, 20_000)).toBe(true);
    const main = findLeftBehind(inputPath).processes.find(
      (line) => line.includes(' /') && line.includes(runnerIn(folder)) && !line.includes('su -s'),
    );
    process.kill(Number(main?.split(' ')[0]), 'SIGKILL');
    const isGone = (): boolean => findLeftBehind(other.path).processes.length === 0;
    expect(await eventually(isGone, 10_000)).toBe(true);
    child.unref();
  });
});
