#include "layout.h"

size_t layout_columns(size_t widest, size_t gap, size_t width) {
    size_t columns = (width + gap) / (widest + gap);
    return columns > 0 ? columns : 1;
}
