/* SPDX-License-Identifier: MIT */
#include "grammar/json.h"

#include <string.h>

static void skip_blanks(struct slice *s) {
    while (s->len && strchr(" \t\r\n", s->at[0]))
        *s = slice_from(*s, 1);
}

static bool take(struct slice *s, char byte) {
    skip_blanks(s);
    if (s->len == 0 || s->at[0] != byte)
        return false;
    *s = slice_from(*s, 1);
    return true;
}

/* A string, quotes included in neither; escapes still in it. */
static bool take_string(struct slice *s, struct slice *inner) {
    size_t i = 0;
    if (!take(s, '"'))
        return false;
    while (i < s->len && s->at[i] != '"')
        i += s->at[i] == '\\' ? 2 : 1;
    if (i >= s->len)
        return false;
    *inner = slice_cut(*s, 0, i);
    *s = slice_from(*s, i + 1);
    return true;
}

/* One whole value, nested ones included, without recursion: only brackets and strings matter. */
static bool take_value(struct slice *s, struct slice *value) {
    skip_blanks(s);
    struct slice start = *s, ignored;
    unsigned depth = 0;
    do {
        skip_blanks(s);
        if (s->len == 0)
            return false;
        char c = s->at[0];
        if (c == '"') {
            if (!take_string(s, &ignored))
                return false;
            continue;
        }
        if (c == '}' || c == ']') {
            if (depth == 0)
                return false;
            depth--;
        }
        depth += c == '{' || c == '[';
        *s = slice_from(*s, 1);
        if (depth == 0 && c != '}' && c != ']')
            while (s->len && !strchr(",]} \t\r\n", s->at[0]))
                *s = slice_from(*s, 1);
    } while (depth);
    *value = slice_cut(start, 0, start.len - s->len);
    return true;
}

/* Element `name` of an object or array; with a null name only counts. */
static bool element(struct slice json, struct slice name, struct slice *found, unsigned *count) {
    bool object = take(&json, '{');
    bool any = false;
    *count = 0;
    if (!object && !take(&json, '['))
        return false;
    do {
        struct slice key = SLICE_NULL, value;
        uint64_t number;
        if (object && (!take_string(&json, &key) || !take(&json, ':')))
            return any;
        if (!take_value(&json, &value))
            return any;
        ++*count;
        if (object ? slice_equal(key, name) : slice_number(name, UINT32_MAX, &number) && number == *count) {
            *found = value;
            any = true;
        }
    } while (take(&json, ','));
    return any;
}

static struct slice plain(struct slice inner, struct arena *arena) {
    char *out = arena_bytes(arena, inner.len + 1);
    size_t len = 0;
    if (!out)
        return inner;
    for (size_t i = 0; i < inner.len; i++) {
        if (inner.at[i] == '\\' && i + 1 < inner.len && strchr("\"\\/", inner.at[i + 1]))
            i++;
        out[len++] = inner.at[i];
    }
    return (struct slice){out, len};
}

bool json_find(struct slice json, struct slice path, struct arena *arena, struct slice *value) {
    struct slice inner;
    unsigned count;
    while (path.len) {
        size_t dot = slice_find(path, 0, '.');
        if (!element(json, slice_cut(path, 0, dot), &json, &count))
            return false;
        path = slice_from(path, dot + 1);
    }
    skip_blanks(&json);
    struct slice rest = json;
    if (take_string(&rest, &inner)) {
        *value = plain(inner, arena);
    } else if (json.len && strchr("[{", json.at[0])) {
        struct slice ignored;
        element(json, SLICE_NULL, &ignored, &count);
        char *text = arena_printf(arena, "%u", count);
        *value = slice_of(text);
        return text != NULL;
    } else {
        *value = json;
    }
    return true;
}
