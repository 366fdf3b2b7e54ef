import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One program that tries, by its first argument, what a sandbox must not allow, and says what came of it. */
const SOURCE = String.raw`
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Every file below a directory that opens for writing; a process's own are its own. */
static void walk(int parent, const char *name, const char *path, int depth) {
  struct stat stat;
  if (fstatat(parent, name, &stat, AT_SYMLINK_NOFOLLOW) || S_ISLNK(stat.st_mode)) return;
  /* What is hidden is /dev/null, to which anybody may write. */
  if (S_ISCHR(stat.st_mode) && stat.st_rdev == makedev(1, 3)) return;
  if (!S_ISDIR(stat.st_mode)) {
    int fd = openat(parent, name, O_WRONLY | O_NONBLOCK | O_NOFOLLOW);
    if (fd >= 0) { printf("writable %s\n", path); close(fd); }
    return;
  }
  int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  DIR *directory = fd < 0 ? 0 : fdopendir(fd);
  if (!directory) return;
  if (depth < 12 && !mkdirat(fd, "morsel-was-here", 0700)) printf("writable %s\n", path);
  for (struct dirent *entry; (entry = readdir(directory));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    if (!strcmp(path, "/proc") && entry->d_name[0] >= '0' && entry->d_name[0] <= '9') continue;
    char below[4096];
    if (snprintf(below, sizeof below, "%s/%s", path, entry->d_name) < (int)sizeof below && depth < 12)
      walk(fd, entry->d_name, below, depth + 1);
  }
  closedir(directory);
}

static void content(const char *path) {
  char buffer[65536];
  struct stat about;
  long total = 0;
  if (stat(path, &about)) { printf("%s absent\n", path); return; }
  if (S_ISDIR(about.st_mode)) {
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory && (entry = readdir(directory));) total += entry->d_name[0] != '.';
    if (directory) closedir(directory);
  } else {
    int fd = open(path, O_RDONLY);
    for (ssize_t n; fd >= 0 && (n = read(fd, buffer, sizeof buffer)) > 0;) total += n;
  }
  printf("%s %s\n", path, total ? "seen" : "hidden");
}

static void result(const char *what, long answer) {
  printf("%s %s\n", what, answer >= 0 ? "done" : strerrorname_np(errno));
}

static void calls(void) {
  char buffer[256] = {0};
  result("keyctl", syscall(SYS_keyctl, 0, -3, 0));
  result("add_key", syscall(SYS_add_key, "user", "morsel", "x", 1L, -3L));
  result("request_key", syscall(SYS_request_key, "user", "morsel", 0L, -3L));
  result("bpf", syscall(SYS_bpf, 0L, buffer, 48L));
  result("perf_event_open", syscall(SYS_perf_event_open, buffer, 0L, -1L, -1L, 0L));
  result("userfaultfd", syscall(SYS_userfaultfd, 0L));
  result("io_uring_setup", syscall(SYS_io_uring_setup, 1L, buffer));
  result("unshare", syscall(SYS_unshare, 0x10000000L));
  result("clone_newuser", syscall(SYS_clone, 0x10000000L | 17, 0L, 0L, 0L, 0L));
  result("mount", mount("none", "/", "tmpfs", 0, ""));
  result("umount", umount("/proc"));
  result("setns", syscall(SYS_setns, 0L, 0L));
  result("open_tree", syscall(SYS_open_tree, -100L, "/", 1L));
  result("fsopen", syscall(SYS_fsopen, "tmpfs", 0L));
  result("pivot_root", syscall(SYS_pivot_root, "/", "/"));
  result("open_by_handle_at", syscall(SYS_open_by_handle_at, -1L, buffer, 0L));
  result("kexec_load", syscall(SYS_kexec_load, 0L, 0L, 0L, 0L));
  result("init_module", syscall(SYS_init_module, buffer, 0L, ""));
  result("swapon", syscall(SYS_swapon, "/", 0L));
  result("sethostname", sethostname("x", 1));
  result("settimeofday", syscall(SYS_settimeofday, buffer, 0L));
  result("syslog", syscall(SYS_syslog, 3L, buffer, 16L));
  result("mknod", mknod("/dev/shm/disk", S_IFBLK | 0600, makedev(8, 0)));
  result("chroot", chroot("/"));
  result("setuid", syscall(SYS_setuid, getuid() + 1L));
}

/* A family that may be used gives a socket, or says that the type or protocol is wrong. */
static void families(void) {
  for (int family = 0; family < 64; family++)
    for (int type = 1; type <= 5; type++) {
      int fd = socket(family, type, 0);
      if (fd < 0 && (errno == EPERM || errno == EAFNOSUPPORT || errno == EACCES)) continue;
      printf("family %d\n", family);
      if (fd >= 0) close(fd);
      break;
    }
}

static void namespaces(void) {
  static const char *const names[] = { "mnt", "pid", "net", "ipc", "uts", "cgroup" };
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    char path[64], target[128] = {0};
    snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
    if (readlink(path, target, sizeof target - 1) < 0) strcpy(target, "unknown");
    printf("%s %s\n", names[i], target);
  }
}

static long fill(const char *path) {
  static char block[1 << 20];
  int fd = open(path, O_CREAT | O_WRONLY, 0600);
  long total = 0;
  for (ssize_t n; fd >= 0 && total < 256 && (n = write(fd, block, sizeof block)) > 0;) total++;
  return total;
}

static void sizes(void) {
  struct statvfs about;
  static const char *const places[] = { "/", "/dev", "/dev/shm" };
  for (unsigned i = 0; i < sizeof places / sizeof *places; i++)
    if (!statvfs(places[i], &about))
      printf("%s %ld MiB %ld inodes\n", places[i], (long)(about.f_blocks * about.f_frsize >> 20), (long)about.f_files);
  printf("filled /dev/shm %ld\n", fill("/dev/shm/fill"));
  printf("filled /dev %ld\n", fill("/dev/fill"));
}

static void memory(void) {
  for (int mib = 1; mib <= 2048; mib++) {
    char *block = malloc(1 << 20);
    if (!block) { puts("refused"); return; }
    memset(block, 1, 1 << 20);
    if (mib % 64 == 0) printf("%d MiB\n", mib);
  }
}

/* What hurt the host: everything that has a name in the root is moved away, and links lead out in its place. */
static void swap(const char *victim) {
  static const char *const names[] = { "/etc", "/w", "/proc", "/dev", "/sys", "/tmp", "/bin", "/out", "/etc/hosts" };
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    char away[64];
    snprintf(away, sizeof away, "%s-away", names[i]);
    if (rename(names[i], away)) {
      DIR *directory = opendir(names[i]);
      for (struct dirent *entry; directory && (entry = readdir(directory));) unlinkat(dirfd(directory), entry->d_name, 0);
      if (rmdir(names[i])) continue;
    }
    if (!symlink(victim, names[i])) printf("swapped %s\n", names[i]);
  }
  int fd = open("/written", O_CREAT | O_WRONLY, 04777);
  if (fd >= 0) { fchmod(fd, 06777); puts("wrote"); }
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  setvbuf(stdout, 0, _IOLBF, 0);
  if (!strcmp(what, "walk")) { walk(AT_FDCWD, "/proc", "/proc", 0); walk(AT_FDCWD, "/sys", "/sys", 0); puts("walked"); }
  else if (!strcmp(what, "content")) for (int i = 2; i < argc; i++) content(argv[i]);
  else if (!strcmp(what, "calls")) calls();
  else if (!strcmp(what, "families")) families();
  else if (!strcmp(what, "namespaces")) namespaces();
  else if (!strcmp(what, "sizes")) sizes();
  else if (!strcmp(what, "memory")) memory();
  else if (!strcmp(what, "swap")) swap(argv[2]);
  else return 99;
  return 0;
}
`;

export function compileAttacks(folder: string): string {
  const source = join(folder, 'attacks.c');
  const output = join(folder, 'attacks');
  writeFileSync(source, SOURCE);
  execFileSync('gcc', ['-static', '-w', '-O1', '-o', output, source], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return output;
}
