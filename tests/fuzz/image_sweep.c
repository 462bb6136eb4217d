/* SPDX-License-Identifier: MIT */
/* Hostile images from good ones:
 *     image_sweep RUNS SEED FILE...
 * Each FILE is a plan, which is compiled, or an image. Every byte of it is changed in every way of
 * sweep.h and it is cut at every length; then come RUNS images with several changes at once. The
 * same seed makes the same ones. */
#include "compiler/compile.h"
#include "tests/fuzz/image.h"
#include "tests/fuzz/random.h"
#include "tests/unit/plan/support/sweep.h"

enum { FILES_MAX = 64, FILE_MAX = 1 << 20, CHANGES_MAX = 5 };

static struct good {
    uint8_t *bytes;
    size_t length;
} goods[FILES_MAX];
static unsigned good_count;

static bool read_good(const char *name) {
    static char text[FILE_MAX];
    FILE *file = fopen(name, "rb");
    if (!file || good_count == FILES_MAX)
        return false;
    size_t length = fread(text, 1, sizeof text, file);
    fclose(file);
    struct good *good = &goods[good_count++];
    if (length >= ASSEMBLY_TABLE_END && memcmp(text, IMAGE_MAGIC, sizeof IMAGE_MAGIC) == 0) {
        good->length = length;
        good->bytes = malloc(length);
        return good->bytes && memcpy(good->bytes, text, length);
    }
    return compile_plan_text((struct slice){text, length}, name, stderr, &good->bytes, &good->length) == 0;
}

/* A field or a few bytes become something that fields often hold, or what stands elsewhere in the
 * image. */
static void change(uint8_t *image, size_t length) {
    static const uint32_t values[] = {0,          1,          2,          3,         0x7f,    0x80,
                                      0xff,       0x100,      0xfffe,     0xffff,    0x10000, 0x7fffffff,
                                      0x80000000, 0xfffffff8, 0xfffffffe, 0xffffffff};
    size_t width = (size_t)1 << random_below(4), units = length / width;
    size_t at = random_below(units) * width, from = random_below(units) * width;
    uint64_t value = values[random_below(sizeof values / sizeof *values)];
    switch (random_below(4)) {
    case 0: memcpy(image + at, &value, width); break;
    case 1: memmove(image + at, image + from, width); break;
    case 2: image[at] = (uint8_t)random_below(256); break;
    default: image[at] = (uint8_t)(image[at] + 1 + random_below(4)); break;
    }
}

static void change_many(unsigned long runs) {
    for (unsigned long run = 0; run < runs; run++) {
        const struct good *good = &goods[random_below(good_count)];
        uint8_t *image = malloc(good->length);
        assert(image);
        memcpy(image, good->bytes, good->length);
        for (uint64_t changes = 2 + random_below(CHANGES_MAX); changes; changes--)
            change(image, good->length);
        LLVMFuzzerTestOneInput(image, good->length);
        free(image);
    }
}

int main(int count, char **arguments) {
    unsigned long runs = count > 1 ? strtoul(arguments[1], NULL, 10) : 0, tried = runs, failed = 0;
    uint64_t seed = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
    struct sweep sweep;
    if (count < 4) {
        fprintf(stderr, "usage: image_sweep RUNS SEED FILE...\n");
        return 2;
    }
    sweep_begin(&sweep);
    for (int i = 3; i < count; i++) {
        unsigned long before = sweep.ran;
        if (!read_good(arguments[i])) {
            fprintf(stderr, "%s: cannot be read or compiled\n", arguments[i]);
            return 1;
        }
        const struct good *good = &goods[good_count - 1];
        sweep_judge(&sweep, good->bytes, good->length);
        failed += sweep.ran == before; /* a good image must run */
        sweep_bytes(&sweep, good->bytes, good->length);
        failed += sweep_truncations(good->bytes, good->length);
        tried += good->length;
    }
    sweep_print(&sweep, stdout);
    printf("seed %llu, %lu images with several changes\n", (unsigned long long)seed, runs);
    fflush(stdout);
    random_seed(seed);
    change_many(runs);
    for (unsigned i = 0; i <= VERIFY_INVARIANTS; i++)
        tried += sweep.refused[i];
    failed += sweep.harmed;
    printf("%lu passed, %lu failed\n", tried + sweep.ran - failed, failed);
    while (good_count)
        free(goods[--good_count].bytes);
    sweep_end(&sweep);
    return failed != 0;
}
