#ifndef RUNS_H
#define RUNS_H

#include <stdio.h>

/* Copies a stream with each run of a character as its length and the character: "aaab" as "3a1b". */
int pack(FILE *from, FILE *to);

/* The other way. Returns -1 for what pack cannot have written. */
int unpack(FILE *from, FILE *to);

#endif
