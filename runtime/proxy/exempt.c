/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/exempt.h"

#include "grammar/codes.h"
#include "runtime/proxy/ours.h"
#include "runtime/state/location.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct exempt {
    unsigned count, room;
    struct ip_address *list; /* sorted, each once */
};

/* Addresses in texts. */

static bool may_begin(struct slice text, size_t at) {
    struct slice before = slice_cut(text, 0, at);
    static const char *const fronts[] = {"sip:", "sips:", "maddr="};
    if (at == 0)
        return true;
    if (strchr("@<, \t", text.at[at - 1]))
        return true;
    for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++) {
        struct slice front = slice_of(fronts[i]);
        if (before.len >= front.len && slice_same(slice_from(before, before.len - front.len), front))
            return true;
    }
    return false;
}

/* Where the host that begins at `at` ends. */
static size_t host_end(struct slice text, size_t at) {
    if (text.at[at] == '[') {
        size_t close = slice_find(text, at, ']');
        return close < text.len ? close + 1 : text.len;
    }
    while (at < text.len && (byte_is_digit((unsigned char)text.at[at]) || text.at[at] == '.'))
        at++;
    return at;
}

/* An IPv6 address without brackets is all of its text: "$target = 2001:db8::1". */
static size_t address_end(struct slice text, size_t at) {
    struct ip_address ip;
    return at == 0 && ip_parse(&ip, text) ? text.len : host_end(text, at);
}

static int add(struct exempt *exempt, const struct ip_address *ip) {
    if (exempt->count == exempt->room) {
        unsigned room = exempt->room ? 2 * exempt->room : 16;
        struct ip_address *list = realloc(exempt->list, room * sizeof *list);
        if (!list)
            return -ENOMEM;
        exempt->list = list;
        exempt->room = room;
    }
    exempt->list[exempt->count++] = *ip;
    return 0;
}

/* A piece of a value. `goes_on`: something inserted stands before it, so that its begin is none; `open`: something
 * follows, which may go on with an address at its end. */
static int add_text(struct exempt *exempt, struct slice text, bool goes_on, bool open) {
    for (size_t at = goes_on; at < text.len; at++) {
        struct ip_address ip = {0};
        if (!may_begin(text, at))
            continue;
        size_t end = address_end(text, at);
        bool whole = end < text.len ? strchr(":;>?, \t/", text.at[end]) != NULL : !open;
        if (whole && ip_parse(&ip, slice_cut(text, at, end)) && add(exempt, &ip))
            return -ENOMEM;
    }
    return 0;
}

/* The image: a value is made by pushing its texts and captures, and joining them. */

static bool is_destination(const struct image_instruction *at) {
    return at->op == OP_SET_TO || at->op == OP_TARGET || at->op == OP_ALTERNATE ||
           (at->op == OP_SET && at->b == VARIABLE_REQUEST);
}

static int add_rule(struct exempt *exempt, const struct image *image, const struct image_rule *rule) {
    uint32_t end = rule->start + rule->count;
    for (uint32_t pc = rule->start, value = pc; pc < end; pc++) {
        const struct image_instruction *at = &image->code[pc];
        if (at->op == OP_TEXT || at->op == OP_CAPTURE || at->op == OP_JOIN)
            continue;
        for (uint32_t piece = value; is_destination(at) && piece < pc; piece++) {
            bool open = image->code[piece + 1].op == OP_CAPTURE;
            if (image->code[piece].op == OP_TEXT &&
                add_text(exempt, image_text(image, image->code[piece].c), piece > value, open))
                return -ENOMEM;
        }
        value = pc + 1;
    }
    return 0;
}

static int compare(const void *a, const void *b) {
    return memcmp(a, b, sizeof(struct ip_address));
}

struct exempt *exempt_new(const struct image *image) {
    struct exempt *exempt = calloc(1, sizeof *exempt);
    if (!exempt)
        return NULL;
    for (uint32_t i = 0; i < image->rule_count; i++) {
        const struct image_rule *rule = &image->rules[i];
        if (!(rule->flags & IMAGE_RULE_DISABLED) && add_rule(exempt, image, rule)) {
            exempt_free(exempt);
            return NULL;
        }
    }
    if (exempt->count)
        qsort(exempt->list, exempt->count, sizeof *exempt->list, compare);
    return exempt;
}

void exempt_free(struct exempt *exempt) {
    if (exempt)
        free(exempt->list);
    free(exempt);
}

/* Bytes behind an IPv4 address are 0 in both, so that all of them compare. */
bool exempt_names(const struct exempt *exempt, const struct ip_address *ip) {
    struct ip_address key = {.family = ip->family};
    memcpy(key.bytes, ip->bytes, ip->family == 4 ? 4 : sizeof key.bytes);
    return exempt->count && bsearch(&key, exempt->list, exempt->count, sizeof key, compare);
}

static bool is_local(const struct proxy_settings *settings, const struct ip_address *ip) {
    const struct sip_uri place = {.scheme = URI_SIP, .ip = *ip};
    return ip_is_loopback(ip) || ours_host(settings, &place);
}

static bool is_in_blocks(const struct proxy_settings *settings, const struct ip_address *ip) {
    for (unsigned i = 0; i < settings->exempt_count; i++)
        if (ip_block_has(&settings->exempt[i], ip))
            return true;
    return false;
}

const char *exempt_reason(const struct proxy *proxy, const struct ip_address *ip) {
    if (is_local(proxy->settings, ip))
        return "an address of this machine";
    if (exempt_names(proxy->exempt, ip))
        return "a destination of the plan";
    if (location_knows(proxy->locations, ip))
        return "a user is registered there";
    return is_in_blocks(proxy->settings, ip) ? "exempt by --block-exempt" : NULL;
}
