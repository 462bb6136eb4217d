/* SPDX-License-Identifier: MIT */
/* Transactions over streams: nothing is repeated, nothing is waited for that cannot come, and a lost connection fails
 * what nobody has answered yet (RFC 3261 17, 18.2.2). */
#include "tests/unit/sip/transaction_invite.h"

#define STREAM_TARGET endpoint_at("192.0.2.100", 5060, TRANSPORT_TCP)

static struct client_transaction *stream_invite(const char *user) {
    return send_with("INVITE", INVITE, STREAM_TARGET, 0, user);
}

Test(transaction_stream, an_invite_is_sent_once_and_ends_with_its_final) {
    begin();
    stream_invite("a");
    until(10000);
    receive(180, "INVITE");
    receive(486, "INVITE");
    diary_is("0 > INVITE\n10000 a: response 180\n10000 > ACK\n10000 a: response 486\n");
    until(10000); /* Timer D is 0 */
    diary_is("10000 a: ended\n");
    finish();
}

Test(transaction_stream, other_requests_are_sent_once_too) {
    begin();
    options(TRANSPORT_TCP);
    until(31999);
    diary_is("0 > OPTIONS\n");
    until(32000);
    diary_is("32000 a: timeout\n32000 a: ended\n");
    finish();
}

Test(transaction_stream, a_lost_connection_fails_what_has_no_response) {
    begin();
    stream_invite("a");
    cr_assert_eq(transactions_lost(layer, 1, CAUSE_RESET, now), 0);
    diary_is("0 > INVITE\n0 a: failed reset\n");
    cr_assert_eq(transactions_lost(layer, 1, CAUSE_RESET, now), 0);
    diary_is("");
    cr_assert_eq(transactions_pending(layer), 0);
    until(32000); /* a late answer may still come, on another connection */
    diary_is("32000 a: ended\n");
    finish();
}

Test(transaction_stream, an_invite_that_still_waits_for_its_connection_is_taken_back) {
    begin();
    waits = true;
    struct client_transaction *client = stream_invite("a");
    until(1000);
    client_give_up(client, now);
    diary_is("0 > INVITE\n1000 < INVITE\n");
    cr_assert_eq(transactions_pending(layer), 0);
    until(1000);
    diary_is("1000 a: ended\n");
    finish();
}

Test(transaction_stream, so_is_one_whose_time_is_over) {
    begin();
    waits = true;
    send_with("INVITE", INVITE, STREAM_TARGET, 3000, "a");
    until(3000);
    diary_is("0 > INVITE\n3000 < INVITE\n3000 a: timeout\n3000 a: ended\n");
    finish();
}

Test(transaction_stream, one_that_has_left_stays_for_its_late_answer) {
    begin();
    struct client_transaction *client = stream_invite("a");
    until(1000);
    client_give_up(client, now);
    receive(180, "INVITE");
    diary_is("0 > INVITE\n1000 a: response 180\n");
    waits = true; /* for another connection: that is too late */
    client_give_up(client, now);
    until(32000);
    diary_is("32000 a: ended\n");
    finish();
}

Test(transaction_stream, any_other_request_ends_with_it) {
    begin();
    options(TRANSPORT_TCP);
    transactions_lost(layer, 1, CAUSE_REFUSED, now);
    diary_is("0 > OPTIONS\n0 a: failed refused\n");
    until(0);
    diary_is("0 a: ended\n");
    finish();
}

Test(transaction_stream, another_connection_is_none_of_its_business) {
    begin();
    opens = 7;
    stream_invite("a");
    cr_assert_eq(transactions_lost(layer, 1, CAUSE_RESET, now), 0);
    diary_is("0 > INVITE\n");
    transactions_lost(layer, 7, CAUSE_RESET, now);
    diary_is("0 a: failed reset\n");
    until(32000);
    diary_is("32000 a: ended\n");
    finish();
}

Test(transaction_stream, after_a_response_it_goes_on) {
    begin();
    struct client_transaction *client = stream_invite("a");
    receive(180, "INVITE");
    cr_assert_eq(transactions_lost(layer, 1, CAUSE_RESET, now), 1);
    diary_is("0 > INVITE\n0 a: response 180\n");
    gone = 1;
    opens = 2;
    cr_assert_eq(client_cancel(client, SLICE_EMPTY, now), 0);
    receive(200, "CANCEL");
    receive(487, "INVITE");
    diary_is("0 > CANCEL\n0 > ACK\n0 a: response 487\n");
    until(0);
    diary_is("0 a: ended\n");
    finish();
}

Test(transaction_stream, a_cancel_whose_connection_is_lost_is_nobodys_failure) {
    begin();
    struct client_transaction *client = stream_invite("a");
    receive(180, "INVITE");
    client_cancel(client, SLICE_EMPTY, now);
    diary_is("0 > INVITE\n0 a: response 180\n0 > CANCEL\n");
    cr_assert_eq(transactions_lost(layer, 1, CAUSE_RESET, now), 2);
    diary_is("");
    until(32000);
    diary_is("32000 a: ended\n");
    finish();
}

Test(transaction_stream, nothing_is_told_of_what_was_given_up) {
    begin();
    client_give_up(stream_invite("a"), now);
    cr_assert_eq(transactions_lost(layer, 1, CAUSE_RESET, now), 1);
    diary_is("0 > INVITE\n");
    until(32000);
    diary_is("32000 a: ended\n");
    finish();
}

Test(transaction_stream, another_way_is_taken_when_there_is_one_and_its_timers_go_on) {
    const struct client_request other = {.bytes = SLICE(INVITE), .flow = {.local = LOCAL, .remote = TARGET}};
    begin();
    send_with("INVITE", INVITE, STREAM_TARGET, 2500, "a");
    until(1000);
    other_way = &other;
    cr_assert_eq(transactions_lost(layer, 1, CAUSE_CONNECT_TIMEOUT, now), 0);
    diary_is("0 > INVITE\n1000 a: reroute connect-timeout\n1000 > INVITE\n");
    cr_assert_eq(transactions_lost(layer, 1, CAUSE_RESET, now), 0);
    until(2500);
    diary_is("1500 > INVITE\n2500 a: timeout\n");
    until(32000);
    diary_is("32000 a: ended\n");
    finish();
}

Test(transaction_stream, without_memory_for_another_way_it_has_failed) {
    const struct client_request other = {.bytes = SLICE(INVITE), .flow = {.local = LOCAL, .remote = TARGET}};
    begin();
    stream_invite("a");
    other_way = &other;
    allocations_left = 0;
    transactions_lost(layer, 1, CAUSE_RESET, now);
    allocations_left = LONG_MAX;
    diary_is("0 > INVITE\n0 a: reroute reset\n0 a: failed reset\n");
    until(32000);
    diary_is("32000 a: ended\n");
    finish();
}

Test(transaction_stream, without_memory_for_a_connection_there_is_no_transaction) {
    begin();
    opens = 0;
    cr_assert_null(stream_invite("a"));
    diary_is("0 > INVITE\n"); /* it was offered */
    finish();
}

Test(transaction_stream, one_lost_connection_fails_all_on_it) {
    begin();
    char branches[3][16], bytes[3][256];
    for (unsigned i = 0; i < 3; i++) {
        snprintf(branches[i], sizeof branches[i], "z9hG4bKa%u", i);
        snprintf(bytes[i], sizeof bytes[i], "OPTIONS sip:b@e SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=%s\r\n\r\n",
                 branches[i]);
        const struct client_request request = {
            .bytes = slice_of(bytes[i]),
            .branch = slice_of(branches[i]),
            .method = METHOD_OPTIONS,
            .method_name = SLICE("OPTIONS"),
            .flow = {.local = LOCAL, .remote = STREAM_TARGET, .connection = i == 1 ? 5 : 9},
            .user = (void *)(uintptr_t)(i == 1 ? "other" : "a"),
        };
        cr_assert_not_null(client_new(layer, &request, now));
    }
    transactions_lost(layer, 9, CAUSE_RESET, now);
    diary_is("0 > OPTIONS\n0 > OPTIONS\n0 > OPTIONS\n0 a: failed reset\n0 a: failed reset\n");
    until(32000);
    diary_is("0 a: ended\n0 a: ended\n32000 other: timeout\n32000 other: ended\n");
    finish();
}

/* The server side. */

static struct server_transaction *serve(const char *method) {
    struct server_transaction *server = server_new(
        layer,
        scanned("%s sip:b@e SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.9;branch=z9hG4bKx\r\nFrom: <sip:a@e>;tag=f\r\n"
                "To: <sip:b@e>\r\nCall-ID: c\r\nCSeq: 5 %s\r\nContent-Length: 0\r\n\r\n",
                method, method),
        &(const struct sip_flow){
            .local = LOCAL, .remote = endpoint_at("192.0.2.9", 5060, TRANSPORT_TCP), .connection = 3},
        now);
    cr_assert_not_null(server);
    server_set_user(server, (void *)(uintptr_t) "s");
    return server;
}

Test(transaction_stream, a_final_is_sent_once_and_its_ack_ends_all) {
    begin();
    struct server_transaction *server = serve("INVITE");
    server_respond(server, 486, SLICE("SIP/2.0 486 x\r\n\r\n"), now);
    until(31999);
    diary_is("0 > 486\n");
    until(32000);
    diary_is("32000 s: unacknowledged\n32000 s: ended\n");
    finish();
}

Test(transaction_stream, the_answer_to_another_request_ends_it_at_once) {
    begin();
    server_respond(serve("OPTIONS"), 200, SLICE("SIP/2.0 200 x\r\n\r\n"), now);
    diary_is("0 > 200\n");
    until(0); /* Timer J is 0 */
    diary_is("0 s: ended\n");
    finish();
}

Test(transaction_stream, what_follows_a_response_goes_the_way_that_it_took) {
    begin();
    struct server_transaction *server = serve("INVITE");
    server_respond(server, 180, SLICE("SIP/2.0 180 x\r\n\r\n"), now);
    cr_assert_eq(last_sent.connection, 3);
    gone = 3;
    opens = 8;
    server_respond(server, 181, SLICE("SIP/2.0 181 x\r\n\r\n"), now);
    server_respond(server, 182, SLICE("SIP/2.0 182 x\r\n\r\n"), now);
    cr_assert_eq(last_sent.connection, 8);
    diary_is("0 > 180\n0 > 181\n0 > 182\n");
    server_silence(server, now);
    until(32000);
    diary_is("32000 s: ended\n");
    finish();
}
