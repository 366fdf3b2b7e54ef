/*
 * The part of scripts/compile-seccomp.mjs that needs libseccomp: rules on stdin, a filter's bytes on stdout.
 *
 *   compile-seccomp ERRNO ARCH...    lines "NAME ERRNO|0 [ARGUMENT MASK VALUE]"; 0 allows
 *   compile-seccomp numbers ARCH     "NUMBER NAME" of every call that libseccomp knows on ARCH
 *   compile-seccomp version
 */
#include <errno.h>
#include <inttypes.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failed(const char *what, int code)
{
	fprintf(stderr, "%s: %s\n", what, strerror(-code));
	return 1;
}

static int add_rules(scmp_filter_ctx filter)
{
	char name[64];
	unsigned code, argument;
	uint64_t mask, value;
	char line[256];

	while (fgets(line, sizeof line, stdin)) {
		int fields = sscanf(line, "%63s %u %u %" SCNx64 " %" SCNx64, name, &code, &argument, &mask, &value);
		int call = seccomp_syscall_resolve_name(name);
		uint32_t action = code == 0 ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(code);
		int rc;

		if (call == __NR_SCMP_ERROR) {
			fprintf(stderr, "unknown: %s\n", name);
			return 1;
		}
		if (fields == 5) {
			struct scmp_arg_cmp test = { argument, SCMP_CMP_MASKED_EQ, mask, value };
			rc = seccomp_rule_add_array(filter, action, call, 1, &test);
		} else {
			rc = seccomp_rule_add_array(filter, action, call, 0, NULL);
		}
		if (rc < 0)
			return failed(line, rc);
	}
	return 0;
}

static int compile(uint32_t default_errno, char **arches)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(default_errno));
	int rc = seccomp_arch_remove(filter, SCMP_ARCH_NATIVE);

	for (; rc == 0 && *arches; arches++)
		rc = seccomp_arch_add(filter, seccomp_arch_resolve_name(*arches));
	if (rc < 0)
		return failed("architectures", rc);
	/* 2: a binary tree over the call numbers instead of a list. */
	rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (rc < 0)
		return failed("binary tree", rc);
	if (add_rules(filter) != 0)
		return 1;
	rc = seccomp_export_bpf(filter, STDOUT_FILENO);
	return rc < 0 ? failed("export", rc) : 0;
}

static void print_numbers(uint32_t arch, unsigned from, unsigned to)
{
	for (unsigned number = from; number <= to; number++) {
		char *name = seccomp_syscall_resolve_num_arch(arch, (int)number);

		if (name)
			printf("%u %s\n", number, name);
		free(name);
	}
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "version") == 0) {
		const struct scmp_version *version = seccomp_version();

		return printf("%u.%u.%u\n", version->major, version->minor, version->micro) < 0;
	}
	if (argc == 3 && strcmp(argv[1], "numbers") == 0) {
		uint32_t arch = seccomp_arch_resolve_name(argv[2]);

		print_numbers(arch, 0, 1023);
		/* x32's bit, and the private calls of 32-bit arm. */
		print_numbers(arch, 0x40000000, 0x40000000 + 1023);
		print_numbers(arch, 0xf0000, 0xf00ff);
		return 0;
	}
	return argc > 2 ? compile((uint32_t)atoi(argv[1]), argv + 2) : 2;
}
