/* SPDX-License-Identifier: MIT */
/* A text that grows in an arena: what the simulation prints. When memory is out it stays as it is and says so. */
#ifndef FOV_RUNTIME_SIM_PAGE_H
#define FOV_RUNTIME_SIM_PAGE_H

#include "grammar/arena.h"

struct page {
    struct arena *arena;
    char *at;
    size_t len, room;
    bool cut; /* memory ran out: something is missing */
};

void page_init(struct page *page, struct arena *arena);
void page_add(struct page *page, struct slice s);
void page_printf(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Valid until the next change. */
struct slice page_slice(const struct page *page);

#endif
