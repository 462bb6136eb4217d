/* SPDX-License-Identifier: MIT */
#include "runtime/state/nonce.h"

#include "runtime/sip/lookup.h"

#include <stdlib.h>
#include <string.h>

enum {
    TIME_DIGITS = 12,
    SALT_DIGITS = 16,
    FRONT = TIME_DIGITS + SALT_DIGITS,
    MAC_DIGITS = NONCE_LENGTH - FRONT,
    WINDOW = 64 /* counts that are told apart */
};

struct used {
    struct lookup_node node; /* first: found by it */
    uint64_t time, salt;
    uint64_t window;  /* bit n: highest - n was used */
    uint32_t highest; /* count */
    bool taken;       /* this place of the ring was used */
};

struct nonces {
    uint8_t secret[HASH_MAC_SIZE];
    struct hash_key key;
    struct slice realm;
    struct lookup by_number;
    struct used *ring; /* of `size`, in order of first use */
    unsigned size, next;
    uint64_t floor; /* those made up to then are stale; 0: none are */
};

struct nonces *nonces_new(const struct hash_key *key, struct slice realm, unsigned used) {
    static const struct slice purpose[] = {{"digest nonce", 12}};
    struct nonces *nonces = calloc(1, sizeof *nonces);
    struct used *ring = calloc(used, sizeof *ring);
    if (!nonces || !ring || lookup_init(&nonces->by_number)) {
        free(ring);
        free(nonces);
        return NULL;
    }
    hash_mac((struct slice){(const char *)key->bytes, sizeof key->bytes}, purpose, 1, nonces->secret);
    nonces->key = *key;
    nonces->realm = realm;
    nonces->ring = ring;
    nonces->size = used;
    return nonces;
}

void nonces_free(struct nonces *nonces) {
    if (!nonces)
        return;
    lookup_free(&nonces->by_number, NULL);
    free(nonces->ring);
    free(nonces);
}

/* Text. */

static void write_number(char *out, uint64_t number, unsigned digits) {
    uint8_t bytes[8];
    for (unsigned i = 0; i < digits / 2; i++)
        bytes[i] = (uint8_t)(number >> 8 * (digits / 2 - 1 - i));
    hash_digits(bytes, digits, out);
}

/* Lower case, as it was written. */
static bool read_number(struct slice text, uint64_t *number) {
    *number = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (!byte_is_hex(c) || byte_lower(c) != text.at[i])
            return false;
        *number = *number << 4 | (unsigned)byte_hex_value(c);
    }
    return true;
}

static void write_mac(const struct nonces *nonces, struct slice front, char *out) {
    const struct slice parts[] = {front, nonces->realm};
    uint8_t mac[HASH_MAC_SIZE];
    hash_mac((struct slice){(const char *)nonces->secret, sizeof nonces->secret}, parts, 2, mac);
    hash_digits(mac, MAC_DIGITS, out);
}

void nonce_write(const struct nonces *nonces, uint64_t salt, uint64_t now, char text[NONCE_LENGTH]) {
    write_number(text, now, TIME_DIGITS);
    write_number(text + TIME_DIGITS, salt, SALT_DIGITS);
    write_mac(nonces, (struct slice){text, FRONT}, text + FRONT);
}

/* False: not one of ours. */
static bool nonce_read(const struct nonces *nonces, struct slice text, uint64_t *time, uint64_t *salt) {
    char mac[MAC_DIGITS];
    if (text.len != NONCE_LENGTH || !read_number(slice_cut(text, 0, TIME_DIGITS), time) ||
        !read_number(slice_cut(text, TIME_DIGITS, FRONT), salt))
        return false;
    write_mac(nonces, slice_cut(text, 0, FRONT), mac);
    return hash_same(mac, text.at + FRONT, MAC_DIGITS);
}

/* Use. */

static uint64_t hash_number(const struct nonces *nonces, uint64_t time, uint64_t salt) {
    const uint64_t number[2] = {time, salt};
    return hash_keyed(&nonces->key, number, sizeof number);
}

static struct used *find(const struct nonces *nonces, uint64_t time, uint64_t salt) {
    struct lookup_node *node = lookup_first(&nonces->by_number, hash_number(nonces, time, salt));
    for (; node; node = lookup_next(node)) {
        struct used *used = (struct used *)(void *)node;
        if (used->time == time && used->salt == salt)
            return used;
    }
    return NULL;
}

/* In the place of the one first used; what has had its time is forgotten without a trace. */
static struct used *remember(struct nonces *nonces, uint64_t time, uint64_t salt, uint64_t now) {
    struct used *used = &nonces->ring[nonces->next];
    nonces->next = (nonces->next + 1) % nonces->size;
    if (used->taken) {
        lookup_remove(&nonces->by_number, &used->node);
        if (now - used->time < NONCE_LIFE && used->time > nonces->floor)
            nonces->floor = used->time;
    }
    *used = (struct used){.time = time, .salt = salt, .taken = true};
    lookup_add(&nonces->by_number, &used->node, hash_number(nonces, time, salt));
    return used;
}

static bool take_count(struct used *used, uint32_t count) {
    if (count > used->highest) {
        uint32_t up = count - used->highest;
        used->window = (up < WINDOW ? used->window << up : 0) | 1;
        used->highest = count;
        return true;
    }
    uint32_t below = used->highest - count;
    if (below >= WINDOW || used->window >> below & 1)
        return false;
    used->window |= (uint64_t)1 << below;
    return true;
}

enum nonce_use nonce_use(struct nonces *nonces, struct slice text, uint32_t count, uint64_t now) {
    uint64_t time, salt;
    if (!nonce_read(nonces, text, &time, &salt) || time > now || now - time >= NONCE_LIFE || time <= nonces->floor)
        return NONCE_STALE;
    struct used *used = find(nonces, time, salt);
    bool once = count == NONCE_ONCE;
    if (used)
        return !once && take_count(used, count) ? NONCE_GOOD : NONCE_REPLAYED;
    used = remember(nonces, time, salt, now);
    if (time <= nonces->floor) /* what was forgotten for it is as old */
        return NONCE_STALE;
    take_count(used, once ? UINT32_MAX : count);
    if (once) /* nor with a count any more */
        used->window = UINT64_MAX;
    return NONCE_GOOD;
}
