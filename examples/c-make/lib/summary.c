#include "tally.h"

#include <math.h>

double tally_entropy(const struct tally *tally) {
    unsigned long total = 0;
    for (size_t i = 0; i < tally->capacity; i++) total += tally->entries[i].count;
    double bits = 0;
    for (size_t i = 0; i < tally->capacity; i++) {
        if (tally->entries[i].count == 0) continue;
        double share = (double)tally->entries[i].count / (double)total;
        bits -= share * log2(share);
    }
    return bits;
}
