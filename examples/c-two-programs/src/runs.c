#include "runs.h"

/* A count has one digit, so that digits can be packed as well. */
enum { LONGEST_RUN = 9 };

int pack(FILE *from, FILE *to) {
  int character = getc(from);
  while (character != EOF) {
    int length = 1;
    int next = getc(from);
    while (next == character && length < LONGEST_RUN) {
      length++;
      next = getc(from);
    }
    if (putc('0' + length, to) == EOF || putc(character, to) == EOF) return -1;
    character = next;
  }
  return ferror(from) || fflush(to) != 0 ? -1 : 0;
}

int unpack(FILE *from, FILE *to) {
  for (int count = getc(from); count != EOF; count = getc(from)) {
    int character = getc(from);
    if (count < '1' || count > '0' + LONGEST_RUN || character == EOF) return -1;
    for (int left = count - '0'; left > 0; left--)
      if (putc(character, to) == EOF) return -1;
  }
  return ferror(from) || fflush(to) != 0 ? -1 : 0;
}
