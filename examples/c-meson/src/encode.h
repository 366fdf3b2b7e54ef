#ifndef ENCODE_H
#define ENCODE_H

#include <stddef.h>

/* Writes four characters for up to three bytes. RFC 4648 section 4. */
void encode_group(const unsigned char *bytes, size_t count, char out[4]);

#endif
