import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { usesOf } from '../observe-lines.ts';
import { hasTool } from '../reference-tools.ts';
import { StraceLab } from './strace-lab.ts';

const lab = new StraceLab();
afterAll(() => lab.remove());

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
    // As strace 6.1 does; another one may do better.
    expect(observation.gaps.filter((gap) => !/executed a program, whose first call/.test(gap))).toEqual([]);
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
