#include "config.h"

#include "layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#ifndef HAVE_GETLINE
#error "getline is in POSIX since 2008"
#endif

static size_t read_lines(char ***lines, size_t *widest) {
    size_t count = 0, capacity = 0, size = 0;
    char *line = NULL;
    ssize_t length;
    while ((length = getline(&line, &size, stdin)) >= 0) {
        if (length > 0 && line[length - 1] == '\n') line[--length] = '\0';
        if (count == capacity) {
            capacity = capacity == 0 ? 32 : capacity * 2;
            char **larger = realloc(*lines, capacity * sizeof *larger);
            if (larger == NULL) abort();
            *lines = larger;
        }
        (*lines)[count++] = line;
        if ((size_t)length > *widest) *widest = (size_t)length;
        line = NULL;
        size = 0;
    }
    free(line);
    return count;
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        puts(PACKAGE_STRING);
        return 0;
    }
    size_t width = argc > 1 ? strtoul(argv[1], NULL, 10) : 80, widest = 0;
    char **lines = NULL;
    size_t count = read_lines(&lines, &widest);
    size_t columns = layout_columns(widest, 2, width);
    for (size_t i = 0; i < count; i++) {
        int last = (i + 1) % columns == 0 || i + 1 == count;
        if (last) puts(lines[i]);
        else printf("%-*s", (int)widest + 2, lines[i]);
    }
    return 0;
}
