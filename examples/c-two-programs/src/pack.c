#include "runs.h"

int main(void) {
  if (pack(stdin, stdout) == 0) return 0;
  fputs("pack: cannot read or write\n", stderr);
  return 1;
}
