/* SPDX-License-Identifier: MIT */
#include "runtime/net/batch.h"

#include "runtime/state/columns.h"

#include <stdlib.h>

enum { ROWS_LEAST = 16, BLOCK = 16 * 1024 }; /* an arena grows by blocks */

struct batch *batch_new(void) {
    struct batch *batch = calloc(1, sizeof *batch);
    if (!batch)
        return NULL;
    arena_init(&batch->texts, NULL, 0, 0);
    batch->tickets = malloc(sizeof *batch->tickets);
    if (!batch->tickets) {
        free(batch);
        return NULL;
    }
    batch->tickets->next = NULL;
    batch->tickets->count = 0;
    return batch;
}

void batch_free(struct batch *batch) {
    if (!batch)
        return;
    arena_free(&batch->texts);
    free(batch->rows);
    free(batch->tickets);
    free(batch);
}

static bool make_room(struct batch *batch, unsigned room) {
    struct store_row *rows = realloc(batch->rows, room * sizeof *rows);
    if (!rows)
        return false;
    batch->rows = rows;
    batch->room = room;
    return true;
}

bool batch_add(struct batch *batch, const struct store_row *row) {
    if (batch->count == batch->room && !make_room(batch, batch->room ? 2 * batch->room : ROWS_LEAST))
        return false;
    if (!columns_copy(&batch->rows[batch->count], row, &batch->texts))
        return false;
    batch->count++;
    return true;
}

size_t batch_size(const struct batch *batch) {
    size_t blocks = batch->texts.used / BLOCK + 1;
    return sizeof *batch + sizeof *batch->tickets + batch->room * sizeof *batch->rows + blocks * BLOCK;
}

/* The newest row of each key. */

struct place {
    const struct store_row *row;
    size_t number; /* the higher, the newer */
};

static int order(const void *a, const void *b) {
    const struct place *left = a, *right = b;
    int key = columns_order(left->row, right->row);
    return key ? key : (left->number > right->number) - (left->number < right->number);
}

static size_t list_places(struct place *places, const struct batch *list) {
    size_t count = 0;
    for (const struct batch *batch = list; batch; batch = batch->next)
        for (unsigned i = 0; i < batch->count; i++) {
            places[count].row = &batch->rows[i];
            places[count].number = count;
            count++;
        }
    return count;
}

struct batch *batch_newest(const struct batch *list) {
    size_t count = 0;
    for (const struct batch *batch = list; batch; batch = batch->next)
        count += batch->count;
    struct place *places = malloc((count + 1) * sizeof *places);
    struct batch *newest = places ? batch_new() : NULL;
    bool fine = newest != NULL;
    if (fine) {
        list_places(places, list);
        qsort(places, count, sizeof *places, order);
    }
    for (size_t i = 0; fine && i < count; i++)
        if (i + 1 == count || columns_order(places[i].row, places[i + 1].row) != 0)
            fine = batch_add(newest, places[i].row);
    free(places);
    if (fine)
        return newest;
    batch_free(newest);
    return NULL;
}
