/* SPDX-License-Identifier: MIT */
/* Both sides of the layer together, many at a time, and its end. */
#include "tests/unit/sip/transaction_world.h"

enum { CALLS = 50 * 1000 }; /* each a server and a client transaction */

enum { CONNECTIONS = 5 }; /* used again here, so that many transactions meet on one */

static unsigned sent, told, ended;

static uint64_t count_send(void *context, const struct sip_flow *flow, struct slice bytes) {
    (void)context, (void)bytes;
    sent++;
    return flow->remote.transport == TRANSPORT_UDP ? 0 : 1 + sent % CONNECTIONS;
}

static void count_response(struct client_transaction *client, const struct sip_message *message,
                           const struct endpoint *source, uint64_t at) {
    (void)client, (void)message, (void)source, (void)at;
    told++;
}

static void count_client_end(struct client_transaction *client) {
    (void)client;
    ended++;
}

static void count_server_end(struct server_transaction *server) {
    (void)server;
    ended++;
}

static struct transactions *counting_layer(void) {
    static const struct transactions_world world = {.send = count_send};
    static const struct transaction_events events = {count_response,  tell_timeout,        tell_reroute,
                                                     tell_failed,     tell_unacknowledged, count_client_end,
                                                     count_server_end};
    static const struct hash_key key = {{42}};
    return transactions_new(&usual, &key, timers, &world, &events);
}

static const struct sip_message *call_request(const char *method, unsigned call) {
    return scanned("%s sip:b@e SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKc%u\r\nMax-Forwards: 70\r\n"
                   "From: <sip:a@e>;tag=f\r\nTo: <sip:b@e>;tag=t\r\nCall-ID: c%u\r\nCSeq: 5 %s\r\n\r\n",
                   method, call, call, method);
}

static const struct sip_message *call_response(unsigned status, const char *method, unsigned call) {
    return scanned("SIP/2.0 %u x\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKo%u\r\nFrom: <sip:a@e>;tag=f\r\n"
                   "To: <sip:b@e>;tag=t\r\nCall-ID: c%u\r\nCSeq: 5 %s\r\n\r\n",
                   status, call, call, method);
}

static struct server_transaction *start_call(unsigned call) {
    struct endpoint caller = CALLER, local = LOCAL;
    struct server_transaction *server = server_new(layer, call_request("INVITE", call),
                                                   &(const struct sip_flow){.local = local, .remote = caller}, now);
    cr_assert_not_null(server);
    char bytes[256], branch[32];
    snprintf(branch, sizeof branch, "z9hG4bKo%u", call);
    snprintf(bytes, sizeof bytes,
             "INVITE sip:b@e SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=%s\r\nCSeq: 5 INVITE\r\n\r\n", branch);
    struct client_request request = {
        slice_of(bytes), slice_of(branch), METHOD_INVITE, SLICE("INVITE"), {.local = LOCAL, .remote = TARGET}, 0, NULL};
    cr_assert_not_null(client_new(layer, &request, now));
    return server;
}

static unsigned longest_chain(const struct lookup *lookup) {
    unsigned longest = 0;
    for (uint32_t bucket = 0; bucket < lookup->buckets; bucket++) {
        unsigned length = 0;
        struct lookup_node *node = lookup->segments[bucket / LOOKUP_SEGMENT][bucket % LOOKUP_SEGMENT];
        for (; node; node = node->next)
            length++;
        longest = length > longest ? length : longest;
    }
    return longest;
}

Test(transaction, a_hundred_thousand_live_at_once_with_short_chains) {
    timers = timers_new();
    layer = counting_layer();
    struct server_transaction **servers = __real_malloc(CALLS * sizeof *servers);
    for (unsigned call = 0; call < CALLS; call++)
        servers[call] = start_call(call);
    cr_assert_eq(transactions_count(layer), 2 * CALLS);
    cr_assert_eq(sent, CALLS);
    cr_assert_leq(longest_chain(&layer->servers), 16);
    cr_assert_leq(longest_chain(&layer->clients), 16);
    struct endpoint target = TARGET;
    for (unsigned call = 0; call < CALLS; call++) {
        cr_assert_eq(server_find(layer, call_request("INVITE", call)), servers[call]);
        cr_assert(transactions_response(layer, call_response(486, "INVITE", call), &target, now));
        cr_assert_eq(server_respond(servers[call], 486, SLICE("SIP/2.0 486 x\r\n\r\n"), now), 0);
    }
    cr_assert_eq(sent, 3 * CALLS); /* the ACKs and the finals */
    cr_assert_eq(told, CALLS);
    for (unsigned call = 0; call < CALLS; call++)
        server_receive(servers[call], call_request("ACK", call), now);
    until(5000);
    cr_assert_eq(ended, CALLS);
    until(32000);
    cr_assert_eq(ended, 2 * CALLS);
    cr_assert_eq(sent, 3 * CALLS);
    free(servers);
    finish();
}

/* Design: under 3 KB for a pending call in all. */
Test(transaction, two_transactions_cost_little_beside_their_bytes) {
    enum { SAMPLE = 2048, SMALL = 640 };
    timers = timers_new();
    layer = counting_layer();
    start_call(0);
    size_t before = bytes_asked;
    for (unsigned call = 1; call <= SAMPLE; call++)
        start_call(call);
    cr_assert_leq((bytes_asked - before) / SAMPLE, SMALL + 100, "%zu", (bytes_asked - before) / SAMPLE);
    transactions_free(layer);
    timers_free(timers);
}

Test(transaction, freeing_the_layer_ends_everything_and_tells_nobody) {
    begin();
    struct server_transaction *server = start_call(1);
    start_call(2);
    cr_assert_eq(server_respond(server, 180, SLICE("SIP/2.0 180 x\r\n\r\n"), now), 0);
    diary_is("0 > INVITE\n0 > INVITE\n0 > 180\n");
    transactions_free(layer);
    diary_is("");
    cr_assert_eq(timers_due(timers), UINT64_MAX);
    timers_free(timers);
    transactions_free(NULL);
}

Test(transaction, no_memory_at_the_start_is_an_answer) {
    timers = timers_new();
    for (long left = 0; left < 9; left++) {
        allocations_left = left;
        cr_assert_null(new_layer(&usual), "%ld", left);
    }
    allocations_left = 9; /* the layer, and two for each of four tables */
    layer = new_layer(&usual);
    allocations_left = LONG_MAX;
    cr_assert_not_null(layer);
    finish();
}

/* Every allocation in turn fails in a whole call of two attempts: whatever happens, it ends and nothing is left. */
Test(transaction, any_allocation_may_fail) {
    for (long left = 0; left < 24; left++) {
        begin();
        now = 0;
        struct endpoint caller = CALLER, local = LOCAL, target = TARGET;
        allocations_left = left;
        struct server_transaction *server = server_new(layer, call_request("INVITE", 1),
                                                       &(const struct sip_flow){.local = local, .remote = caller}, now);
        struct client_request request = {
            SLICE("INVITE sip:b@e SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKo1\r\nCSeq: 5 INVITE\r\n\r\n"),
            SLICE("z9hG4bKo1"),
            METHOD_INVITE,
            SLICE("INVITE"),
            {.local = LOCAL, .remote = target},
            10000,
            (void *)(uintptr_t) "a"};
        struct client_transaction *client = client_new(layer, &request, now);
        if (server)
            server_set_user(server, (void *)(uintptr_t) "s");
        if (server)
            server_respond(server, 100, SLICE("SIP/2.0 100 x\r\n\r\n"), now);
        until(600);
        if (client) {
            cr_assert(transactions_response(layer, call_response(180, "INVITE", 1), &target, now));
            client_cancel(client, SLICE("Reason: SIP;cause=200\r\n"), now);
            until(700);
            cr_assert(transactions_response(layer, call_response(487, "INVITE", 1), &target, now));
        }
        if (server)
            server_respond(server, 487, SLICE("SIP/2.0 487 x\r\n\r\n"), now);
        until(100 * 1000);
        allocations_left = LONG_MAX;
        cr_assert_eq(strstr(diary, "s: ended") != NULL, server != NULL);
        cr_assert_eq(strstr(diary, "a: ended") != NULL, client != NULL);
        diary_length = 0;
        diary[0] = '\0';
        finish();
    }
}

/* Anything at any time. */

enum { SLOTS = 12 };

static struct slot {
    struct server_transaction *server;
    struct client_transaction *client;
    unsigned name; /* of both, new for each */
    bool invite, failed;
} slots[SLOTS];

static uint64_t seed;

static unsigned draw(unsigned below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % below;
}

static bool draw_withdraw(void *context, uint64_t connection, struct slice bytes) {
    (void)context, (void)bytes;
    return connection && draw(2);
}

static void meddle(struct client_transaction *client) {
    const struct slot *slot = client_user(client);
    if (slot->invite && draw(3) == 0)
        client_give_up(client, now);
    if (slot->invite && client_provisional(client) && draw(3) == 0)
        client_cancel(client, SLICE("Reason: SIP;cause=200\r\n"), now);
    if (slot->server && draw(3) == 0)
        server_respond(slot->server, 100 * (1 + draw(6)), SLICE("SIP/2.0 xxx x\r\n\r\n"), now);
}

static void slot_response(struct client_transaction *client, const struct sip_message *message,
                          const struct endpoint *source, uint64_t at) {
    (void)message, (void)source, (void)at;
    meddle(client);
}

static void slot_failed(struct client_transaction *client, enum cause cause, uint64_t at) {
    struct slot *slot = client_user(client);
    (void)cause, (void)at;
    cr_assert(!slot->failed); /* timeout or failure: one of them, once */
    slot->failed = true;
    meddle(client);
}

/* Another way for some, over a datagram or a stream, until there is none either. */
static bool slot_reroute(struct client_transaction *client, enum cause cause, struct client_request *request) {
    static char bytes[256];
    const struct slot *slot = client_user(client);
    const char *method = slot->invite ? "INVITE" : "OPTIONS";
    (void)cause;
    cr_assert(!slot->failed);
    if (draw(2))
        return false;
    snprintf(bytes, sizeof bytes, "%s sip:b@e SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=%.*s\r\nCSeq: 5 %s\r\n\r\n",
             method, SLICE_ARG(client_branch(client)), method);
    request->bytes = slice_of(bytes);
    request->flow = (struct sip_flow){.local = LOCAL, .remote = TARGET};
    request->flow.remote.transport = draw(2) ? TRANSPORT_UDP : TRANSPORT_TCP;
    return true;
}

static void slot_timeout(struct client_transaction *client, uint64_t at) {
    slot_failed(client, CAUSE_NONE, at);
}

static void slot_unacknowledged(struct server_transaction *server, uint64_t at) {
    (void)at;
    cr_assert_eq(((struct slot *)server_user(server))->server, server);
}

static void slot_client_ended(struct client_transaction *client) {
    struct slot *slot = client_user(client);
    cr_assert_eq(slot->client, client);
    slot->client = NULL;
}

static void slot_server_ended(struct server_transaction *server) {
    struct slot *slot = server_user(server);
    cr_assert_eq(slot->server, server);
    slot->server = NULL;
}

static void open_slot(struct slot *slot) {
    static unsigned names;
    struct endpoint caller = CALLER, local = LOCAL, target = TARGET;
    caller.transport = target.transport = draw(4) ? TRANSPORT_UDP : TRANSPORT_TCP;
    *slot = (struct slot){.name = ++names, .invite = draw(3) != 0};
    struct slice method = slot->invite ? SLICE("INVITE") : SLICE("OPTIONS");
    slot->server = server_new(layer, call_request(method.at, slot->name),
                              &(const struct sip_flow){.local = local, .remote = caller}, now);
    if (slot->server)
        server_set_user(slot->server, slot);
    char bytes[256], branch[32];
    snprintf(branch, sizeof branch, "z9hG4bKo%u", slot->name);
    snprintf(bytes, sizeof bytes, "%s sip:b@e SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=%s\r\nCSeq: 5 %s\r\n\r\n",
             method.at, branch, method.at);
    struct client_request request = {slice_of(bytes),
                                     slice_of(branch),
                                     method_named(method),
                                     method,
                                     {.local = LOCAL, .remote = target},
                                     draw(2) * draw(90) * 1000,
                                     slot};
    slot->client = client_new(layer, &request, now);
}

static void disturb(struct slot *slot) {
    static const char *const methods_seen[] = {"INVITE", "OPTIONS", "ACK", "CANCEL"};
    struct endpoint target = TARGET;
    const struct sip_message *request = call_request(methods_seen[draw(4)], slot->name);
    struct server_transaction *server = server_find(layer, request);
    switch (draw(7)) {
    case 6:
        if (draw(4) == 0)
            transactions_lost(layer, 1 + draw(CONNECTIONS), CAUSE_RESET, now);
        break;
    case 0:
        if (server)
            server_receive(server, request, now);
        break;
    case 1:
        transactions_response(
            layer, call_response(100 * (1 + draw(6)), slot->invite ? "INVITE" : "OPTIONS", slot->name), &target, now);
        break;
    case 2: {
        char quoted[128];
        snprintf(quoted, sizeof quoted, "%s x SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKo%u\r\n",
                 methods_seen[draw(4)], slot->name);
        transactions_unreachable(layer, &target, slice_of(quoted), CAUSE_UNREACHABLE, now);
        break;
    }
    case 3:
        if (slot->client)
            meddle(slot->client);
        break;
    case 4:
        if (slot->server)
            server_respond(slot->server, 100 * (1 + draw(6)), SLICE("SIP/2.0 xxx x\r\n\r\n"), now);
        break;
    default:
        if (slot->server && draw(4) == 0)
            server_silence(slot->server, now);
    }
}

Test(transaction, whatever_happens_every_transaction_ends_once) {
    static const struct transactions_world world = {.send = count_send, .withdraw = draw_withdraw};
    static const struct transaction_events events = {slot_response,    slot_timeout,        slot_reroute,
                                                     slot_failed,      slot_unacknowledged, slot_client_ended,
                                                     slot_server_ended};
    static const struct hash_key key = {{42}};
    timers = timers_new();
    layer = transactions_new(&usual, &key, timers, &world, &events);
    seed = 20261122;
    for (unsigned step = 0; step < 60000; step++) {
        struct slot *slot = &slots[draw(SLOTS)];
        allocations_left = draw(8) ? LONG_MAX : 0;
        if (!slot->server && !slot->client)
            open_slot(slot);
        else
            disturb(slot);
        if (draw(4) == 0)
            until(now + draw(draw(10) ? 700 : 40000));
    }
    allocations_left = LONG_MAX;
    for (struct slot *slot = slots; slot < slots + SLOTS; slot++) {
        if (slot->server)
            server_silence(slot->server, now);
        if (slot->client && slot->invite)
            client_give_up(slot->client, now);
    }
    until(now + 64000);
    for (const struct slot *slot = slots; slot < slots + SLOTS; slot++)
        cr_assert(!slot->server && !slot->client);
    finish();
}
