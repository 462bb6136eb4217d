/* SPDX-License-Identifier: MIT */
/* The door of streams: the same bytes, cut in any way, are the same messages, and each of them ends where the scanner
 * says. A broken promise aborts. */
#include "tests/fuzz/message.h"

#include "runtime/sip/scan.h"
#include "runtime/sip/stream.h"

#include <stdlib.h>
#include <string.h>

enum { PIECES_MAX = 4096 };

struct piece {
    enum stream_verdict verdict;
    uint64_t hash;
    size_t length;
};

static struct piece whole[PIECES_MAX];

static void promise(bool kept) {
    if (!kept)
        abort();
}

static uint64_t hash_of(struct slice text) {
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.at[i]) * 1099511628211u;
    return hash;
}

/* Where a message ends that nothing is wrong with, nobody reads it otherwise. */
static void compare_with_scanner(struct slice message) {
    struct sip_message scanned;
    struct scan_result result = scan_message(&scanned, message.at, message.len);
    promise(result.verdict != SCAN_KEEPALIVE);
    promise(result.verdict != SCAN_OK || scanned.bytes.len == message.len);
    promise(!result.reason || strcmp(result.reason, "Content-Length Exceeds Message"));
}

/* `next` draws the length of the next cut; 0: all that is left. How many pieces there were. */
static size_t run(const uint8_t *data, size_t size, uint64_t state, size_t expected) {
    struct stream stream = {0};
    size_t count = 0;
    bool over = false;
    for (size_t at = 0, cut; at < size && !over; at += cut) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        cut = state >> 60 ? (size_t)(state >> 33) % 40 + 1 : 1;
        if (!expected || cut > size - at)
            cut = size - at;
        char *copy = malloc(cut);
        struct slice input = {copy, cut}, message = SLICE_EMPTY;
        struct stream_fault fault;
        enum stream_verdict verdict;
        promise(copy != NULL);
        memcpy(copy, data + at, cut);
        while (!over && (verdict = stream_next(&stream, &input, &message, &fault)) != STREAM_MORE) {
            bool has = verdict != STREAM_PING;
            struct piece piece = {verdict, has ? hash_of(message) : 0, has ? message.len : 0};
            over = verdict == STREAM_BROKEN || count == PIECES_MAX;
            promise(verdict != STREAM_NO_MEMORY && piece.length <= SIP_MESSAGE_MAX);
            if (verdict == STREAM_MESSAGE)
                compare_with_scanner(message);
            if (count == PIECES_MAX)
                break;
            if (expected)
                promise(count < expected && memcmp(&whole[count], &piece, sizeof piece) == 0);
            else
                whole[count] = piece;
            count++;
        }
        free(copy);
    }
    stream_free(&stream);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t count = run(data, size, 0, 0);
    for (uint64_t seed = 1; seed <= 3; seed++)
        promise(run(data, size, seed, count ? count : SIZE_MAX) == count);
    return 0;
}
