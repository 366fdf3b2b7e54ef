import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Runs one command and says afterwards what nobody else can: as the subreaper (prctl(2), PR_SET_CHILD_SUBREAPER) it becomes
 * the parent of whatever the command leaves behind, however often that forked; it samples the command's own high-water
 * mark of memory (children, such as compilers, have theirs); and its session keyring holds one key that nobody below may
 * read or change.
 *
 *     keeper LIMIT_MS SIGNAL AFTER_MS PROGRAM ARGS…      lines on descriptor 3
 */
const SOURCE = String.raw`
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { POLL_MS = 5, BURIAL_MS = 3000, STOP_KIB = 1 << 20, SESSION = -3, JOIN = 1, DESCRIBE = 6, READ = 11 };
static long long now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000LL + t.tv_nsec / 1000000; }
static void nap(void) { struct timespec t = { 0, POLL_MS * 1000000L }; nanosleep(&t, 0); }

static long status(pid_t pid, const char *format) {
  char path[64], line[256]; long value = 0;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *file = fopen(path, "re");
  if (!file) return 0;
  while (fgets(line, sizeof line, file)) if (sscanf(line, format, &value) == 1) break;
  fclose(file);
  return value;
}

static int is_zombie(pid_t pid) {
  char path[64], line[512], *end;
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "re");
  if (!file) return 1;
  size_t n = fread(line, 1, sizeof line - 1, file);
  fclose(file);
  line[n] = 0;
  return !(end = strrchr(line, ')')) || end[2] == 'Z' || end[2] == 'X';
}

/* Calls itself for the children of each: a tree that a hostile program made is at most as deep as its process limit. */
static void each_child(pid_t of, void (*visit)(pid_t)) {
  char path[64]; int pid;
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", of, of);
  FILE *file = fopen(path, "re");
  if (!file) return;
  while (fscanf(file, "%d", &pid) == 1) { each_child(pid, visit); visit(pid); }
  fclose(file);
}

static void end(pid_t pid) { kill(pid, SIGKILL); }
static long below;
static void add(pid_t pid) { below += status(pid, "VmRSS: %ld"); }
static FILE *report;
static void tell(pid_t pid) {
  char path[64], name[4096]; size_t n = 0;
  if (is_zombie(pid)) return;
  snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
  FILE *file = fopen(path, "re");
  if (file) { n = fread(name, 1, 120, file); fclose(file); }
  for (size_t i = 0; i < n; i++) if (name[i] < ' ' || name[i] > '~') name[i] = ' ';
  fprintf(report, "left %d %.*s\n", pid, (int)n, name);
}

static long canary;
static void put_key(const char *secret) {
  if (syscall(SYS_keyctl, JOIN, 0) < 0) return;
  canary = syscall(SYS_add_key, "user", "morsel-hostile-canary", secret, strlen(secret), SESSION);
}
static void check_key(const char *secret) {
  char value[128] = ""; int ring[16];
  if (canary <= 0) { fprintf(report, "keys none\n"); return; }
  long n = syscall(SYS_keyctl, READ, canary, value, sizeof value - 1);
  long all = syscall(SYS_keyctl, READ, SESSION, ring, sizeof ring);
  int same = n == (long)strlen(secret) && !memcmp(value, secret, n) && all == (long)sizeof ring[0];
  fprintf(report, "keys %s\n", same ? "same" : "changed");
}

int main(int argc, char **argv) {
  if (argc < 5) return 64;
  long long limit = atoll(argv[1]), after = atoll(argv[3]), start = now();
  int number = atoi(argv[2]), result = 0, timed_out = 0, sent = 0, ended = 0;
  const char *secret = getenv("MORSEL_HOSTILE_SECRET");
  fcntl(3, F_SETFD, FD_CLOEXEC);
  report = fdopen(3, "w");
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  if (secret) put_key(secret);
  pid_t child = fork();
  if (!child) { prctl(PR_SET_PDEATHSIG, SIGKILL); execvp(argv[4], argv + 4); _exit(99); }
  long highest = 0, children = 0;
  for (long round = 0; !ended; round++) {
    long seen = status(child, "VmHWM: %ld");
    if (seen > highest) highest = seen;
    if (round % 8 == 0) { below = 0; each_child(child, add); if (below > children) children = below; }
    /* Far beyond any bound: the machine is others', too. */
    if (seen > STOP_KIB || below > 2 * STOP_KIB) { each_child(child, end); kill(child, SIGKILL); }
    if (number && !sent && now() - start >= after) { kill(child, number); sent = 1; }
    if (!timed_out && now() - start >= limit) { timed_out = 1; kill(child, SIGKILL); }
    for (int one, s; (one = waitpid(-1, &s, WNOHANG)) > 0;) if (one == child) { result = s; ended = 1; }
    if (!ended) nap();
  }
  long long took = now() - start, burial = now() + BURIAL_MS;
  for (int one = 0; one >= 0 && now() < burial;) { one = waitpid(-1, 0, WNOHANG); if (!one) nap(); }
  each_child(getpid(), tell);
  for (int i = 0; i < 200; i++) { each_child(getpid(), end); if (waitpid(-1, 0, WNOHANG) < 0) break; nap(); }
  if (secret) check_key(secret);
  fprintf(report, "pid %d\nexit %d\nsignal %d\npeak %ld\nchildren %ld\nlate %d\ntook %lld\n", child,
          WIFEXITED(result) ? WEXITSTATUS(result) : -1, WIFSIGNALED(result) ? WTERMSIG(result) : 0, highest, children, timed_out, took);
  return fflush(report) ? 1 : 0;
}
`;

/** Compiles it into `folder`; answers its path. */
export function compileKeeper(folder: string): string {
  const program = join(folder, 'keeper');
  execFileSync('gcc', ['-O1', '-w', '-o', program, '-x', 'c', '-'], { input: SOURCE });
  return program;
}
