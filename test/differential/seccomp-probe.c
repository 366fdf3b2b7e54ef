/*
 * Makes system calls that can do no harm and says how each ended, so that two seccomp filters can be compared.
 *
 *   seccomp-probe [FILTER]     FILTER: a file of struct sock_filter to run under, as the launcher installs it
 *
 * stdin: lines "ABI NUMBER FIRST" (64, 32: the entry that the call is made by; the first argument, hexadecimal), the
 * other arguments are -1. stdout: the same lines, each followed by errno, or by "signal N".
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_INSTRUCTIONS 4096

static int install(const char *path)
{
	static struct sock_filter filter[MAX_INSTRUCTIONS];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t bytes = fd < 0 ? -1 : read(fd, filter, sizeof filter);
	struct sock_fprog program = { (unsigned short)(bytes / (ssize_t)sizeof *filter), filter };

	if (bytes <= 0 || close(fd) != 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* The kernel answers -errno: libc's syscall() would do, but it can make no call of i386. */
static long call64(long number, long first)
{
	register long r10 __asm__("r10") = -1, r8 __asm__("r8") = -1, r9 __asm__("r9") = -1;
	long answer;

	__asm__ volatile("syscall"
			 : "=a"(answer)
			 : "a"(number), "D"(first), "S"(-1L), "d"(-1L), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return answer;
}

/* ebp, the sixth argument, stays what it is. */
static long call32(long number, long first)
{
	long answer;

	__asm__ volatile("int $0x80"
			 : "=a"(answer)
			 : "a"(number), "b"(first), "c"(-1L), "d"(-1L), "S"(-1L), "D"(-1L)
			 : "r8", "r9", "r10", "r11", "memory");
	return (int)answer;
}

static void in_child(int abi, long number, long first)
{
	long answer;

	alarm(2); /* a call that waits ends by SIGALRM */
	answer = abi == 32 ? call32(number, first) : call64(number, first);
	_exit(answer < 0 && answer > -200 ? (int)-answer : 0);
}

int main(int argc, char **argv)
{
	int abi;
	long number;
	uint64_t first;

	/* In a process of its own: the first of a PID namespace ignores SIGALRM. */
	if (argc > 1 && install(argv[1]) != 0) {
		fprintf(stderr, "filter: %s\n", strerror(errno));
		return 1;
	}
	while (scanf("%d %ld %" SCNx64, &abi, &number, &first) == 3) {
		pid_t child;
		int status = 0;

		fflush(stdout);
		child = fork();
		if (child == 0)
			in_child(abi, number, (long)first);
		if (child < 0 || waitpid(child, &status, 0) != child)
			return 1;
		printf("%d %ld %" PRIx64 " ", abi, number, first);
		if (WIFSIGNALED(status))
			printf("signal %d\n", WTERMSIG(status));
		else
			printf("%d\n", WEXITSTATUS(status));
	}
	return 0;
}
