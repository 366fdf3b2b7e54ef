import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One program that does, by its first argument, each thing that a sandbox must live with. */
const SOURCE = String.raw`
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int copy(const char *path) {
  char buffer[65536];
  int fd = path ? open(path, O_RDONLY) : 0;
  if (fd < 0) { printf("%s: %s\n", path, strerror(errno)); return 1; }
  for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) > 0;) if (write(1, buffer, n) != n) return 1;
  return 0;
}

static void list(const char *path) {
  DIR *directory = opendir(path);
  if (!directory) { printf("%s: %s\n", path, strerror(errno)); return; }
  for (struct dirent *entry; (entry = readdir(directory));)
    if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) puts(entry->d_name);
  closedir(directory);
}

static void serve(int http) {
  int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(8080), .sin_addr.s_addr = htonl(INADDR_ANY) };
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  usleep(200000); /* a server is not there at once */
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 5)) { perror("listen"); exit(1); }
  for (;;) {
    char request[4096];
    int peer = accept(listener, 0, 0);
    if (peer < 0) continue;
    if (http && read(peer, request, sizeof request) > 0) {
      const char *answer = strncmp(request, "GET /ready ", 11)
        ? "HTTP/1.0 404 Not Found\r\ncontent-length: 0\r\n\r\n"
        : "HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nready";
      if (write(peer, answer, strlen(answer)) < 0) perror("write");
    }
    close(peer);
  }
}

/* A socket that listens: at a port of IPv4 or IPv6, or at a path; '@' begins an abstract name. */
static void listens(const char *family, const char *where) {
  struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(atoi(where)) };
  struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(atoi(where)) };
  struct sockaddr_un local = { .sun_family = AF_UNIX };
  strncpy(local.sun_path, where, sizeof local.sun_path - 1);
  socklen_t size = sizeof local;
  if (*where == '@') { local.sun_path[0] = 0; size = sizeof local.sun_family + strlen(where); }
  int is_four = !strcmp(family, "tcp4"), is_six = !strcmp(family, "tcp6"), is_packet = !strcmp(family, "packet");
  int fd = socket(is_four ? AF_INET : is_six ? AF_INET6 : AF_UNIX, is_packet ? SOCK_SEQPACKET : SOCK_STREAM, 0);
  const void *address = is_four ? (void *)&four : is_six ? (void *)&six : (void *)&local;
  if (bind(fd, address, is_four ? sizeof four : is_six ? sizeof six : size) || listen(fd, 5)) { perror("listen"); exit(1); }
  if (!strcmp(family, "gone")) unlink(where);
}

static void leave(int signal) { (void)signal; _exit(0); }

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "hello";
  const char *value = argc > 2 ? argv[2] : "";
  setvbuf(stdout, 0, _IOLBF, 0);
  if (!strcmp(what, "hello")) puts("hello");
  else if (!strcmp(what, "exit")) return atoi(value);
  else if (!strcmp(what, "signal")) { signal(atoi(value), SIG_DFL); *(volatile int *)(atoi(value) == SIGSEGV ? 0 : &argc) = 1; abort(); }
  else if (!strcmp(what, "print")) for (long left = atol(value); left > 0; left--) putchar('x');
  else if (!strcmp(what, "endless")) for (;;) puts("and so on and so on and so on and so on and so on");
  else if (!strcmp(what, "complain")) { fputs("unshare: sigprocmask unblock failed: Invalid argument\n", stderr); return 1; }
  else if (!strcmp(what, "hang")) for (;;) pause();
  else if (!strcmp(what, "bomb")) {
    int count = 0;
    for (; count < 2000 && fork() >= 0; count++) {}
    for (;;) pause();
  }
  else if (!strcmp(what, "forks")) {
    int count = 0;
    for (pid_t pid; count < 2000 && (pid = fork()) >= 0; count++) if (!pid) for (;;) pause();
    printf("%d\n", count);
  }
  else if (!strcmp(what, "cat")) for (int i = 2; i < argc; i++) copy(argv[i]);
  else if (!strcmp(what, "list")) list(value);
  else if (!strcmp(what, "stdin")) return copy(0);
  else if (!strcmp(what, "streams")) for (int fd = 0; fd < 3; fd++) {
    struct stat stat;
    if (fstat(fd, &stat)) puts("closed");
    else printf("%s %lx\n", S_ISCHR(stat.st_mode) ? "device" : S_ISFIFO(stat.st_mode) ? "pipe" : "other", (long)stat.st_rdev);
  }
  else if (!strcmp(what, "env")) for (char **one = environ; *one; one++) puts(*one);
  else if (!strcmp(what, "argv")) for (int i = 0; i < argc; i++) puts(argv[i]);
  else if (!strcmp(what, "who")) {
    char name[256], here[4096];
    gethostname(name, sizeof name);
    printf("uid=%d gid=%d groups=%d pid=%d ppid=%d host=%s cwd=%s umask=%o\n", getuid(), getgid(), getgroups(0, 0), getpid(), getppid(), name, getcwd(here, sizeof here), umask(0));
  }
  else if (!strcmp(what, "write")) {
    int fd = open(value, O_WRONLY | O_CREAT, 0644);
    printf("%s: %s\n", value, fd < 0 ? strerror(errno) : "written");
    if (fd < 0) return 3;
    if (write(fd, "x", 1) != 1) return 4;
  }
  else if (!strcmp(what, "remount")) printf("%s\n", mount(0, "/", 0, MS_REMOUNT | MS_BIND, 0) ? strerror(errno) : "remounted");
  else if (!strcmp(what, "interfaces")) {
    struct ifaddrs *all;
    if (getifaddrs(&all)) { perror("getifaddrs"); return 1; }
    for (struct ifaddrs *one = all; one; one = one->ifa_next)
      if (one->ifa_addr && one->ifa_addr->sa_family == AF_INET) printf("%s %s\n", one->ifa_name, inet_ntoa(((struct sockaddr_in *)one->ifa_addr)->sin_addr));
  }
  else if (!strcmp(what, "connect")) {
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(atoi(value)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    puts(fd < 0 || connect(fd, (void *)&address, sizeof address) ? strerror(errno) : "connected");
  }
  else if (!strcmp(what, "secure")) printf("secure=%ld euid=%d egid=%d\n", getauxval(AT_SECURE), geteuid(), getegid());
  else if (!strcmp(what, "groups")) {
    gid_t all[64];
    int count = getgroups(64, all);
    for (int i = 0; i < count; i++) printf("%d%s", all[i], i + 1 < count ? " " : "");
    puts("");
  }
  else if (!strcmp(what, "exec")) { execv(value, argv + 2); perror(value); return 1; }
  else if (!strcmp(what, "bind")) {
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(atoi(value)) };
    puts(bind(socket(AF_INET, SOCK_STREAM, 0), (void *)&address, sizeof address) ? strerror(errno) : "bound");
  }
  else if (!strcmp(what, "ping")) puts(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP) < 0 ? strerror(errno) : "ready to ping");
  else if (!strcmp(what, "listen")) {
    /* family, where, milliseconds before, milliseconds after it */
    signal(SIGTERM, leave);
    usleep(1000 * atoi(argc > 4 ? argv[4] : "0"));
    listens(value, argc > 3 ? argv[3] : "");
    if (argc > 5) usleep(1000 * atoi(argv[5])); else for (;;) pause();
  }
  else if (!strcmp(what, "http")) { signal(SIGTERM, leave); serve(1); }
  else if (!strcmp(what, "deaf")) serve(1);
  else if (!strcmp(what, "tcp")) { signal(SIGTERM, leave); serve(0); }
  else return 99;
  return 0;
}
`;

/** Compiles it, static, with the compiler that is given. */
export function compileProgram(
  folder: string,
  compiler = 'gcc',
  flags: readonly string[] = ['-static'],
): string {
  const source = join(folder, 'program.c');
  const output = join(folder, `program-${compiler}-${flags.join('')}`);
  writeFileSync(source, SOURCE);
  // getgrnam and its kind are not called: the linker's warnings about them would be wrong here.
  execFileSync(compiler, [...flags, '-w', '-O1', '-o', output, source], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return output;
}
