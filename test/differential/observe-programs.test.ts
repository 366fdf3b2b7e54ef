import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Observation } from '../../src/observe/index.ts';
import { decodeName, encodeName } from '../../src/tar/index.ts';
import { usesOf } from '../observe-lines.ts';
import { hasTool, toolPath } from '../reference-tools.ts';
import { StraceLab } from './strace-lab.ts';

const lab = new StraceLab();
afterAll(() => lab.remove());

/** What ends with a process, and what a run makes and removes. */
const PASSING = ['/proc', '/dev', lab.dir];
const isPassing = (path: string): boolean =>
  PASSING.some((folder) => path === folder || path.startsWith(`${folder}/`));

/** The file system is the oracle: what was found is there, what was missed is not. */
function expectTrue({ found, missed }: Observation): void {
  const wrong = [...found]
    .filter(([path, use]) => !use.isWritten && !isPassing(path))
    .flatMap(([path]) => (isThere(path) ? [] : [`found, and not there: ${path}`]));
  const there = [...missed].filter((path) => !isPassing(path) && !found.has(path) && isThere(path));
  expect([...wrong, ...there.map((path) => `missed, and there: ${path}`)]).toEqual([]);
}

function isThere(path: string): boolean {
  return statSync(encodeName(path), { throwIfNoEntry: false }) !== undefined || isLink(path);
}

function isLink(path: string): boolean {
  return (
    execFileSync('sh', ['-c', 'test -L "$1" && echo link || true', 'sh', path], { encoding: 'utf8' }) !== ''
  );
}

const tool = (name: string): string => toolPath(name) ?? name;

/** Jobs of real programs, each with files that it cannot do without. */
const JOBS: readonly { readonly argv: readonly [string, ...string[]]; readonly reads: readonly string[] }[] =
  [
    {
      argv: [tool('sh'), '-c', 'cat /etc/passwd | sort | grep -q root; cd /etc && test -e group'],
      reads: ['/etc/passwd'],
    },
    { argv: [tool('perl'), '-MPOSIX', '-MData::Dumper', '-e', 'print strftime("%Y", gmtime)'], reads: [] },
    { argv: [tool('find'), '/etc/apt', '-name', '*.list', '-newer', '/etc/passwd'], reads: [] },
    { argv: [tool('tar'), '-cf', '/dev/null', '-C', '/etc', 'apt', 'passwd'], reads: ['/etc/passwd'] },
    {
      argv: [tool('gcc'), '-x', 'c', '-o', 'a.out', '/dev/null', '-Wl,--entry=0', '-nostartfiles'],
      reads: [],
    },
    { argv: [tool('git'), 'init', '-q', 'repository'], reads: [] },
    { argv: [tool('ls'), '-lR', '/etc/apt'], reads: ['/etc/passwd'] },
    {
      argv: [
        tool('python3'),
        '-c',
        'import json, ssl, sqlite3, subprocess as s; s.run(["true"]); s.run("cd /etc; ls", shell=True)',
      ],
      reads: [],
    },
    {
      argv: [tool('find'), '/usr/share/doc', '-maxdepth', '2', '-execdir', 'true', '{}', ';', '-quit'],
      reads: [],
    },
  ];

describe.skipIf(!hasTool('strace'))('what a program was seen to use', () => {
  it.each(JOBS.filter(({ argv }) => hasTool(argv[0].split('/').at(-1) ?? '')))(
    'is so: $argv',
    async ({ argv, reads }) => {
      const { observation } = await lab.observe(argv);
      expect(observation).toMatchObject({ started: true, gaps: [] });
      expect(observation.found.size).toBeGreaterThan(5);
      expectTrue(observation);
      for (const path of reads) expect([path, observation.found.get(path)?.isRead]).toEqual([path, true]);
    },
  );

  it.skipIf(!hasTool('python3'))(
    'is all that python mapped and imported, and the directories that it listed',
    async () => {
      const source = `
import json, ssl, sqlite3, sys
print(json.dumps([[m.__cached__ for m in sys.modules.values() if getattr(m, '__cached__', None)],
  [l.split()[-1] for l in open('/proc/self/maps') if '/lib' in l and ' r-xp ' in l], sys.path]))`;
      const { observation, output } = await lab.observe([tool('python3'), '-B', '-c', source]);
      const [modules, maps, folders] = JSON.parse(output) as readonly (readonly string[])[];
      const known = (path: string): boolean =>
        observation.found.get(path)?.isRead === true ||
        observation.found.get(path.replace(/__pycache__\/([^.]+)\..*$/, '$1.py'))?.isRead === true;
      // The kernel opens the loader by itself: no trace has that.
      const mapped = (maps ?? []).filter((path) => !path.includes('/ld-linux'));
      expect([...(modules ?? []), ...mapped].filter((path) => !known(path))).toEqual([]);
      expect(mapped.length).toBeGreaterThan(3);
      const listed = (folders ?? []).filter((path) => observation.found.get(path)?.isListed === true);
      expect(listed.length).toBeGreaterThan(0);
      expectTrue(observation);
    },
  );

  it.skipIf(!hasTool('git'))('is what git reads to clone and to tell', async () => {
    const git = (...words: readonly string[]): void =>
      void execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=e', ...words], {
        cwd: lab.path('origin'),
      });
    mkdirSync(lab.path('origin'));
    writeFileSync(lab.path('origin/file'), 'content');
    git('init', '-q');
    git('add', 'file');
    git('commit', '-qm', 'one');
    const clone = await lab.observe([tool('git'), 'clone', '-q', `file://${lab.path('origin')}`, 'copy']);
    expect(clone.observation.gaps).toEqual([]);
    expectTrue(clone.observation);
    expect(usesOf(clone.observation)).toMatchObject({
      [lab.path('origin/.git/HEAD')]: expect.stringContaining('read'),
      [lab.path('copy/file')]: expect.stringContaining('written'),
    });
    const log = await lab.observe([tool('git'), 'log', '-p'], { cwd: lab.path('copy') });
    expect(log.output).toContain('content');
    // git names its own folder from where it is, with calls that have no descriptor.
    expect(usesOf(log.observation)[lab.path('copy/.git/HEAD')]).toContain('read');
    expect(usesOf(log.observation)[lab.path('copy/.git/objects')]).toBeDefined();
    expect(log.observation.gaps).toEqual([]);
  });

  it.skipIf(!hasTool('python3'))('has names of any bytes', async () => {
    const names = [
      'a\nb',
      'q"q',
      'b\\s',
      'x <unfinished ...>',
      'x>y<z',
      '= 3',
      ') = -1 ENOENT (No such file or directory)',
      'c,d',
      'x (deleted)',
      '\u0001' + '1',
      '\u007F',
      'é',
      '\uDCFF\uDCFE1',
    ];
    const source = `
import os
for name in [bytes.fromhex(n) for n in "${names.map((name) => encodeName(name).toString('hex')).join(' ')}".split()]:
    os.mkdir(name); os.chdir(name); os.close(os.open(name, os.O_CREAT | os.O_RDWR)); os.access(name, 0)
    os.access(name + b'-not', 0); there = os.open('.', 0); os.stat(name, dir_fd=there); os.listdir(there); os.chdir('..')
`;
    mkdirSync(lab.path('names'));
    const { observation } = await lab.observe([tool('python3'), '-c', source], { cwd: lab.path('names') });
    const uses = usesOf(observation);
    for (const name of names) {
      const path = `${lab.path('names')}/${name}`;
      expect([path, uses[path]]).toEqual([path, 'read written listed statted']);
      expect([path, uses[`${path}/${name}`]]).toEqual([path, 'read written statted']);
      expect(observation.missed).toContain(`${path}/${name}-not`);
    }
    expect(observation.gaps).toEqual([]);
    expect(decodeName(encodeName(names.at(-1) ?? ''))).toBe(names.at(-1));
  });
});

describe.skipIf(!hasTool('strace') || !hasTool('gcc') || process.arch !== 'x64')('a program of many', () => {
  const HEADER = `
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
`;

  it('is seen as a whole: threads and children at once', async () => {
    const source = `${HEADER}
static void *work(void *number) {
  char name[64];
  for (int i = 0; i < 100; i++) {
    sprintf(name, "${lab.dir}/none-%ld-%d", (long)number, i);
    syscall(SYS_open, name, O_RDONLY);
    syscall(SYS_access, "/etc/passwd", R_OK);
    if (i % 25 == 0 && fork() == 0) { sprintf(name, "${lab.dir}/child-%ld-%d", (long)number, i); mkdir(name, 0777); _exit(0); }
  }
  return 0;
}
int main(void) {
  pthread_t threads[6];
  for (long i = 0; i < 6; i++) pthread_create(threads + i, 0, work, (void *)i);
  for (int i = 0; i < 6; i++) pthread_join(threads[i], 0);
  while (wait(0) > 0);
  return 0;
}`;
    const { observation } = await lab.observe([lab.compile('threads', source, ['-pthread'])]);
    expect(readFileSync(lab.path('trace'), 'latin1')).toContain('<unfinished ...>');
    const numbers = Array.from({ length: 6 }, (_, thread) =>
      Array.from({ length: 100 }, (__, i) => [thread, i] as const),
    ).flat();
    const missed = numbers.map(([thread, i]) => `${lab.dir}/none-${thread}-${i}`);
    expect(missed.filter((path) => !observation.missed.has(path))).toEqual([]);
    const made = numbers
      .filter(([, i]) => i % 25 === 0)
      .map(([thread, i]) => `${lab.dir}/child-${thread}-${i}`);
    expect(made.filter((path) => observation.found.get(path)?.isWritten !== true)).toEqual([]);
    expect([...observation.found.keys()].filter((path) => path.includes('/none-'))).toEqual([]);
    expect(observation.gaps).toEqual([]);
  });

  it('has the working directories of its threads and children', async () => {
    for (const name of ['t1', 't2', 't3', 't4']) {
      mkdirSync(lab.path(name));
      for (const file of ['before', 'child', 'parent', 'thread', 'later', 'moved'])
        writeFileSync(lab.path(`${name}/${file}`), '');
    }
    const ask = (name: string): string => `syscall(SYS_access, "${name}", F_OK)`;
    const source = `${HEADER}
static void *thread(void *none) { chdir("../t2"); ${ask('thread')}; return 0; }
int main(void) {
  pthread_t one;
  chdir("${lab.dir}/t1"); ${ask('before')};
  if (fork() == 0) { ${ask('child')}; chdir("../t3"); ${ask('moved')}; _exit(0); }
  wait(0); ${ask('parent')};
  pthread_create(&one, 0, thread, 0); pthread_join(one, 0); ${ask('later')};
  int fd = open("${lab.dir}/t4", O_RDONLY); fchdir(fd); ${ask('moved')};
  if (vfork() == 0) { ${ask('child')}; execl("/bin/true", "true", (char *)0); _exit(1); }
  wait(0); ${ask('parent')};
  return 0;
}`;
    const { observation } = await lab.observe([lab.compile('moves', source, ['-pthread', '-static'])]);
    const asked = [...observation.found.keys()].filter(
      (path) => path.startsWith(`${lab.dir}/`) && statSync(path).isFile(),
    );
    expect(asked.map((path) => path.slice(lab.dir.length + 1))).toEqual([
      'moves',
      't1/before',
      't1/child',
      't1/../t3/moved',
      't1/parent',
      't1/../t2/thread',
      't1/../t2/later',
      't4/moved',
      't4/child',
      't4/parent',
    ]);
    expect(observation.gaps).toEqual([]);
    expect([...observation.missed].filter((path) => path.startsWith(lab.dir))).toEqual([]);
  });

  it('goes on where a thread executes another one', async () => {
    const source = `${HEADER}
static void *thread(void *none) { chdir("/etc"); execl("/bin/sh", "sh", "-c", "test -e hostname; cat passwd", (char *)0); return 0; }
int main(void) { pthread_t one; pthread_create(&one, 0, thread, 0); pause(); return 0; }`;
    const { observation, output } = await lab.observe([lab.compile('executes', source, ['-pthread'])]);
    expect(output).toContain('root:');
    expect(usesOf(observation)).toMatchObject({
      '/bin/sh': 'executed',
      '/etc/passwd': expect.stringContaining('read'),
    });
    expect(observation.gaps).toEqual([]);
  });

  it('names the sockets that it tries', async () => {
    const source = `${HEADER}
int main(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "${lab.dir}/q\\"s"}, hidden = {.sun_family = AF_UNIX, .sun_path = "\\0/hidden"};
  struct iovec text = {"sun_path=\\"/no\\"", 14};
  struct sockaddr_un near = {.sun_family = AF_UNIX, .sun_path = "near"};
  struct msghdr message = {.msg_name = &near, .msg_namelen = sizeof near, .msg_iov = &text, .msg_iovlen = 1};
  int stream = socket(AF_UNIX, SOCK_STREAM, 0), packets = socket(AF_UNIX, SOCK_DGRAM, 0);
  connect(stream, (void *)&address, sizeof address); connect(stream, (void *)&hidden, sizeof hidden);
  sendto(packets, text.iov_base, 14, 0, (void *)&address, sizeof address); sendmsg(packets, &message, 0);
  return 0;
}`;
    const { observation } = await lab.observe([lab.compile('sockets', source)]);
    expect([...observation.sockets]).toEqual([lab.path('q"s'), lab.path('near')]);
    expect(observation.gaps).toEqual([]);
  });

  it('of 32 bits is read as well', async () => {
    const source = `
static long call(long number, long a, long b, long c, long d) {
  long answer; __asm__ volatile("int $0x80" : "=a"(answer) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d) : "memory"); return answer;
}
static char buffer[512];
void _start(void) {
  call(5, (long)"/etc/passwd", 0, 0, 0); call(195, (long)"/etc/group", (long)buffer, 0, 0); call(300, -100, (long)"/etc/hosts", (long)buffer, 0);
  call(33, (long)"/etc/not", 0, 0, 0); call(12, (long)"/etc", 0, 0, 0); call(106, (long)"hostname", (long)buffer, 0, 0); call(1, 0, 0, 0, 0);
}`;
    const program = lab.compile('small', source, [
      '-m32',
      '-nostdlib',
      '-static',
      '-ffreestanding',
      '-fno-stack-protector',
    ]);
    const { observation } = await lab.observe([program]);
    expect(usesOf(observation)).toEqual({
      [program]: 'executed',
      '/etc/passwd': 'read',
      '/etc/group': 'statted',
      '/etc/hosts': 'statted',
      '/etc': 'statted',
      '/etc/hostname': 'statted',
    });
    expect([...observation.missed]).toEqual(['/etc/not']);
  });

  it('that uses io_uring is not told in whole', async () => {
    const source = `${HEADER}\nint main(void) { char parameters[120] = {0}; return syscall(SYS_io_uring_setup, 2, parameters) < 0; }`;
    const program = lab.compile('ring', source);
    const works = (() => {
      try {
        execFileSync(program);
        return true;
      } catch {
        return false;
      }
    })();
    const { observation } = await lab.observe(['/bin/sh', '-c', `${program} || true`]);
    expect(observation.gaps).toEqual(works ? [expect.stringContaining('io_uring')] : []);
  });

  it('that changes its root is not told in whole', async () => {
    const source = `${HEADER}
int main(void) { int done = chroot("/etc"); open("/passwd", O_RDONLY); open("/shells", O_RDONLY); return 0; }`;
    const { observation } = await lab.observe([lab.compile('jail', source)]);
    const isRoot = process.getuid?.() === 0;
    expect(observation.gaps).toEqual(isRoot ? [expect.stringContaining('root directory')] : []);
    expect(observation.found.has('/passwd') || observation.found.has('/etc/passwd')).toBe(false);
  });
});
