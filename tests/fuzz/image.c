/* SPDX-License-Identifier: MIT */
/* The image door: any bytes, made to pass the checks that no change would survive, are refused by
 * an invariant or run without harm. Anything else aborts. */
#include "tests/fuzz/image.h"

#include "tests/unit/plan/support/sweep.h"

static void repair(uint8_t *image, size_t length) {
    struct image_header *header = (void *)image;
    memcpy(header->magic, IMAGE_MAGIC, sizeof header->magic);
    header->version = IMAGE_VERSION;
    header->length = length;
    header->table_hash = codes_hash();
    seal(image, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct sweep sweep;
    if (!sweep.scratch)
        sweep_begin(&sweep);
    if (size < ASSEMBLY_TABLE_END)
        return 0;
    uint8_t *image = malloc(size);
    if (!image)
        return 0;
    memcpy(image, data, size);
    repair(image, size);
    sweep_judge(&sweep, image, size);
    free(image);
    if (sweep.harmed)
        abort();
    return 0;
}
