#ifndef LAYOUT_H
#define LAYOUT_H

#include <stddef.h>

/* How many columns of the widest item fit into a line of `width` characters; at least one. */
size_t layout_columns(size_t widest, size_t gap, size_t width);

#endif
