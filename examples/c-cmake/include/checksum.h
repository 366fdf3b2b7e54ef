#ifndef CHECKSUM_H
#define CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Both continue from the value of the bytes before; crc32 starts with 0, adler32 with 1. */
uint32_t checksum_crc32(uint32_t value, const unsigned char *bytes, size_t length);
uint32_t checksum_adler32(uint32_t value, const unsigned char *bytes, size_t length);

#endif
