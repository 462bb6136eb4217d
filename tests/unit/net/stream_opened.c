/* SPDX-License-Identifier: MIT */
/* Streams that we open. */
#include "tests/unit/net/support/streams.h"

Test(stream_opened, a_refused_connection_is_told_at_once) {
    begin(&usual);
    struct endpoint nobody;
    close(listen_somewhere(&nobody, 1));
    uint64_t start = loop_now(), number = send_to(&nobody, 0);
    cr_assert_gt(number, 0);
    run_until_lost(1);
    cr_assert(seen.lost_connection == number && seen.cause == CAUSE_REFUSED);
    cr_assert_eq(seen.returned, 1);
    cr_assert_str_eq(seen.bytes, MESSAGE);
    cr_assert_lt(loop_now() - start, 500);
    finish();
}

Test(stream_opened, what_is_sent_waits_for_the_connection_and_the_next_shares_it) {
    begin(&usual);
    struct endpoint target;
    int server = listen_somewhere(&target, 10);
    uint64_t number = send_to(&target, 0);
    cr_assert_eq(send_to(&target, 0), number);
    run_turns(1);
    int fd = accept(server, NULL, NULL);
    cr_assert_str_eq(hear(fd), MESSAGE MESSAGE);
    cr_assert_eq(send_to(&target, 0), number);
    cr_assert_str_eq(hear(fd), MESSAGE);
    say(fd, MESSAGE); /* the other way too */
    run_until_messages(1);
    cr_assert(endpoint_equal(&seen.source, &target) && seen.connection == number);
    close(fd);
    run_until_lost(1);
    cr_assert(seen.lost_connection == number && seen.returned == 0);
    cr_assert_gt(send_to(&target, 0), number);
    run_turns(1);
    fd = accept(server, NULL, NULL);
    cr_assert_str_eq(hear(fd), MESSAGE);
    cr_assert_eq(streams_counts(streams).opened, 2);
    finish();
}

Test(stream_opened, a_connection_that_came_is_not_taken_for_requests_to_its_address) {
    begin(&usual);
    int fd = connect_to(&listener);
    say(fd, MESSAGE);
    run_until_messages(1);
    cr_assert_eq(streams_find(streams, &seen.source), 1);
    cr_assert_neq(send_to(&seen.source, 0), 1);
    finish();
}

Test(stream_opened, what_is_taken_back_before_the_connection_is_open_never_leaves) {
    begin(&usual);
    struct endpoint target;
    int server = listen_somewhere(&target, 10);
    const struct sip_flow flow = {.local = listener, .remote = target};
    uint64_t number = streams_send(streams, &flow, SLICE("regretted"));
    cr_assert_eq(send_to(&target, 0), number);
    cr_assert(!streams_withdraw(streams, number + 1, SLICE("regretted")));
    cr_assert(streams_withdraw(streams, number, SLICE("regretted")));
    cr_assert(!streams_withdraw(streams, number, SLICE("regretted")));
    run_turns(1);
    int fd = accept(server, NULL, NULL);
    cr_assert_str_eq(hear(fd), MESSAGE);
    cr_assert(!streams_withdraw(streams, number, SLICE(MESSAGE))); /* it has left */
    close(fd);
    run_until_lost(1);
    cr_assert(seen.returned == 0 && seen.expired == 0);
    finish();
}

/* Nobody accepts there, and the queue is full. */
static struct endpoint deaf_place(void) {
    struct endpoint target;
    listen_somewhere(&target, 0);
    for (unsigned i = 0; i < 4; i++) {
        struct sockaddr_storage name;
        socklen_t length = sockaddr_from(&name, &target);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(fd, (struct sockaddr *)&name, length);
    }
    return target;
}

Test(stream_opened, who_does_not_answer_the_wish_to_connect_is_given_up) {
    struct stream_limits limits = usual;
    limits.connect = 250;
    begin(&limits);
    const struct endpoint target = deaf_place();
    uint64_t start = loop_now();
    send_to(&target, 5000);
    send_to(&target, 0);
    run_until_lost(1);
    cr_assert_eq(seen.cause, CAUSE_CONNECT_TIMEOUT);
    cr_assert(loop_now() - start >= 250 && loop_now() - start < 2500);
    cr_assert_eq(seen.expired, 0);
    finish();
}

Test(stream_opened, who_waits_alone_decides_how_long) {
    begin(&usual);
    const struct endpoint target = deaf_place();
    uint64_t start = loop_now();
    send_to(&target, 250);
    run_until_lost(1);
    cr_assert_eq(seen.cause, CAUSE_CONNECT_TIMEOUT);
    cr_assert(loop_now() - start >= 250 && loop_now() - start < 2500);
    cr_assert_eq(seen.expired, 0);
    finish();
}

Test(stream_opened, who_is_in_a_hurry_gives_up_alone) {
    begin(&usual);
    const struct endpoint target = deaf_place();
    uint64_t start = loop_now(), number = send_to(&target, 800);
    const struct sip_flow flow = {.local = listener, .remote = target, .until = loop_now() + 200};
    cr_assert_eq(streams_send(streams, &flow, SLICE("hurry")), number);
    on_turn(NULL);
    while (!seen.expired)
        run_turns(1);
    cr_assert(loop_now() - start >= 200 && loop_now() - start < 800 && seen.lost == 0);
    cr_assert(endpoint_equal(&seen.source, &target));
    cr_assert_str_eq(seen.bytes, "hurry");
    run_until_lost(1); /* the other one */
    cr_assert(loop_now() - start >= 800 && loop_now() - start < 2500);
    cr_assert(seen.lost_connection == number && seen.cause == CAUSE_CONNECT_TIMEOUT && seen.expired == 1);
    cr_assert(seen.returned == 1 && strcmp(seen.bytes, MESSAGE) == 0);
    finish();
}

Test(stream_opened, who_has_fallen_silent_is_not_sent_to_there_any_more) {
    begin(&usual);
    struct endpoint target;
    int place_of_target = listen_somewhere(&target, 5);
    uint64_t start = loop_now(), number = send_to(&target, 0);
    int fd = accept(place_of_target, NULL, NULL);
    cr_assert(!streams_doubt(streams, number, start + 1000)); /* it has never said anything */
    say(fd, MESSAGE);
    run_until_messages(1);
    cr_assert(!streams_doubt(streams, number, start)); /* it has since */
    cr_assert_eq(send_to(&target, 0), number);
    cr_assert(!streams_doubt(streams, number + 1, start + 60000));
    cr_assert(streams_doubt(streams, number, start + 60000));
    cr_assert(!streams_doubt(streams, number, start + 60000)); /* nothing is new */
    cr_assert_eq(streams_find(streams, &target), 0);
    uint64_t other = send_to(&target, 0);
    cr_assert_neq(other, number);
    cr_assert_eq(send_to(&target, 0), other);
    const struct sip_flow flow = {.local = listener, .remote = target, .connection = number};
    cr_assert_eq(streams_send(streams, &flow, SLICE(MESSAGE)), number); /* what belongs there */
    say(fd, MESSAGE);
    run_until_messages(2);
    cr_assert_eq(seen.connection, number);
    close(fd);
    close(place_of_target);
    finish();
}

Test(stream_opened, one_that_came_to_us_is_kept_however_silent) {
    begin(&usual);
    int fd = connect_to(&listener);
    say(fd, MESSAGE);
    run_until_messages(1);
    cr_assert(!streams_doubt(streams, 1, loop_now() + 60000));
    cr_assert_eq(streams_find(streams, &seen.source), 1);
    close(fd);
    finish();
}
