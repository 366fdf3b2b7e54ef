/** One system call that names a file, as C: `PATH` is the path, `AT` the directory where it has one, `OTHER` a second path. */
export interface CallCase {
  readonly name: string;
  readonly code: string;
  /** As `usesOf` tells it. */
  readonly use: string;
  /** What has to be there before. */
  readonly before: 'file' | 'directory' | 'link' | 'program' | 'nothing';
  /** What becomes of the second path. */
  readonly otherUse?: string;
}

const call = (name: string, code: string, use: string, before: CallCase['before'] = 'file'): CallCase => ({
  name,
  code: `syscall(SYS_${name}, ${code})`,
  use,
  before,
});

const executed = (name: string, code: string): CallCase => ({
  name,
  code: `if (vfork() == 0) { syscall(SYS_${name}, ${code}); _exit(1); } wait(0)`,
  use: 'executed',
  before: 'program',
});

/** Each call that strace's `%file` has, and that an ordinary user can make on x86-64. */
export const CALL_CASES: readonly CallCase[] = [
  call('stat', 'PATH, buffer', 'statted'),
  call('lstat', 'PATH, buffer', 'statted'),
  call('newfstatat', 'AT, PATH, buffer, 0', 'statted'),
  call('statx', 'AT, PATH, 0, STATX_BASIC_STATS, buffer', 'statted'),
  call('access', 'PATH, R_OK', 'statted'),
  call('faccessat', 'AT, PATH, R_OK', 'statted'),
  call('faccessat2', 'AT, PATH, R_OK, 0', 'statted'),
  call('readlink', 'PATH, buffer, 4096', 'statted', 'link'),
  call('readlinkat', 'AT, PATH, buffer, 4096', 'statted', 'link'),
  call('statfs', 'PATH, buffer', 'statted'),
  call('getxattr', 'PATH, "user.none", 0, 0', 'statted'),
  call('lgetxattr', 'PATH, "user.none", 0, 0', 'statted'),
  call('listxattr', 'PATH, buffer, 4096', 'statted'),
  call('llistxattr', 'PATH, buffer, 4096', 'statted'),
  call('inotify_add_watch', 'inotify, PATH, IN_ACCESS', 'statted'),
  call('open_tree', 'AT, PATH, 0', 'statted'),
  call('name_to_handle_at', 'AT, PATH, memset(buffer, 0, 4096), &other, 0', 'statted'),
  call('open', 'PATH, O_RDONLY', 'read'),
  call('openat', 'AT, PATH, O_RDWR', 'read written'),
  call('openat2', 'AT, PATH, &how, sizeof how', 'read'),
  call('creat', 'PATH, 0666', 'written', 'nothing'),
  call('truncate', 'PATH, 0L', 'written'),
  call('mkdir', 'PATH, 0777', 'written', 'nothing'),
  call('mkdirat', 'AT, PATH, 0777', 'written', 'nothing'),
  call('mknod', 'PATH, S_IFIFO | 0666, 0L', 'written', 'nothing'),
  call('mknodat', 'AT, PATH, S_IFIFO | 0666, 0L', 'written', 'nothing'),
  call('rmdir', 'PATH', 'written', 'directory'),
  call('unlink', 'PATH', 'written'),
  call('unlinkat', 'AT, PATH, 0', 'written'),
  { ...call('rename', 'PATH, OTHER', 'written'), otherUse: 'written' },
  { ...call('renameat', 'AT, PATH, AT, OTHER', 'written'), otherUse: 'written' },
  { ...call('renameat2', 'AT, PATH, AT, OTHER, 0', 'written'), otherUse: 'written' },
  { ...call('link', 'PATH, OTHER', 'statted'), otherUse: 'written' },
  { ...call('linkat', 'AT, PATH, AT, OTHER, 0', 'statted'), otherUse: 'written' },
  call('symlink', '"/some/text", PATH', 'written', 'nothing'),
  call('symlinkat', '"/some/text", AT, PATH', 'written', 'nothing'),
  call('chmod', 'PATH, 0600', 'written'),
  call('fchmodat', 'AT, PATH, 0600', 'written'),
  call('chown', 'PATH, -1, -1', 'written'),
  call('lchown', 'PATH, -1, -1', 'written'),
  call('fchownat', 'AT, PATH, -1, -1, 0', 'written'),
  call('utime', 'PATH, 0L', 'written'),
  call('utimes', 'PATH, 0L', 'written'),
  call('futimesat', 'AT, PATH, 0L', 'written'),
  call('utimensat', 'AT, PATH, 0L, 0', 'written'),
  // Nothing has such an attribute: that says that something is there.
  call('removexattr', 'PATH, "user.none"', 'statted'),
  call('lremovexattr', 'PATH, "user.none"', 'statted'),
  executed('execve', 'PATH, words, words + 1'),
  executed('execveat', 'AT, PATH, words, words + 1, 0'),
];

const HEADER = `
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
static char buffer[65536];
static int other;
static char *words[] = {"word", 0};
static struct open_how how = {.flags = O_RDONLY};
int main(void) {
  int inotify = inotify_init1(0);
`;

/** Where a path of a case is: as a whole, from the working directory, from a descriptor, and in no directory at all. */
export const PLACES = ['whole', 'relative', 'below', 'absent'] as const;
export type Place = (typeof PLACES)[number];

/** Makes each call once in each place of `dir`, which it is started in. */
export function callsSource(dir: string): string {
  const statements = CALL_CASES.flatMap((one) =>
    PLACES.filter((place) => hasPlace(one, place)).map((place) => statement(dir, one, place)),
  );
  return `${HEADER}  int below = open("${dir}/below", O_PATH);\n${statements.join('\n')}\n  return 0;\n}\n`;
}

export function hasPlace(one: CallCase, place: Place): boolean {
  return place !== 'below' || /\bAT\b/.test(one.code);
}

function statement(dir: string, { name, code }: CallCase, place: Place): string {
  const from = { whole: `${dir}/whole/`, relative: 'relative/', below: '', absent: `${dir}/absent/` }[place];
  return `  ${code
    .replaceAll(/\bAT\b/g, place === 'below' ? 'below' : 'AT_FDCWD')
    .replaceAll(/\bPATH\b/g, `"${from}${name}"`)
    .replaceAll(/\bOTHER\b/g, `"${from}${name}-other"`)};`;
}
