import { describe, expect, it } from 'vitest';
import { ENOENT, observeLines, usesBy, usesOf } from '../../test/observe-lines.ts';

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
    const observation = await observeLines([line]);
    expect(usesOf(observation)).toEqual(expected);
    expect(observation.gaps).toEqual([]);
  });

  it('adds up', async () => {
    expect(
      await usesBy(['stat("/a", {}) = 0', 'open("/a", O_RDONLY) = 3</a>', 'chmod("/a", 0) = 0']),
    ).toEqual({
      '/a': 'read written statted',
    });
  });

  it('knows what the program did not name', async () => {
    const { unnamed } = await observeLines([
      'openat(AT_FDCWD</>, "/link", O_RDONLY) = 3</end>',
      'newfstatat(3</end>, "", {}, AT_EMPTY_PATH) = 0',
      'getdents64(4</listed>, 0x1 /* 2 entries */, 32768) = 48',
      'open("/told", O_RDONLY) = 3</told>',
      'open("/x", O_RDONLY) = 3</later>',
      'access("/later", F_OK) = 0',
      'open("/y", O_RDONLY) = 3</told>',
    ]);
    expect([...unnamed]).toEqual(['/end', '/listed']);
  });

  it('takes the name that the kernel gave where the one of the program is not known', async () => {
    const observation = await observeLines([
      'open("x", O_RDONLY) = 3</d/x>',
      'open("/cut"..., O_RDONLY) = 3</cut/y>',
    ]);
    expect(usesOf(observation)).toEqual({ '/d/x': 'read', '/cut/y': 'read' });
    expect(observation).toMatchObject({ unnamed: new Set(), gaps: [] });
  });

  it('has no path that is not one', async () => {
    const lines = ['open("/a", O_RDONLY) = 3</b//c/.>', 'getdents64(3</d//e/.>, 0x1, 9) = 8'];
    expect(Object.keys(await usesBy(lines))).toEqual(['/a', '/b/c', '/d/e']);
  });

  it('names what an opened path led to, also', async () => {
    expect(await usesBy(['openat(AT_FDCWD</>, "/lib/../x/./y", O_RDONLY) = 3</usr/y>'])).toEqual({
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
    const observation = await observeLines([line]);
    const { missed, refused, gaps } = observation;
    expect({ missed: [...missed], refused: [...refused], found: usesOf(observation), gaps }).toEqual({
      missed: expected === 'missed' ? ['/a'] : [],
      refused: expected === 'refused' ? ['/a'] : [],
      found: expected === 'statted' ? { '/a': 'statted' } : {},
      gaps: [],
    });
  });

  it('names none of two paths of which one was not there', async () => {
    expect([...(await observeLines([`rename("/a", "/b") = ${ENOENT}`])).missed]).toEqual([]);
  });
});

describe('relative paths', () => {
  it('start where the call says', async () => {
    const lines = ['openat(3</d>, "../x", O_RDONLY) = 4', 'openat(AT_FDCWD</w>, "y", O_RDONLY) = 4'];
    expect(await usesBy(lines)).toEqual({ '/x': 'read', '/w/y': 'read' });
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
    expect(Object.keys(await usesBy(lines, { workingDirectory: '/w' }))).toEqual([
      '/w/a',
      '/w/sub',
      '/w/sub/b',
      '/c',
      '/got/d',
      '/e',
      '/shown/f',
    ]);
  });

  it('go up from where a call has shown that the process is', async () => {
    const lines = ['chdir("/d") = 0', 'openat(AT_FDCWD</d>, "/e", O_RDONLY) = 3', 'access("../x", F_OK) = 0'];
    expect(Object.keys(await usesBy(lines))).toEqual(['/d', '/e', '/x']);
  });

  it('start in a directory that only has the name of one that is gone', async () => {
    const lines = ['chdir("/d (deleted)") = 0', `openat(AT_FDCWD</d (deleted)>, "x", O_RDONLY) = ${ENOENT}`];
    expect([...(await observeLines(lines)).missed]).toEqual(['/d (deleted)/x']);
  });

  it('without a directory are a gap, told once', async () => {
    const observation = await observeLines([
      'access("a", F_OK) = 0',
      'access("b", F_OK) = 0',
      `access("c", F_OK) = ${ENOENT}`,
      'getcwd("(unreachable)/x", 4096) = 5',
      'openat(3, "x", O_RDONLY) = 4',
    ]);
    expect(usesOf(observation)).toEqual({});
    expect(observation.missed.size).toBe(0);
    expect(observation.gaps).toEqual([expect.stringMatching(/^3 calls with a relative path/)]);
  });

  it('in a directory that is gone are not there, which is no gap', async () => {
    const observation = await observeLines([
      `openat(3</d>(deleted), "x", O_RDONLY) = ${ENOENT}`,
      `openat(AT_FDCWD</d (deleted)>, "x", O_RDONLY) = ${ENOENT}`,
      'newfstatat(AT_FDCWD</d (deleted)>, ".", {}, 0) = 0',
    ]);
    expect(observation).toMatchObject({ missed: new Set(), gaps: [] });
    expect(usesOf(observation)).toEqual({});
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
    const paths = Object.keys(await usesBy(lines, { workingDirectory: '/w' }));
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
    const observation = await observeLines(lines, { workingDirectory: '/w' });
    expect(Object.keys(usesOf(observation))).toEqual(['/w/a', '/elsewhere']);
    expect(observation.gaps).toEqual([expect.stringMatching(/^1 call with a relative path/)]);
  });

  it('of a child that may be a thread or a process are not known', async () => {
    const lines = ['clone(flags=CLONE_FS) = 2', 'clone(flags=SIGCHLD) = 3', '9 access("b", F_OK) = 0'];
    const observation = await observeLines(lines, { workingDirectory: '/w' });
    expect(usesOf(observation)).toEqual({});
    expect(observation.gaps).toEqual([expect.stringMatching(/^1 call with a relative path/)]);
  });

  it('of a thread that has a place of its own do not move with the others', async () => {
    const lines = [
      'clone(flags=CLONE_FS) = 2',
      '8 unshare(CLONE_FS) = 0',
      '8 unshare(CLONE_NEWNET) = 0',
      '8 chdir("/x") = 0',
      'access("a", F_OK) = 0',
    ];
    const observation = await observeLines(lines, { workingDirectory: '/w' });
    expect(Object.keys(usesOf(observation))).toEqual(['/x', '/w/a']);
    expect(observation.gaps).toEqual([]);
  });

  it('of a child that two parents in one place may have are known', async () => {
    const lines = ['vfork() = 2', '8 clone(flags=0) = 4', 'clone(flags=0) = 3', '9 access("b", F_OK) = 0'];
    expect(await usesBy(lines, { workingDirectory: '/w' })).toEqual({ '/w/b': 'statted' });
  });

  it('do not come from a child that could not be made', async () => {
    const lines = [
      'clone(flags=CLONE_FS <unfinished ...>',
      '<... clone resumed>) = -1 EAGAIN (Resource temporarily unavailable)',
      'fork() = 2',
      '8 chdir("/x") = 0',
      'access("b", F_OK) = 0',
    ];
    expect(Object.keys(await usesBy(lines, { workingDirectory: '/w' }))).toEqual(['/x', '/w/b']);
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
    const observation = await observeLines([line], { workingDirectory: '/w' });
    expect([...observation.sockets]).toEqual(expected);
    expect(observation.gaps).toEqual([]);
  });
});
