/**
 * What both programs stand on: the kernel alone, called as each machine calls it. No header and no library of anybody's is
 * read, so that any C compiler for the machine will do. Numbers: the kernel's asm/unistd.h of each; those of arm64 and
 * riscv64 are asm-generic's. Entry: the psABIs, "Process Initialization": argc lies where the stack pointer points.
 */
export const MACHINE_SOURCE = String.raw`
typedef long word;
typedef unsigned long size;

#if defined(__x86_64__)
enum { READ = 0, WRITE = 1, CLOSE = 3, SIGPROCMASK = 14, IOCTL = 16, SOCKET = 41, CONNECT = 42, GETPID = 39, SENDTO = 44,
       RECVFROM = 45, GETSOCKOPT = 55, CLONE = 56, EXECVE = 59, WAIT4 = 61, KILL = 62, SETPGID = 109,
       PRCTL = 157, CLOCK_GETTIME = 228, EXIT_GROUP = 231, PPOLL = 271, SIGNALFD = 289 };
__asm__(".globl _start\n_start:\n xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call begin\n hlt\n");
static word kernel(word n, word a, word b, word c, word d, word e, word f) {
  word result;
  register word r10 __asm__("r10") = d;
  register word r8 __asm__("r8") = e;
  register word r9 __asm__("r9") = f;
  __asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64)
enum { IOCTL = 29, CLOSE = 57, READ = 63, WRITE = 64, PPOLL = 73, SIGNALFD = 74, EXIT_GROUP = 94, CLOCK_GETTIME = 113, KILL = 129,
       SIGPROCMASK = 135, SETPGID = 154, PRCTL = 167, GETPID = 172, SOCKET = 198, CONNECT = 203, SENDTO = 206,
       RECVFROM = 207, GETSOCKOPT = 209, CLONE = 220, EXECVE = 221, WAIT4 = 260 };
#if defined(__aarch64__)
__asm__(".globl _start\n_start:\n mov x29, #0\n mov x30, #0\n mov x0, sp\n and sp, x0, #-16\n b begin\n");
static word kernel(word n, word a, word b, word c, word d, word e, word f) {
  register word x8 __asm__("x8") = n;
  register word x0 __asm__("x0") = a;
  register word x1 __asm__("x1") = b;
  register word x2 __asm__("x2") = c;
  register word x3 __asm__("x3") = d;
  register word x4 __asm__("x4") = e;
  register word x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}
#else
__asm__(".globl _start\n_start:\n mv a0, sp\n andi sp, sp, -16\n j begin\n");
static word kernel(word n, word a, word b, word c, word d, word e, word f) {
  register word a7 __asm__("a7") = n;
  register word a0 __asm__("a0") = a;
  register word a1 __asm__("a1") = b;
  register word a2 __asm__("a2") = c;
  register word a3 __asm__("a3") = d;
  register word a4 __asm__("a4") = e;
  register word a5 __asm__("a5") = f;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5) : "memory");
  return a0;
}
#endif
#else
#error "this machine's system calls are not written down here"
#endif

/* Compilers call these by themselves; volatile, or they would make a loop of them into a call of themselves. */
void *memset(void *to, int byte, size count) {
  volatile char *at = to;
  while (count--) *at++ = (char)byte;
  return to;
}
void *memcpy(void *to, const void *from, size count) {
  volatile char *at = to;
  const char *source = from;
  while (count--) *at++ = *source++;
  return to;
}

static size length(const char *text) {
  size count = 0;
  while (text[count]) count++;
  return count;
}
static void say(int to, const char *text) { kernel(WRITE, to, (word)text, (word)length(text), 0, 0, 0); }
static void say_number(int to, unsigned long number) {
  char digits[24];
  int at = 24;
  digits[--at] = 0;
  do digits[--at] = (char)('0' + number % 10); while (number /= 10);
  say(to, digits + at);
}
static _Noreturn void leave(int code) { for (;;) kernel(EXIT_GROUP, code, 0, 0, 0, 0, 0); }
`;
