#include "anlan_frame.h"

#include <string.h>

#define HEAD 20u

static uint8_t *put(uint8_t *to, uint64_t value, int bytes)
{
    for (int place = bytes - 1; place >= 0; place--)
        *to++ = (uint8_t)(value >> (8 * place));
    return to;
}

/* The float or double as its IEEE 754 bits. */
static uint64_t bits(double value, int width)
{
    uint64_t wide = 0;
    uint32_t narrow = 0;
    float rounded = (float)value;
    if (width == 8) {
        memcpy(&wide, &value, 8);
        return wide;
    }
    memcpy(&narrow, &rounded, 4);
    return narrow;
}

/* CRC-32 of IEEE 802.3 (reflected, polynomial 0xEDB88320), bit by bit: no table, for little memory. */
static uint32_t crc32(const uint8_t *data, size_t length)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t place = 0; place < length; place++) {
        crc ^= data[place];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

size_t anlan_frame(uint8_t *out, size_t room, const char *const *names, size_t name_count,
                   const struct anlan_reading *readings, size_t count, int width)
{
    if (count == 0 || count > ANLAN_FRAME_MOST || name_count == 0 || name_count > ANLAN_FRAME_MOST)
        return 0;
    if (width != 8 && width != 4)
        return 0;
    size_t name_bytes = name_count - 1;
    for (size_t place = 0; place < name_count; place++)
        name_bytes += strlen(names[place]);
    size_t length = HEAD + name_bytes + count * (6u + (size_t)width) + 4u;
    if (name_bytes > 0xFFFFu || length > room)
        return 0;
    int64_t base = readings[0].at;
    for (size_t place = 1; place < count; place++)
        if (readings[place].at < base)
            base = readings[place].at;
    /* A whole millisecond, so that a reading has the same time in any frame. */
    base -= (base % 1000 + 1000) % 1000;

    uint8_t *to = out;
    memcpy(to, "ANLF", 4);
    to = put(to + 4, 1, 1);
    to = put(to, (uint64_t)width, 1);
    to = put(to, name_count, 2);
    to = put(to, count, 2);
    to = put(to, name_bytes, 2);
    to = put(to, (uint64_t)base, 8);
    for (size_t place = 0; place < name_count; place++) {
        if (place > 0)
            *to++ = '\n';
        size_t size = strlen(names[place]);
        memcpy(to, names[place], size);
        to += size;
    }
    for (size_t place = 0; place < count; place++) {
        if (readings[place].name >= name_count)
            return 0;
        to = put(to, readings[place].name, 2);
    }
    for (size_t place = 0; place < count; place++) {
        uint64_t after = ((uint64_t)readings[place].at - (uint64_t)base) / 1000u;
        if (after > 0xFFFFFFFFu)
            return 0;
        to = put(to, after, 4);
    }
    for (size_t place = 0; place < count; place++)
        to = put(to, bits(readings[place].value, width), width);
    put(to, crc32(out, (size_t)(to - out)), 4);
    return length;
}
