/* SPDX-License-Identifier: MIT */
/* The machines of the client side: RFC 3261 17.1, RFC 6026 7.2. */
#include "tests/unit/sip/transaction_invite.h"

/* INVITE: 17.1.1. */

Test(transaction_client, an_invite_is_repeated_at_doubling_intervals_until_64_t1) {
    begin();
    invite(0);
    struct endpoint local = LOCAL, target = TARGET;
    cr_assert(endpoint_equal(&last_sent.local, &local) && endpoint_equal(&last_sent.remote, &target));
    cr_assert_str_eq(last_sent.bytes, INVITE);
    until(100 * 1000);
    diary_is("0 > INVITE\n500 > INVITE\n1500 > INVITE\n3500 > INVITE\n7500 > INVITE\n15500 > INVITE\n31500 > INVITE\n"
             "32000 a: timeout\n32000 a: ended\n");
    finish();
}

Test(transaction_client, a_shorter_timer_b_ends_the_repeating_and_the_state_stays_until_64_t1) {
    begin();
    invite(10 * 1000);
    until(31999);
    diary_is("0 > INVITE\n500 > INVITE\n1500 > INVITE\n3500 > INVITE\n7500 > INVITE\n10000 a: timeout\n");
    until(32000);
    diary_is("32000 a: ended\n");
    finish();
}

Test(transaction_client, a_longer_timer_b_is_waited_for) {
    begin();
    invite(70 * 1000);
    until(100 * 1000);
    diary_is("0 > INVITE\n500 > INVITE\n1500 > INVITE\n3500 > INVITE\n7500 > INVITE\n15500 > INVITE\n31500 > INVITE\n"
             "63500 > INVITE\n70000 a: timeout\n70000 a: ended\n");
    finish();
}

Test(transaction_client, t1_and_t2_can_be_set) {
    begin_with(&(struct transaction_settings){.t1 = 100, .t2 = 150, .t4 = 300});
    invite(0);
    until(100 * 1000);
    diary_is("0 > INVITE\n100 > INVITE\n300 > INVITE\n700 > INVITE\n1500 > INVITE\n3100 > INVITE\n6300 > INVITE\n"
             "6400 a: timeout\n6400 a: ended\n");
    now = 0;
    options(TRANSPORT_UDP);
    until(500);
    cr_assert(receive(200, "OPTIONS"));
    until(100 * 1000);
    diary_is("0 > OPTIONS\n100 > OPTIONS\n250 > OPTIONS\n400 > OPTIONS\n500 a: response 200\n800 a: ended\n");
    finish();
}

Test(transaction_client, a_provisional_stops_timers_a_and_b) {
    begin();
    struct client_transaction *client = invite(0);
    until(600);
    cr_assert(!client_provisional(client));
    cr_assert(receive(100, "INVITE"));
    cr_assert(client_provisional(client));
    until(3600 * 1000);
    cr_assert(receive(180, "INVITE"));
    diary_is("0 > INVITE\n500 > INVITE\n600 a: response 100\n3600000 a: response 180\n");
    cr_assert(receive(486, "INVITE"));
    until(now + 32000);
    diary_is("3600000 > ACK\n3600000 a: response 486\n3632000 a: ended\n");
    finish();
}

/* 18.1.2: the branch alone does not make a response ours. Without a port 5060 is meant; letter case does not count. */
Test(transaction_client, a_response_under_another_name_is_discarded) {
    static const struct {
        const char *ours, *theirs;
        bool matches;
    } rows[] = {
        {"192.0.2.1:5060", "192.0.2.1:5060", true},
        {"192.0.2.1:5060", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.1 : 5060", true},
        {"192.0.2.1:5070", "192.0.2.1", false},
        {"192.0.2.1:5060", "192.0.2.1:5061", false},
        {"192.0.2.1:5060", "192.0.2.10:5060", false},
        {"Sip.example.net", "sip.EXAMPLE.net", true},
        {"sip.example.net", "sip.example.org", false},
        {"[2001:db8::1]:5070", "[2001:db8::1]:5070", true},
        {"[2001:db8::1]", "[2001:db8::1]:5060", true},
        {"[2001:db8::1]:5070", "[2001:db8::1]", false},
        {"[2001:db8::1]", "[2001:db8::2]", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char bytes[256];
        struct endpoint source = TARGET;
        begin();
        snprintf(bytes, sizeof bytes, "OPTIONS sip:b@e SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKour1\r\n\r\n",
                 rows[i].ours);
        send_with("OPTIONS", bytes, TARGET, 0, "a");
        const struct sip_message *answer =
            scanned("SIP/2.0 200 x\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKour1\r\nFrom: <sip:a@e>;tag=f\r\n"
                    "To: <sip:b@e>;tag=t\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\n",
                    rows[i].theirs);
        cr_expect_eq(transactions_response(layer, answer, &source, now), rows[i].matches, "row %zu", i);
        transactions_free(layer);
        timers_free(timers);
    }
}

/* 17.1.1.3, with everything the INVITE has that an ACK has not. */
Test(transaction_client, the_ack_is_made_of_the_invite_and_the_responses_to) {
    begin();
    invite(0);
    cr_assert(receive(486, "INVITE"));
    cr_assert_str_eq(last_sent.bytes, "ACK sip:b@192.0.2.100;x=y SIP/2.0\r\n"
                                      "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKour1\r\n"
                                      "Max-Forwards: 68\r\n"
                                      "Route: <sip:r1.example;lr>,\r\n <sip:r2.example;lr>\r\n"
                                      "f:\"A, \\\"x\\\"\" <sip:a@example.com>;tag=f1\r\n"
                                      "To: <sip:b@example.com>;tag=t486\r\n"
                                      "Call-ID: c1@192.0.2.9\r\n"
                                      "CSeq: 17 ACK\r\n"
                                      "route: <sip:r3.example;lr>\r\n"
                                      "Content-Length: 0\r\n\r\n");
    struct endpoint local = LOCAL, target = TARGET;
    cr_assert(endpoint_equal(&last_sent.local, &local) && endpoint_equal(&last_sent.remote, &target));
    until(32000);
    diary_is("0 > INVITE\n0 > ACK\n0 a: response 486\n32000 a: ended\n");
    finish();
}

Test(transaction_client, a_repeated_final_is_acknowledged_again_and_not_told) {
    begin();
    invite(0);
    until(100);
    cr_assert(receive(503, "INVITE"));
    until(700);
    cr_assert(receive(503, "INVITE"));
    cr_assert(receive(180, "INVITE")); /* late: absorbed */
    until(32099);
    cr_assert(receive(503, "INVITE"));
    until(32100);
    cr_assert(!receive(503, "INVITE"));
    diary_is("0 > INVITE\n100 > ACK\n100 a: response 503\n700 > ACK\n32099 > ACK\n32100 a: ended\n");
    finish();
}

Test(transaction_client, timer_d_is_32_s_even_when_t1_is_short_and_longer_when_t1_is_long) {
    static const struct {
        uint32_t t1;
        const char *diary;
    } cases[] = {{10, "0 > INVITE\n0 > ACK\n0 a: response 300\n32000 a: ended\n"},
                 {1000, "0 > INVITE\n0 > ACK\n0 a: response 300\n64000 a: ended\n"}};
    for (size_t i = 0; i < 2; i++) {
        now = 0;
        begin_with(&(struct transaction_settings){.t1 = cases[i].t1, .t2 = 4000, .t4 = 5000});
        invite(0);
        receive(300, "INVITE");
        until(100 * 1000);
        diary_is(cases[i].diary);
        finish();
    }
}

/* RFC 6026 7.2 */
Test(transaction_client, every_2xx_is_told_for_64_t1) {
    begin();
    invite(0);
    until(100);
    cr_assert(receive(200, "INVITE"));
    until(600);
    cr_assert(receive(200, "INVITE"));
    cr_assert(receive(202, "INVITE"));
    cr_assert(receive(180, "INVITE"));
    cr_assert(receive(486, "INVITE")); /* neither told nor acknowledged */
    until(32099);
    cr_assert(receive(200, "INVITE"));
    until(32100);
    cr_assert(!receive(200, "INVITE"));
    diary_is("0 > INVITE\n100 a: response 200\n600 a: response 200\n600 a: response 202\n32099 a: response 200\n"
             "32100 a: ended\n");
    finish();
}

Test(transaction_client, a_2xx_behind_another_final_is_told_too) {
    begin();
    invite(0);
    cr_assert(receive(486, "INVITE"));
    until(50);
    cr_assert(receive(200, "INVITE"));
    until(32000);
    diary_is("0 > INVITE\n0 > ACK\n0 a: response 486\n50 a: response 200\n32000 a: ended\n");
    finish();
}

Test(transaction_client, over_a_stream_nothing_is_repeated_and_waiting_is_over_at_once) {
    begin();
    send_with("INVITE", INVITE, endpoint_at("192.0.2.100", 5060, TRANSPORT_TCP), 0, "a");
    until(32000);
    diary_is("0 > INVITE\n32000 a: timeout\n32000 a: ended\n");
    send_with("INVITE", INVITE, endpoint_at("192.0.2.100", 5060, TRANSPORT_TLS), 0, "b");
    cr_assert(receive(404, "INVITE"));
    until(32001);
    diary_is("32000 > INVITE\n32000 > ACK\n32000 b: response 404\n32000 b: ended\n");
    options(TRANSPORT_TCP);
    cr_assert(receive(200, "OPTIONS"));
    until(32002);
    diary_is("32001 > OPTIONS\n32001 a: response 200\n32001 a: ended\n");
    options(TRANSPORT_TCP);
    until(100 * 1000);
    diary_is("32002 > OPTIONS\n64002 a: timeout\n64002 a: ended\n");
    finish();
}

/* Others: 17.1.2. */

Test(transaction_client, another_request_is_repeated_up_to_t2_until_64_t1) {
    begin();
    options(TRANSPORT_UDP);
    until(100 * 1000);
    diary_is("0 > OPTIONS\n500 > OPTIONS\n1500 > OPTIONS\n3500 > OPTIONS\n7500 > OPTIONS\n11500 > OPTIONS\n"
             "15500 > OPTIONS\n19500 > OPTIONS\n23500 > OPTIONS\n27500 > OPTIONS\n31500 > OPTIONS\n"
             "32000 a: timeout\n32000 a: ended\n");
    finish();
}

Test(transaction_client, behind_a_provisional_another_request_is_repeated_every_t2) {
    begin();
    options(TRANSPORT_UDP);
    until(700);
    cr_assert(receive(100, "OPTIONS"));
    until(10000);
    cr_assert(receive(183, "OPTIONS"));
    until(100 * 1000);
    diary_is("0 > OPTIONS\n500 > OPTIONS\n700 a: response 100\n1500 > OPTIONS\n5500 > OPTIONS\n9500 > OPTIONS\n"
             "10000 a: response 183\n13500 > OPTIONS\n17500 > OPTIONS\n21500 > OPTIONS\n25500 > OPTIONS\n"
             "29500 > OPTIONS\n32000 a: timeout\n32000 a: ended\n");
    finish();
}

Test(transaction_client, repeated_finals_of_another_request_are_absorbed_for_t4) {
    begin();
    options(TRANSPORT_UDP);
    until(100);
    cr_assert(receive(404, "OPTIONS"));
    until(5099);
    cr_assert(receive(404, "OPTIONS"));
    cr_assert(receive(100, "OPTIONS"));
    until(5100);
    cr_assert(!receive(404, "OPTIONS"));
    diary_is("0 > OPTIONS\n100 a: response 404\n5100 a: ended\n");
    finish();
}

/* Matching: 17.1.3. */

Test(transaction_client, a_response_belongs_by_branch_and_method) {
    begin();
    invite(0);
    struct endpoint source = TARGET;
    static const struct {
        const char *method, *branch;
        bool ours;
    } cases[] = {
        {"INVITE", "z9hG4bKour2", false},
        {"INVITE", "z9hG4bKour", false},
        {"INVITE", "z9hG4bKour11", false},
        {"CANCEL", "z9hG4bKour1", false},
        {"OPTIONS", "z9hG4bKour1", false},
        {"invite", "z9hG4bKour1", false},
        {"INVITE", "Z9HG4BKOUR1", true}, /* RFC 3261 7.3.1: tokens do not care for case */
        {"INVITE", "z9hG4bKour1;rport=5060;received=192.0.2.1", true},
        {"INVITE", "z9hG4bK-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_assert_eq(transactions_response(layer, response(180, cases[i].method, cases[i].branch), &source, now),
                     cases[i].ours, "case %zu", i);
    diary_is("0 > INVITE\n0 a: response 180\n0 a: response 180\n");
    transactions_free(layer); /* one that lives: its timers stop */
    cr_assert_eq(timers_due(timers), UINT64_MAX);
    timers_free(timers);
}

/* A method is a token of any length (RFC 3261 25.1), and a proxy forwards those that it does not know. */
Test(transaction_client, a_method_may_be_longer_than_anybody_expects) {
    static const unsigned lengths[] = {1, 255, 256, 257, 700};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        char method[1024], bytes[4096], shown[1200];
        memset(method, 'M', lengths[i]);
        method[lengths[i]] = '\0';
        snprintf(bytes, sizeof bytes, "%s sip:b@192.0.2.100 SIP/2.0\r\n" INVITE_LINES, method);
        begin();
        now = 0;
        cr_assert_not_null(send_with(method, bytes, TARGET, 0, "a"));
        method[lengths[i] - 1] = 'N';
        cr_assert(!receive(200, method), "%u bytes: another method", lengths[i]);
        method[lengths[i] - 1] = 'M';
        cr_assert(receive(200, method), "%u bytes", lengths[i]);
        until(32000);
        snprintf(shown, sizeof shown, "0 > %s\n0 a: response 200\n5000 a: ended\n", method);
        diary_is(shown);
        finish();
    }
}

/* Once it is not repeated any more, an INVITE is kept only as far as its ACK and CANCEL need it. */
Test(transaction_client, ack_and_cancel_are_the_same_whatever_of_the_invite_was_kept) {
    char ack[sizeof last_sent.bytes] = "", cancel[sizeof last_sent.bytes] = "";
    for (unsigned turn = 0; turn < 4; turn++) {
        bool provisional = turn > 0, cancelled = turn > 1, starved = turn == 3;
        begin();
        now = 0;
        struct client_transaction *client = invite(0);
        allocations_left = starved ? 0 : LONG_MAX;
        cr_assert(!provisional || receive(100, "INVITE"));
        allocations_left = LONG_MAX;
        cr_assert(!cancelled || client_cancel(client, SLICE("Reason: SIP;cause=200\r\n"), now) == 0);
        if (cancelled && !starved)
            memcpy(cancel, last_sent.bytes, sizeof cancel);
        cr_expect(!starved || strcmp(cancel, last_sent.bytes) == 0, "%s\n%s", cancel, last_sent.bytes);
        cr_assert(receive(486, "INVITE"));
        if (turn == 0)
            memcpy(ack, last_sent.bytes, sizeof ack);
        cr_expect_str_eq(ack, last_sent.bytes);
        cr_assert(!cancelled || receive(200, "CANCEL"));
        until(100 * 1000);
        diary_length = 0;
        diary[0] = '\0';
        finish();
    }
    cr_expect_str_eq(ack, "ACK sip:b@192.0.2.100;x=y SIP/2.0\r\n"
                          "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKour1\r\n"
                          "Max-Forwards: 68\r\n"
                          "Route: <sip:r1.example;lr>,\r\n <sip:r2.example;lr>\r\n"
                          "f:\"A, \\\"x\\\"\" <sip:a@example.com>;tag=f1\r\n"
                          "To: <sip:b@example.com>;tag=t486\r\n"
                          "Call-ID: c1@192.0.2.9\r\n"
                          "CSeq: 17 ACK\r\n"
                          "route: <sip:r3.example;lr>\r\n"
                          "Content-Length: 0\r\n\r\n");
}
