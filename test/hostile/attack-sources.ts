/** Programs of hostile images: each prints what it was able to do, and nothing when it was able to do nothing. */

/** Opens everything of /proc (but for the processes' own folders) and /sys for writing, and reads what docker masks. */
export const OPEN_KERNEL_FILES = String.raw`
#define _GNU_SOURCE
#include <ctype.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static int visit(const char *path, const struct stat *s, int type, struct FTW *at) {
  if (!strncmp(path, "/proc/", 6) && isdigit(path[6])) return 0;
  if (type != FTW_F || !S_ISREG(s->st_mode)) return 0;
  /* Pressure files take a trigger for whoever holds them open, and change nothing: docker leaves them, too. */
  if (!strncmp(path, "/proc/pressure/", 15)) return 0;
  int file = open(path, O_WRONLY | O_NONBLOCK);
  if (file >= 0) { printf("writable: %s\n", path); close(file); }
  return 0;
}
int main(void) {
  const char *masked[] = { "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/sched_debug",
    "/sys/firmware/dmi/tables/DMI", "/proc/scsi/scsi", "/proc/acpi/wakeup", 0 };
  char byte;
  nftw("/proc", visit, 16, FTW_PHYS);
  nftw("/sys", visit, 16, FTW_PHYS);
  for (const char **path = masked; *path; path++) {
    int file = open(*path, O_RDONLY | O_NONBLOCK);
    if (file >= 0 && read(file, &byte, 1) == 1) printf("readable: %s\n", *path);
  }
  puts("looked");
  return 0;
}
`;

/** Renames what morsel may have made in the root, and leaves links to a folder of the host in its place. */
export const LEAVE_LINKS = String.raw`
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
int main(int argc, char **argv) {
  const char *victim = argv[1];
  const char *places[] = { "/etc", "/w/leaf", "/w", "/dev", "/proc", "/sys", "/tmp", "/data", 0 };
  char aside[64];
  for (const char **place = places; *place; place++) {
    snprintf(aside, sizeof aside, "/aside%ld", (long)(place - places));
    rename(*place, aside);
    rmdir(*place);
    symlink(victim, *place);
  }
  chmod("/", 0);
  return 0;
}
`;

/** The caller's keys, and system calls that docker's default profile refuses. */
export const FORBIDDEN_CALLS = String.raw`
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#define TRY(name, call) do { if ((call) >= 0) puts("could: " name); } while (0)
int main(void) {
  char value[128] = ""; int params[64] = { 0 };
  long key = syscall(SYS_keyctl, 10, -3, "user", "morsel-hostile-canary", 0);
  if (key >= 0 && syscall(SYS_keyctl, 11, key, value, 127) > 0) printf("read the key: %s\n", value);
  TRY("add_key", syscall(SYS_add_key, "user", "mine", "x", 1, -3));
  TRY("request_key", syscall(SYS_request_key, "user", "morsel-hostile-canary", 0, 0));
  TRY("keyctl", syscall(SYS_keyctl, 0, -3, 0));
  TRY("socket AF_VSOCK", socket(40, SOCK_STREAM, 0));
  TRY("userfaultfd", syscall(SYS_userfaultfd, 1));
  TRY("bpf", syscall(SYS_bpf, 0, params, sizeof params));
  TRY("perf_event_open", syscall(SYS_perf_event_open, params, 0, -1, -1, 0));
  TRY("io_uring_setup", syscall(SYS_io_uring_setup, 1, params));
  TRY("mount", mount("none", "/tmp", "tmpfs", 0, 0));
  TRY("unshare user", unshare(CLONE_NEWUSER));
  TRY("open_by_handle_at", syscall(SYS_open_by_handle_at, AT_FDCWD, params, 0));
  TRY("ptrace of the parent", syscall(SYS_ptrace, 16, getppid(), 0, 0));
  puts("tried");
  return 0;
}
`;

/** As many processes as there may be, and as much as fits into each file system of memory. */
export const TAKE_EVERYTHING = String.raw`
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
enum { PROCESSES = 5000, MEBIBYTES = 100 };
static char mebibyte[1 << 20];
static void fill(const char *path) {
  int file = open(path, O_CREAT | O_WRONLY, 0600), count = 0;
  while (file >= 0 && count < MEBIBYTES && write(file, mebibyte, sizeof mebibyte) == sizeof mebibyte) count++;
  printf("%s %d\n", path, count);
  unlink(path);
  close(file);
}
int main(void) {
  static pid_t children[PROCESSES];
  int count = 0;
  for (; count < PROCESSES; count++) {
    pid_t child = fork();
    if (!child) { for (;;) pause(); }
    if (child < 0) break;
    children[count] = child;
  }
  for (int i = 0; i < count; i++) kill(children[i], SIGKILL);
  printf("processes %d\n", count);
  fill("/dev/shm/x");
  fill("/dev/x");
  return 0;
}
`;

export const SAY_WHO = String.raw`
#include <stdio.h>
#include <unistd.h>
int main(void) { printf("uid %u gid %u\n", getuid(), getgid()); return 0; }
`;

export const NOTHING = 'int main(void) { return 0; }\n';
