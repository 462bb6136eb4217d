/* SPDX-License-Identifier: MIT */
#include "runtime/sim/blocked.h"

void blocked_read(struct reader *reader, struct slice rest) {
    struct story_block *block = arena_alloc(reader->arena, sizeof *block);
    struct slice word;
    bool quoted;
    if (!block) {
        reader->out_of_memory = true;
        return;
    }
    bool good = reader_word(&rest, &word, &quoted) && ip_parse(&block->ip, word);
    block->for_ever = good && !reader_word(&rest, &word, &quoted);
    if (good && !block->for_ever)
        good =
            slice_equal(word, SLICE("for")) && reader_word(&rest, &word, &quoted) && duration_parse(&block->time, word);
    if (!good)
        reader_wrong(reader, "it is written: block 198.51.100.66, or block 198.51.100.66 for 10m");
    block->next = reader->story->blocks;
    reader->story->blocks = block;
}

void blocked_load(const struct story *story, struct sim_world *world) {
    for (const struct story_block *block = story->blocks; block; block = block->next) {
        const struct store_row row = {
            .kind = STORE_BLOCK,
            .block = {.ip = block->ip, .expires = block->for_ever ? 0 : story->unix_ms + block->time},
        };
        sim_world_load(world, &row);
    }
}
