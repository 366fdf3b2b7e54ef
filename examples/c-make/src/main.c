#include "tally.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define WORD_LIMIT 256

static int read_words(struct tally *tally, FILE *input) {
    char word[WORD_LIMIT];
    size_t length = 0;
    for (int c = fgetc(input); c != EOF || length > 0; c = fgetc(input)) {
        if (c != EOF && isalnum(c) && length < WORD_LIMIT) {
            word[length++] = (char)tolower(c);
        } else if (length > 0) {
            if (tally_add(tally, word, length) != 0) return -1;
            length = 0;
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        puts("tally " TALLY_VERSION);
        return 0;
    }
    struct tally tally = {0};
    if (read_words(&tally, stdin) != 0) {
        perror("tally");
        return 1;
    }
    tally_sort(&tally);
    for (size_t i = 0; i < tally.used; i++) printf("%7lu %s\n", tally.entries[i].count, tally.entries[i].word);
    printf("%zu words, %.3f bits each\n", tally.used, tally_entropy(&tally));
    tally_free(&tally);
    return 0;
}
