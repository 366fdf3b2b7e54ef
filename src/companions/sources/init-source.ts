import { MACHINE_SOURCE } from './machine-source.ts';

/**
 * PID 1 of a container, for a program that is none: the kernel ignores a signal that the first process has no handler for,
 * and gives it the orphans to wait for (pid_namespaces(7)). As tini does it, of which docker's --init is made: the program
 * has a process group and the terminal of its own, gets every signal once, and its end is the container's.
 */
export const INIT_SOURCE = `${MACHINE_SOURCE}
${String.raw`
enum { SIGCHLD = 17, SIGTTIN = 21, SIGTTOU = 22, SIG_BLOCK = 0, SIG_SETMASK = 2 };
enum { ENOENT = 2, EINTR = 4, EACCES = 13, ENOTDIR = 20 };
enum { WNOHANG = 1, SFD_CLOEXEC = 02000000, TIOCSPGRP = 0x5410, PR_SET_CHILD_SUBREAPER = 36, PATH_MAX = 4096 };

static word mask_of(int number) { return (word)(1ul << (number - 1)); }

/* What the kernel sends for a fault of init's own (ILL, TRAP, ABRT, BUS, FPE, SEGV, SYS) is not for the program. */
static word own_signals(void) {
  static const char own[] = { 4, 5, 6, 7, 8, 11, 31 };
  word mask = 0;
  for (size i = 0; i < sizeof own; i++) mask |= mask_of(own[i]);
  return mask;
}

/* The first error that is not "not there" is the one to tell, as execvp(3) has it. */
static word start_along_path(char **argv, char **environment) {
  const char *path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  for (char **at = environment; *at; at++)
    if ((*at)[0] == 'P' && (*at)[1] == 'A' && (*at)[2] == 'T' && (*at)[3] == 'H' && (*at)[4] == '=') path = *at + 5;
  size name = length(argv[0]);
  word failure = -ENOENT;
  for (;;) {
    char file[PATH_MAX];
    size count = 0;
    while (path[count] && path[count] != ':') count++;
    if (count > 0 && count + name + 2 < PATH_MAX) {
      for (size i = 0; i < count; i++) file[i] = path[i];
      file[count] = '/';
      for (size i = 0; i <= name; i++) file[count + 1 + i] = argv[0][i];
      word result = kernel(EXECVE, (word)file, (word)argv, (word)environment, 0, 0, 0);
      if (result != -ENOENT && result != -ENOTDIR) failure = result;
    }
    path += count;
    if (!*path) return failure;
    path++;
  }
}

static _Noreturn void become(char **argv, char **environment, word *mask) {
  kernel(SETPGID, 0, 0, 0, 0, 0, 0);
  /* All signals are blocked: a process of the background may take the terminal so. */
  int own = (int)kernel(GETPID, 0, 0, 0, 0, 0, 0);
  kernel(IOCTL, 0, TIOCSPGRP, (word)&own, 0, 0, 0);
  kernel(SIGPROCMASK, SIG_SETMASK, (word)mask, 0, 8, 0, 0);
  int has_slash = 0;
  for (char *at = argv[0]; *at; at++) has_slash |= *at == '/';
  word result = has_slash ? kernel(EXECVE, (word)argv[0], (word)argv, (word)environment, 0, 0, 0)
                          : start_along_path(argv, environment);
  say(2, "init: cannot start ");
  say(2, argv[0]);
  say(2, result == -ENOENT ? ": no such file or directory" : result == -EACCES ? ": permission denied" : ": error ");
  if (result != -ENOENT && result != -EACCES) say_number(2, (unsigned long)-result);
  say(2, "\n");
  leave(result == -ENOENT ? 127 : 126);
}

/* Buries whoever has ended; the exit code when the program is among them, else -1. */
static int bury(word program) {
  int code = -1;
  for (;;) {
    int status = 0;
    word pid = kernel(WAIT4, -1, (word)&status, WNOHANG, 0, 0, 0);
    if (pid == -EINTR) continue;
    if (pid <= 0) return code;
    if (pid == program) code = (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
  }
}

__attribute__((used)) _Noreturn void begin(word *stack) {
  word argc = stack[0];
  char **argv = (char **)(stack + 1);
  char **environment = argv + argc + 1;
  if (argc < 2) {
    say(2, "usage: init PROGRAM [ARGUMENT...]\n");
    leave(2);
  }
  word waited = ~own_signals();
  word before = 0;
  kernel(SIGPROCMASK, SIG_BLOCK, (word)&waited, (word)&before, 8, 0, 0);
  /* Where it is not PID 1 (a pod that shares its processes), orphans come to it all the same. */
  kernel(PRCTL, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0, 0);
  /* Read, not waited for by sigtimedwait(2): so /proc goes on to say that they are blocked, and thus heeded. */
  word signals = kernel(SIGNALFD, -1, (word)&waited, 8, SFD_CLOEXEC, 0, 0);
  word program = kernel(CLONE, SIGCHLD, 0, 0, 0, 0, 0);
  if (program == 0) become(argv + 1, environment, &before);
  if (program < 0 || signals < 0) {
    say(2, "init: cannot make a process: error ");
    say_number(2, (unsigned long)-(signals < 0 ? signals : program));
    say(2, "\n");
    leave(126);
  }
  for (;;) {
    struct { unsigned number, rest[31]; } one;
    if (kernel(READ, signals, (word)&one, sizeof one, 0, 0, 0) != sizeof one) continue;
    unsigned number = one.number;
    if (number == SIGCHLD) {
      int code = bury(program);
      if (code >= 0) leave(code);
    } else if (number != SIGTTIN && number != SIGTTOU) {
      kernel(KILL, program, number, 0, 0, 0, 0);
    }
  }
}
`}`;
