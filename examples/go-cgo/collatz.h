#ifndef COLLATZ_H
#define COLLATZ_H

/* The number of steps from `start` to 1; -1 when a term does not fit. */
long collatz_steps(unsigned long long start);

#endif
