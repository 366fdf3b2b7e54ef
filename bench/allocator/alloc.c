/* Threads that free and allocate, as many pairs as they are told: what is measured is malloc alone. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#define SLOTS 4096
static int pairs;
static void *work(void *seed) {
  unsigned long x = (unsigned long)seed * 2654435761u + 1;
  static __thread void *slot[SLOTS];
  for (int i = 0; i < pairs; i++) {
    x = x * 6364136223846793005ul + 1442695040888963407ul;
    void **s = &slot[(x >> 33) % SLOTS];
    free(*s);
    *s = malloc(16 + (x >> 50) % 512);
    *(char *)*s = 1;
  }
  return 0;
}
int main(int c, char **v) {
  int n = c > 1 ? atoi(v[1]) : 4;
  pairs = c > 2 ? atoi(v[2]) : 200000;
  pthread_t t[64];
  struct timespec a, b;
  clock_gettime(CLOCK_MONOTONIC, &a);
  for (long i = 0; i < n; i++) pthread_create(&t[i], 0, work, (void *)(i + 1));
  for (int i = 0; i < n; i++) pthread_join(t[i], 0);
  clock_gettime(CLOCK_MONOTONIC, &b);
  fprintf(stderr, "%.2f Mop/s\n", (double)n * pairs / 1e6 / (b.tv_sec - a.tv_sec + (b.tv_nsec - a.tv_nsec) / 1e9));
  puts("done");
  return 0;
}
