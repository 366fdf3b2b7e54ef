#include "runs.h"

int main(void) {
  if (unpack(stdin, stdout) == 0) return 0;
  fputs("unpack: this was not packed by pack\n", stderr);
  return 1;
}
