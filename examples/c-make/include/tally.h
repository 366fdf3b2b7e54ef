#ifndef TALLY_H
#define TALLY_H

#include <stddef.h>

/* Words and how often each was seen: a hash table that grows. */
struct tally_entry {
    char *word;
    unsigned long count;
};

struct tally {
    struct tally_entry *entries;
    size_t capacity;
    size_t used;
};

/* Returns 0, or -1 when memory runs out. */
int tally_add(struct tally *tally, const char *word, size_t length);
void tally_sort(struct tally *tally);
void tally_free(struct tally *tally);

/* Shannon entropy of the words, in bits. */
double tally_entropy(const struct tally *tally);

#endif
