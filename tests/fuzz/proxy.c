/* SPDX-License-Identifier: MIT */
/* The proxy core, for libFuzzer, proxy_main.c and proxy_starve.c. An input is a program: which plan, which settings,
 * then events: peers send requests, answers, ACKs, CANCELs, requests within dialogs and nonsense, most of it made of
 * what the proxy itself sent; ICMP; time passes; the server drains; memory runs out. Whatever happens, what
 * proxy_judge.h promises holds, and at the end nothing is left. */
#include "tests/fuzz/proxy.h"

#include "tests/fuzz/proxy_memory.h"
#include "tests/fuzz/proxy_write.h"

#include <string.h>

enum { EVENTS_MAX = 48, BACK_MAX = 12, RAW_MAX = 255 };

static struct net net;
static struct letter_text text;
static struct program program;
static unsigned number;    /* of the event */
static unsigned mutations; /* of the next datagram that is sent */

/* One of the last few that left or came. */
static const struct datagram *pick(bool left) {
    unsigned back = program_take(&program, BACK_MAX);
    const struct datagram *found = NULL;
    for (unsigned i = net.count; i--;) {
        if (net.datagrams[i].left != left)
            continue;
        found = &net.datagrams[i];
        if (back-- == 0)
            break;
    }
    return found;
}

/* What is in `text`, if anything is. */
static void send_from(struct endpoint source) {
    for (; mutations && text.len; mutations--)
        write_mutation(&text, &program);
    net.hostile |= text.odd;
    if (text.len)
        net_receive(&net, &source, (struct slice){text.at, text.len});
}

static void send_copy(const struct datagram *of, bool odd) {
    if (!of)
        return;
    text.len = of->bytes.len < sizeof text.at ? of->bytes.len : sizeof text.at;
    memcpy(text.at, of->bytes.at, text.len);
    text.odd = odd;
    send_from(of->peer);
}

/* events */

/* Now and then over a stream, where the server has them. */
static void send_as_caller(void) {
    static const enum transport streams[] = {TRANSPORT_TCP, TRANSPORT_TLS, TRANSPORT_WS, TRANSPORT_WSS};
    bool stream = net.settings.listener_count == NET_LISTENERS && number % 4 == 0;
    enum transport transport = stream ? streams[number / 4 % 4] : TRANSPORT_UDP;
    struct endpoint caller =
        net_place(transport == TRANSPORT_WSS ? "2001:db8::77" : "192.0.2.77", number % 3 ? 5060 : 5099);
    caller.transport = (uint8_t)transport;
    write_transport(&text, transport);
    send_from(caller);
}

static void send_new(void) {
    write_request(&text, &program, number);
    if (net.plan->users)
        write_credentials(&text, &program, &net);
    send_as_caller();
}

static void send_register(void) {
    write_register(&text, &program, number);
    send_as_caller();
}

/* Who has said no says nothing else. */
static bool was_refused(const struct datagram *request) {
    for (unsigned i = 0; i < net.count; i++) {
        const struct datagram *one = &net.datagrams[i];
        if (!one->left && one->readable && !one->request && one->status >= 300 &&
            slice_same(one->branch, request->branch) && one->method == request->method)
            return true;
    }
    return false;
}

static void send_answer(void) {
    const struct datagram *of = pick(true);
    if (!of || !of->readable || !of->request || of->method == METHOD_ACK)
        return;
    write_response(&text, &program, of);
    text.odd |= was_refused(of);
    send_from(of->peer);
}

/* What left comes back: a loop, or a response to itself. */
static void send_echo(void) {
    send_copy(pick(true), true);
}

static void send_again(void) {
    send_copy(pick(false), false);
}

/* The ACK to a final that went up: of the INVITE's branch, which a 2xx's is not on purpose. */
static void send_ack(void) {
    const struct datagram *final = pick(true), *request = NULL;
    if (!final || !final->readable || final->request || final->method != METHOD_INVITE || final->status < 200)
        return;
    for (unsigned i = 0; i < net.count && !request; i++) {
        const struct datagram *one = &net.datagrams[i];
        if (!one->left && one->readable && one->request && one->method == METHOD_INVITE &&
            slice_equal(one->branch, final->branch) && slice_equal(one->call_id, final->call_id))
            request = one;
    }
    if (!request)
        return;
    write_hop(&text, request, "ACK", final);
    text.odd |= final->status < 300;
    send_from(request->peer);
}

static void send_cancel(void) {
    const struct datagram *of = pick(false);
    if (!of || !of->readable || !of->request)
        return;
    write_hop(&text, of, "CANCEL", NULL);
    text.odd |= of->method == METHOD_ACK || of->method == METHOD_CANCEL;
    send_from(of->peer);
}

static void send_in_dialog(void) {
    const struct datagram *of = pick(true);
    if (of && write_in_dialog(&text, &program, of, number))
        send_from(of->peer);
}

static void send_raw(void) {
    text.len = 0;
    text.odd = true;
    for (unsigned length = program_take(&program, RAW_MAX + 1); length && program.at < program.end; length--)
        text.at[text.len++] = (char)*program.at++;
    send_from(net_place("2001:db8::77", 5060));
}

/* A Binding request with an attribute. */
static void send_stun(void) {
    static const char begin[] = "\0\1\0\x08\x21\x12\xa4\x42transaction1";
    text.odd = false;
    text.len = sizeof begin - 1;
    memcpy(text.at, begin, text.len);
    text.at[text.len++] = (char)(program_take(&program, 2) << 7);
    text.at[text.len++] = (char)program_take(&program, 64);
    text.at[text.len++] = 0;
    text.at[text.len++] = (char)program_take(&program, 6);
    text.len += 4;
    send_from(net_place(number % 2 ? "192.0.2.77" : "2001:db8::77", 5060));
}

static void mutate(void) {
    mutations += 1 + program_take(&program, 3);
}

static void icmp(void) {
    const struct datagram *sent = pick(true);
    if (sent)
        net_unreachable(&net, sent, program_take(&program, 2) ? sent->bytes.len : 4 * program_take(&program, 256));
}

static void lose(void) {
    unsigned which = program_take(&program, NET_CONNECTIONS * NET_ENDS);
    net_lose(&net, which % NET_CONNECTIONS, which / NET_CONNECTIONS);
}

static void pass(void) {
    static const uint32_t times[] = {0,    1,    100,  499,   500,   501,   1000,   1999,
                                     2000, 4000, 6000, 10000, 32000, 64000, 181000, 200000};
    net_pass(&net, times[program_take(&program, sizeof times / sizeof *times)]);
}

static void drain(void) {
    net_drain(&net);
}

static void starve(void) {
    net.starved = true;
    unsigned nth = 1 + program_take(&program, 64);
    memory_fail(nth, program_take(&program, 4) == 0);
}

/* As often as they stand here. */
static void (*const events[])(void) = {
    send_new,      send_new,      send_new,      send_answer,    send_answer,    send_answer, send_answer,
    send_answer,   send_answer,   send_answer,   send_answer,    send_echo,      send_again,  send_again,
    send_ack,      send_ack,      send_cancel,   send_cancel,    icmp,           icmp,        lose,
    lose,          pass,          pass,          send_stun,      pass,           pass,        pass,
    drain,         starve,        send_raw,      send_in_dialog, send_in_dialog, mutate,      send_register,
    send_register, send_register, send_register,
};

/* Whatever happened before: the next caller gets an answer at once. */
static void call_once_more(void) {
    const struct endpoint caller = net_place("192.0.2.79", 5060);
    unsigned before = net.count;
    bool answered = false;
    memory_fail(0, false);
    net_receive(&net, &caller,
                SLICE("INVITE sip:100@fov.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.79;branch=z9hG4bKlast\r\n"
                      "From: <sip:last@192.0.2.79>;tag=l\r\nTo: <sip:100@fov.example>\r\nCall-ID: last\r\n"
                      "CSeq: 1 INVITE\r\n\r\n"));
    for (unsigned i = before; i < net.count; i++)
        answered |= net.datagrams[i].left && endpoint_equal(&net.datagrams[i].peer, &caller);
    net_promise(&net, answered, "the next caller is answered");
}

unsigned long proxy_run(const uint8_t *data, size_t size, unsigned long failing, bool for_good) {
    unsigned long asked = memory_asked();
    program = (struct program){data, data + size};
    const struct proxy_plan *plan = proxy_plan(program_take(&program, PROXY_PLANS));
    unsigned options = program_take(&program, NET_ALL + 1);
    memory_fail(failing, for_good);
    bool open = net_open(&net, plan, options);
    net.starved = failing != 0;
    mutations = 0;
    for (number = 1; open && program.at < program.end && number <= EVENTS_MAX; number++)
        events[program_take(&program, sizeof events / sizeof *events)]();
    asked = memory_asked() - asked;
    if (open)
        call_once_more();
    net_close(&net);
    return asked;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    proxy_run(data, size, 0, false);
    return 0;
}
