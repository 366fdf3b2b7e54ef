#include "checksum.h"

/* The reflected polynomial of IEEE 802.3, one bit at a time: small rather than fast. */
uint32_t checksum_crc32(uint32_t value, const unsigned char *bytes, size_t length) {
    value = ~value;
    for (size_t i = 0; i < length; i++) {
        value ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) value = (value >> 1) ^ (0xedb88320u & -(value & 1u));
    }
    return ~value;
}
