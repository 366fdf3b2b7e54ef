#include "encode.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        puts("base64 " BASE64_VERSION);
        return 0;
    }
    unsigned char bytes[3];
    char out[4];
    size_t count;
    while ((count = fread(bytes, 1, sizeof bytes, stdin)) > 0) {
        encode_group(bytes, count, out);
        fwrite(out, 1, sizeof out, stdout);
    }
    putchar('\n');
    return ferror(stdin) || fflush(stdout) != 0;
}
