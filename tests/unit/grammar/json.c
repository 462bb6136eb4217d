/* SPDX-License-Identifier: MIT */
#include "grammar/json.h"

#include <criterion/criterion.h>

static const char line[] = "{\"result\":\"answered\", \"final\" : 200,\"deep\":{\"list\":[1,[2,3],{\"x\":\"}\"}]},"
                           "\"quoted\":\"say \\\"hi\\\" \\\\ there\",\"none\":null,\"flag\":true,\"empty\":[],"
                           "\"attempts\":[{\"cause\":\"timeout\"},{\"cause\":\"response\",\"code\":486}]}";

Test(json, finds_a_value_by_its_path) {
    static const struct {
        const char *path, *value;
    } table[] = {
        {"result", "answered"},
        {"final", "200"},
        {"deep.list.1", "1"},
        {"deep.list.2.2", "3"},
        {"deep.list.3.x", "}"},
        {"deep.list", "3"},
        {"deep", "1"},
        {"quoted", "say \"hi\" \\ there"},
        {"none", "null"},
        {"flag", "true"},
        {"empty", "0"},
        {"attempts", "2"},
        {"attempts.1.cause", "timeout"},
        {"attempts.2.code", "486"},
    };
    struct arena arena;
    arena_init(&arena, NULL, 0, 0);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct slice value;
        cr_assert(json_find(slice_of(line), slice_of(table[i].path), &arena, &value), "%s", table[i].path);
        cr_expect(slice_equal(value, slice_of(table[i].value)), "%s: %.*s", table[i].path, SLICE_ARG(value));
    }
    arena_free(&arena);
}

Test(json, says_what_is_not_there) {
    static const struct {
        const char *json, *path;
    } table[] = {
        {line, "nothing"},
        {line, "attempts.3"},
        {line, "attempts.0"},
        {line, "attempts.1.cause.more"},
        {line, "final.1"},
        {line, "empty.1"},
        {"", "a"},
        {"{", "a"},
        {"{\"a\"", "a"},
        {"{\"a\":", "a"},
        {"{\"a\":[1", "a"},
        {"{\"a\":\"open", "a"},
        {"[[[[[[[", "1.1.1.1"},
        {"{\"b\":]},\"a\":1}", "a"},
    };
    struct arena arena;
    arena_init(&arena, NULL, 0, 0);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct slice value;
        cr_expect_not(json_find(slice_of(table[i].json), slice_of(table[i].path), &arena, &value), "%s in %s",
                      table[i].path, table[i].json);
    }
    arena_free(&arena);
}
