import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENOENT, observeLines, observeText, START_LINE, usesBy, usesOf } from '../../test/observe-lines.ts';
import { readTrace } from './index.ts';

describe('the start', () => {
  it('is the first execve of the program that succeeded, by any process', async () => {
    const before = [
      '5 open("/before", O_RDONLY) = 3</before>',
      `6 execve("/bin/x", ["x"], 0x1) = ${ENOENT}`,
      '6 execve("/usr/bin/x", ["x", "/bin/x"], 0x1) = 0',
      '7 execve("/bin//x", ["x"], 0x1) = 0',
      '7 open("/after", O_RDONLY) = 3</after>',
      '',
    ];
    const observation = await observeText(before.join('\n'));
    expect(observation.started).toBe(true);
    expect([...observation.found.keys()]).toEqual(['/bin/x', '/after']);
    expect(observation.found.get('/bin/x')?.isExecuted).toBe(true);
  });

  it('may be told in two halves', async () => {
    const lines = [
      '7 execve("/bin/x", ["x"], 0x1 <unfinished ...>',
      '6 exit(0) = ?',
      '7 <... execve resumed>) = 0',
      '',
    ];
    expect((await observeText(lines.join('\n'))).started).toBe(true);
  });

  it('is not seen: nothing is told', async () => {
    const observation = await observeText(
      `7 open("/a", O_RDONLY) = 3</a>\nrubbish\n7 <... open resumed>) = 0\n`,
    );
    expect(observation).toEqual({
      started: false,
      found: new Map(),
      unnamed: new Set(),
      missed: new Set(),
      refused: new Set(),
      notExecuted: new Set(),
      sockets: new Set(),
      gaps: [],
    });
  });

  it('comes after the marker, in the same process', async () => {
    const lines = [
      '3 execve("/bin/x", ["x", "/m1"], 0x1) = 0',
      `4 access("/m1", F_OK) = ${ENOENT}`,
      '3 execve("/bin/x", ["x", "/m1"], 0x1) = 0',
      '4 execve("/bin/other", ["x"], 0x1) = 0',
      '3 open("/no", O_RDONLY) = 3</no>',
      '4 execve("/bin/x", ["x"], 0x1) = 0',
      '4 open("/yes", O_RDONLY) = 3</yes>',
      '',
    ];
    const observation = await observeText(lines.join('\n'), { marker: '/m1' });
    expect([...observation.found.keys()]).toEqual(['/bin/x', '/yes']);
    expect((await observeText(lines.join('\n'), { marker: '/m2' })).started).toBe(false);
  });

  it('may be a path that is not absolute, as it was given', async () => {
    const trace = '7 execve("./x", ["x"], 0x1) = 0\n';
    expect((await observeText(trace, { startPath: './x' })).started).toBe(true);
    expect((await observeText(trace, { startPath: './y' })).started).toBe(false);
  });
});

describe('calls in two halves', () => {
  it('belong to their process', async () => {
    const observation = await observeLines([
      'vfork( <unfinished ...>',
      '8 open("/a <unfinished ...>", O_RDONLY <unfinished ...>',
      '7 <... vfork resumed>) = 8',
      '7 newfstatat(AT_FDCWD</>, "/b",  <unfinished ...>',
      '8 <... open resumed>) = 3</a \\74unfinished ...\\76>',
      '7 <... newfstatat resumed>0x1, 0) = -1 ENOENT (No such file or directory)',
    ]);
    expect(usesOf(observation)).toEqual({ '/a <unfinished ...>': 'read' });
    expect([...observation.missed]).toEqual(['/b']);
    expect(observation.gaps).toEqual([]);
  });

  it('are damage where the halves are not of one call', async () => {
    const observation = await observeLines([
      'open("/a", O_RDONLY <unfinished ...>',
      '<... stat resumed>) = 0',
      '<... open resumed>) = 3',
    ]);
    expect(usesOf(observation)).toEqual({});
    expect(observation.gaps).toEqual(['2 lines of the trace cannot be read']);
  });

  it('of a thread that executes go on in its process', async () => {
    const observation = await observeLines(
      [
        'clone(flags=CLONE_FS|CLONE_THREAD) = 8',
        'open("/lost", O_RDONLY <unfinished ...>',
        '8 chdir("/d") = 0',
        '8 execve("y", ["y"], 0x1 <pid changed to 7 ...>',
        '7 +++ superseded by execve in pid 8 +++',
        '7 <... execve resumed>) = -1 (errno 18446744073709551595)',
        'access("z", F_OK) = 0',
      ],
      { workingDirectory: '/w' },
    );
    expect(usesOf(observation)).toEqual({ '/d': 'statted', '/d/y': 'executed', '/d/z': 'statted' });
    expect(observation.gaps).toEqual([expect.stringMatching(/^1 time a thread/)]);
  });

  it.each([
    ['8 execve("/y", ["y"], 0x1 <pid changed to 7 ...>', '7 <... execve resumed>) = 0', { '/y': 'executed' }],
    ['8 execve("/y", ["y"], 0x1 <pid changed to 7 ...>', `7 <... execve resumed>) = ${ENOENT}`, {}],
    ['8 access("/x", F_OK) = 0', `7 execve("/y", ["y"], 0x1) = -1 (errno 7)`, { '/x': 'statted' }],
  ])('of a thread that executes are believed: %s, %s', async (first, last, expected) => {
    const observation = await observeLines([first, '7 +++ superseded by execve in pid 8 +++', last]);
    expect(usesOf(observation)).toEqual(expected);
    expect(observation.gaps).toEqual([]);
  });
});

describe('gaps', () => {
  it.each([
    ['io_uring_setup(8, {}) = 3', /io_uring/],
    ['chroot("/jail") = 0', /root directory/],
    ['mount("/a", "/b", NULL, MS_BIND, NULL) = 0', /root directory/],
    ['open("/cut"..., O_RDONLY) = 3', /^1 path of the trace is longer/],
    ['connect(3, {sa_family=AF_UNIX, sun_path="/cut"...}, 9) = 0', /^1 path of the trace is longer/],
    ['brand_new_call("/a") = 0', /brand_new_call/],
    ['open("/a", O_RDONLY', /^1 line of the trace/],
    ['open("/a", 77) = 3', /^1 line of the trace/],
    ['<... open resumed>) = 3', /^1 line of the trace/],
    ['+++ something else +++', /^1 line of the trace/],
    ['no call', /^1 line of the trace/],
  ])('%s', async (line, words) => {
    const observation = await observeLines([line]);
    expect(observation.gaps).toEqual([expect.stringMatching(words)]);
    expect(observation.sockets.size).toBe(0);
  });

  it.each([
    'io_uring_setup(8, {}) = -1 EPERM (Operation not permitted)',
    'chroot("/") = 0',
    'chroot("/jail") = -1 EPERM (Operation not permitted)',
    '--- SIGCHLD {si_signo=SIGCHLD} ---',
    'wait4(-1,  <unfinished ...>',
    'kill(3, SIGTERM) = 0',
  ])('%s is none', async (line) => expect((await observeLines([line])).gaps).toEqual([]));

  it('leave out what a process asks for in another root, and its children', async () => {
    const lines = [
      'fork() = 8',
      '8 chroot("/jail") = 0',
      '8 fork() = 9',
      '9 access("/no", F_OK) = 0',
      '8 open("/no", O_RDONLY) = 3</jail/no>',
      'access("/yes", F_OK) = 0',
    ];
    expect(await usesBy(lines)).toEqual({ '/jail': 'statted', '/yes': 'statted' });
  });

  it('a line that has no number, a trace that ends in a line', async () => {
    const observation = await observeText(`${START_LINE}\nrubbish\n7 open("/a", O_RDONLY) = 3</a`);
    expect(usesOf(observation)).toEqual({});
    expect(observation.gaps).toEqual([
      '1 line of the trace cannot be read',
      'the trace ends in the middle of a line',
    ]);
  });

  it('names few of many calls that it does not know', async () => {
    const observation = await observeLines(Array.from({ length: 20 }, (_, index) => `call_${index}() = 0`));
    expect(observation.gaps).toEqual([expect.stringMatching(/call_7 and more$/)]);
  });

  it('what was dropped of the trace', async () => {
    expect((await observeLines([], { droppedBytes: 1 })).gaps).toEqual([
      expect.stringMatching(/longer than what is read/),
    ]);
    expect((await observeLines([], { droppedBytes: 0 })).gaps).toEqual([]);
  });
});

describe('limits', () => {
  const opens = (count: number) =>
    Array.from({ length: count }, (_, index) => `open("/${index}", O_RDONLY) = 3`);

  it('of the trace', async () => {
    const observation = await observeLines(opens(3), { limits: { traceBytes: START_LINE.length + 45 } });
    expect(Object.keys(usesOf(observation))).toEqual(['/0']);
    expect(observation.gaps).toEqual([expect.stringMatching(/longer than what is read/)]);
  });

  it.each([
    ['paths', { paths: 3 }, 2],
    ['their lengths', { pathUnits: 12 }, 3],
  ])('of %s', async (_, limits, count) => {
    const observation = await observeLines(opens(20), { limits });
    expect(Object.keys(usesOf(observation))).toHaveLength(count);
    expect(observation.gaps).toEqual([expect.stringMatching(/more paths/)]);
  });

  it('of processes', async () => {
    const lines = [
      '8 open("/8", O_RDONLY) = 3',
      '9 open("/9", O_RDONLY) = 3',
      '8 exit_group(0) = ?',
      '10 open("/10", O_RDONLY) = 3',
    ];
    const observation = await observeLines(lines, { limits: { tasks: 2 } });
    expect(Object.keys(usesOf(observation))).toEqual(['/8', '/10']);
    expect(observation.gaps).toEqual([expect.stringMatching(/more processes/)]);
  });

  it('of calls in progress, whose room is free again', async () => {
    const half = `open("/${'a'.repeat(20)}", O_RDONLY <unfinished ...>`;
    const lines = [half, '<... open resumed>) = 3', '8 exit(0 <unfinished ...>', `9 ${half}`, `10 ${half}`];
    const observation = await observeLines(lines, { limits: { pendingUnits: 60 } });
    expect(observation.gaps).toEqual([expect.stringMatching(/in progress/)]);
    expect(observation.found.size).toBe(2);
  });

  it('of a line: its start and its answer are enough', async () => {
    const many = `["${'z'.repeat(3000)}", ") = 3"]`;
    const observation = await observeLines(
      [
        `execve("/a", ${many}, 0x1 /* 2 vars */) = 0`,
        `execve("/b", ${many}, 0x1 /* 2 vars */) = ${ENOENT}`,
        `execve("/c", ${many}, 0x1 /* 2 vars */ <unfinished ...>`,
        '<... execve resumed>) = 0',
        `open("/${'d'.repeat(3000)}", O_RDONLY) = 3`,
        'open("/e", O_RDONLY) = 3',
      ],
      { limits: { lineBytes: 1000 } },
    );
    expect(usesOf(observation)).toEqual({ '/a': 'executed', '/c': 'executed', '/e': 'read' });
    expect([...observation.missed]).toEqual(['/b']);
    expect(observation.gaps).toEqual(['1 line of the trace cannot be read']);
  });

  it('lets nothing of a line of many chunks in, but its start and its answer', async () => {
    const observation = await observeLines([
      `execve("/a", ["${'x'.repeat(2_000_000)}"], 0x1) = 0`,
      'access("/b", F_OK) = 0',
    ]);
    expect(usesOf(observation)).toEqual({ '/a': 'executed', '/b': 'statted' });
    expect(observation.gaps).toEqual([]);
  });
});

describe('the file', () => {
  it('that is not there is an error', async () => {
    await expect(readTrace(join(tmpdir(), 'no such trace'), { startPath: '/x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('is not read on when somebody says stop', async () => {
    const stop = observeLines([], { signal: AbortSignal.abort() });
    await expect(stop).rejects.toMatchObject({
      code: 'INTERRUPTED',
      message: expect.stringContaining('trace'),
    });
  });
});
