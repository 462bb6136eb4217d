/* SPDX-License-Identifier: MIT */
#include "runtime/sim/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void page_init(struct page *page, struct arena *arena) {
    *page = (struct page){.arena = arena};
}

static bool grow(struct page *page, size_t more) {
    if (page->room - page->len >= more)
        return true;
    size_t room = (page->len + more) * 2 + 64;
    char *at = arena_bytes(page->arena, room);
    if (!at) {
        page->cut = true;
        return false;
    }
    if (page->len)
        memcpy(at, page->at, page->len);
    page->at = at;
    page->room = room;
    return true;
}

void page_add(struct page *page, struct slice s) {
    if (s.len == 0 || !grow(page, s.len))
        return;
    memcpy(page->at + page->len, s.at, s.len);
    page->len += s.len;
}

void page_printf(struct page *page, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size <= 0 || !grow(page, (size_t)size + 1))
        return;
    va_start(arguments, format);
    vsnprintf(page->at + page->len, (size_t)size + 1, format, arguments);
    va_end(arguments);
    page->len += (size_t)size;
}

struct slice page_slice(const struct page *page) {
    return page->len ? (struct slice){page->at, page->len} : SLICE_EMPTY;
}
