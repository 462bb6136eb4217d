/* SPDX-License-Identifier: MIT */
/* The resolver against a name server of its own, on the same loop. */
#include "runtime/net/resolver.h"

#include "tests/live/dns_zone.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { QUESTIONS = 8, PATIENCE = 20 * 1000 };

static struct loop *loop;
static struct resolver *resolver;
static int udp, tcp, other; /* other: at the next address, the same port */
static unsigned udp_questions, tcp_questions, other_questions;
static uint16_t port;
static struct told {
    enum dns_status status;
    unsigned count;
    uint32_t ttl;
    struct ip_address first;
    uint64_t at;
} told[QUESTIONS + 1]; /* by id */
static unsigned told_count, wanted;
static uint64_t deadline;
static bool ask_more;
static bool forged; /* every answer comes behind three that somebody else has made up */

static void send_reply(int fd, const struct zone_reply *reply, const struct sockaddr_in *to) {
    sendto(fd, reply->bytes, reply->length, 0, (const struct sockaddr *)to, sizeof *to);
}

/* With another number, about another name, from another place: each says 203.0.113.66. */
static void send_forgeries(const struct zone_reply *reply, const struct sockaddr_in *to) {
    struct zone_reply forgery = *reply;
    int stranger = socket(AF_INET, SOCK_DGRAM, 0);
    memcpy(forgery.bytes + forgery.length - 4, (uint8_t[]){203, 0, 113, 66}, 4);
    send_reply(stranger, &forgery, to);
    close(stranger);
    forgery.bytes[1] ^= 1;
    send_reply(udp, &forgery, to);
    forgery.bytes[1] ^= 1;
    forgery.bytes[13] ^= 1;
    send_reply(udp, &forgery, to);
}

/* True: there was a question. */
static bool answer(int fd) {
    uint8_t bytes[ZONE_MESSAGE];
    struct sockaddr_in from;
    struct zone_reply reply;
    socklen_t size = sizeof from;
    ssize_t length = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &size);
    if (length <= 0)
        return false;
    zone_answer(&reply, bytes, (size_t)length, false);
    if (reply.length && forged)
        send_forgeries(&reply, &from);
    if (reply.length)
        send_reply(fd, &reply, &from);
    return true;
}

static void serve_udp(void *context) {
    (void)context;
    udp_questions += answer(udp);
}

static void serve_other(void *context) {
    (void)context;
    other_questions += answer(other);
}

static void serve_tcp(void *context) {
    uint8_t bytes[ZONE_MESSAGE], size[2];
    struct zone_reply reply;
    int fd = accept(tcp, NULL, NULL);
    (void)context;
    if (fd >= 0 && recv(fd, size, 2, MSG_WAITALL) == 2) {
        size_t length = (size_t)size[0] << 8 | size[1];
        recv(fd, bytes, length, MSG_WAITALL);
        tcp_questions++;
        zone_answer(&reply, bytes, length, true);
        size[0] = (uint8_t)(reply.length >> 8);
        size[1] = (uint8_t)reply.length;
        send(fd, size, 2, MSG_NOSIGNAL | MSG_MORE);
        send(fd, reply.bytes, reply.length, MSG_NOSIGNAL);
    }
    close(fd);
}

static void on_answered(void *context, uint32_t id, const struct dns_answer *answer) {
    (void)context;
    cr_assert_leq(id, (uint32_t)QUESTIONS);
    told[id] = (struct told){.status = answer->status, .count = answer->count, .ttl = answer->ttl, .at = loop_now()};
    if (answer->count)
        told[id].first = answer->records[0].ip;
    told_count++;
    if (ask_more) {
        ask_more = false;
        resolver_ask(resolver, id + 1, SLICE("second.example.net"), DNS_A);
    }
}

static void turn(void *context) {
    (void)context;
    while (resolver_deliver(resolver))
        ;
    uint64_t due = resolver_due(resolver);
    if (told_count >= wanted || loop_now() >= deadline)
        loop_stop(loop);
    loop_due(loop, due < deadline ? due : deadline);
}

/* Until so many answers have come in all. */
static void run(unsigned answers) {
    wanted = answers;
    deadline = loop_now() + PATIENCE;
    turn(NULL);
    if (told_count < wanted)
        loop_run(loop);
    cr_assert_eq(told_count, answers, "%u answers", told_count);
}

static struct endpoint changed_to;
static unsigned changes;

static void on_changed(void *context, const struct endpoint *servers, unsigned count) {
    (void)context;
    cr_assert_eq(count, 1u);
    changed_to = servers[0];
    changes++;
}

static void open_resolver(const struct channel_servers *servers) {
    const struct resolver_events events = {.answered = on_answered, .woken = turn, .changed = on_changed};
    cr_assert_eq(resolver_open(&resolver, loop, servers, &events), 0);
}

/* A free port of UDP may be taken in TCP: then the next one. */
static void open_sockets(void) {
    for (int tries = 0; tries < 20; tries++) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t size = sizeof address;
        tcp = socket(AF_INET, SOCK_STREAM, 0);
        udp = socket(AF_INET, SOCK_DGRAM, 0);
        cr_assert_eq(bind(udp, (struct sockaddr *)&address, sizeof address), 0);
        getsockname(udp, (struct sockaddr *)&address, &size);
        port = ntohs(address.sin_port);
        if (bind(tcp, (struct sockaddr *)&address, sizeof address) == 0)
            break;
        close(tcp);
        close(udp);
    }
    cr_assert_eq(listen(tcp, 4), 0);
}

static void start(void) {
    struct endpoint server = {.ip = {.family = 4, .bytes = {127, 0, 0, 1}}};
    open_sockets();
    server.port = port;
    loop = loop_new();
    cr_assert(loop_read(loop, udp, serve_udp, NULL) && loop_read(loop, tcp, serve_tcp, NULL));
    loop_time(loop, turn, NULL);
    open_resolver(&(const struct channel_servers){.list = &server, .count = 1, .file = "/etc/resolv.conf"});
}

static void end(void) {
    resolver_close(resolver);
    loop_free(loop);
    close(udp);
    close(tcp);
}

TestSuite(resolver, .init = start, .fini = end);

static void ask(uint32_t id, const char *name, enum dns_type type) {
    cr_assert(resolver_ask(resolver, id, slice_of(name), type));
}

Test(resolver, answers_come_from_the_name_server) {
    char text[IP_TEXT];
    zone_add("a.example.net A 192.0.2.1");
    zone_add("_sip._udp.example.net SRV 1 2 5060 a.example.net");
    ask(1, "a.example.net", DNS_A);
    ask(2, "_sip._udp.example.net", DNS_SRV);
    ask(3, "a.example.net", DNS_AAAA);
    ask(4, "b.example.net", DNS_A);
    cr_expect_eq(told_count, 0u, "nobody is told while asking");
    run(4);
    cr_expect_str_eq(ip_format(&told[1].first, text), "192.0.2.1");
    cr_expect_eq(told[1].ttl, 60u);
    cr_expect_eq(told[2].count, 1u);
    cr_expect_eq(told[3].status, DNS_NODATA);
    cr_expect_eq(told[3].ttl, 30u);
    cr_expect_eq(told[4].status, DNS_NXDOMAIN);
    cr_expect_eq(told[4].ttl, 30u);
    cr_expect_eq(resolver_due(resolver), UINT64_MAX);
}

Test(resolver, what_does_not_fit_is_asked_over_tcp) {
    zone_add("a.example.net A 192.0.2.1");
    zone_add("a.example.net truncated");
    ask(1, "a.example.net", DNS_A);
    run(1);
    cr_expect_eq(told[1].status, DNS_FOUND);
    cr_expect_eq(tcp_questions, 1u);
}

Test(resolver, a_name_server_that_fails_says_how) {
    zone_add("a.example.net servfail");
    zone_add("b.example.net refused");
    ask(1, "a.example.net", DNS_A);
    ask(2, "b.example.net", DNS_A);
    run(2);
    cr_expect_eq(told[1].status, DNS_SERVFAIL);
    cr_expect_eq(told[2].status, DNS_REFUSED);
}

Test(resolver, a_port_at_which_no_name_server_is_says_nothing) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int closed = socket(AF_INET, SOCK_DGRAM, 0);
    cr_assert_eq(bind(closed, (struct sockaddr *)&address, sizeof address), 0);
    getsockname(closed, (struct sockaddr *)&address, &size);
    close(closed);
    const struct endpoint server = {.ip = {.family = 4, .bytes = {127, 0, 0, 1}}, .port = ntohs(address.sin_port)};
    resolver_close(resolver);
    open_resolver(&(const struct channel_servers){.list = &server, .count = 1, .file = "/etc/resolv.conf"});
    ask(1, "a.example.net", DNS_A);
    run(1);
    cr_expect_eq(told[1].status, DNS_FAILED);
}

Test(resolver, a_silent_name_server_is_given_up) {
    uint64_t begun = loop_now();
    zone_add("a.example.net silent");
    ask(1, "a.example.net", DNS_A);
    run(1);
    cr_expect_eq(told[1].status, DNS_SILENT);
    cr_expect_geq(told[1].at - begun, (uint64_t)RESOLVER_SILENCE);
    cr_expect_eq(udp_questions, 4u, "it is asked at once, and after 0.5, 1.5 and 3.5 s");
}

Test(resolver, a_dead_name_server_in_front_delays_by_half_a_second) {
    struct endpoint servers[2] = {{.ip = {.family = 4, .bytes = {127, 0, 0, 2}}, .port = port},
                                  {.ip = {.family = 4, .bytes = {127, 0, 0, 1}}, .port = port}};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    uint64_t begun = loop_now();
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
    other = socket(AF_INET, SOCK_DGRAM, 0); /* takes every question, and reads none */
    cr_assert_eq(bind(other, (struct sockaddr *)&address, sizeof address), 0);
    resolver_close(resolver);
    open_resolver(&(const struct channel_servers){.list = servers, .count = 2, .file = "/etc/resolv.conf"});
    zone_add("a.example.net A 192.0.2.1");
    ask(1, "a.example.net", DNS_A);
    run(1);
    cr_expect_eq(told[1].status, DNS_FOUND);
    cr_expect_geq(told[1].at - begun, 450u);
    cr_expect_lt(told[1].at - begun, 1400u);
    close(other);
}

Test(resolver, hosts_say_what_their_file_says) {
    ask(1, "localhost", DNS_A);
    ask(2, "localhost", DNS_SRV);
    ask(3, "_sip._udp.localhost", DNS_SRV);
    run(3);
    cr_expect_eq(told[1].status, DNS_FOUND);
    cr_expect_eq(told[1].first.bytes[0], 127);
    cr_expect_eq(told[2].status, DNS_NODATA);
    cr_expect_eq(told[3].status, DNS_NODATA);
    cr_expect_eq(udp_questions, 0u);
}

Test(resolver, who_is_told_may_ask) {
    zone_add("first.example.net A 192.0.2.1");
    zone_add("second.example.net A 192.0.2.2");
    ask_more = true;
    ask(1, "first.example.net", DNS_A);
    run(2);
    cr_expect_eq(told[2].first.bytes[3], 2);
}

/* Closed with a question on its way, and one that was given up but not told. */
Test(resolver, questions_end_with_it) {
    zone_add("a.example.net silent");
    ask(1, "a.example.net", DNS_A);
    ask(2, "localhost", DNS_A);
    cr_expect_eq(told_count, 0u);
}

/* RFC 1035 2.3.4: a label of 63 bytes and a name of 253, as text, are the longest. */
Test(resolver, names_are_as_long_as_they_may_be_and_no_longer) {
    char name[300], line[sizeof name + 16];
    memset(name, 'x', sizeof name);
    name[63] = name[127] = name[191] = '.';
    strcpy(name + 249, ".net");
    snprintf(line, sizeof line, "%s A 192.0.2.1", name);
    zone_add(line);
    ask(1, name, DNS_A);
    run(1);
    cr_expect_eq(told[1].status, DNS_FOUND, "253 bytes");
    strcpy(name + 250, ".net");
    ask(2, name, DNS_A);
    memmove(name + 64, name + 63, strlen(name + 63) + 1);
    ask(3, name, DNS_A);
    strcpy(name, "a..example.net");
    ask(4, name, DNS_A);
    run(4);
    cr_expect_eq(told[2].status, DNS_NXDOMAIN, "254 bytes");
    cr_expect_eq(told[3].status, DNS_NXDOMAIN, "a label of 64");
    cr_expect_eq(told[4].status, DNS_NXDOMAIN, "an empty one");
    cr_expect_eq(udp_questions, 1u);
}

Test(resolver, forged_answers_are_none) {
    char text[IP_TEXT];
    forged = true;
    zone_add("a.example.net A 192.0.2.1");
    ask(1, "a.example.net", DNS_A);
    run(1);
    cr_expect_str_eq(ip_format(&told[1].first, text), "192.0.2.1");
    cr_expect_eq(udp_questions, 1u);
}

/* Over UDP it says to come over TCP, and there it is not. */
Test(resolver, a_name_server_without_tcp_fails_at_once) {
    uint64_t begun = loop_now();
    zone_add("a.example.net truncated");
    shutdown(tcp, SHUT_RDWR);
    ask(1, "a.example.net", DNS_A);
    run(1);
    cr_expect_eq(told[1].status, DNS_FAILED);
    cr_expect_lt(told[1].at - begun, (uint64_t)RESOLVER_SILENCE);
}

Test(resolver, aliases_are_followed_and_those_in_a_circle_lead_nowhere) {
    zone_add("a.example.net CNAME b.example.net");
    zone_add("b.example.net CNAME c.example.net");
    zone_add("c.example.net A 192.0.2.3");
    zone_add("x.example.net CNAME x.example.net");
    ask(1, "a.example.net", DNS_A);
    ask(2, "x.example.net", DNS_A);
    run(2);
    cr_expect_eq(told[1].first.bytes[3], 3);
    cr_expect_eq(told[2].status, DNS_NODATA);
}

/* A file that names its one server. */
static void write_file(const char *path, const char *server) {
    char next[64];
    snprintf(next, sizeof next, "%s.next", path);
    FILE *file = fopen(next, "w");
    cr_assert_not_null(file);
    fprintf(file, "nameserver %s\n", server);
    fclose(file);
    cr_assert_eq(rename(next, path), 0);
}

/* Until the file is looked at again when something is asked. */
static void let_look(void) {
    uint64_t until = loop_now() + RESOLVER_LOOK;
    for (uint64_t now; (now = loop_now()) < until;)
        poll(NULL, 0, (int)(until - now));
}

Test(resolver, where_servers_are_given_no_file_is_followed) {
    char path[] = "/tmp/fov-resolver-XXXXXX";
    const struct endpoint server = {.ip = {.family = 4, .bytes = {127, 0, 0, 1}}, .port = port};
    close(mkstemp(path));
    zone_add("a.example.net A 192.0.2.1");
    resolver_close(resolver);
    open_resolver(&(const struct channel_servers){.list = &server, .count = 1, .file = path});
    write_file(path, "127.0.0.2");
    let_look();
    ask(1, "a.example.net", DNS_A);
    run(1);
    cr_expect(changes == 0 && udp_questions == 1);
    unlink(path);
}

Test(resolver, the_file_of_name_servers_is_followed) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    char path[] = "/tmp/fov-resolver-XXXXXX";
    close(mkstemp(path));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
    other = socket(AF_INET, SOCK_DGRAM, 0);
    cr_assert_eq(bind(other, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_not_null(loop_read(loop, other, serve_other, NULL));
    zone_add("a.example.net A 192.0.2.1");
    resolver_close(resolver);
    write_file(path, "127.0.0.1");
    open_resolver(&(const struct channel_servers){.file = path, .port = port});
    let_look();
    ask(1, "a.example.net", DNS_A); /* is on its way while the file changes */
    cr_expect_eq(changes, 0u);
    write_file(path, "127.0.0.2");
    let_look();
    ask(2, "a.example.net", DNS_A);
    run(2);
    cr_expect_eq(changes, 1u);
    cr_expect(changed_to.port == port && changed_to.ip.bytes[3] == 2);
    cr_expect(told[1].status == DNS_FOUND && told[2].status == DNS_FOUND);
    /* Of the first one, which nobody could read meanwhile, it may have been reminded. */
    cr_expect(udp_questions >= 1 && other_questions == 1, "%u and %u questions", udp_questions, other_questions);
    unlink(path);
    let_look();
    ask(3, "a.example.net", DNS_A);
    run(3);
    cr_expect_eq(other_questions, 2u, "a file that is gone changes nothing");
    write_file(path, "127.0.0.1");
    let_look();
    udp_questions = 0;
    ask(4, "a.example.net", DNS_A);
    run(4);
    cr_expect(changes == 2 && udp_questions == 1 && other_questions == 2);
    unlink(path);
    close(other);
}
