/* SPDX-License-Identifier: MIT */
/* Runs the proxy's fuzz target without libFuzzer:
 *     proxy RUNS STARVED SEED [FILE...]
 * first every file as it is, then RUNS programs of random bytes; then STARVED more, each of them once for every
 * allocation that it makes, which fails, alone and with all that follow. The same seed makes the same programs. */
#include "tests/fuzz/proxy.h"
#include "tests/fuzz/random.h"

#include <stdio.h>
#include <stdlib.h>

enum { INPUT_MAX = 65536, PROGRAM_MAX = 400, PROGRAM_LEAST = 8 };

static void run_file(const char *name) {
    static uint8_t bytes[INPUT_MAX];
    FILE *file = fopen(name, "rb");
    if (!file) {
        fprintf(stderr, "%s: not read\n", name);
        exit(1);
    }
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    LLVMFuzzerTestOneInput(bytes, length);
}

/* KEEP=file: the program under way, which stays behind when it breaks a promise. */
static size_t make_program(uint8_t bytes[PROGRAM_MAX]) {
    size_t length = PROGRAM_LEAST + random_below(PROGRAM_MAX - PROGRAM_LEAST);
    const char *name = getenv("KEEP");
    FILE *file = name ? fopen(name, "wb") : NULL;
    for (size_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)random_below(256);
    if (file) {
        fwrite(bytes, 1, length, file);
        fclose(file);
    }
    return length;
}

static unsigned long run_starved(void) {
    uint8_t bytes[PROGRAM_MAX];
    size_t length = make_program(bytes);
    unsigned long asked = proxy_run(bytes, length, 0, false);
    for (unsigned long nth = 1; nth <= asked; nth++) {
        proxy_run(bytes, length, nth, false);
        proxy_run(bytes, length, nth, true);
    }
    return 2 * asked;
}

int main(int count, char **arguments) {
    unsigned long runs = count > 1 ? strtoul(arguments[1], NULL, 10) : 1000;
    unsigned long starved = count > 2 ? strtoul(arguments[2], NULL, 10) : 0, failures = 0;
    uint64_t seed = count > 3 ? strtoull(arguments[3], NULL, 10) : 1;
    unsigned long files = count > 4 ? (unsigned long)count - 4 : 0;
    printf("seed %llu, %lu files, %lu programs\n", (unsigned long long)seed, files, runs);
    fflush(stdout);
    random_seed(seed);
    for (int i = 4; i < count; i++)
        run_file(arguments[i]);
    for (unsigned long run = 0; run < runs; run++) {
        uint8_t bytes[PROGRAM_MAX];
        LLVMFuzzerTestOneInput(bytes, make_program(bytes));
    }
    for (unsigned long run = 0; run < starved; run++)
        failures += run_starved();
    printf("%lu programs starved at %lu allocations\n", starved, failures);
    printf("%lu passed, 0 failed\n", files + runs + failures); /* a broken promise aborts */
    return 0;
}
