/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/flow.h"

#include "runtime/proxy/target.h"

#include <string.h>

enum { FORM_TRANSPORT = 7, FORM_IPV6 = 8, FORM_SCOPE = 16, FORM_LOSS = 5 };

_Static_assert(TRANSPORT_NONE <= FORM_TRANSPORT + 1, "a transport is three bits");

void flow_key_init(struct flow_key *key, const struct hash_key *secret) {
    const struct slice purpose = SLICE("flow tokens"), of = {(const char *)secret->bytes, sizeof secret->bytes};
    hash_mac(of, &purpose, 1, key->bytes);
}

/* Numbers. */

static uint8_t *put_number(uint8_t *at, uint32_t number, unsigned bytes) {
    while (bytes--)
        *at++ = (uint8_t)(number >> 8 * bytes);
    return at;
}

static uint32_t get_number(const uint8_t **at, unsigned bytes) {
    uint32_t number = 0;
    while (bytes--)
        number = number << 8 | *(*at)++;
    return number;
}

static unsigned address_size(uint8_t family) {
    return family == 6 ? 16 : 4;
}

/* Places. */

static uint8_t *put_place(uint8_t *at, const struct endpoint *place) {
    unsigned size = address_size(place->ip.family);
    memcpy(at, place->ip.bytes, size);
    return put_number(at + size, place->port, 2);
}

static void get_place(const uint8_t **at, uint8_t form, struct endpoint *place) {
    *place = (struct endpoint){.ip.family = form & FORM_IPV6 ? 6 : 4, .transport = form & FORM_TRANSPORT};
    unsigned size = address_size(place->ip.family);
    memcpy(place->ip.bytes, *at, size);
    *at += size;
    place->port = (uint16_t)get_number(at, 2);
}

/* All but the MAC; behind the last byte. */
static uint8_t *put_flow(uint8_t *at, const struct flow_place *flow) {
    const struct endpoint *remote = &flow->remote;
    unsigned form = remote->transport | (unsigned)flow->loss << FORM_LOSS;
    form |= remote->ip.family == 6 ? FORM_IPV6 : 0;
    form |= remote->scope ? FORM_SCOPE : 0;
    at = put_number(at, form, 1);
    at = put_place(at, remote);
    at = put_place(at, &flow->local);
    return remote->scope ? put_number(at, remote->scope, 4) : at;
}

/* What `size` bytes say that somebody has sent, the MAC unseen; false: nothing. */
static bool get_flow(struct flow_place *flow, const uint8_t *at, size_t size) {
    uint8_t form = size ? *at : 0;
    if (size != 1u + 2 * (address_size(form & FORM_IPV6 ? 6 : 4) + 2) + (form & FORM_SCOPE ? 4 : 0) ||
        (form & FORM_TRANSPORT) >= TRANSPORT_NONE || form >> FORM_LOSS > FLOW_BOUND)
        return false;
    at++;
    get_place(&at, form, &flow->remote);
    get_place(&at, form, &flow->local);
    if (form & FORM_SCOPE)
        flow->remote.scope = flow->local.scope = get_number(&at, 4);
    flow->loss = (uint8_t)(form >> FORM_LOSS);
    return true;
}

/* Tokens. */

struct slice flow_token(const struct flow_place *flow, const struct flow_key *key, struct slice call_id,
                        char text[FLOW_TOKEN_MAX]) {
    uint8_t bytes[FLOW_BYTES_MAX], mac[HASH_MAC_SIZE];
    size_t size = (size_t)(put_flow(bytes + FLOW_MAC, flow) - bytes);
    const struct slice parts[] = {{(const char *)bytes + FLOW_MAC, size - FLOW_MAC}, call_id};
    hash_mac((struct slice){(const char *)key->bytes, sizeof key->bytes}, parts, 2, mac);
    memcpy(bytes, mac, FLOW_MAC);
    base64_text(bytes, size, BASE64_URL, text);
    return (struct slice){text, BASE64URL_LENGTH(size)};
}

/* It is the one that we would have written. */
bool flow_read(struct flow_place *flow, const struct flow_key *key, struct slice call_id, struct slice token) {
    uint8_t bytes[FLOW_BYTES_MAX];
    char text[FLOW_TOKEN_MAX];
    size_t size;
    *flow = (struct flow_place){.loss = FLOW_REOPENED};
    struct flow_place named;
    if (!base64_bytes(token, BASE64_URL, bytes, sizeof bytes, &size) || size < FLOW_MAC ||
        !get_flow(&named, bytes + FLOW_MAC, size - FLOW_MAC))
        return false;
    struct slice ours = flow_token(&named, key, call_id, text);
    if (ours.len != token.len || !hash_same(ours.at, token.at, ours.len) || !target_is_place(&named.remote))
        return false;
    *flow = named;
    return true;
}
