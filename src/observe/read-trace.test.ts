import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Observation, readTrace, type ReadTraceOptions } from './index.ts';

const work = mkdtempSync(join(tmpdir(), 'read-trace-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const START = '7 execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0';
const ENOENT = '-1 ENOENT (No such file or directory)';

async function readText(text: string, options: Partial<ReadTraceOptions> = {}): Promise<Observation> {
  const file = join(work, 'trace');
  writeFileSync(file, text, 'latin1');
  return readTrace(file, { startPath: '/bin/x', ...options });
}

/** What comes of lines that the program wrote, process 7 unless they say which. */
async function observe(
  lines: readonly string[],
  options: Partial<ReadTraceOptions> = {},
): Promise<Observation> {
  const numbered = lines.map((line) => (/^\d+ /.test(line) ? line : `7 ${line}`));
  return readText([START, ...numbered, ''].join('\n'), options);
}

/** `path: uses` of all that was found, but the program itself. */
function found({ found: paths }: Observation): Readonly<Record<string, string>> {
  const entries = [...paths].map(([path, use]) => {
    const names = Object.entries(use).flatMap(([name, holds]) =>
      holds ? [name.slice(2).toLowerCase()] : [],
    );
    return [path, names.join(' ')] as const;
  });
  return Object.fromEntries(entries.filter(([path]) => path !== '/bin/x'));
}

async function foundBy(lines: readonly string[], options: Partial<ReadTraceOptions> = {}) {
  return found(await observe(lines, options));
}

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
    const observation = await readText(before.join('\n'));
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
    expect((await readText(lines.join('\n'))).started).toBe(true);
  });

  it('is not seen: nothing is told', async () => {
    const observation = await readText(
      `7 open("/a", O_RDONLY) = 3</a>\nrubbish\n7 <... open resumed>) = 0\n`,
    );
    expect(observation).toEqual({
      started: false,
      found: new Map(),
      missed: new Set(),
      refused: new Set(),
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
    const observation = await readText(lines.join('\n'), { marker: '/m1' });
    expect([...observation.found.keys()]).toEqual(['/bin/x', '/yes']);
    expect((await readText(lines.join('\n'), { marker: '/m2' })).started).toBe(false);
  });

  it('may be a path that is not absolute, as it was given', async () => {
    const trace = '7 execve("./x", ["x"], 0x1) = 0\n';
    expect((await readText(trace, { startPath: './x' })).started).toBe(true);
    expect((await readText(trace, { startPath: './y' })).started).toBe(false);
  });
});

describe('whose calls they are', () => {
  it('leaves out who was there before, and what they start', async () => {
    const lines = [
      '3 access("/a", F_OK) = 0',
      '3 execve("/bin/runtime", ["x"], 0x1) = 0',
      START,
      '3 access("/no", F_OK) = 0',
      '3 clone(child_stack=NULL, flags=CLONE_FS) = 12',
      '12 access("/no", F_OK) = 0',
      '9 access("/yes", F_OK) = 0',
      '',
    ];
    expect(found(await readText(lines.join('\n')))).toEqual({ '/yes': 'statted' });
  });

  it('takes a number that ended for somebody else', async () => {
    const lines = [
      '3 execve("/a", [], 0x1) = 0',
      '3 exit_group(0) = ?',
      START,
      '3 access("/yes", F_OK) = 0',
      '',
    ];
    expect(found(await readText(lines.join('\n')))).toEqual({ '/yes': 'statted' });
    const killed = [
      '3 execve("/a", [], 0x1) = 0',
      '3 +++ killed by SIGKILL +++',
      START,
      '3 access("/yes", F_OK) = 0',
      '',
    ];
    expect(found(await readText(killed.join('\n')))).toEqual({ '/yes': 'statted' });
  });
});

describe('what is used how', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['open("/a", O_RDONLY) = 3</a>', { '/a': 'read' }],
    ['openat(AT_FDCWD</>, "/a", O_RDWR|O_CLOEXEC) = 3</a>', { '/a': 'read written' }],
    ['openat(AT_FDCWD</>, "/a", O_WRONLY|O_CREAT, 0666) = 3</a>', { '/a': 'written' }],
    ['openat(AT_FDCWD</>, "/a", O_RDONLY|O_CREAT, 0666) = 3</a>', { '/a': 'read written' }],
    ['openat(AT_FDCWD</>, "/a", O_RDONLY|O_TRUNC) = 3</a>', { '/a': 'read written' }],
    ['openat(AT_FDCWD</>, "/a", O_RDONLY|O_DIRECTORY) = 3</a>', { '/a': 'statted' }],
    ['openat(AT_FDCWD</>, "/a", O_RDONLY|O_PATH) = 3</a>', { '/a': 'statted' }],
    ['openat(AT_FDCWD</>, "/a", O_ACCMODE) = 3</a>', { '/a': 'statted' }],
    ['openat(AT_FDCWD</>, "/a", O_RDWR|O_TMPFILE, 0600) = 3</a/#7>(deleted)', { '/a': 'written' }],
    ['openat2(AT_FDCWD</>, "/a", {flags=O_RDONLY, resolve=0}, 24) = 3</a>', { '/a': 'read' }],
    ['creat("/a", 0666) = 3</a>', { '/a': 'written' }],
    ['rename("/a", "/b") = 0', { '/a': 'written', '/b': 'written' }],
    ['link("/a", "/b") = 0', { '/a': 'statted', '/b': 'written' }],
    ['symlink("/a", "/b") = 0', { '/b': 'written' }],
    ['execve("/a", ["a"], 0x1) = 0', { '/a': 'executed' }],
    ['execveat(3</a>, "", ["a"], 0x1, AT_EMPTY_PATH) = 0', { '/a': 'executed' }],
    ['newfstatat(3</a>, "", {st_mode=S_IFREG|0644}, AT_EMPTY_PATH) = 0', {}],
    ['newfstatat(3<pipe:[7]>, "", {st_mode=S_IFIFO|0600}, AT_EMPTY_PATH) = 0', {}],
    ['newfstatat(3</a>(deleted), "", {st_mode=S_IFREG|0644}, AT_EMPTY_PATH) = 0', {}],
    ['utimensat(3</a>, NULL, NULL, 0) = 0', { '/a': 'written' }],
    ['getdents64(3</a>, 0x1 /* 2 entries */, 32768) = 48', { '/a': 'listed' }],
    ['fanotify_mark(3, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD</>, "/a") = 0', { '/a': 'statted' }],
    ['inotify_add_watch(3<anon_inode:inotify>, "/a", IN_ACCESS) = 1', { '/a': 'statted' }],
  ])('%s', async (line, expected) => {
    const observation = await observe([line]);
    expect(found(observation)).toEqual(expected);
    expect(observation.gaps).toEqual([]);
  });

  it('adds up', async () => {
    expect(
      await foundBy(['stat("/a", {}) = 0', 'open("/a", O_RDONLY) = 3</a>', 'chmod("/a", 0) = 0']),
    ).toEqual({
      '/a': 'read written statted',
    });
  });

  it('names what an opened path led to, also', async () => {
    expect(await foundBy(['openat(AT_FDCWD</>, "/lib/../x/./y", O_RDONLY) = 3</usr/y>'])).toEqual({
      '/lib/../x/y': 'read',
      '/usr/y': 'read',
    });
  });
});

describe('what was answered', () => {
  it.each([
    ['stat("/a", 0x1) = -1 ENOENT (No such file or directory)', 'missed'],
    ['stat("/a", 0x1) = -1 ENOTDIR (Not a directory)', 'missed'],
    ['stat("/a/", 0x1) = -1 ENOTDIR (Not a directory)', 'nothing'],
    ['openat(AT_FDCWD</>, "/a", O_RDONLY|O_DIRECTORY) = -1 ENOTDIR (Not a directory)', 'nothing'],
    ['rmdir("/a") = -1 ENOTDIR (Not a directory)', 'nothing'],
    ['chdir("/a") = -1 ENOTDIR (Not a directory)', 'nothing'],
    ['open("/a", O_RDONLY) = -1 EACCES (Permission denied)', 'refused'],
    ['open("/a", O_RDWR) = -1 EROFS (Read-only file system)', 'refused'],
    ['access("/a", W_OK) = -1 EROFS (Read-only file system)', 'statted'],
    ['mkdir("/a", 0777) = -1 EEXIST (File exists)', 'statted'],
    ['symlink("/b", "/a") = -1 EEXIST (File exists)', 'statted'],
    ['link("/b", "/a") = -1 EEXIST (File exists)', 'statted'],
    ['open("/a", O_RDWR) = -1 EISDIR (Is a directory)', 'statted'],
    ['open("/a", O_WRONLY) = -1 ETXTBSY (Text file busy)', 'statted'],
    ['rmdir("/a") = -1 ENOTEMPTY (Directory not empty)', 'statted'],
    ['readlink("/a", 0x1, 4096) = -1 EINVAL (Invalid argument)', 'statted'],
    ['readlink("/a", 0x1, 0) = -1 EINVAL (Invalid argument)', 'nothing'],
    ['open("/a", O_RDONLY) = -1 EINVAL (Invalid argument)', 'nothing'],
    ['getxattr("/a", "user.x", NULL, 0) = -1 ENODATA (No data available)', 'statted'],
    ['execve("/a", ["a"], 0x1) = -1 ENOEXEC (Exec format error)', 'statted'],
    ['open("/a", O_RDONLY) = -1 EMFILE (Too many open files)', 'nothing'],
    ['open("/a", O_RDONLY) = ? ERESTARTSYS (To be restarted)', 'nothing'],
    ['open("/a", O_RDONLY) = ?', 'nothing'],
    ['open(0x8, O_RDONLY) = -1 EFAULT (Bad address)', 'nothing'],
    ['newfstatat(3</a>, "", 0x1, 0) = -1 ENOENT (No such file or directory)', 'nothing'],
    ['getdents64(3</a>, 0x1, 8) = -1 EINVAL (Invalid argument)', 'nothing'],
  ])('%s: %s', async (line, expected) => {
    const observation = await observe([line]);
    const { missed, refused, gaps } = observation;
    expect({ missed: [...missed], refused: [...refused], found: found(observation), gaps }).toEqual({
      missed: expected === 'missed' ? ['/a'] : [],
      refused: expected === 'refused' ? ['/a'] : [],
      found: expected === 'statted' ? { '/a': 'statted' } : {},
      gaps: [],
    });
  });

  it('names none of two paths of which one was not there', async () => {
    expect([...(await observe([`rename("/a", "/b") = ${ENOENT}`])).missed]).toEqual([]);
  });
});

describe('relative paths', () => {
  it('start where the call says', async () => {
    const lines = ['openat(3</d>, "../x", O_RDONLY) = 4', 'openat(AT_FDCWD</w>, "y", O_RDONLY) = 4'];
    expect(await foundBy(lines)).toEqual({ '/x': 'read', '/w/y': 'read' });
  });

  it('start where the process is: as told, moved, or shown', async () => {
    const lines = [
      'access("a", F_OK) = 0',
      'chdir("sub") = 0',
      'access("b", F_OK) = 0',
      `chdir("no") = ${ENOENT}`,
      'fchdir(3</real>) = 0',
      'access("../c", F_OK) = 0',
      'getcwd("/got", 4096) = 5',
      'access("d", F_OK) = 0',
      'newfstatat(AT_FDCWD</shown>, "/e", {}, 0) = 0',
      'access("f", F_OK) = 0',
    ];
    expect(Object.keys(await foundBy(lines, { workingDirectory: '/w' }))).toEqual([
      '/w/a',
      '/w/sub',
      '/w/sub/b',
      '/c',
      '/got/d',
      '/e',
      '/shown/f',
    ]);
  });

  it('without a directory are a gap, told once', async () => {
    const observation = await observe([
      'access("a", F_OK) = 0',
      'access("b", F_OK) = 0',
      `access("c", F_OK) = ${ENOENT}`,
      'getcwd("(unreachable)/x", 4096) = 5',
      'openat(3, "x", O_RDONLY) = 4',
    ]);
    expect(found(observation)).toEqual({});
    expect(observation.missed.size).toBe(0);
    expect(observation.gaps).toEqual([expect.stringMatching(/^3 calls with a relative path/)]);
  });

  it('in a directory that is gone are not there, which is no gap', async () => {
    const observation = await observe([
      `openat(3</d>(deleted), "x", O_RDONLY) = ${ENOENT}`,
      `openat(AT_FDCWD</d (deleted)>, "x", O_RDONLY) = ${ENOENT}`,
      'newfstatat(AT_FDCWD</d (deleted)>, ".", {}, 0) = 0',
    ]);
    expect(observation).toMatchObject({ missed: new Set(), gaps: [] });
    expect(found(observation)).toEqual({});
  });

  it.each([
    ['a child has its own place', 'flags=SIGCHLD', '/w/sub'],
    ['a thread shares it', 'flags=CLONE_VM|CLONE_FS|CLONE_THREAD', '/w/sub/child'],
  ])('%s', async (_, flags, where) => {
    const lines = [
      'chdir("sub") = 0',
      `clone(child_stack=NULL, ${flags} <unfinished ...>`,
      '8 access("a", F_OK) = 0',
      '7 <... clone resumed>) = 2',
      '8 chdir("child") = 0',
      '7 access("b", F_OK) = 0',
    ];
    const paths = Object.keys(await foundBy(lines, { workingDirectory: '/w' }));
    expect(paths).toContain('/w/sub/a');
    expect(paths).toContain(`${where}/b`);
  });

  it('of a child that may be of two parents are not known', async () => {
    const lines = [
      'vfork() = 2',
      '8 access("a", F_OK) = 0',
      '8 chdir("/elsewhere") = 0',
      '7 clone(child_stack=NULL, flags=SIGCHLD) = 3',
      '8 clone(child_stack=NULL, flags=SIGCHLD) = 4',
      '9 access("b", F_OK) = 0',
    ];
    const observation = await observe(lines, { workingDirectory: '/w' });
    expect(Object.keys(found(observation))).toEqual(['/w/a', '/elsewhere']);
    expect(observation.gaps).toEqual([expect.stringMatching(/^1 call with a relative path/)]);
  });

  it('of a child that two parents in one place may have are known', async () => {
    const lines = ['vfork() = 2', '8 clone(flags=0) = 4', 'clone(flags=0) = 3', '9 access("b", F_OK) = 0'];
    expect(await foundBy(lines, { workingDirectory: '/w' })).toEqual({ '/w/b': 'statted' });
  });

  it('do not come from a child that could not be made', async () => {
    const lines = [
      'clone(flags=CLONE_FS <unfinished ...>',
      '<... clone resumed>) = -1 EAGAIN (Resource temporarily unavailable)',
      'fork() = 2',
      '8 chdir("/x") = 0',
      'access("b", F_OK) = 0',
    ];
    expect(Object.keys(await foundBy(lines, { workingDirectory: '/w' }))).toEqual(['/x', '/w/b']);
  });
});

describe('calls in two halves', () => {
  it('belong to their process', async () => {
    const observation = await observe([
      'vfork( <unfinished ...>',
      '8 open("/a <unfinished ...>", O_RDONLY <unfinished ...>',
      '7 <... vfork resumed>) = 8',
      '7 newfstatat(AT_FDCWD</>, "/b",  <unfinished ...>',
      '8 <... open resumed>) = 3</a \\74unfinished ...\\76>',
      '7 <... newfstatat resumed>0x1, 0) = -1 ENOENT (No such file or directory)',
    ]);
    expect(found(observation)).toEqual({ '/a <unfinished ...>': 'read' });
    expect([...observation.missed]).toEqual(['/b']);
    expect(observation.gaps).toEqual([]);
  });

  it('are damage where the halves are not of one call', async () => {
    const observation = await observe([
      'open("/a", O_RDONLY <unfinished ...>',
      '<... stat resumed>) = 0',
      '<... open resumed>) = 3',
    ]);
    expect(found(observation)).toEqual({});
    expect(observation.gaps).toEqual(['2 lines of the trace cannot be read']);
  });

  it('of a thread that executes go on in its process', async () => {
    const observation = await observe(
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
    expect(found(observation)).toEqual({ '/d': 'statted', '/d/y': 'executed', '/d/z': 'statted' });
    expect(observation.gaps).toEqual([]);
  });
});

describe('sockets', () => {
  it.each([
    [`connect(3<socket:[1]>, {sa_family=AF_UNIX, sun_path="/run/s"}, 9) = ${ENOENT}`, ['/run/s']],
    ['connect(3<socket:[1]>, {sa_family=AF_UNIX, sun_path="s"}, 9) = 0', ['/w/s']],
    ['connect(3<socket:[1]>, {sa_family=AF_UNIX, sun_path=@"/abstract"}, 9) = 0', []],
    ['connect(3<socket:[1]>, {sa_family=AF_INET, sin_port=htons(1)}, 16) = 0', []],
    [
      'sendto(3<socket:[1]>, "sun_path=\\"/no\\"", 9, 0, {sa_family=AF_UNIX, sun_path="/q\\"\\n"}, 9) = 9',
      ['/q"\n'],
    ],
    [
      'sendmsg(3, {msg_name={sa_family=AF_UNIX, sun_path="/m"}, msg_iov=[{iov_base="sun_path=\\"/no", iov_len=9}]}, 0) = 9',
      ['/m'],
    ],
  ])('%s', async (line, expected) => {
    const observation = await observe([line], { workingDirectory: '/w' });
    expect([...observation.sockets]).toEqual(expected);
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
    const observation = await observe([line]);
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
  ])('%s is none', async (line) => expect((await observe([line])).gaps).toEqual([]));

  it('leave out what a process asks for in another root, and its children', async () => {
    const lines = [
      'fork() = 8',
      '8 chroot("/jail") = 0',
      '8 fork() = 9',
      '9 access("/no", F_OK) = 0',
      '8 open("/no", O_RDONLY) = 3</jail/no>',
      'access("/yes", F_OK) = 0',
    ];
    expect(await foundBy(lines)).toEqual({ '/jail': 'statted', '/yes': 'statted' });
  });

  it('a line that has no number, a trace that ends in a line', async () => {
    const observation = await readText(`${START}\nrubbish\n7 open("/a", O_RDONLY) = 3</a`);
    expect(found(observation)).toEqual({});
    expect(observation.gaps).toEqual([
      '1 line of the trace cannot be read',
      'the trace ends in the middle of a line',
    ]);
  });

  it('names few of many calls that it does not know', async () => {
    const observation = await observe(Array.from({ length: 20 }, (_, index) => `call_${index}() = 0`));
    expect(observation.gaps).toEqual([expect.stringMatching(/call_7 and more$/)]);
  });

  it('what was dropped of the trace', async () => {
    expect((await observe([], { droppedBytes: 1 })).gaps).toEqual([
      expect.stringMatching(/longer than what is read/),
    ]);
    expect((await observe([], { droppedBytes: 0 })).gaps).toEqual([]);
  });
});

describe('limits', () => {
  const opens = (count: number) =>
    Array.from({ length: count }, (_, index) => `open("/${index}", O_RDONLY) = 3`);

  it('of the trace', async () => {
    const observation = await observe(opens(3), { limits: { traceBytes: START.length + 45 } });
    expect(Object.keys(found(observation))).toEqual(['/0']);
    expect(observation.gaps).toEqual([expect.stringMatching(/longer than what is read/)]);
  });

  it.each([
    ['paths', { paths: 3 }, 2],
    ['their lengths', { pathUnits: 12 }, 3],
  ])('of %s', async (_, limits, count) => {
    const observation = await observe(opens(20), { limits });
    expect(Object.keys(found(observation))).toHaveLength(count);
    expect(observation.gaps).toEqual([expect.stringMatching(/more paths/)]);
  });

  it('of processes', async () => {
    const lines = [
      '8 open("/8", O_RDONLY) = 3',
      '9 open("/9", O_RDONLY) = 3',
      '8 exit_group(0) = ?',
      '10 open("/10", O_RDONLY) = 3',
    ];
    const observation = await observe(lines, { limits: { tasks: 2 } });
    expect(Object.keys(found(observation))).toEqual(['/8', '/10']);
    expect(observation.gaps).toEqual([expect.stringMatching(/more processes/)]);
  });

  it('of calls in progress, whose room is free again', async () => {
    const half = `open("/${'a'.repeat(20)}", O_RDONLY <unfinished ...>`;
    const lines = [half, '<... open resumed>) = 3', '8 exit(0 <unfinished ...>', `9 ${half}`, `10 ${half}`];
    const observation = await observe(lines, { limits: { pendingUnits: 60 } });
    expect(observation.gaps).toEqual([expect.stringMatching(/in progress/)]);
    expect(observation.found.size).toBe(2);
  });

  it('of a line: its start and its answer are enough', async () => {
    const many = `["${'z'.repeat(3000)}", ") = 3"]`;
    const observation = await observe(
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
    expect(found(observation)).toEqual({ '/a': 'executed', '/c': 'executed', '/e': 'read' });
    expect([...observation.missed]).toEqual(['/b']);
    expect(observation.gaps).toEqual(['1 line of the trace cannot be read']);
  });

  it('lets nothing of a line of many chunks in, but its start and its answer', async () => {
    const observation = await observe([
      `execve("/a", ["${'x'.repeat(2_000_000)}"], 0x1) = 0`,
      'access("/b", F_OK) = 0',
    ]);
    expect(found(observation)).toEqual({ '/a': 'executed', '/b': 'statted' });
    expect(observation.gaps).toEqual([]);
  });
});

describe('the file', () => {
  it('that is not there is an error', async () => {
    await expect(readTrace(join(work, 'none'), { startPath: '/x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('is not read on when somebody says stop', async () => {
    const stop = observe([], { signal: AbortSignal.abort() });
    await expect(stop).rejects.toMatchObject({ code: 'INTERRUPTED', message: expect.stringContaining(work) });
  });
});
