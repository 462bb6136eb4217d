/* SPDX-License-Identifier: MIT */
/* The torture messages of RFC 4475 and RFC 5118 against the whole proxy, in virtual time: each gets the answer that the
 * folder's table.tsv names, or goes on with every byte that a proxy has no business with; then each is cut at every
 * place. Those that register are answered by the registrar, too. The folder is the argument; without it the test says
 * so and passes. */
#include "compiler/compile.h"
#include "runtime/plan/verify.h"
#include "runtime/sim/connections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MAX = 8192, NAME_MAX_LENGTH = 64, TRANSACTION_TIME = 3 * 3600 * 1000 /* and registrations */ };

static const char plan_text[] = "[Rule]\n[Matching Patterns]\n$method = .\n[Deploy Patterns]\n$target = 192.0.2.250\n";

static struct endpoint listeners[3], stranger, caller, target; /* the last listener is for streams */
static struct ip_address addresses[2];
static struct proxy_settings settings;
static const struct slice domain = SLICE("example.com");
static struct image forwarding, registering;
static const struct image *image;   /* the one in use */
static struct sip_message original; /* as the scanner reads it */
static unsigned passed, failed;

struct result {
    unsigned code;               /* of the one final reply; 0: none */
    unsigned replies, forwarded; /* finals to the caller, requests to anybody */
    struct slice sent;           /* the request that left */
    bool strange;                /* something else left */
};

static void say(const char *file, bool good, const char *wanted, const struct result *result) {
    *(good ? &passed : &failed) += 1;
    if (!good)
        printf("%s: wanted %s, got %u (%u replies, %u forwarded%s)\n", file, wanted, result->code, result->replies,
               result->forwarded, result->strange ? ", and more" : "");
}

static struct endpoint endpoint(const char *ip) {
    struct endpoint made = {.port = 5060, .transport = TRANSPORT_UDP};
    if (!ip_parse(&made.ip, slice_of(ip)))
        abort();
    return made;
}

static void set_up(void) {
    stranger = caller = endpoint("192.0.2.77");
    target = endpoint("192.0.2.250");
    listeners[0] = endpoint("192.0.2.200");
    listeners[1] = endpoint("2001:db8::200");
    listeners[2] = listeners[0];
    listeners[2].transport = TRANSPORT_TCP;
    for (unsigned i = 0; i < 2; i++)
        addresses[i] = listeners[i].ip;
    settings = (struct proxy_settings){.timers = {500, 4000, 5000},
                                       .timer_c = 181000,
                                       .failover = true,
                                       .record_route = true,
                                       .log_level = LOG_ERROR,
                                       .listeners = listeners,
                                       .listener_count = 3,
                                       .addresses = addresses,
                                       .address_count = 2,
                                       .domains = &domain,
                                       .domain_count = 1,
                                       .expires_least = 60,
                                       .expires_default = 3600,
                                       .expires_most = 7200,
                                       .contacts_max = 10,
                                       .registrations_max = 1000000};
}

/* One message. */

static unsigned reply_code(struct slice bytes) {
    uint64_t code = 0;
    bool reply = slice_starts(bytes, SLICE("SIP/2.0 ")) && slice_number(slice_cut(bytes, 8, 11), 699, &code);
    return reply ? (unsigned)code : 0;
}

/* What left since `sent`: one final at most, one request at most, 100s. */
static struct result read_sent(const struct sim_sent *sent) {
    struct result result = {.sent = SLICE_NULL};
    for (; sent; sent = sent->next) {
        unsigned code = reply_code(sent->bytes);
        if (code == 0) {
            result.forwarded++;
            result.sent = sent->bytes;
        } else if (!ip_equal(&sent->remote.ip, &caller.ip)) {
            result.strange = true;
        } else if (code != 100) {
            result.replies++;
            result.code = code;
        }
    }
    return result;
}

static void open_world(struct sim_world *world, struct arena *arena) {
    arena_init(arena, NULL, 0, 0);
    if (sim_world_open(world, arena, &settings, NULL, image, sim_unix_ms(2026, 1, 1, 12, 0, 0)) != 0) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
}

/* Everything must have ended a while later. */
static void close_world(struct sim_world *world, struct arena *arena, const char *file) {
    uint64_t end = world->now + TRANSACTION_TIME;
    while (sim_world_run(world, end))
        continue;
    unsigned live = proxy_live(world->proxy);
    say(file, live == 0 && !world->stuck, "nothing left behind", &(struct result){.code = live});
    sim_world_close(world);
    arena_free(arena);
}

/* Is `line`, with its line end, a line of the message? */
static bool has_line(struct slice message, struct slice line) {
    for (size_t at = 0; at + line.len <= message.len; at++) {
        at = slice_find(message, at, line.at[0]);
        if ((at == 0 || message.at[at - 1] == '\n') && slice_starts(slice_from(message, at), line))
            return true;
    }
    return false;
}

/* Did every byte go on that a proxy has no business with (RFC 3261 16.6)? */
static bool is_untouched(struct slice sent) {
    struct slice start = slice_cut(original.bytes, 0, original.headers[0].at);
    struct slice body = slice_from(original.bytes, original.body);
    if (!slice_starts(sent, start) || sent.len < body.len || !slice_equal(slice_from(sent, sent.len - body.len), body))
        return false;
    for (unsigned line = 0; line < original.header_count; line++) {
        const struct sip_header *header = &original.headers[line];
        bool changed = line == original.via.header || header->id == HEADER_MAX_FORWARDS || header->id == HEADER_ROUTE;
        if (!changed && !has_line(sent, slice_cut(original.bytes, header->at, header->end)))
            return false;
    }
    return true;
}

/* Who sends it: the one that its Via names, where that is an address, so that it comes from behind no NAT. */
static void set_caller(void) {
    const struct sip_via *via = &original.via;
    struct ip_address ip;
    caller = stranger;
    if (ip_parse(&ip, via->host)) {
        caller.ip = ip;
        caller.port = via->port ? via->port : transports[TRANSPORT_UDP].port;
    }
}

static struct result play(const char *file, struct slice bytes) {
    struct sim_world world;
    struct arena arena;
    open_world(&world, &arena);
    sim_world_receive(&world, &caller, &listeners[0], bytes);
    struct result result = read_sent(world.sent);
    result.strange |= result.sent.at && !is_untouched(result.sent);
    close_world(&world, &arena, file);
    result.sent = SLICE_NULL;
    return result;
}

/* In-dialog messages. */

/* A request with a To tag goes on only along a Route of ours: the dialog's first request shows which. */
static void play_in_dialog(const char *file, struct slice bytes) {
    struct sim_world world;
    struct arena arena;
    open_world(&world, &arena);
    const char *invite =
        arena_printf(&arena,
                     "INVITE sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bKfirst\r\n"
                     "From: <sip:b@h>;tag=1\r\nTo: <sip:a@h>\r\nCall-ID: %.*s\r\nCSeq: 1 INVITE\r\n\r\n",
                     SLICE_ARG(original.call_id));
    sim_world_receive(&world, &caller, &listeners[0], slice_of(invite));
    struct slice first = read_sent(world.sent).sent;
    static const char name[] = "Record-Route: ";
    size_t at = 0;
    while (at < first.len && !slice_starts(slice_from(first, at), slice_of(name)))
        at = slice_find(first, at, '\n') + 1;
    struct slice route = slice_cut(first, at + sizeof name - 1, slice_find(first, at, '\r'));
    size_t start = slice_find(bytes, 0, '\n') + 1;
    const char *routed =
        arena_printf(&arena, "%.*sRoute: %.*s, <sip:192.0.2.250;lr>\r\n%.*s", SLICE_ARG(slice_cut(bytes, 0, start)),
                     SLICE_ARG(route), SLICE_ARG(slice_from(bytes, start)));
    struct sim_sent **mark = world.sent_end;
    sim_world_receive(&world, &caller, &listeners[0], slice_of(routed));
    struct result result = read_sent(*mark);
    bool good = result.forwarded == 1 && result.replies == 0 && !result.strange && is_untouched(result.sent);
    say(file, good, "to go on along our Route", &result);
    close_world(&world, &arena, file);
}

/* The table. */

/* `expect` as the table has it: fwd, drop, resp (a response: it belongs to no transaction, so nothing leaves), a code,
 * or 400? (liberal forwarding is allowed: this server refuses all of these but a branch of nothing but the cookie). */
static void judge(const char *file, const char *expect, struct slice bytes) {
    struct scan_result verdict = scan_message(&original, bytes.at, bytes.len);
    set_caller();
    struct result result = play(file, bytes);
    bool silent = result.replies == 0 && result.forwarded == 0 && !result.strange;
    bool forwarded = result.forwarded == 1 && result.replies == 0 && !result.strange;
    unsigned code = (unsigned)strtoul(expect, NULL, 10);
    if (code && strcmp(file, "badbranch.dat") == 0)
        say(file, forwarded, "fwd", &result);
    else if (code && strcmp(file, "insuf.dat") == 0) /* no From, To, Call-ID: no response can be built */
        say(file, silent, "nothing", &result);
    else if (code)
        say(file, result.code == code && result.replies == 1 && result.forwarded == 0 && !result.strange, expect,
            &result);
    else if (strcmp(expect, "fwd") != 0)
        say(file, silent, expect, &result);
    else if (verdict.verdict == SCAN_OK && original.to_tag.at) {
        say(file, result.code == 481 && result.forwarded == 0, "481", &result);
        play_in_dialog(file, bytes);
    } else
        say(file, forwarded, expect, &result);
}

/* Cut at every place: nothing crashes, nothing is left behind. */
static void cut(const char *file, struct slice bytes) {
    struct sim_world world;
    struct arena arena;
    open_world(&world, &arena);
    for (size_t length = 0; length < bytes.len; length++) {
        char *copy = malloc(length + 1); /* of that size: a sanitizer sees a byte too far */
        if (!copy)
            exit(1);
        memcpy(copy, bytes.at, length);
        sim_world_receive(&world, &caller, &listeners[0], (struct slice){copy, length});
        free(copy);
    }
    close_world(&world, &arena, file);
}

static bool read_message(const char *folder, const char *rfc, const char *file, char bytes[MESSAGE_MAX],
                         size_t *length) {
    char path[1024];
    snprintf(path, sizeof path, "%s/rfc%s/%s", folder, rfc, file);
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return false;
    *length = fread(bytes, 1, MESSAGE_MAX, stream);
    fclose(stream);
    return *length < MESSAGE_MAX;
}

static void run_table(const char *folder, FILE *table) {
    char row[1024], file[NAME_MAX_LENGTH], rfc[8], expect[8];
    static char bytes[MESSAGE_MAX];
    while (fgets(row, sizeof row, table)) {
        size_t length;
        if (sscanf(row, "%63[^\t]\t%7[^\t]\t%*[^\t]\t%*[^\t]\t%7[^\t]", file, rfc, expect) != 3 ||
            strcmp(file, "file") == 0)
            continue;
        if (!read_message(folder, rfc, file, bytes, &length)) {
            say(file, false, "a file", &(struct result){0});
            continue;
        }
        judge(file, expect, (struct slice){bytes, length});
        cut(file, (struct slice){bytes, length});
    }
}

/* On a stream. */

/* What comes on a connection, whole and a byte at a time: the answer, and whether the connection stands. Where the
 * framing is lost it is closed behind the answer (RFC 4475 3.1.2.2, 3.1.2.3, 3.3.9). */
static void run_stream(const char *folder) {
    static const struct {
        const char *file;
        unsigned code; /* 0: it is waited for the rest */
        bool open;
    } rows[] = {
        {"clerr.dat", 0, true}, {"ncl.dat", 400, false}, {"mcl01.dat", 400, false}, {"inv2543.dat", 400, false}};
    static char bytes[MESSAGE_MAX];
    size_t length;
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        const char *file = rows[i / 2].file;
        struct endpoint peer = caller;
        struct sim_world world;
        struct arena arena;
        if (!read_message(folder, "4475", file, bytes, &length))
            continue;
        peer.transport = TRANSPORT_TCP;
        open_world(&world, &arena);
        struct sim_connection *connection = sim_world_connect(&world, &peer, &listeners[2]);
        size_t piece = i % 2 ? 1 : length;
        for (size_t at = 0; at < length && connection && connection->state == SIM_OPEN; at += piece)
            sim_world_stream(&world, connection, slice_cut((struct slice){bytes, length}, at, at + piece));
        struct result result = read_sent(world.sent);
        bool open = connection && connection->state == SIM_OPEN;
        say(file, result.code == rows[i / 2].code && !result.forwarded && open == rows[i / 2].open,
            rows[i / 2].open ? "nothing, and an open stream" : "400, and a closed stream", &result);
        close_world(&world, &arena, file);
    }
}

/* The registrar. */

/* Without rules, and with a domain. A contact is kept as it was written, escapes and all. */
static void run_registrar(const char *folder) {
    static const struct {
        const char *file;
        unsigned code;
        const char *contacts[2];
    } rows[] = {
        {"cparam01.dat", 200, {"<sip:+19725552222@gw1.example.net>"}}, /* the parameter is the header's */
        {"cparam02.dat", 200, {"<sip:+19725552222@gw1.example.net;unknownparam>"}},
        {"dblreq.dat", 200, {"<sip:j.user@host.example.com>"}},
        {"escnull.dat", 200, {"<sip:%00@host5.example.com>", "<sip:%00%00@host5.example.com>"}},
        {"regaut01.dat", 200, {NULL}}, /* nobody asked for credentials */
        {"regbadct.dat", 400, {NULL}},
        {"regescrt.dat", 200, {"<sip:user@example.com?Route=%3Csip:sip.example.com%3E>"}},
        {"scalar02.dat", 400, {NULL}},
        {"unksm2.dat", 404, {NULL}},
    };
    static char bytes[MESSAGE_MAX];
    image = &registering;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sim_world world;
        struct arena arena;
        size_t length;
        if (!read_message(folder, "4475", rows[i].file, bytes, &length))
            continue;
        open_world(&world, &arena);
        sim_world_receive(&world, &caller, &listeners[0], (struct slice){bytes, length});
        struct result result = read_sent(world.sent);
        bool good = result.code == rows[i].code && result.replies == 1 && result.forwarded == 0 && !result.strange;
        for (unsigned n = 0; n < 2 && rows[i].contacts[n]; n++)
            good =
                good && has_line(world.sent->bytes,
                                 slice_of(arena_printf(&arena, "Contact: %s;expires=3600\r\n", rows[i].contacts[n])));
        say(rows[i].file, good, "to be registered", &result);
        close_world(&world, &arena, rows[i].file);
    }
}

static bool make_plan(const char *text, uint8_t **bytes, struct image *plan) {
    struct image_refusal refusal;
    size_t length;
    return compile_plan_text(slice_of(text), "plan", stderr, bytes, &length) == 0 &&
           verify_image(plan, *bytes, length, &refusal) == 0;
}

int main(int count, char **arguments) {
    const char *folder = count > 1 ? arguments[1] : "../shared/torture";
    char path[1024];
    uint8_t *plan = NULL, *empty = NULL;
    snprintf(path, sizeof path, "%s/table.tsv", folder);
    FILE *table = fopen(path, "r");
    if (!table) {
        printf("%s is not there: skipped\n1 passed, 0 failed\n", path);
        return 0;
    }
    set_up();
    if (!make_plan(plan_text, &plan, &forwarding) || !make_plan("", &empty, &registering)) {
        fprintf(stderr, "the plan does not compile\n");
        return 1;
    }
    image = &forwarding;
    run_table(folder, table);
    run_stream(folder);
    run_registrar(folder);
    fclose(table);
    free(plan);
    free(empty);
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0 || passed == 0;
}
