#ifndef CASSETS_H
#define CASSETS_H

#include <stddef.h>
#include <stdint.h>

// Files for browsers, built into the program, so that it needs no folder beside it.

/// One file. Lives as long as the program.
typedef struct {
    const char *name;
    const char *media_type;
    const uint8_t *bytes;
    size_t count;
} asset;

/// All of them; their number goes to `count`.
const asset *assets_all(size_t *count);

#endif
