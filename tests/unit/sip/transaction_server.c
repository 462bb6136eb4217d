/* SPDX-License-Identifier: MIT */
#include "tests/unit/sip/transaction_world.h"

#define BRANCH ";branch=z9hG4bKcaller1"

/* With `to` behind the To URI, `via` behind the sent-protocol. */
static const struct sip_message *request_with(const char *method, const char *uri, const char *via, const char *to) {
    return scanned(
        "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s\r\nMax-Forwards: 70\r\nFrom: <sip:a@e>;tag=f1\r\nTo: <sip:b@e>%s\r\n"
        "Call-ID: c1\r\nCSeq: 5 %s\r\n\r\n",
        method, uri, via, to, method);
}

static const struct sip_message *request(const char *method) {
    return request_with(method, "sip:b@e", "192.0.2.9:5070" BRANCH, "");
}

static struct server_transaction *begin_server(const struct sip_message *message, struct endpoint source) {
    struct endpoint local = LOCAL;
    cr_assert_null(server_find(layer, message));
    const struct sip_flow flow = reply_flow(message, &(const struct sip_flow){.local = local, .remote = source});
    struct server_transaction *server = server_new(layer, message, &flow, now);
    cr_assert_not_null(server);
    server_set_user(server, (void *)(uintptr_t) "s");
    return server;
}

static struct server_transaction *begin_call(void) {
    begin();
    return begin_server(request("INVITE"), CALLER);
}

static int respond(struct server_transaction *server, unsigned status) {
    char text[64];
    snprintf(text, sizeof text, "SIP/2.0 %u x\r\nTo: <sip:b@e>;tag=t1\r\n\r\n", status);
    return server_respond(server, status, slice_of(text), now);
}

/* The request arrives again, or its ACK; true: the transaction is known. */
static bool again(const char *method) {
    const struct sip_message *message = request(method);
    struct server_transaction *server = server_find(layer, message);
    if (server)
        server_receive(server, message, now);
    return server != NULL;
}

/* INVITE: 17.2.1. */

Test(transaction_server, a_repeated_invite_gets_the_last_provisional_again) {
    struct server_transaction *server = begin_call();
    cr_assert(again("INVITE"));
    diary_is("");
    cr_assert_eq(respond(server, 100), 0);
    until(500);
    cr_assert(again("INVITE"));
    cr_assert_eq(respond(server, 180), 0);
    until(1500);
    cr_assert(again("INVITE"));
    cr_assert(again("ACK")); /* of nothing: absorbed */
    until(3600 * 1000);
    cr_assert(again("INVITE")); /* nothing ends it but a final */
    diary_is("0 > 100\n500 > 100\n500 > 180\n1500 > 180\n3600000 > 180\n");
    struct endpoint local = LOCAL, caller = CALLER;
    cr_assert(endpoint_equal(&last_sent.local, &local) && endpoint_equal(&last_sent.remote, &caller));
    cr_assert_str_eq(last_sent.bytes, "SIP/2.0 180 x\r\nTo: <sip:b@e>;tag=t1\r\n\r\n");
    cr_assert_eq(respond(server, 200), 0);
    until(now + 32000);
    diary_is("3600000 > 200\n3632000 s: ended\n");
    finish();
}

Test(transaction_server, a_final_without_ack_is_repeated_up_to_t2_and_told_after_64_t1) {
    struct server_transaction *server = begin_call();
    until(1000);
    cr_assert_eq(respond(server, 486), 0);
    until(100 * 1000);
    diary_is("1000 > 486\n1500 > 486\n2500 > 486\n4500 > 486\n8500 > 486\n12500 > 486\n16500 > 486\n20500 > 486\n"
             "24500 > 486\n28500 > 486\n32500 > 486\n33000 s: unacknowledged\n33000 s: ended\n");
    finish();
}

Test(transaction_server, t1_t2_and_t4_can_be_set) {
    begin_with(&(struct transaction_settings){.t1 = 100, .t2 = 150, .t4 = 300});
    struct server_transaction *server = begin_server(request("INVITE"), CALLER);
    cr_assert_eq(respond(server, 486), 0);
    until(450);
    cr_assert(again("ACK"));
    until(750);
    diary_is("0 > 486\n100 > 486\n250 > 486\n400 > 486\n750 s: ended\n");
    finish();
}

Test(transaction_server, an_ack_ends_the_repeating_and_more_are_absorbed_for_t4) {
    struct server_transaction *server = begin_call();
    cr_assert_eq(respond(server, 486), 0);
    until(700);
    cr_assert(again("INVITE")); /* Completed: the final again */
    until(800);
    cr_assert(again("ACK"));
    cr_assert(again("ACK"));
    cr_assert(again("INVITE")); /* Confirmed: nothing */
    until(5799);
    cr_assert(again("ACK"));
    until(5800);
    cr_assert(!again("ACK"));
    diary_is("0 > 486\n500 > 486\n700 > 486\n5800 s: ended\n");
    finish();
}

/* RFC 6026 7.1 */
Test(transaction_server, behind_a_2xx_repeated_invites_are_absorbed_and_further_2xx_are_sent) {
    struct server_transaction *server = begin_call();
    cr_assert_eq(respond(server, 180), 0);
    cr_assert_eq(respond(server, 200), 0);
    until(500);
    cr_assert(again("INVITE"));
    cr_assert(!again("ACK")); /* a request of its own, even with the INVITE's branch */
    cr_assert_eq(respond(server, 200), 0);
    cr_assert_eq(respond(server, 486), -EINVAL);
    cr_assert_eq(respond(server, 180), -EINVAL);
    until(31999);
    cr_assert(again("INVITE"));
    until(32000);
    cr_assert(!again("INVITE"));
    diary_is("0 > 180\n0 > 200\n500 > 200\n32000 s: ended\n");
    finish();
}

Test(transaction_server, a_2xx_behind_another_final_is_sent_and_changes_nothing) {
    struct server_transaction *server = begin_call();
    cr_assert_eq(respond(server, 487), 0);
    until(100);
    cr_assert_eq(respond(server, 200), 0);
    cr_assert_eq(respond(server, 487), -EINVAL);
    until(600);
    cr_assert(again("ACK"));
    cr_assert_eq(respond(server, 200), 0);
    until(5600);
    diary_is("0 > 487\n100 > 200\n500 > 487\n600 > 200\n5600 s: ended\n");
    finish();
}

/* Others: 17.2.2. */

Test(transaction_server, another_request_is_absorbed_then_answered_as_before) {
    begin();
    struct server_transaction *server = begin_server(request("OPTIONS"), CALLER);
    cr_assert(again("OPTIONS"));
    diary_is("");
    cr_assert_eq(respond(server, 100), 0);
    cr_assert(again("OPTIONS"));
    until(1000);
    cr_assert_eq(respond(server, 404), 0);
    until(32000);
    cr_assert(again("OPTIONS"));
    cr_assert_eq(respond(server, 200), -EINVAL);
    until(32999);
    cr_assert(again("OPTIONS"));
    until(33000);
    cr_assert(!again("OPTIONS"));
    diary_is("0 > 100\n0 > 100\n1000 > 404\n32000 > 404\n32999 > 404\n33000 s: ended\n");
    finish();
}

Test(transaction_server, a_2xx_to_another_request_is_repeated_here) {
    begin();
    struct server_transaction *server = begin_server(request("BYE"), CALLER);
    cr_assert_eq(respond(server, 200), 0);
    until(500);
    cr_assert(again("BYE"));
    until(32000);
    diary_is("0 > 200\n500 > 200\n32000 s: ended\n");
    finish();
}

Test(transaction_server, a_response_without_a_code_is_refused) {
    struct server_transaction *server = begin_call();
    cr_assert_eq(respond(server, 99), -EINVAL);
    cr_assert_eq(respond(server, 700), -EINVAL);
    diary_is("");
    transactions_free(layer);
    timers_free(timers);
}

Test(transaction_server, over_a_stream_waiting_is_over_at_once) {
    begin();
    struct endpoint source = endpoint_at("192.0.2.9", 40000, TRANSPORT_TCP);
    struct server_transaction *server = begin_server(request("OPTIONS"), source);
    cr_assert_eq(respond(server, 200), 0);
    until(1);
    diary_is("0 > 200\n0 s: ended\n");
    server = begin_server(request("INVITE"), source);
    cr_assert_eq(respond(server, 486), 0);
    until(32000);
    cr_assert(again("ACK"));
    until(32000);
    diary_is("1 > 486\n32000 s: ended\n");
    server = begin_server(request("INVITE"), source);
    cr_assert_eq(respond(server, 486), 0); /* Timer H is for every transport */
    until(64000);
    diary_is("32000 > 486\n64000 s: unacknowledged\n64000 s: ended\n");
    finish();
}

/* Silence. */

Test(transaction_server, a_silenced_one_absorbs_everything_for_64_t1) {
    struct server_transaction *server = begin_call();
    cr_assert_eq(respond(server, 100), 0);
    until(100);
    server_silence(server, now);
    cr_assert(again("INVITE"));
    cr_assert(again("ACK"));
    cr_assert_eq(respond(server, 200), -EINVAL);
    cr_assert_eq(respond(server, 486), -EINVAL);
    until(32099);
    cr_assert(again("INVITE"));
    until(32100);
    diary_is("0 > 100\n32100 s: ended\n");
    now = 0;
    server = begin_server(request("OPTIONS"), CALLER);
    server_silence(server, now);
    cr_assert(again("OPTIONS"));
    until(32000);
    diary_is("32000 s: ended\n");
    server = begin_server(request("INVITE"), CALLER);
    cr_assert_eq(respond(server, 486), 0);
    server_silence(server, now); /* too late */
    until(32500);
    cr_assert(again("ACK"));
    until(37500);
    diary_is("32000 > 486\n32500 > 486\n37500 s: ended\n");
    finish();
}

Test(transaction_server, a_peer_waits_until_the_final_is_there_and_was_acknowledged) {
    struct server_transaction *server = begin_call();
    cr_assert_eq(transactions_pending(layer), 1);
    cr_assert_eq(respond(server, 100), 0);
    cr_assert_eq(transactions_pending(layer), 1);
    cr_assert_eq(respond(server, 486), 0);
    cr_assert_eq(transactions_pending(layer), 1);
    cr_assert(again("ACK"));
    cr_assert_eq(transactions_pending(layer), 0);
    cr_assert_eq(transactions_count(layer), 1);
    until(5000);
    server = begin_server(request("INVITE"), CALLER);
    cr_assert_eq(respond(server, 200), 0);
    cr_assert_eq(transactions_pending(layer), 0);
    server = begin_server(request("OPTIONS"), CALLER);
    cr_assert_eq(transactions_pending(layer), 1);
    cr_assert_eq(respond(server, 200), 0);
    cr_assert_eq(transactions_pending(layer), 0);
    server = begin_server(request("BYE"), CALLER);
    server_silence(server, now);
    cr_assert_eq(transactions_pending(layer), 0);
    server = begin_server(request("INFO"), CALLER);
    cr_assert_eq(transactions_pending(layer), 1);
    cr_assert_eq(respond(server, 200), 0);
    until(100 * 1000);
    diary_is("0 > 100\n0 > 486\n5000 s: ended\n5000 > 200\n5000 > 200\n5000 > 200\n37000 s: ended\n37000 s: ended\n"
             "37000 s: ended\n37000 s: ended\n");
    finish();
}

Test(transaction_server, a_request_is_unanswered_until_its_first_final_or_until_nobody_will_give_one) {
    struct server_transaction *call = begin_call();
    cr_assert_eq(transactions_unanswered(layer), 1);
    struct server_transaction *other = begin_server(request("OPTIONS"), CALLER);
    cr_assert_eq(transactions_unanswered(layer), 2);
    cr_assert_eq(respond(call, 180), 0);
    cr_assert_eq(transactions_unanswered(layer), 2);
    cr_assert_eq(respond(call, 486), 0);
    cr_assert_eq(transactions_unanswered(layer), 1);
    cr_assert_eq(respond(call, 200), 0); /* a late one */
    cr_assert(again("ACK"));
    cr_assert_eq(transactions_unanswered(layer), 1);
    server_silence(other, now);
    cr_assert_eq(transactions_unanswered(layer), 0);
    until(100 * 1000);
    cr_assert_eq(transactions_unanswered(layer), 0);
    diary_is("0 > 180\n0 > 486\n0 > 200\n5000 s: ended\n32000 s: ended\n");
    finish();
}

/* Matching: 17.2.3. */

Test(transaction_server, a_request_belongs_by_branch_sent_by_and_method) {
    struct server_transaction *server = begin_call();
    static const struct {
        const char *method, *uri, *via, *to;
        bool same;
    } cases[] = {
        {"INVITE", "sip:b@e", "192.0.2.9:5070" BRANCH, "", true},
        {"ACK", "sip:b@e", "192.0.2.9:5070" BRANCH, ";tag=t1", true},
        {"INVITE", "sip:other@e", "192.0.2.9:5070;rport" BRANCH ";x=y", ";tag=z", true}, /* nothing else counts */
        {"INVITE", "sip:b@e", "192.0.2.9:5070;branch=Z9HG4BKCALLER1", "", true},
        {"INVITE", "sip:b@e", "192.0.2.9:5070;branch=z9hG4bKcaller2", "", false},
        {"INVITE", "sip:b@e", "192.0.2.9:5070;branch=z9hG4bKcaller11", "", false},
        {"INVITE", "sip:b@e", "192.0.2.9:5071" BRANCH, "", false},
        {"INVITE", "sip:b@e", "192.0.2.8:5070" BRANCH, "", false},
        {"OPTIONS", "sip:b@e", "192.0.2.9:5070" BRANCH, "", false},
        {"CANCEL", "sip:b@e", "192.0.2.9:5070" BRANCH, "", false},
        {"INVITX", "sip:b@e", "192.0.2.9:5070" BRANCH, "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct sip_message *message = request_with(cases[i].method, cases[i].uri, cases[i].via, cases[i].to);
        cr_assert_eq(server_find(layer, message), cases[i].same ? server : NULL, "case %zu", i);
    }
    struct endpoint caller = CALLER, local = LOCAL;
    cr_assert_null(server_new(layer, request("INVITE"), &(const struct sip_flow){.local = local, .remote = caller},
                              now)); /* there already */
    cr_assert_eq(transactions_count(layer), 1);
    transactions_free(layer);
    timers_free(timers);
}

/* 9.2 */
Test(transaction_server, a_cancel_names_the_request_of_its_branch) {
    struct server_transaction *server = begin_call();
    cr_assert_eq(server_find_cancelled(layer, request("CANCEL")), server);
    cr_assert_null(server_find(layer, request("CANCEL"))); /* a transaction of its own */
    struct server_transaction *cancel = begin_server(request("CANCEL"), CALLER);
    cr_assert_eq(server_find(layer, request("CANCEL")), cancel);
    cr_assert_eq(server_find_cancelled(layer, request("CANCEL")), server);
    cr_assert_null(
        server_find_cancelled(layer, request_with("CANCEL", "sip:b@e", "192.0.2.9:5070;branch=z9hG4bKz", "")));
    transactions_free(layer);
    layer = new_layer(&usual);
    server = begin_server(request("MESSAGE"), CALLER);
    cr_assert_eq(server_find_cancelled(layer, request("CANCEL")), server);
    transactions_free(layer);
    timers_free(timers);
}

/* Without the magic cookie: Request-URI, tags, Call-ID, CSeq and the top Via; an ACK by the To tag of the response.
 */
Test(transaction_server, requests_of_rfc_2543_belong_by_their_headers) {
    static const char *const vias[] = {"192.0.2.9:5070", "192.0.2.9:5070;branch=1", "192.0.2.9:5070;branch=z9hG4bK"};
    static const char *const lines = "Max-Forwards: 70\r\nFrom: <sip:a@e>%s\r\nTo: <sip:b@e>%s\r\nCall-ID: %s\r\n"
                                     "CSeq: %u %s\r\n\r\n";
    static const struct {
        const char *method, *uri, *from_tag, *to_tag, *call_id;
        unsigned cseq;
        bool same;
    } cases[] = {
        {"INVITE", "sip:b@e", ";tag=f1", "", "c1", 5, true},
        {"INVITE", "sip:c@e", ";tag=f1", "", "c1", 5, false},
        {"INVITE", "sip:b@e", ";tag=f2", "", "c1", 5, false},
        {"INVITE", "sip:b@e", "", "", "c1", 5, false},
        {"INVITE", "sip:b@e", ";tag=f1", ";tag=t1", "c1", 5, false},
        {"INVITE", "sip:b@e", ";tag=f1", "", "c2", 5, false},
        {"INVITE", "sip:b@e", ";tag=f1", "", "c1", 6, false},
        {"OPTIONS", "sip:b@e", ";tag=f1", "", "c1", 5, false},
        {"ACK", "sip:b@e", ";tag=f1", ";tag=t1", "c1", 5, true},
        {"ACK", "sip:b@e", ";tag=f1", ";tag=t2", "c1", 5, false},
        {"ACK", "sip:b@e", ";tag=f1", "", "c1", 5, false},
        {"ACK", "sip:b@e", ";tag=f1", ";tag=t1", "c1", 6, false},
    };
    for (size_t v = 0; v < sizeof vias / sizeof vias[0]; v++) {
        begin();
        now = 0;
        const struct sip_message *invite = request_with("INVITE", "sip:b@e", vias[v], "");
        struct server_transaction *server = begin_server(invite, CALLER);
        cr_assert_null(server_find(layer, request_with("INVITE", "sip:b@e", "192.0.2.8:5070", "")));
        cr_assert_null(server_find(layer, request_with("ACK", "sip:b@e", vias[v], ";tag=t1"))); /* no final yet */
        cr_assert_eq(server_find_cancelled(layer, request_with("CANCEL", "sip:b@e", vias[v], "")), server);
        const struct sip_message *final =
            scanned("SIP/2.0 486 x\r\nVia: SIP/2.0/UDP %s\r\nFrom: <sip:a@e>;tag=f1\r\nTo: <sip:b@e>;tag=t1\r\n"
                    "Call-ID: c1\r\nCSeq: 5 INVITE\r\n\r\n",
                    vias[v]);
        cr_assert_eq(server_respond(server, 486, final->bytes, now), 0);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            char format[512];
            snprintf(format, sizeof format, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s\r\n", cases[i].method, cases[i].uri,
                     vias[v]);
            char tail[512];
            snprintf(tail, sizeof tail, lines, cases[i].from_tag, cases[i].to_tag, cases[i].call_id, cases[i].cseq,
                     cases[i].method);
            cr_assert_eq(server_find(layer, scanned("%s%s", format, tail)), cases[i].same ? server : NULL,
                         "via %zu, case %zu", v, i);
        }
        const struct sip_message *ack = request_with("ACK", "sip:b@e", vias[v], ";tag=t1");
        server_receive(server, ack, now);
        cr_assert_eq(server_find(layer, ack), server); /* more are absorbed */
        until(5000);
        cr_assert_null(server_find(layer, ack));
        diary_is("0 > 486\n5000 s: ended\n");
        finish();
    }
}

Test(transaction_server, the_ack_to_a_2xx_of_rfc_2543_is_a_request_of_its_own) {
    begin();
    struct server_transaction *server = begin_server(request_with("INVITE", "sip:b@e", "192.0.2.9:5070", ""), CALLER);
    cr_assert_eq(respond(server, 200), 0);
    cr_assert_null(server_find(layer, request_with("ACK", "sip:b@e", "192.0.2.9:5070", ";tag=t1")));
    until(32000);
    diary_is("0 > 200\n32000 s: ended\n");
    finish();
}

/* Calls that differ in what the peer chose last: nothing runs together, however alike they are made. */
Test(transaction_server, parts_of_a_key_do_not_run_into_each_other) {
    begin();
    struct server_transaction *one = begin_server(request_with("INVITE", "sip:b@e", "h1;branch=z9hG4bKx", ""), CALLER);
    struct server_transaction *two = begin_server(request_with("INVITE", "sip:b@e", "h;branch=z9hG4bKxh1", ""), CALLER);
    struct server_transaction *three =
        begin_server(request_with("INVITEZ", "sip:b@e", "h1;branch=z9hG4bKx", ""), CALLER);
    cr_assert(one != two && two != three && one != three);
    transactions_free(layer);
    timers_free(timers);
}

Test(transaction_server, responses_go_where_the_request_came_from) {
    static const struct {
        const char *via;
        uint16_t port;
    } cases[] = {{"10.0.0.1:5090" BRANCH, 5090}, {"10.0.0.1" BRANCH, 5060}, {"10.0.0.1;rport" BRANCH, 5070}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin();
        now = 0;
        struct server_transaction *server = begin_server(request_with("INVITE", "sip:b@e", cases[i].via, ""), CALLER);
        cr_assert_eq(respond(server, 200), 0);
        struct endpoint expected = endpoint_at("192.0.2.9", cases[i].port, TRANSPORT_UDP);
        cr_assert(endpoint_equal(&last_sent.remote, &expected));
        diary_is("0 > 200\n");
        transactions_free(layer);
        timers_free(timers);
    }
}

/* Memory. */

Test(transaction_server, without_memory_there_is_no_transaction) {
    struct endpoint caller = CALLER, local = LOCAL;
    begin();
    allocations_left = 0;
    cr_assert_null(
        server_new(layer, request("INVITE"), &(const struct sip_flow){.local = local, .remote = caller}, now));
    allocations_left = LONG_MAX;
    cr_assert_null(server_find(layer, request("INVITE")));
    finish();
}

/* The machine goes on; what it cannot keep it cannot repeat. */
Test(transaction_server, without_memory_a_response_is_sent_once) {
    struct server_transaction *server = begin_call();
    cr_assert_eq(respond(server, 180), 0);
    allocations_left = 0;
    cr_assert_eq(respond(server, 183), -ENOMEM);
    cr_assert(again("INVITE"));
    cr_assert_eq(respond(server, 486), -ENOMEM);
    allocations_left = LONG_MAX;
    until(1000);
    cr_assert(again("INVITE"));
    cr_assert(again("ACK"));
    until(6000);
    diary_is("0 > 180\n0 > 183\n0 > 486\n6000 s: ended\n");
    now = 0;
    server = begin_server(request("INVITE"), CALLER);
    allocations_left = 0;
    cr_assert_eq(respond(server, 200), 0); /* a 2xx is not kept */
    allocations_left = LONG_MAX;
    until(32000);
    diary_is("0 > 200\n32000 s: ended\n");
    server = begin_server(request("OPTIONS"), CALLER);
    allocations_left = 0;
    cr_assert_eq(respond(server, 404), -ENOMEM);
    allocations_left = LONG_MAX;
    cr_assert(again("OPTIONS"));
    until(64000);
    diary_is("32000 > 404\n64000 s: ended\n");
    finish();
}
