#include "checksum.h"

uint32_t checksum_adler32(uint32_t value, const unsigned char *bytes, size_t length) {
    uint32_t low = value & 0xffff, high = value >> 16;
    for (size_t i = 0; i < length; i++) {
        low = (low + bytes[i]) % 65521;
        high = (high + low) % 65521;
    }
    return high << 16 | low;
}
