#include "checksum.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        puts("digest " DIGEST_VERSION);
        return 0;
    }
    unsigned char buffer[4096];
    uint32_t crc = 0, adler = 1;
    size_t got, total = 0;
    while ((got = fread(buffer, 1, sizeof buffer, stdin)) > 0) {
        crc = checksum_crc32(crc, buffer, got);
        adler = checksum_adler32(adler, buffer, got);
        total += got;
    }
    if (ferror(stdin)) {
        perror("digest");
        return 1;
    }
    printf("crc32 %08" PRIx32 "\n", crc);
#ifdef DIGEST_ADLER
    printf("adler32 %08" PRIx32 "\n", adler);
#endif
    printf("%zu bytes\n", total);
    return 0;
}
