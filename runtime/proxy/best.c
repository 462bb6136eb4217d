/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/best.h"

#include <stdlib.h>
#include <string.h>

/* Lower is better. */
static unsigned rank(unsigned code) {
    switch (code / 100) {
    case 6: return 0;
    case 3: return 1;
    case 4: return code == 401 || code == 407 || code == 415 || code == 420 || code == 484 ? 2 : 3;
    default: return code == 503 ? 5 : 4;
    }
}

bool best_is_better(unsigned code, bool said, unsigned than, bool than_said) {
    if (than == 0 || rank(code) != rank(than))
        return than == 0 || rank(code) < rank(than);
    return said && !than_said;
}

static bool is_challenge(unsigned code) {
    return code == 401 || code == 407;
}

/* Appends one line. Out of memory: this challenge is lost, the answer is not. */
static void add_line(struct best_said *said, struct slice line) {
    char *bytes = realloc(said->challenges, said->challenges_length + line.len + 2);
    if (!bytes)
        return;
    said->challenges = bytes;
    memcpy(bytes + said->challenges_length, line.at, line.len);
    said->challenges_length += line.len;
    memcpy(bytes + said->challenges_length, "\r\n", 2);
    said->challenges_length += 2;
}

static void add_challenges(struct best_said *said, const struct sip_message *message) {
    static const enum header both[] = {HEADER_WWW_AUTHENTICATE, HEADER_PROXY_AUTHENTICATE};
    for (unsigned i = 0; i < sizeof both / sizeof *both; i++)
        for (int n = scan_next(message, both[i], -1); n >= 0; n = scan_next(message, both[i], n)) {
            const struct sip_header *header = &message->headers[n];
            if (said->challenges_length < SIP_MESSAGE_MAX / 4)
                add_line(said, slice_trim(slice_cut(message->bytes, header->at, header->end)));
        }
}

/* The response that was the best so far is not sent; its challenges are. */
static void demote(const struct best *best) {
    struct best_said *said = best->said;
    struct sip_message message;
    if (!said)
        return;
    if (said->bytes && is_challenge(best->code) && scan_message(&message, said->bytes, said->length).verdict == SCAN_OK)
        add_challenges(said, &message);
    free(said->bytes);
    said->bytes = NULL;
    said->length = 0;
}

static void take(struct best_said *said, const struct sip_message *message, struct attempt *attempt) {
    said->attempt = attempt;
    said->bytes = malloc(message->bytes.len);
    if (!said->bytes)
        return;
    memcpy(said->bytes, message->bytes.at, message->bytes.len);
    said->length = (uint32_t)message->bytes.len;
}

void best_offer(struct best *best, unsigned code, const struct sip_message *message, struct attempt *attempt,
                bool last) {
    bool own_silence = !message && code == 408, best_silence = !(best->said && best->said->bytes) && best->code == 408;
    bool better = last || best_is_better(code, !own_silence, best->code, !best_silence);
    if (message && !best->said)
        best->said = calloc(1, sizeof *best->said);
    if (better) {
        demote(best);
        best->code = (uint16_t)code;
    }
    if (!message || !best->said)
        return;
    if (better)
        take(best->said, message, attempt);
    else if (is_challenge(code))
        add_challenges(best->said, message);
}

void best_free(struct best *best) {
    if (best->said) {
        free(best->said->bytes);
        free(best->said->challenges);
    }
    free(best->said);
    *best = (struct best){0};
}
