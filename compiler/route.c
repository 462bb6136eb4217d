/* SPDX-License-Identifier: MIT */
#include "compiler/route.h"

#include "compiler/capture.h"
#include "grammar/near.h"

#include <stdlib.h>
#include <string.h>

enum { NEAR_LOOKED_AT = 1000 }; /* names, for a suggestion */

void route_asked(struct check *check, struct span span, struct slice name) {
    struct route_names *routes = &check->routes;
    routes->asked = memory_grow(check->memory, routes->asked, routes->asked_count, sizeof *routes->asked);
    routes->asked[routes->asked_count++] = (struct route_asked){span, name};
}

void route_given(struct check *check, const struct deploy *deploy) {
    struct route_names *routes = &check->routes;
    if (capture_inserts(deploy->pieces)) {
        routes->any = true;
        return;
    }
    routes->given = memory_grow(check->memory, routes->given, routes->given_count, sizeof *routes->given);
    routes->given[routes->given_count++] = capture_constant(deploy->pieces);
}

/* Letter case counts, as it does when sessions are counted. */
static int compare(const void *left, const void *right) {
    const struct slice *a = left, *b = right;
    int order = memcmp(a->at, b->at, a->len < b->len ? a->len : b->len);
    return order ? order : (a->len > b->len) - (a->len < b->len);
}

static void suggest(struct check *check, struct diag *diag, struct slice name) {
    const struct route_names *routes = &check->routes;
    struct near near;
    near_start(&near, name);
    for (size_t i = 0; i < routes->given_count && i < NEAR_LOOKED_AT; i++)
        near_try(&near, memory_printf(check->memory, "%.*s", SLICE_ARG(routes->given[i])));
    if (near.best)
        diag_help(check->diags, diag, "did you mean '%s'?", near.best);
    else
        diag_help(check->diags, diag, "write '$routename = %.*s' in the rule whose sessions are meant",
                  SLICE_ARG(name));
}

void route_check(struct check *check) {
    struct route_names *routes = &check->routes;
    if (routes->any)
        return;
    if (routes->given_count)
        qsort(routes->given, routes->given_count, sizeof *routes->given, compare);
    for (size_t i = 0; i < routes->asked_count; i++) {
        struct slice name = routes->asked[i].name;
        if (routes->given_count && bsearch(&name, routes->given, routes->given_count, sizeof *routes->given, compare))
            continue;
        struct diag *diag = diag_report(check->diags, DIAG_ROUTE_UNKNOWN, routes->asked[i].span,
                                        "no rule counts sessions under '%.*s'", SLICE_ARG(name));
        if (diag)
            suggest(check, diag, name);
    }
}
