import { MACHINE_SOURCE } from './machine-source.ts';

/**
 * Starts a program beside which it stands in the container, and says what its run took: `meter MARKER PROGRAM [ARGUMENT...]`
 * ends with a line `MARKER NANOSECONDS KIB` on standard error, and as the program did. The time is from before the process is
 * made until it was waited for; the memory is the most that it, or one that it waited for, ever had (getrusage(2)).
 */
export const METER_SOURCE = `${MACHINE_SOURCE}
${String.raw`
enum { SIGCHLD = 17, EINTR = 4, CLOCK_MONOTONIC = 1 };
typedef struct { word seconds, nanoseconds; } moment;
typedef struct { moment user, system; word most_kib, others[13]; } usage;

__attribute__((used)) _Noreturn void begin(word *stack) {
  word argc = stack[0];
  char **argv = (char **)(stack + 1);
  moment start, end;
  usage used;
  int status = 0;
  if (argc < 3) {
    say(2, "usage: meter MARKER PROGRAM [ARGUMENT...]\n");
    leave(2);
  }
  kernel(CLOCK_GETTIME, CLOCK_MONOTONIC, (word)&start, 0, 0, 0, 0);
  word program = kernel(CLONE, SIGCHLD, 0, 0, 0, 0, 0);
  if (program == 0) {
    kernel(EXECVE, (word)argv[2], (word)(argv + 2), (word)(argv + argc + 1), 0, 0, 0);
    leave(127);
  }
  if (program < 0) leave(126);
  for (;;) {
    word ended = kernel(WAIT4, program, (word)&status, 0, (word)&used, 0, 0);
    if (ended == program) break;
    if (ended != -EINTR) leave(126);
  }
  kernel(CLOCK_GETTIME, CLOCK_MONOTONIC, (word)&end, 0, 0, 0, 0);
  say(2, "\n");
  say(2, argv[1]);
  say(2, " ");
  say_number(2, (unsigned long)((end.seconds - start.seconds) * 1000000000 + end.nanoseconds - start.nanoseconds));
  say(2, " ");
  say_number(2, (unsigned long)used.most_kib);
  say(2, "\n");
  leave((status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f));
}
`}`;
