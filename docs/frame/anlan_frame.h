/* Frames of readings for anlan: reference encoder in C99, without allocation. See docs/frame-format.md. */
#ifndef ANLAN_FRAME_H
#define ANLAN_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define ANLAN_FRAME_MOST 500

/* One reading: an index of the names, microseconds since 1970-01-01 UTC, the value in the property's unit. */
struct anlan_reading {
    uint16_t name;
    int64_t at;
    double value;
};

/* Write a frame to `out`, which has room for `room` bytes. `width` is 8 (double) or 4 (float).
   Returns its length, or 0 when it does not fit or something is out of bounds. */
size_t anlan_frame(uint8_t *out, size_t room, const char *const *names, size_t name_count,
                   const struct anlan_reading *readings, size_t count, int width);

#endif
