/* SPDX-License-Identifier: MIT */
/* Runs the message door without libFuzzer:
 *     message RUNS SEED FILE...
 * first every file as it is, then RUNS mutations of them (random bytes, tokens of the grammar, pieces cut, doubled and
 * taken from another file). The same seed makes the same inputs. */
#include "tests/fuzz/message.h"
#include "tests/fuzz/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_MAX = 6000, FILES_MAX = 256, CHANGES_MAX = 6 };

static struct input {
    unsigned char bytes[INPUT_MAX];
    size_t length;
} files[FILES_MAX], input;
static unsigned file_count;

static void read_file(const char *name) {
    FILE *file = fopen(name, "rb");
    if (!file || file_count == FILES_MAX) {
        fprintf(stderr, "%s: not read\n", name);
        exit(1);
    }
    struct input *into = &files[file_count++];
    into->length = fread(into->bytes, 1, sizeof into->bytes, file);
    fclose(file);
}

/* Puts `length` bytes in the place of `out` bytes at `at`; what does not fit is left. */
static void splice(size_t at, size_t out, const void *bytes, size_t length) {
    if (out > input.length - at)
        out = input.length - at;
    if (input.length - out + length > sizeof input.bytes)
        return;
    memmove(input.bytes + at + length, input.bytes + at + out, input.length - at - out);
    memcpy(input.bytes + at, bytes, length);
    input.length += length - out;
}

static void change(void) {
    static const char *const tokens[] = {
        "\r\n",       "\n",
        "\r",         " ",
        "\t",         "\r\n ",
        ":",          ";",
        ",",          "\"",
        "\\",         "<",
        ">",          "@",
        "=",          "?",
        "&",          "%00",
        "%",          "/",
        "[::1]",      "[",
        "]",          "SIP/2.0",
        "INVITE",     "ACK",
        "sip:",       "tel:+1",
        ";tag=a",     ";branch=",
        ";rport",     ";received=1.2.3.4",
        "z9hG4bK",    "\r\nVia: ",
        "\r\nv: ",    "\r\nTo: ",
        "\r\nl: 0",   "\r\nm: *",
        "\r\n\r\n",   "Content-Length: 5\r\n",
        "0",          "65536",
        "2147483648", "-1",
        "\xc3\xa4",   "Route: <sip:a;lr>\r\n",
        ";q=0.5",     "Contact: <sip:a@b>\r\n",
    };
    size_t at = random_below(input.length + 1), length = random_below(24);
    unsigned char byte = (unsigned char)random_below(256);
    const struct input *other = &files[random_below(file_count)];
    size_t from = random_below(other->length);
    const char *token = tokens[random_below(sizeof tokens / sizeof *tokens)];
    static unsigned char copy[INPUT_MAX];
    switch (random_below(6)) {
    case 0: splice(at, 1, &byte, 1); break;
    case 1: splice(at, 0, token, strlen(token)); break;
    case 2: splice(at, strlen(token), token, strlen(token)); break;
    case 3: splice(at, length, "", 0); break;
    case 4:
        length = random_below(2) ? length : random_below(400);
        length = length > other->length - from ? other->length - from : length;
        splice(at, random_below(2) ? length : 0, other->bytes + from, length);
        break;
    default:
        length = length > input.length - at ? input.length - at : length;
        memcpy(copy, input.bytes + at, length);
        splice(at, 0, copy, length);
        break;
    }
}

int main(int count, char **arguments) {
    unsigned long runs = count > 1 ? strtoul(arguments[1], NULL, 10) : 0;
    uint64_t seed = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
    for (int i = 3; i < count; i++)
        read_file(arguments[i]);
    if (file_count == 0) {
        fprintf(stderr, "usage: message RUNS SEED FILE...\n");
        return 2;
    }
    printf("seed %llu, %u files, %lu mutations\n", (unsigned long long)seed, file_count, runs);
    fflush(stdout);
    random_seed(seed);
    for (unsigned i = 0; i < file_count; i++)
        LLVMFuzzerTestOneInput(files[i].bytes, files[i].length);
    for (unsigned long run = 0; run < runs; run++) {
        input = files[random_below(file_count)];
        for (uint64_t changes = 1 + random_below(CHANGES_MAX); changes; changes--)
            change();
        LLVMFuzzerTestOneInput(input.bytes, input.length);
    }
    printf("%lu passed, 0 failed\n", file_count + runs); /* a broken promise aborts */
    return 0;
}
