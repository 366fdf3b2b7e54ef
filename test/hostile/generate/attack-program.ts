import { compileStatic } from '../compile-static.ts';

/**
 * A program that does what its script says (`/script` of the image, one `operation|argument|argument` a line) and prints
 * `BREACH` with what it was able to do wherever no program in a sandbox may be. It ends by itself after some seconds.
 * What it knows of the secret is the secret backwards, so that its own files do not hold it.
 */
const SOURCE = String.raw`
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 4, DEPTH = 2, LOOKS = 3000 };
static char buffer[1 << 20];
static int looks, depth;
static void breach(const char *what, const char *where) { printf("BREACH %s %s\n", what, where); fflush(stdout); }
static void leave(int number) { (void)number; _exit(0); }
static int starts(const char *text, const char *with) { return !strncmp(text, with, strlen(with)); }

static int is_secret(const char *bytes, ssize_t size) {
  static const char backwards[] = "ti-swonk-enihcam-siht-ylno";
  enum { LENGTH = sizeof backwards - 1 };
  for (ssize_t at = 0; at + LENGTH <= size; at++) {
    int same = 0;
    while (same < LENGTH && bytes[at + same] == backwards[LENGTH - 1 - same]) same++;
    if (same == LENGTH) return 1;
  }
  return 0;
}

static void peek(const char *path) {
  int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return;
  ssize_t size = read(file, buffer, 65536);
  if (size > 0 && is_secret(buffer, size)) breach("read", path);
  close(file);
}

/* Opened and never written: what opens could be written. */
static void poke(const char *path) {
  int kernel = starts(path, "/proc/sys") || starts(path, "/proc/irq") || starts(path, "/proc/bus") || starts(path, "/proc/fs") || starts(path, "/sys/");
  int file = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return;
  if (kernel) breach("open for writing", path);
  close(file);
}

static void walk(const char *path, int level, void (*visit)(const char *)) {
  char below[4096];
  struct stat stat;
  DIR *folder;
  if (++looks > LOOKS || level > 6 || lstat(path, &stat)) return;
  if (S_ISREG(stat.st_mode)) visit(path);
  if (!S_ISDIR(stat.st_mode) || !(folder = opendir(path))) return;
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
    walk(below, level + 1, visit);
  }
  closedir(folder);
}

static void fill(const char *path, int mebibytes) {
  int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  for (int count = 0; file >= 0 && count < mebibytes; count++) if (write(file, buffer, sizeof buffer) < 0) break;
  close(file);
}

static void many(const char *path, int count) {
  char name[4096];
  for (int i = 0; i < count; i++) {
    snprintf(name, sizeof name, "%s/%d", path, i);
    close(open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  }
}

static void deep(const char *path, int count) {
  int here = open(".", O_PATH | O_CLOEXEC);
  if (!chdir(path)) for (int i = 0; i < count && !mkdir("deep", 0700) && !chdir("deep"); i++) {}
  if (here >= 0) fchdir(here);
  close(here);
}

static void processes(int count, int detached) {
  for (int i = 0; i < count; i++) {
    pid_t child = fork();
    if (child < 0) return;
    if (child) continue;
    if (detached) { setsid(); if (fork()) _exit(0); for (int s = 1; s < 65; s++) signal(s, SIG_IGN); }
    for (;;) pause();
  }
}

static void spy(int pid) {
  char path[64];
  static const char *files[] = { "environ", "cmdline", "mem", "maps", "stack", "root/etc/shadow", "cwd", "exe", 0 };
  struct iovec ours = { buffer, 4096 }, theirs = { (void *)0x400000, 4096 };
  for (const char **file = files; *file; file++) { snprintf(path, sizeof path, "/proc/%d/%s", pid, *file); peek(path); poke(path); }
  ptrace(PTRACE_ATTACH, pid, 0, 0);
  ptrace(PTRACE_DETACH, pid, 0, 0);
  if (pid != getpid() && syscall(SYS_process_vm_readv, pid, &ours, 1, &theirs, 1, 0) > 0 && is_secret(buffer, 4096)) breach("read the memory of", path);
  static const char *spaces[] = { "mnt", "pid", "net", "user", "ipc", "uts", "cgroup", 0 };
  for (const char **space = spaces; *space; space++) {
    snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, *space);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0 && pid == 1 && !setns(file, 0)) breach("join", path);
    close(file);
  }
}

static void keys(const char *what) {
  long key = syscall(SYS_keyctl, 10, -3, "user", "morsel-hostile-canary", 0);
  if (key >= 0 && syscall(SYS_keyctl, 11, key, buffer, 127) > 0 && is_secret(buffer, 127)) breach("read the key of", what);
  if (!strcmp(what, "add") && syscall(SYS_add_key, "user", "mine", "x", 1, -3) >= 0) breach("add_key", "");
  if (!strcmp(what, "clear")) syscall(SYS_keyctl, 7, -3);
  if (!strcmp(what, "revoke") && key >= 0) syscall(SYS_keyctl, 3, key);
  if (!strcmp(what, "request") && syscall(SYS_request_key, "user", "morsel-hostile-canary", 0, 0) >= 0) breach("request_key", "");
}

static void mounts(const char *kind, const char *where) {
  if (!strcmp(kind, "tmpfs") && !mount("none", where, "tmpfs", 0, 0)) breach("mount tmpfs", where);
  if (!strcmp(kind, "proc") && !mount("none", where, "proc", 0, 0)) breach("mount proc", where);
  if (!strcmp(kind, "bind") && !mount("/", where, 0, MS_BIND | MS_REC, 0)) breach("mount bind", where);
  if (!strcmp(kind, "remount") && !mount(0, where, 0, MS_REMOUNT | MS_BIND, 0)) breach("remount", where);
  if (!strcmp(kind, "move") && !mount(where, "/tmp", 0, MS_MOVE, 0)) breach("move the mount", where);
  if (!strcmp(kind, "umount") && !umount2(where, MNT_DETACH)) breach("umount", where);
  if (!strcmp(kind, "pivot") && !syscall(SYS_pivot_root, where, where)) breach("pivot_root", where);
}

static void calls(const char *name) {
  int params[64] = { 0 };
  static const struct { const char *name; long number, a, b, c; } table[] = {
    { "userfaultfd", SYS_userfaultfd, 1 }, { "bpf", SYS_bpf, 0 }, { "perf", SYS_perf_event_open, 0 },
    { "io_uring", SYS_io_uring_setup, 1 }, { "unshare-user", SYS_unshare, CLONE_NEWUSER }, { "unshare-mount", SYS_unshare, CLONE_NEWNS },
    { "kexec", SYS_kexec_load, 0 }, { "init_module", SYS_init_module, 0 }, { "delete_module", SYS_delete_module, 0 },
    { "swapon", SYS_swapon, 0 }, { "acct", SYS_acct, 0 }, { "quotactl", SYS_quotactl, 0 }, { "iopl", SYS_iopl, 3 },
    { "ioperm", SYS_ioperm, 0, 8, 1 }, { "sethostname", SYS_sethostname, 0, 0 }, { "syslog", SYS_syslog, 3 },
    { "handle", SYS_open_by_handle_at, AT_FDCWD }, { "fanotify", SYS_fanotify_init, 0 }, { "lookup_dcookie", SYS_lookup_dcookie, 0 }, { 0 } };
  for (int i = 0; table[i].name; i++) {
    if (strcmp(table[i].name, name)) continue;
    long a = !strcmp(name, "perf") ? (long)params : table[i].a, b = !strcmp(name, "sethostname") ? 0 : table[i].b;
    if (!strcmp(name, "bpf") || !strcmp(name, "io_uring")) b = (long)params;
    if (!strcmp(name, "syslog")) b = (long)buffer;
    if (syscall(table[i].number, a, b, !strcmp(name, "bpf") ? sizeof params : !strcmp(name, "perf") ? -1 : !strcmp(name, "syslog") ? 4096 : table[i].c, -1, 0) >= 0) breach("call", name);
  }
}

/* Any system call with nothing in its arguments, in a child of its own: it may block or end. */
static void any_call(int number) {
  pid_t child = fork();
  if (!child) { signal(SIGALRM, SIG_DFL); alarm(1); syscall(number, 0, 0, 0, 0, 0, 0); _exit(0); }
  if (child > 0) waitpid(child, 0, 0);
}

static void sockets(int family, int type) {
  int one = socket(family, type, 0);
  if (one < 0) return;
  if (family == 40) breach("socket", "AF_VSOCK");
  close(one);
}

static void host_socket(const char *path) {
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int one = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  socklen_t size = offsetof(struct sockaddr_un, sun_path) + strlen(path);
  if (*path == '@') *address.sun_path = 0;
  if (one >= 0 && !connect(one, (void *)&address, size)) breach("connect", path);
  close(one);
}

static void descriptors(const char *script) {
  char path[64], target[4096];
  for (int fd = 3; fd < 1024; fd++) {
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(path, target, sizeof target - 1);
    if (size < 0) continue;
    target[size] = 0;
    if (strcmp(target, script)) breach("inherited", target);
  }
}

static void again(void) {
  char number[12];
  snprintf(number, sizeof number, "%d", depth + 1);
  int file = memfd_create("x", 0), self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  for (ssize_t n; (n = read(self, buffer, sizeof buffer)) > 0;) write(file, buffer, n);
  char *const argv[] = { "again", number, 0 }, *const env[] = { 0 };
  pid_t child = fork();
  if (!child) { fexecve(file, argv, env); execv("/proc/self/exe", argv); _exit(0); }
  if (child > 0) waitpid(child, 0, 0);
  close(file);
}

static void identity(int id) {
  gid_t groups[] = { id, 0 };
  setgroups(2, groups);
  uid_t before = getuid();
  if (!setresgid(id, id, id) && id == 0 && before) breach("setgid", "0");
  if (!setresuid(id, id, id) && id == 0 && before) breach("setuid", "0");
}

static void limits(void) {
  struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
  for (int i = 0; i < RLIM_NLIMITS; i++) setrlimit(i, &all);
  prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 21, 0, 0);
  if (prctl(PR_CAPBSET_READ, 21, 0, 0, 0) == 1 && !mount("none", "/tmp", "tmpfs", 0, 0)) breach("CAP_SYS_ADMIN", "");
}

static void evil(void) { fputs("x\n  passed  starts: all good\n\033[8mhidden\033[2K\r\n", stdout); fflush(stdout); }

static void perform(const char *op, char *a, char *b) {
  int n = atoi(b), m = atoi(a);
  if (!strcmp(op, "rename")) rename(a, b);
  else if (!strcmp(op, "swap")) syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, 2);
  else if (!strcmp(op, "symlink")) { unlink(b); rmdir(b); symlink(a, b); }
  else if (!strcmp(op, "link")) link(a, b);
  else if (!strcmp(op, "mkdir")) mkdir(a, 0777);
  else if (!strcmp(op, "rmdir")) rmdir(a);
  else if (!strcmp(op, "unlink")) unlink(a);
  else if (!strcmp(op, "chmod")) chmod(a, strtol(b, 0, 8));
  else if (!strcmp(op, "chown")) lchown(a, n, n);
  else if (!strcmp(op, "chdir")) chdir(a);
  else if (!strcmp(op, "chroot")) chroot(a);
  else if (!strcmp(op, "mknod")) { if (!mknod(a, S_IFBLK | 0666, 0x800)) { int f = open(a, O_RDONLY | O_CLOEXEC); if (f >= 0) breach("open a disk", a); close(f); } }
  else if (!strcmp(op, "fifo")) mkfifo(a, 0666);
  else if (!strcmp(op, "write")) { int f = open(a, O_CREAT | O_WRONLY | O_NONBLOCK | O_CLOEXEC, 0666); write(f, b, strlen(b)); close(f); }
  else if (!strcmp(op, "fill")) fill(a, n);
  else if (!strcmp(op, "many")) many(a, n);
  else if (!strcmp(op, "deep")) deep(a, n);
  else if (!strcmp(op, "peek")) peek(a);
  else if (!strcmp(op, "poke")) poke(a);
  else if (!strcmp(op, "walk")) { looks = 0; walk(a, 0, *b == 'r' ? peek : poke); }
  else if (!strcmp(op, "fork")) processes(m, 0);
  else if (!strcmp(op, "daemon")) processes(m, 1);
  else if (!strcmp(op, "kill")) { if (m != 0 && m != getpid()) kill(m, n); }
  else if (!strcmp(op, "deaf")) { for (int s = 1; s < 65; s++) if (s != SIGALRM) signal(s, SIG_IGN); }
  else if (!strcmp(op, "spy")) spy(m);
  else if (!strcmp(op, "keys")) keys(a);
  else if (!strcmp(op, "mount")) mounts(a, b);
  else if (!strcmp(op, "call")) calls(a);
  else if (!strcmp(op, "any")) any_call(m);
  else if (!strcmp(op, "socket")) sockets(m, n);
  else if (!strcmp(op, "connect")) host_socket(a);
  else if (!strcmp(op, "type")) { for (int fd = 0; fd < 3; fd++) if (!ioctl(fd, TIOCSTI, "x")) breach("TIOCSTI", ""); }
  else if (!strcmp(op, "again")) again();
  else if (!strcmp(op, "identity")) identity(m);
  else if (!strcmp(op, "limits")) limits();
  else if (!strcmp(op, "print")) { memset(buffer, 'x', sizeof buffer); for (int i = 0; i < m; i++) if (write(1, buffer, sizeof buffer) < 0) break; memset(buffer, 0, sizeof buffer); }
  else if (!strcmp(op, "evil")) evil();
  else if (!strcmp(op, "close")) { for (int fd = 0; fd < 3; fd++) if (fd != 1) close(fd); }
  else if (!strcmp(op, "crash")) { kill(getpid(), m); abort(); }
  else if (!strcmp(op, "exit")) _exit(m);
}

int main(int argc, char **argv) {
  static char script[65536], *line, *rest;
  depth = argc > 1 ? atoi(argv[1]) : 0;
  if (depth > DEPTH) return 0;
  signal(SIGALRM, leave);
  alarm(SECONDS);
  int file = open("/script", O_RDONLY | O_CLOEXEC);
  ssize_t size = read(file, script, sizeof script - 1);
  if (!depth) descriptors("/script");
  close(file);
  if (size < 0) return 9;
  for (line = strtok_r(script, "\n", &rest); line; line = strtok_r(0, "\n", &rest)) {
    char *a = strchr(line, '|'), *b = a ? strchr(a + 1, '|') : 0;
    if (a) *a++ = 0;
    if (b) *b++ = 0;
    perform(line, a ? a : "", b ? b : "");
  }
  return 0;
}
`;

export function compileAttack(output: string): string {
  return compileStatic(SOURCE, output);
}
