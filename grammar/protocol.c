/* SPDX-License-Identifier: MIT */
#include "grammar/protocol.h"

enum { ONE = HEADER_ONE, LIST = HEADER_LIST, KEEP = HEADER_KEEP, STAY = HEADER_STAY };

const struct header_row headers[HEADER_COUNT] = {
#define HEADER(ID, NAME, COMPACT, FLAGS) [HEADER_##ID] = {NAME, sizeof(NAME) - 1, COMPACT, FLAGS},
#include "grammar/headers.def"
};

const char *const methods[METHOD_COUNT + 1] = {
#define METHOD(ID, NAME) NAME,
#include "grammar/methods.def"
    ""};

const struct transport_row transports[TRANSPORT_COUNT] = {
#define TRANSPORT(ID, NAME, WORD, PARAMETER, PORT, SECURE) {NAME, WORD, PARAMETER, PORT, SECURE},
#include "grammar/transports.def"
};

/* Length and first letter of each name. */
#define KEY(LENGTH, FIRST) (uint16_t)((LENGTH) << 8 | ((FIRST) | 0x20))
static const uint16_t header_keys[HEADER_COUNT] = {
#define HEADER(ID, NAME, ...) [HEADER_##ID] = KEY(sizeof(NAME) - 1, NAME[0]),
#include "grammar/headers.def"
};

static enum header compact_named(char letter) {
    enum header id = 0;
    while (id < HEADER_COUNT && headers[id].compact != letter)
        id++;
    return id < HEADER_COUNT ? id : HEADER_OTHER;
}

/* On every header line of every message: the keys alone decide almost always. */
enum header header_named(struct slice name) {
    if (name.len <= 1 || name.len > UINT8_MAX)
        return name.len == 1 ? compact_named(byte_lower((unsigned char)name.at[0])) : HEADER_OTHER;
    const uint16_t key = KEY(name.len, (unsigned char)name.at[0]);
    for (enum header id = 0; id < HEADER_COUNT; id++)
        if (header_keys[id] == key && slice_starts_same(name, (struct slice){headers[id].name, name.len}))
            return id;
    return HEADER_OTHER;
}

enum method method_named(struct slice name) {
    enum method id = 0;
    while (id < METHOD_COUNT && !slice_equal(name, slice_of(methods[id])))
        id++;
    return id;
}

enum transport transport_named(struct slice name) {
    enum transport id = 0;
    while (id < TRANSPORT_COUNT && !slice_same(name, slice_of(transports[id].name)))
        id++;
    return id;
}

const char *status_reason(unsigned code) {
    static const struct {
        unsigned code;
        const char *reason;
    } rows[] = {
#define STATUS(CODE, REASON) {CODE, REASON},
#include "grammar/status.def"
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == code)
            return rows[i].reason;
    return "";
}
