#include "collatz.h"

#include <limits.h>

long collatz_steps(unsigned long long start) {
  long steps = 0;
  for (unsigned long long term = start; term > 1; steps++) {
    if (term % 2 == 0) {
      term /= 2;
    } else if (term > (ULLONG_MAX - 1) / 3) {
      return -1;
    } else {
      term = 3 * term + 1;
    }
  }
  return steps;
}
