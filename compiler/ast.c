/* SPDX-License-Identifier: MIT */
#include "compiler/ast.h"

struct span text_span(const struct text *text, size_t at, size_t length) {
    struct span span = text->span;
    if (text->map) {
        span.start = text->map[at];
        span.end = length ? text->map[at + length - 1] + 1 : span.start;
    } else {
        span.start += (uint32_t)at;
        span.end = span.start + (uint32_t)length;
    }
    return span;
}

struct text text_cut(const struct text *text, size_t start, size_t end) {
    return (struct text){
        .s = slice_cut(text->s, start, end),
        .span = text_span(text, start, end - start),
        .map = text->map ? text->map + start : NULL,
    };
}

struct span term_name_span(const struct term *term) {
    struct span span = term->span;
    span.end = term->text.span.end;
    return span;
}
