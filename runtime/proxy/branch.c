/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/branch.h"

#include "runtime/sip/uri.h"

#include <string.h>

void hex_text(uint64_t number, char digits[HEX_LENGTH]) {
    for (unsigned i = 0; i < HEX_LENGTH; i++)
        digits[i] = "0123456789abcdef"[number >> (60 - 4 * i) & 15];
}

void branch_text(uint64_t token, uint64_t loop, char branch[BRANCH_LENGTH]) {
    memcpy(branch, "z9hG4bK", MAGIC_LENGTH);
    hex_text(token, branch + MAGIC_LENGTH);
    hex_text(loop, branch + MAGIC_LENGTH + HEX_LENGTH);
}

/* Each field's own hash goes into the next: "ab" "c" and "a" "bc" differ. */
static void mix(const struct hash_key *key, uint64_t *state, struct slice field) {
    uint64_t pair[2] = {*state, hash_keyed(key, field.at, field.len)};
    *state = hash_keyed(key, pair, sizeof pair);
}

static void mix_header(const struct hash_key *key, uint64_t *state, const struct sip_message *request,
                       enum header header, struct slice name) {
    bool known = header != HEADER_OTHER;
    int line = known ? scan_next(request, header, -1) : scan_next_named(request, name, -1);
    while (line >= 0) {
        mix(key, state, scan_value(request, (unsigned)line));
        line = known ? scan_next(request, header, line) : scan_next_named(request, name, line);
    }
    mix(key, state, SLICE("\n")); /* no header value: where one header's lines end */
}

uint64_t loop_hash(const struct hash_key *key, const struct image *image, const struct sip_message *request) {
    uint64_t state = request->cseq;
    mix(key, &state, request->uri);
    mix(key, &state, request->call_id);
    mix(key, &state, request->from_tag);
    mix_header(key, &state, request, HEADER_ROUTE, SLICE_NULL);
    mix_header(key, &state, request, HEADER_PROXY_REQUIRE, SLICE_NULL);
    for (uint32_t n = 0; n < image->name_count; n++) {
        const struct image_name *name = &image->names[n];
        if ((name->flags & IMAGE_NAME_READ) && !(name->flags & IMAGE_NAME_ENV))
            mix_header(key, &state, request, name->header, image_name_text(image, n));
    }
    return state;
}

static bool carries(struct slice via, const char loop[HEX_LENGTH]) {
    struct slice branch;
    return uri_param(slice_from(via, slice_find(via, 0, ';')), SLICE("branch"), &branch) &&
           branch.len == BRANCH_LENGTH && memcmp(branch.at + BRANCH_LENGTH - HEX_LENGTH, loop, HEX_LENGTH) == 0;
}

bool loop_found(const struct sip_message *request, uint64_t loop) {
    char digits[HEX_LENGTH];
    hex_text(loop, digits);
    for (int line = scan_next(request, HEADER_VIA, -1); line >= 0; line = scan_next(request, HEADER_VIA, line)) {
        struct slice rest = scan_value(request, (unsigned)line), via;
        while (list_next(&rest, &via))
            if (carries(via, digits))
                return true;
    }
    return false;
}
