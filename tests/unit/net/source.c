/* SPDX-License-Identifier: MIT */
#include "runtime/net/source.h"

#include "runtime/net/connection.h"

#include <criterion/criterion.h>
#include <string.h>

static struct sources sources;
static struct connection connections[8];

static void begin(void) {
    static const struct hash_key key = {{1, 2, 3, 4}};
    memset(connections, 0, sizeof connections);
    cr_assert_eq(sources_init(&sources, &key), 0);
}

static void finish(void) {
    sources_free(&sources);
}

TestSuite(source, .init = begin, .fini = finish);

/* Connection n comes from there. */
static struct source *enter(unsigned n, const char *text) {
    struct ip_address ip;
    cr_assert(ip_parse(&ip, slice_of(text)));
    connections[n].source = source_enter(&sources, &ip);
    cr_assert(connections[n].source);
    return connections[n].source;
}

static void queue(unsigned n) {
    source_queue(&sources, &connections[n]);
}

static void leave(unsigned n) {
    source_forget(&connections[n]);
    source_leave(&sources, connections[n].source);
}

static void comes(int n) {
    const struct connection *next = sources_next(&sources);
    cr_assert(next == (n < 0 ? NULL : &connections[n]), "%d, but connection %td", n,
              next ? next - connections : (ptrdiff_t)-1);
}

Test(source, an_address_is_one_and_so_is_a_network_of_ipv6) {
    struct source *v4 = enter(0, "192.0.2.1"), *v6 = enter(1, "2001:db8:0:1::1");
    cr_assert_eq(enter(2, "192.0.2.1"), v4);
    cr_assert_neq(enter(3, "192.0.2.2"), v4);
    cr_assert_eq(enter(4, "2001:db8:0:1:ffff::"), v6);
    cr_assert_neq(enter(5, "2001:db8:0:2::1"), v6);
    cr_assert_eq(v4->count, 2);
    leave(0);
    cr_assert_eq(v4->count, 1);
    leave(2);
    cr_assert_eq(sources.table.count, 3);
}

Test(source, each_has_one_step_in_its_turn_however_many_it_has_begun) {
    for (unsigned n = 0; n < 5; n++) {
        enter(n, "192.0.2.1");
        queue(n);
    }
    enter(5, "192.0.2.2");
    queue(5);
    comes(0);
    enter(6, "192.0.2.3");
    queue(6);
    comes(5);
    comes(1);
    comes(6);
    queue(5); /* its next step */
    comes(2);
    comes(5);
    comes(3);
    comes(4);
    comes(-1);
}

Test(source, who_has_left_has_no_turn) {
    for (unsigned n = 0; n < 4; n++) {
        enter(n, n == 3 ? "192.0.2.2" : "192.0.2.1");
        queue(n);
    }
    leave(0); /* the first, the last, and that between them: all that one source has */
    leave(2);
    leave(1);
    cr_assert_eq(sources.table.count, 2); /* it has its turn still */
    comes(3);
    comes(-1);
    cr_assert_eq(sources.table.count, 1);
    leave(3);
    cr_assert_eq(sources.table.count, 0);
}

Test(source, one_that_comes_back_before_its_turn_has_it_once) {
    enter(0, "192.0.2.1");
    queue(0);
    leave(0);
    enter(1, "192.0.2.1");
    queue(1);
    comes(1);
    comes(-1);
    leave(1);
    cr_assert_eq(sources.table.count, 0);
}
