/* SPDX-License-Identifier: MIT */
#include "runtime/net/upgrade.h"

#include "runtime/sip/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEAD_LEAST = 1024, /* bytes that are allocated at once */
    KEY_LENGTH = 24,   /* digits of a key: 16 bytes */
    ACCEPT_LENGTH = (DIGEST_SHA1_SIZE + 2) / 3 * 4,
};

/* Headers that decide. */
enum field { HOST, UPGRADE, CONNECTION, KEY, VERSION, PROTOCOL, ORIGIN, LENGTH, CODING, FIELDS };

struct head {
    struct slice method, version;
    bool malformed;
    struct slice values[FIELDS]; /* null: absent; of those that are lists all lines, else the last */
    unsigned counts[FIELDS];
    bool websocket, upgrades, sip; /* what the lists hold */
};

struct refusal {
    unsigned code; /* 0: none */
    const char *reason, *header;
};

#define REFUSED(...) ((struct refusal){__VA_ARGS__})

/* RFC 4648 4. */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void base64(const uint8_t *bytes, size_t count, char *out) {
    for (size_t i = 0; i < count; i += 3) {
        uint32_t group = (uint32_t)bytes[i] << 16;
        group |= i + 1 < count ? (uint32_t)bytes[i + 1] << 8 : 0;
        group |= i + 2 < count ? bytes[i + 2] : 0;
        *out++ = digits[group >> 18];
        *out++ = digits[group >> 12 & 63];
        *out++ = i + 1 < count ? digits[group >> 6 & 63] : '=';
        *out++ = i + 2 < count ? digits[group & 63] : '=';
    }
}

/* Sixteen bytes: 22 digits, of which the last has four bits that must be zero. */
static bool is_key(struct slice key) {
    if (key.len != KEY_LENGTH || !slice_equal(slice_from(key, KEY_LENGTH - 2), SLICE("==")))
        return false;
    for (size_t i = 0; i < KEY_LENGTH - 2; i++)
        if (!memchr(digits, key.at[i], sizeof digits - 1))
            return false;
    return strchr("AQgw", key.at[KEY_LENGTH - 3]) != NULL;
}

/* RFC 6455 4.2.2 step 5.4. */
static void accept_of(struct slice key, char out[ACCEPT_LENGTH]) {
    uint8_t hash[DIGEST_SHA1_SIZE];
    const struct slice parts[] = {key, SLICE("258EAFA5-E914-47DA-95CA-C5AB0DC85B11")};
    digest_sha1(parts, 2, hash);
    base64(hash, sizeof hash, out);
}

/* Reading. */

static bool next_line(struct slice *rest, struct slice *line) {
    size_t end = slice_find(*rest, 0, '\n');
    if (end == 0 || end == rest->len || rest->at[end - 1] != '\r')
        return false;
    *line = slice_cut(*rest, 0, end - 1);
    *rest = slice_from(*rest, end + 1);
    return true;
}

/* Does a list hold a word? */
static bool lists(struct slice list, struct slice word, bool exactly) {
    for (size_t at = 0, end; at < list.len; at = end + 1) {
        end = slice_find(list, at, ',');
        struct slice one = slice_trim(slice_cut(list, at, end));
        if (exactly ? slice_equal(one, word) : slice_same(one, word))
            return true;
    }
    return false;
}

static void read_field(struct head *head, struct slice name, struct slice value) {
    static const char *const names[FIELDS] = {
        [HOST] = "Host",
        [UPGRADE] = "Upgrade",
        [CONNECTION] = "Connection",
        [KEY] = "Sec-WebSocket-Key",
        [VERSION] = "Sec-WebSocket-Version",
        [PROTOCOL] = "Sec-WebSocket-Protocol",
        [ORIGIN] = "Origin",
        [LENGTH] = "Content-Length",
        [CODING] = "Transfer-Encoding",
    };
    unsigned field = 0;
    while (field < FIELDS && !slice_same(name, slice_of(names[field])))
        field++;
    if (field == FIELDS)
        return;
    head->values[field] = value;
    head->counts[field]++;
    head->websocket |= field == UPGRADE && lists(value, SLICE("websocket"), false);
    head->upgrades |= field == CONNECTION && lists(value, SLICE("upgrade"), false);
    head->sip |= field == PROTOCOL && lists(value, SLICE("sip"), true);
}

static bool is_token(struct slice text) {
    for (size_t i = 0; i < text.len; i++)
        if (!byte_is_token((unsigned char)text.at[i]))
            return false;
    return text.len > 0;
}

/* A value may hold anything but control characters; blanks around a name are an attack on whoever reads them otherwise,
 * and a folded line is obsolete (RFC 9112 5). */
static bool read_line(struct head *head, struct slice line) {
    size_t colon = slice_find(line, 0, ':');
    struct slice name = slice_cut(line, 0, colon);
    if (colon == line.len || !is_token(name))
        return false;
    for (size_t i = colon; i < line.len; i++)
        if (((unsigned char)line.at[i] < ' ' && line.at[i] != '\t') || line.at[i] == 0x7f)
            return false;
    read_field(head, name, slice_trim(slice_from(line, colon + 1)));
    return true;
}

/* METHOD SP TARGET SP VERSION */
static bool read_start(struct head *head, struct slice line) {
    size_t first = slice_find(line, 0, ' '), second = slice_find(line, first + 1, ' ');
    head->method = slice_cut(line, 0, first);
    head->version = second < line.len ? slice_from(line, second + 1) : SLICE_EMPTY;
    for (size_t i = first + 1; i < second; i++)
        if ((unsigned char)line.at[i] <= ' ' || line.at[i] == 0x7f)
            return false;
    return is_token(head->method) && second > first + 1 && slice_starts(head->version, SLICE("HTTP/")) &&
           head->version.len == sizeof "HTTP/1.1" - 1;
}

static void read_head(struct head *head, struct slice text) {
    struct slice line;
    *head = (struct head){.malformed = true};
    if (!next_line(&text, &line) || !read_start(head, line))
        return;
    while (next_line(&text, &line)) {
        if (line.len == 0)
            head->malformed = false;
        else if (!read_line(head, line))
            return;
    }
}

/* Judging. */

static bool may_connect(const struct head *head, const struct upgrade_policy *policy) {
    if (policy->origin_count == 0 || !head->values[ORIGIN].at)
        return true;
    for (unsigned i = 0; i < policy->origin_count; i++)
        if (head->counts[ORIGIN] == 1 && slice_same(head->values[ORIGIN], policy->origins[i]))
            return true;
    return false;
}

/* RFC 6455 4.2.1, in its order. */
static struct refusal find_fault(const struct head *head, const struct upgrade_policy *policy) {
    struct slice length = head->values[LENGTH];
    if (head->malformed)
        return REFUSED(400, "Bad Request", "");
    if (!slice_equal(head->method, SLICE("GET")))
        return REFUSED(405, "Method Not Allowed", "Allow: GET\r\n");
    if (!slice_equal(head->version, SLICE("HTTP/1.1")))
        return REFUSED(505, "HTTP Version Not Supported", "");
    if (head->counts[HOST] != 1 || head->counts[CODING] || (length.at && !slice_equal(length, SLICE("0"))))
        return REFUSED(400, "Bad Request", "");
    if (!head->websocket || !head->upgrades)
        return REFUSED(426, "Upgrade Required", "Upgrade: websocket\r\n");
    if (head->counts[VERSION] != 1 || !slice_equal(head->values[VERSION], SLICE("13")))
        return REFUSED(426, "Upgrade Required", "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
    if (head->counts[KEY] != 1 || !is_key(head->values[KEY]))
        return REFUSED(400, "Malformed Sec-WebSocket-Key", "");
    if (!head->sip) /* RFC 7118 4.1 */
        return REFUSED(400, "No Sec-WebSocket-Protocol sip", "");
    return may_connect(head, policy) ? REFUSED(0, NULL, NULL) : REFUSED(403, "Forbidden Origin", "");
}

static struct slice write_refusal(const struct refusal *refusal, char buffer[UPGRADE_ANSWER_MAX]) {
    int length =
        snprintf(buffer, UPGRADE_ANSWER_MAX, "HTTP/1.1 %u %s\r\n%sConnection: close\r\nContent-Length: 0\r\n\r\n",
                 refusal->code, refusal->reason, refusal->header);
    return (struct slice){buffer, (size_t)length};
}

enum upgrade_verdict upgrade_judge(struct slice text, const struct upgrade_policy *policy,
                                   char buffer[UPGRADE_ANSWER_MAX], struct slice *answer) {
    struct head head;
    char accept[ACCEPT_LENGTH];
    read_head(&head, text);
    const struct refusal refusal = find_fault(&head, policy);
    if (refusal.code) {
        *answer = write_refusal(&refusal, buffer);
        return UPGRADE_REFUSED;
    }
    accept_of(head.values[KEY], accept);
    int length = snprintf(buffer, UPGRADE_ANSWER_MAX,
                          "HTTP/1.1 101 Switching Protocols\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: %.*s\r\n"
                          "Sec-WebSocket-Protocol: sip\r\n\r\n",
                          ACCEPT_LENGTH, accept);
    *answer = (struct slice){buffer, (size_t)length};
    return UPGRADE_ACCEPTED;
}

/* Collecting. */

static bool keep(struct upgrade *upgrade, struct slice bytes) {
    uint32_t room = upgrade->room ? upgrade->room : HEAD_LEAST;
    while (room < upgrade->used + bytes.len)
        room *= 2;
    char *grown = room > upgrade->room ? realloc(upgrade->at, room) : upgrade->at;
    if (!grown)
        return false;
    upgrade->at = grown;
    upgrade->room = room;
    memcpy(grown + upgrade->used, bytes.at, bytes.len);
    upgrade->used += (uint32_t)bytes.len;
    return true;
}

/* How many bytes of the input belong to the head; each is looked at once. */
static size_t measure(struct upgrade *upgrade, struct slice input) {
    static const char end[] = "\r\n\r\n";
    size_t at = 0;
    for (; at < input.len && upgrade->line_ends < sizeof end - 1; at++)
        upgrade->line_ends = input.at[at] == end[upgrade->line_ends] ? (uint8_t)(upgrade->line_ends + 1)
                             : input.at[at] == '\r'                  ? 1
                                                                     : 0;
    return at;
}

enum upgrade_verdict upgrade_next(struct upgrade *upgrade, const struct upgrade_policy *policy, struct slice *input,
                                  char buffer[UPGRADE_ANSWER_MAX], struct slice *answer) {
    static const struct refusal too_long = {431, "Request Header Fields Too Large", ""};
    size_t length = measure(upgrade, *input);
    struct slice more = slice_cut(*input, 0, length);
    *input = slice_from(*input, length);
    if (upgrade->used + length > UPGRADE_HEAD_MAX) {
        *answer = write_refusal(&too_long, buffer);
        return UPGRADE_REFUSED;
    }
    if (length && !keep(upgrade, more))
        return UPGRADE_NO_MEMORY;
    if (upgrade->line_ends < sizeof "\r\n\r\n" - 1)
        return UPGRADE_MORE;
    return upgrade_judge((struct slice){upgrade->at, upgrade->used}, policy, buffer, answer);
}

void upgrade_free(struct upgrade *upgrade) {
    free(upgrade->at);
    *upgrade = (struct upgrade){0};
}
