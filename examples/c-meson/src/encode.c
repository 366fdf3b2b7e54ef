#include "encode.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void encode_group(const unsigned char *bytes, size_t count, char out[4]) {
    unsigned long group = (unsigned long)bytes[0] << 16;
    if (count > 1) group |= (unsigned long)bytes[1] << 8;
    if (count > 2) group |= bytes[2];
    out[0] = alphabet[group >> 18 & 63];
    out[1] = alphabet[group >> 12 & 63];
    out[2] = '=';
    out[3] = '=';
    if (count > 1) out[2] = alphabet[group >> 6 & 63];
    if (count > 2) out[3] = alphabet[group & 63];
}
