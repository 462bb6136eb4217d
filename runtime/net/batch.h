/* SPDX-License-Identifier: MIT */
/* Rows on their way between the loop and the store's writer, with their texts, and tickets that are told when rows have
 * arrived. A batch is filled by one thread, and then only read until it is freed. */
#ifndef FOV_RUNTIME_NET_BATCH_H
#define FOV_RUNTIME_NET_BATCH_H

#include "grammar/arena.h"
#include "runtime/state/store.h"

enum { BATCH_TICKETS = 512 };

struct tickets {
    struct tickets *next;
    unsigned count;
    uint64_t list[BATCH_TICKETS];
};

struct batch {
    struct batch *next; /* of whoever has it */
    struct store_row *rows;
    unsigned count, room;
    struct arena texts;
    struct tickets *tickets; /* owned; NULL: nobody waits any more */
    uint64_t number;         /* batches are handed over in this order, from 1 */
    struct batch *sent;      /* the loop's list of those that have not come back */
};

struct batch *batch_new(void); /* NULL: out of memory */
void batch_free(struct batch *batch);
/* False: out of memory, nothing was added. */
bool batch_add(struct batch *batch, const struct store_row *row);
size_t batch_size(const struct batch *batch); /* bytes, about */

/* One batch with the newest row for each key of those in the list, the oldest batch first; without tickets. The list
 * stays as it is. NULL: out of memory. */
struct batch *batch_newest(const struct batch *list);

#endif
