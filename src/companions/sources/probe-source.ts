import { MACHINE_SOURCE } from './machine-source.ts';

/**
 * The question of a HEALTHCHECK, for images without a shell or curl: `probe URL [SECONDS]` connects to tcp://HOST:PORT, or
 * asks http://HOST:PORT/PATH and wants a status of 200 to 399, as Kubernetes does. HOST is an address, as it stands or in
 * brackets, `localhost` or nothing, which is this container by IPv4 and then by IPv6; no name is resolved. Exit codes are
 * those of the Dockerfile reference: 0 healthy, 1 not; 2, which it reserves, for a call that is none.
 */
export const PROBE_SOURCE = `${MACHINE_SOURCE}
${String.raw`
enum { AF_INET = 2, AF_INET6 = 10, SOCK_STREAM = 1, SOCK_NONBLOCK = 04000, SOCK_CLOEXEC = 02000000 };
enum { SOL_SOCKET = 1, SO_ERROR = 4, MSG_NOSIGNAL = 0x4000, POLLIN = 1, POLLOUT = 4, CLOCK_MONOTONIC = 1 };
enum { EINTR = 4, EAGAIN = 11, ETIMEDOUT = 110, ECONNREFUSED = 111, EINPROGRESS = 115 };
enum { HOST_MAX = 64, PATH_MAX = 2048, ANSWER_MAX = 8192, REQUEST_MAX = 4096, DEFAULT_SECONDS = 5, MAX_SECONDS = 86400 };

typedef struct { unsigned short family; unsigned char port[2], four[4]; unsigned char six[16]; unsigned int scope; } address;
typedef struct { int fd; short events, revents; } waiting;
typedef struct { word seconds, nanoseconds; } moment;
typedef struct {
  int is_http;
  const char *host, *authority, *path;
  size host_length, authority_length;
  unsigned port;
} target;

static moment deadline;

static word left_ms(void) {
  moment now;
  kernel(CLOCK_GETTIME, CLOCK_MONOTONIC, (word)&now, 0, 0, 0, 0);
  return (deadline.seconds - now.seconds) * 1000 + (deadline.nanoseconds - now.nanoseconds) / 1000000;
}

/* Until the socket is ready, or the time is over. */
static word wait_for(int fd, short events) {
  for (;;) {
    word ms = left_ms();
    if (ms <= 0) return -ETIMEDOUT;
    waiting one = { fd, events, 0 };
    moment most = { ms / 1000, ms % 1000 * 1000000 };
    word ready = kernel(PPOLL, (word)&one, 1, (word)&most, 0, 8, 0);
    if (ready > 0) return 0;
    if (ready < 0 && ready != -EINTR) return ready;
  }
}

static int starts_with(const char *text, const char *with) {
  while (*with) if (*text++ != *with++) return 0;
  return 1;
}

static int parse_target(const char *text, target *to) {
  to->is_http = starts_with(text, "http://");
  if (!to->is_http && !starts_with(text, "tcp://")) return 0;
  text += to->is_http ? 7 : 6;
  to->authority = text;
  int in_brackets = *text == '[';
  to->host = text += in_brackets;
  while (*text && (in_brackets ? *text != ']' : *text != ':' && *text != '/')) text++;
  to->host_length = (size)(text - to->host);
  if (in_brackets && *text++ != ']') return 0;
  to->port = to->is_http ? 80 : 0;
  if (*text == ':') {
    unsigned port = 0;
    for (text++; *text >= '0' && *text <= '9'; text++) if ((port = port * 10 + (unsigned)(*text - '0')) > 65535) return 0;
    to->port = port;
  }
  to->authority_length = (size)(text - to->authority);
  to->path = *text ? text : "/";
  return to->port > 0 && to->host_length < HOST_MAX && length(to->path) < PATH_MAX && (*text == 0 || (to->is_http && *text == '/'));
}

static int parse_four(const char *text, size count, unsigned char *to) {
  int part = 0, digits = 0;
  unsigned value = 0;
  for (size i = 0; i <= count; i++) {
    if (i < count && text[i] >= '0' && text[i] <= '9') {
      value = value * 10 + (unsigned)(text[i] - '0');
      if (++digits > 3 || value > 255) return 0;
    } else if ((i == count || text[i] == '.') && digits > 0 && part < 4) {
      to[part++] = (unsigned char)value;
      value = 0;
      digits = 0;
    } else return 0;
  }
  return part == 4;
}

static int hex(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  digit |= 0x20;
  return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* RFC 4291, 2.2, but for the form that ends in an address of IPv4. */
static int parse_six(const char *text, size count, unsigned char *to) {
  unsigned short groups[8];
  int found = 0, gap = -1;
  size at = 0;
  while (at < count) {
    if (text[at] == ':' && at + 1 < count && text[at + 1] == ':') {
      if (gap >= 0) return 0;
      gap = found;
      at += 2;
      continue;
    }
    if (found > 0 && gap != found) {
      if (text[at] != ':') return 0;
      at++;
    }
    unsigned value = 0;
    int digits = 0;
    for (; at < count && hex(text[at]) >= 0; at++, digits++) value = value * 16 + (unsigned)hex(text[at]);
    if (digits < 1 || digits > 4 || found == 8) return 0;
    groups[found++] = (unsigned short)value;
  }
  if (gap < 0 ? found != 8 : found > 7) return 0;
  for (int i = 0; i < 16; i++) to[i] = 0;
  for (int i = 0; i < found; i++) {
    int place = gap >= 0 && i >= gap ? 8 - found + i : i;
    to[2 * place] = (unsigned char)(groups[i] >> 8);
    to[2 * place + 1] = (unsigned char)groups[i];
  }
  return 1;
}

static word connect_to(address *to, word bytes) {
  word fd = kernel(SOCKET, to->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, 0, 0, 0);
  if (fd < 0) return fd;
  word result = kernel(CONNECT, fd, (word)to, bytes, 0, 0, 0);
  if (result == -EINPROGRESS) {
    result = wait_for((int)fd, POLLOUT);
    int error = 0;
    unsigned size_of = sizeof error;
    if (result == 0) kernel(GETSOCKOPT, fd, SOL_SOCKET, SO_ERROR, (word)&error, (word)&size_of, 0);
    if (error) result = -error;
  }
  if (result == 0) return fd;
  kernel(CLOSE, fd, 0, 0, 0, 0, 0);
  return result;
}

/* sockaddr_in ends where sockaddr_in6 has its flow: 16 and 28 bytes. */
static word connect_host(const target *to) {
  address one;
  int is_here = to->host_length == 0 || (to->host_length == 9 && starts_with(to->host, "localhost"));
  memset(&one, 0, sizeof one);
  one.port[0] = (unsigned char)(to->port >> 8);
  one.port[1] = (unsigned char)to->port;
  if (is_here || parse_four(to->host, to->host_length, one.four)) {
    one.family = AF_INET;
    if (is_here) { one.four[0] = 127; one.four[1] = 0; one.four[2] = 0; one.four[3] = 1; }
    word fd = connect_to(&one, 16);
    if (fd >= 0 || !is_here) return fd;
    for (int i = 0; i < 4; i++) one.four[i] = 0;
    one.family = AF_INET6;
    one.six[15] = 1;
    word other = connect_to(&one, 28);
    return other >= 0 ? other : fd;
  }
  memset(one.four, 0, sizeof one.four);
  if (!parse_six(to->host, to->host_length, one.six)) return 1ul << 31;
  one.family = AF_INET6;
  return connect_to(&one, 28);
}

static char request[REQUEST_MAX];

static size put(size at, const char *text, size count) {
  for (size i = 0; i < count && at < REQUEST_MAX; i++) request[at++] = text[i];
  return at;
}

/* In one piece: a small server may read once, answer and close. */
static word ask(word fd, const target *to) {
  static const char rest[] = "\r\nUser-Agent: probe\r\nAccept: */*\r\nConnection: close\r\n\r\n";
  size end = put(0, "GET ", 4);
  end = put(end, to->path, length(to->path));
  end = put(end, " HTTP/1.1\r\nHost: ", 17);
  /* RFC 9112, 3.2: the authority of the target, which names no host where this one is meant. */
  if (to->host_length == 0) end = put(end, "localhost", 9);
  end = put(end, to->authority, to->authority_length);
  end = put(end, rest, sizeof rest - 1);
  for (size at = 0; at < end;) {
    word sent = kernel(SENDTO, fd, (word)(request + at), (word)(end - at), MSG_NOSIGNAL, 0, 0);
    if (sent > 0) { at += (size)sent; continue; }
    if (sent == -EAGAIN) sent = wait_for((int)fd, POLLOUT);
    if (sent < 0 && sent != -EINTR) return sent;
  }
  return 0;
}

/* The status of a line such as HTTP/1.1 200, which must have come whole; 0: this is no HTTP. */
static int status_of(const char *line, size count) {
  if (count < 13 || !starts_with(line, "HTTP/1.") || line[8] != ' ') return 0;
  int status = 0;
  for (int i = 9; i < 12; i++) {
    if (line[i] < '0' || line[i] > '9') return 0;
    status = status * 10 + line[i] - '0';
  }
  return line[12] == ' ' || line[12] == '\r' || line[12] == '\n' ? status : 0;
}

/* Where the answer after an interim one (1xx, RFC 9110, 15.2) begins; 0: not there yet. */
static size after_headers(const char *text, size from, size count) {
  for (size i = from; i + 3 < count; i++)
    if (text[i] == '\r' && text[i + 1] == '\n' && text[i + 2] == '\r' && text[i + 3] == '\n') return i + 4;
  return 0;
}

/* A status, 0 for what is no answer of HTTP, or an error. */
static word read_status(word fd) {
  static char answer[ANSWER_MAX];
  size count = 0, from = 0;
  for (;;) {
    if (count - from >= 13) {
      int status = status_of(answer + from, count - from);
      if (status < 100 || status >= 200) return status;
      size next = after_headers(answer, from, count);
      if (next > 0) { from = next; continue; }
    }
    if (count == ANSWER_MAX) return 0;
    word result = kernel(RECVFROM, fd, (word)(answer + count), (word)(ANSWER_MAX - count), 0, 0, 0);
    if (result == 0) return 0;
    if (result > 0) { count += (size)result; continue; }
    if (result == -EAGAIN) result = wait_for((int)fd, POLLIN);
    if (result < 0 && result != -EINTR) return result;
  }
}

static _Noreturn void unhealthy(word error) {
  if (error == -ECONNREFUSED) say(1, "connection refused\n");
  else if (error == -ETIMEDOUT) say(1, "no answer in time\n");
  else { say(1, "error "); say_number(1, (unsigned long)-error); say(1, "\n"); }
  leave(1);
}

static _Noreturn void usage(void) {
  say(2, "usage: probe http://[HOST]:PORT/PATH | tcp://[HOST]:PORT [SECONDS]\n");
  leave(2);
}

__attribute__((used)) _Noreturn void begin(word *stack) {
  word argc = stack[0];
  char **argv = (char **)(stack + 1);
  target to;
  word seconds = DEFAULT_SECONDS;
  if (argc < 2 || argc > 3 || !parse_target(argv[1], &to)) usage();
  if (argc == 3) {
    seconds = 0;
    for (char *at = argv[2]; *at; at++)
      if (*at < '0' || *at > '9' || (seconds = seconds * 10 + *at - '0') > MAX_SECONDS) usage();
    if (seconds == 0) usage();
  }
  kernel(CLOCK_GETTIME, CLOCK_MONOTONIC, (word)&deadline, 0, 0, 0, 0);
  deadline.seconds += seconds;
  word fd = connect_host(&to);
  if (fd == 1l << 31) usage();
  if (fd < 0) unhealthy(fd);
  if (!to.is_http) {
    say(1, "connected\n");
    leave(0);
  }
  word result = ask(fd, &to);
  if (result == 0) result = read_status(fd);
  if (result < 0) unhealthy(result);
  if (result == 0) {
    say(1, "the answer is not HTTP\n");
    leave(1);
  }
  say(1, "status ");
  say_number(1, (unsigned long)result);
  say(1, "\n");
  leave(result >= 200 && result < 400 ? 0 : 1);
}
`}`;
