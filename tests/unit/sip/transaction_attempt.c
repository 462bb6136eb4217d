/* SPDX-License-Identifier: MIT */
/* What a failover does to an attempt: gives it up, cancels it, sees it fail, goes on from within an event. */
#include "tests/unit/sip/transaction_invite.h"

#include <signal.h>

/* Given up. */

Test(transaction_attempt, given_up_without_a_response_it_is_silent_until_64_t1_after_its_first_send) {
    begin();
    struct client_transaction *client = invite(0);
    until(4000);
    client_give_up(client, now);
    client_give_up(client, now);
    until(31999);
    diary_is("0 > INVITE\n500 > INVITE\n1500 > INVITE\n3500 > INVITE\n");
    until(32000);
    diary_is("32000 a: ended\n");
    finish();
}

Test(transaction_attempt, given_up_behind_a_provisional_it_lives_64_t1_from_then) {
    begin();
    struct client_transaction *client = invite(0);
    cr_assert(receive(180, "INVITE"));
    until(50 * 1000);
    client_give_up(client, now);
    until(70 * 1000);
    client_give_up(client, now); /* not once more */
    until(81999);
    diary_is("0 > INVITE\n0 a: response 180\n");
    until(82000);
    diary_is("82000 a: ended\n");
    finish();
}

Test(transaction_attempt, late_responses_to_one_given_up_are_told_and_acknowledged) {
    begin();
    struct client_transaction *client = invite(2000);
    until(5000);
    cr_assert(receive(180, "INVITE"));
    cr_assert(client_provisional(client));
    until(6000);
    cr_assert(receive(486, "INVITE"));
    until(6500);
    cr_assert(receive(486, "INVITE"));
    until(38000);
    diary_is("0 > INVITE\n500 > INVITE\n1500 > INVITE\n2000 a: timeout\n5000 a: response 180\n6000 > ACK\n"
             "6000 a: response 486\n6500 > ACK\n38000 a: ended\n");
    finish();
}

Test(transaction_attempt, a_late_2xx_to_one_given_up_is_told_and_so_are_its_repetitions) {
    begin();
    invite(2000);
    until(31000);
    cr_assert(receive(200, "INVITE"));
    until(62999);
    cr_assert(receive(200, "INVITE"));
    until(63000);
    diary_is("0 > INVITE\n500 > INVITE\n1500 > INVITE\n2000 a: timeout\n31000 a: response 200\n"
             "62999 a: response 200\n63000 a: ended\n");
    finish();
}

Test(transaction_attempt, a_late_provisional_does_not_prolong_its_life_but_a_cancel_does) {
    begin();
    invite(2000);
    until(31000);
    cr_assert(receive(100, "INVITE"));
    until(32000);
    diary_is("0 > INVITE\n500 > INVITE\n1500 > INVITE\n2000 a: timeout\n31000 a: response 100\n32000 a: ended\n");
    now = 0;
    struct client_transaction *client = invite(2000);
    until(31000);
    cr_assert(receive(100, "INVITE"));
    cr_assert_eq(client_cancel(client, SLICE_EMPTY, now), 0);
    cr_assert(receive(200, "CANCEL"));
    until(62999);
    diary_is("0 > INVITE\n500 > INVITE\n1500 > INVITE\n2000 a: timeout\n31000 a: response 100\n31000 > CANCEL\n");
    until(63000);
    diary_is("63000 a: ended\n");
    finish();
}

Test(transaction_attempt, behind_a_final_giving_up_changes_nothing) {
    begin();
    struct client_transaction *client = invite(0);
    cr_assert(receive(200, "INVITE"));
    client_give_up(client, now);
    until(31999);
    cr_assert(receive(200, "INVITE"));
    until(32000);
    diary_is("0 > INVITE\n0 a: response 200\n31999 a: response 200\n32000 a: ended\n");
    finish();
}

/* CANCEL: 9.1. */

Test(transaction_attempt, the_cancel_is_made_of_the_invite) {
    begin();
    struct client_transaction *client = invite(0);
    cr_assert(receive(180, "INVITE"));
    cr_assert_eq(client_cancel(client, SLICE("Reason: SIP;cause=200\r\nReason: Q.850;cause=16\r\n"), now), 0);
    cr_assert_str_eq(last_sent.bytes, "CANCEL sip:b@192.0.2.100;x=y SIP/2.0\r\n"
                                      "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKour1\r\n"
                                      "Max-Forwards: 68\r\n"
                                      "Route: <sip:r1.example;lr>,\r\n <sip:r2.example;lr>\r\n"
                                      "f:\"A, \\\"x\\\"\" <sip:a@example.com>;tag=f1\r\n"
                                      "To : <sip:b@example.com>\r\n"
                                      "Call-ID: c1@192.0.2.9\r\n"
                                      "CSeq: 17 CANCEL\r\n"
                                      "route: <sip:r3.example;lr>\r\n"
                                      "Reason: SIP;cause=200\r\nReason: Q.850;cause=16\r\n"
                                      "Content-Length: 0\r\n\r\n");
    struct endpoint local = LOCAL, target = TARGET;
    cr_assert(endpoint_equal(&last_sent.local, &local) && endpoint_equal(&last_sent.remote, &target));
    cr_assert_eq(client_cancel(client, SLICE_EMPTY, now), -EALREADY);
    cr_assert_eq(transactions_count(layer), 2);
    cr_assert(receive(200, "CANCEL")); /* ours, told to nobody */
    until(100);
    cr_assert(receive(487, "INVITE"));
    until(5000);
    cr_assert_eq(transactions_count(layer), 1); /* Timer K of the CANCEL */
    until(32100);
    diary_is("0 > INVITE\n0 a: response 180\n0 > CANCEL\n100 > ACK\n100 a: response 487\n32100 a: ended\n");
    finish();
}

Test(transaction_attempt, without_max_forwards_in_the_invite_the_cancel_has_70) {
    begin();
    struct client_transaction *client =
        send_with("INVITE",
                  "INVITE sip:b@e SIP/2.0\r\nVia:SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKour1 , SIP/2.0/UDP i\r\n"
                  "To: <sip:b@e>\r\nFrom: <sip:a@e>;tag=1\r\nCall-ID: c\r\nCSeq: 1\tINVITE\r\n\r\n",
                  TARGET, 0, "a");
    cr_assert(receive(180, "INVITE"));
    cr_assert_eq(client_cancel(client, SLICE_EMPTY, now), 0);
    cr_assert_str_eq(last_sent.bytes,
                     "CANCEL sip:b@e SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKour1\r\nTo: <sip:b@e>\r\n"
                     "From: <sip:a@e>;tag=1\r\nCall-ID: c\r\nCSeq: 1 CANCEL\r\nMax-Forwards: 70\r\n"
                     "Content-Length: 0\r\n\r\n");
    diary_is("0 > INVITE\n0 a: response 180\n0 > CANCEL\n");
    transactions_free(layer);
    timers_free(timers);
}

Test(transaction_attempt, a_cancel_is_repeated_as_any_request_and_the_invite_goes_with_it) {
    begin();
    struct client_transaction *client = invite(0);
    cr_assert(receive(180, "INVITE"));
    cr_assert_eq(client_cancel(client, SLICE_EMPTY, now), 0);
    until(100 * 1000);
    diary_is("0 > INVITE\n0 a: response 180\n0 > CANCEL\n500 > CANCEL\n1500 > CANCEL\n3500 > CANCEL\n7500 > CANCEL\n"
             "11500 > CANCEL\n15500 > CANCEL\n19500 > CANCEL\n23500 > CANCEL\n27500 > CANCEL\n31500 > CANCEL\n"
             "32000 a: ended\n");
    finish();
}

Test(transaction_attempt, behind_a_final_there_is_no_cancel) {
    begin();
    struct client_transaction *client = invite(0);
    cr_assert(receive(200, "INVITE"));
    cr_assert_eq(client_cancel(client, SLICE_EMPTY, now), -EALREADY);
    until(32000);
    diary_is("0 > INVITE\n0 a: response 200\n32000 a: ended\n");
    finish();
}

Test(transaction_attempt, a_cancel_before_a_provisional_is_a_fault_of_the_caller, .signal = SIGABRT) {
    begin();
    client_cancel(invite(0), SLICE_EMPTY, now);
}

Test(transaction_attempt, one_given_up_in_silence_keeps_nobody_waiting_but_a_cancelled_one_does) {
    begin();
    struct client_transaction *client = invite(2000);
    cr_assert_eq(transactions_pending(layer), 1);
    until(2000);
    cr_assert_eq(transactions_pending(layer), 0);
    cr_assert(receive(180, "INVITE")); /* somebody is there after all */
    cr_assert_eq(transactions_pending(layer), 1);
    cr_assert_eq(client_cancel(client, SLICE_EMPTY, now), 0);
    cr_assert_eq(transactions_pending(layer), 2);
    cr_assert(receive(200, "CANCEL"));
    cr_assert_eq(transactions_pending(layer), 1);
    cr_assert(receive(487, "INVITE"));
    cr_assert_eq(transactions_pending(layer), 0);
    cr_assert_eq(transactions_count(layer), 2);
    until(34000);
    options(TRANSPORT_UDP);
    cr_assert_eq(transactions_pending(layer), 1);
    until(66000);
    diary_is("0 > INVITE\n500 > INVITE\n1500 > INVITE\n2000 a: timeout\n2000 a: response 180\n2000 > CANCEL\n"
             "2000 > ACK\n2000 a: response 487\n34000 a: ended\n34000 > OPTIONS\n34500 > OPTIONS\n35500 > OPTIONS\n"
             "37500 > OPTIONS\n41500 > OPTIONS\n45500 > OPTIONS\n49500 > OPTIONS\n53500 > OPTIONS\n57500 > OPTIONS\n"
             "61500 > OPTIONS\n65500 > OPTIONS\n66000 a: timeout\n66000 a: ended\n");
    finish();
}

/* Failures. */

/* ICMP quotes `bytes`; true: it was told. */
static bool refuse(struct slice bytes) {
    struct endpoint target = TARGET;
    return transactions_unreachable(layer, &target, bytes, CAUSE_UNREACHABLE, now);
}

Test(transaction_attempt, unreachable_before_any_response_is_told_once_and_ends_the_repeating) {
    begin();
    invite(0);
    until(20);
    cr_assert(refuse(SLICE(INVITE)));
    cr_assert(!refuse(SLICE(INVITE)));
    until(31999);
    diary_is("0 > INVITE\n20 a: failed unreachable\n");
    until(32000);
    diary_is("32000 a: ended\n");
    now = 0;
    options(TRANSPORT_UDP);
    until(20);
    cr_assert(refuse(SLICE("OPTIONS sip:b@192.0.2.100 SIP/2.0\r\n" INVITE_LINES)));
    cr_assert(!refuse(SLICE("OPTIONS sip:b@192.0.2.100 SIP/2.0\r\n" INVITE_LINES)));
    cr_assert(receive(200, "OPTIONS")); /* before it has gone: absorbed */
    until(20);
    diary_is("0 > OPTIONS\n20 a: failed unreachable\n20 a: ended\n");
    finish();
}

Test(transaction_attempt, behind_a_response_or_when_nobody_waits_unreachable_is_not_told) {
    begin();
    invite(0);
    cr_assert(receive(100, "INVITE"));
    cr_assert(!refuse(SLICE(INVITE)));
    cr_assert(receive(486, "INVITE"));
    cr_assert(!refuse(SLICE(INVITE)));
    until(32000);
    diary_is("0 > INVITE\n0 a: response 100\n0 > ACK\n0 a: response 486\n32000 a: ended\n");
    invite(2000);
    until(35000);
    cr_assert(!refuse(SLICE(INVITE)));
    cr_assert(receive(200, "INVITE"));
    until(32000 + 3000 + 32000);
    diary_is(
        "32000 > INVITE\n32500 > INVITE\n33500 > INVITE\n34000 a: timeout\n35000 a: response 200\n67000 a: ended\n");
    cr_assert(!refuse(SLICE(INVITE))); /* long gone */
    finish();
}

/* It is the INVITE alone that fails: whatever else of ours got lost says nothing of it. */
Test(transaction_attempt, only_the_quoted_request_fails) {
    begin();
    invite(0);
    cr_assert(!refuse(SLICE("ACK sip:b@192.0.2.100 SIP/2.0\r\n" INVITE_LINES)));
    cr_assert(!refuse(SLICE("CANCEL sip:b@192.0.2.100 SIP/2.0\r\n" INVITE_LINES)));
    cr_assert(!refuse(SLICE("SIP/2.0 200 OK\r\n" INVITE_LINES)));
    cr_assert(!refuse(SLICE("INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKother\r\n" INVITE_LINES)));
    cr_assert(!refuse(SLICE("INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n" INVITE_LINES)));
    struct endpoint elsewhere = endpoint_at("192.0.2.101", 5060, TRANSPORT_UDP);
    cr_assert(!transactions_unreachable(layer, &elsewhere, SLICE(INVITE), CAUSE_UNREACHABLE, now));
    diary_is("0 > INVITE\n");
    transactions_free(layer);
    timers_free(timers);
}

Test(transaction_attempt, a_lost_cancel_is_repeated) {
    begin();
    struct client_transaction *client = invite(0);
    cr_assert(receive(180, "INVITE"));
    cr_assert_eq(client_cancel(client, SLICE_EMPTY, now), 0);
    cr_assert(!refuse((struct slice){last_sent.bytes, last_sent.length}));
    until(600);
    diary_is("0 > INVITE\n0 a: response 180\n0 > CANCEL\n500 > CANCEL\n");
    transactions_free(layer);
    timers_free(timers);
}

Test(transaction_attempt, a_quotation_may_be_cut_anywhere_behind_the_branch) {
    const struct slice whole = SLICE(INVITE);
    size_t branch = (size_t)(strstr(INVITE, "our1") - INVITE) + 4;
    for (size_t length = 0; length <= whole.len; length++) {
        begin();
        invite(0);
        char *cut = __real_malloc(length ? length : 1); /* so that a byte too far is seen */
        memcpy(cut, whole.at, length);
        cr_assert_eq(refuse((struct slice){cut, length}), length >= branch, "%zu bytes", length);
        free(cut);
        diary_is(length >= branch ? "0 > INVITE\n0 a: failed unreachable\n" : "0 > INVITE\n");
        transactions_free(layer);
        timers_free(timers);
    }
    begin();
    cr_assert(!refuse(SLICE_NULL));
    cr_assert(!refuse(SLICE("\r\n\r\n")));
    cr_assert(!refuse(SLICE("INVITE x SIP/2.0\r\n;branch=z9hG4bKour1")));
    finish();
}

/* Events that call back. */

static void fail_over(struct client_transaction *client, unsigned status) {
    client_give_up(client, now);
    if (status == 180)
        cr_assert_eq(client_cancel(client, SLICE_EMPTY, now), 0);
    struct client_request next = {
        .bytes = SLICE("INVITE sip:c@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKnext\r\nCSeq: 1 INVITE\r\n\r\n"),
        .branch = SLICE("z9hG4bKnext"),
        .method = METHOD_INVITE,
        .method_name = SLICE("INVITE"),
        .flow = {.local = LOCAL, .remote = TARGET},
        .user = (void *)(uintptr_t) "b",
    };
    then = NULL;
    cr_assert_not_null(client_new(layer, &next, now));
}

/* Whatever ends an attempt, the next one leaves in the same turn. */
Test(transaction_attempt, an_event_may_call_back_into_the_layer) {
    static const struct {
        unsigned status;
        const char *diary;
    } cases[] = {
        {486, "0 > INVITE\n10 > ACK\n10 a: response 486\n10 > INVITE\n"},
        {180, "0 > INVITE\n10 a: response 180\n10 > CANCEL\n10 > INVITE\n"},
        {200, "0 > INVITE\n10 a: response 200\n10 > INVITE\n"},
        {0, "0 > INVITE\n10 a: failed unreachable\n10 > INVITE\n"},
        {1, "0 > INVITE\n50 a: timeout\n50 > INVITE\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin();
        now = 0;
        invite(50);
        then = fail_over;
        until(10);
        if (cases[i].status >= 100)
            cr_assert(receive(cases[i].status, "INVITE"));
        else if (cases[i].status == 0)
            cr_assert(refuse(SLICE(INVITE)));
        until(60);
        diary_is(cases[i].diary);
        transactions_free(layer);
        timers_free(timers);
    }
}

/* Memory. */

Test(transaction_attempt, without_memory_nothing_is_sent_and_nothing_stays) {
    begin();
    allocations_left = 0;
    cr_assert_null(invite(0));
    allocations_left = LONG_MAX;
    finish();
}

static char *big_invite(void) {
    char *bytes = __real_malloc(8192);
    int length = snprintf(bytes, 8192, "INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKour1\r\n");
    for (int i = 0; i < 60; i++)
        length += snprintf(bytes + length, 8192 - (size_t)length, "Route: <sip:%050d.example;lr>\r\n", i);
    snprintf(bytes + length, 8192 - (size_t)length,
             "From: <sip:a@e>;tag=1\r\nTo: <sip:b@e>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\r\n");
    return bytes;
}

/* A big one needs memory for its ACK and its CANCEL: what could not be sent is sent when it is asked for again. */
Test(transaction_attempt, an_ack_without_memory_waits_for_the_repeated_final) {
    begin();
    char *bytes = big_invite();
    struct client_transaction *client = send_with("INVITE", bytes, TARGET, 0, "a");
    cr_assert(receive(180, "INVITE"));
    allocations_left = 0;
    cr_assert_eq(client_cancel(client, SLICE_EMPTY, now), -ENOMEM);
    cr_assert(receive(486, "INVITE"));
    allocations_left = LONG_MAX;
    until(500);
    cr_assert(receive(486, "INVITE"));
    until(32000);
    diary_is("0 > INVITE\n0 a: response 180\n0 a: response 486\n500 > ACK\n32000 a: ended\n");
    finish();
    free(bytes);
}

Test(transaction_attempt, a_cancel_without_memory_can_be_tried_again) {
    begin();
    struct client_transaction *client = invite(0);
    cr_assert(receive(180, "INVITE"));
    allocations_left = 0;
    cr_assert_eq(client_cancel(client, SLICE_EMPTY, now), -ENOMEM);
    allocations_left = LONG_MAX;
    cr_assert_eq(transactions_count(layer), 1);
    cr_assert_eq(client_cancel(client, SLICE_EMPTY, now), 0);
    diary_is("0 > INVITE\n0 a: response 180\n0 > CANCEL\n");
    transactions_free(layer);
    timers_free(timers);
}
