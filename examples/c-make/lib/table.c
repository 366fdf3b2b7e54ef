#include "tally.h"

#include <stdlib.h>
#include <string.h>

static size_t hash(const char *word, size_t length) {
    size_t value = 1469598103934665603u;
    for (size_t i = 0; i < length; i++) value = (value ^ (unsigned char)word[i]) * 1099511628211u;
    return value;
}

static struct tally_entry *find(struct tally_entry *entries, size_t capacity, const char *word, size_t length) {
    size_t at = hash(word, length) & (capacity - 1);
    while (entries[at].word != NULL) {
        if (strlen(entries[at].word) == length && memcmp(entries[at].word, word, length) == 0) break;
        at = (at + 1) & (capacity - 1);
    }
    return &entries[at];
}

static int grow(struct tally *tally) {
    size_t capacity = tally->capacity == 0 ? 64 : tally->capacity * 2;
    struct tally_entry *entries = calloc(capacity, sizeof *entries);
    if (entries == NULL) return -1;
    for (size_t i = 0; i < tally->capacity; i++) {
        struct tally_entry old = tally->entries[i];
        if (old.word != NULL) *find(entries, capacity, old.word, strlen(old.word)) = old;
    }
    free(tally->entries);
    tally->entries = entries;
    tally->capacity = capacity;
    return 0;
}

int tally_add(struct tally *tally, const char *word, size_t length) {
    if (tally->used * 2 >= tally->capacity && grow(tally) != 0) return -1;
    struct tally_entry *entry = find(tally->entries, tally->capacity, word, length);
    if (entry->word == NULL) {
        entry->word = malloc(length + 1);
        if (entry->word == NULL) return -1;
        memcpy(entry->word, word, length);
        entry->word[length] = '\0';
        tally->used++;
    }
    entry->count++;
    return 0;
}

static int more_first(const void *a, const void *b) {
    const struct tally_entry *left = a, *right = b;
    if (left->word == NULL || right->word == NULL) return (left->word == NULL) - (right->word == NULL);
    if (left->count != right->count) return left->count < right->count ? 1 : -1;
    return strcmp(left->word, right->word);
}

/* The table cannot be added to afterwards. */
void tally_sort(struct tally *tally) {
    if (tally->capacity > 0) qsort(tally->entries, tally->capacity, sizeof *tally->entries, more_first);
}

void tally_free(struct tally *tally) {
    for (size_t i = 0; i < tally->capacity; i++) free(tally->entries[i].word);
    free(tally->entries);
    memset(tally, 0, sizeof *tally);
}
