/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/proxy_net.h"

#include "runtime/sip/digest.h"
#include "tests/fuzz/proxy_judge.h"
#include "tests/fuzz/proxy_memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    START = 1000000,
    OUT_MAX = 4,       /* datagrams for one that came: ACK or 200, what goes up, CANCEL, the next INVITE */
    ROOM_MAX = 4096,   /* bytes that we may add to a message */
    STALE = 4000,      /* ms: less than T4 */
    TICKS_MAX = 20000, /* at one time */
    END_MAX = 24 * 3600 * 1000,
};

static const int64_t unix_start = 1767225600000;

void net_promise(const struct net *net, bool kept, const char *what) {
    if (kept)
        return;
    fprintf(stderr, "broken: %s\n", what);
    for (unsigned i = 0; i < net->count; i++) {
        const struct datagram *one = &net->datagrams[i];
        char peer[ENDPOINT_TEXT];
        fprintf(stderr, "--- %" PRIu64 " %s %s\n%.*s\n", one->at, one->left ? "to" : "from",
                endpoint_text(&one->peer, peer), SLICE_ARG(one->bytes));
    }
    abort();
}

struct endpoint net_place(const char *ip, uint16_t port) {
    struct endpoint place = {.port = port, .transport = TRANSPORT_UDP};
    if (!ip_parse(&place.ip, slice_of(ip)))
        abort();
    return place;
}

bool net_is_own(const struct net *net, const struct endpoint *place) {
    for (unsigned i = 0; i < NET_LISTENERS; i++)
        if (endpoint_equal(&net->listeners[i], place))
            return true;
    return false;
}

static const struct endpoint *listener_for(const struct net *net, const struct endpoint *peer) {
    for (unsigned i = 0; i < net->settings.listener_count; i++)
        if (net->listeners[i].ip.family == peer->ip.family && net->listeners[i].transport == peer->transport)
            return &net->listeners[i];
    return NULL;
}

static struct connection *connection_to(struct net *net, const struct endpoint *remote) {
    for (unsigned i = 0; i < NET_CONNECTIONS; i++)
        if (net->connections[i].number && endpoint_equal(&net->connections[i].remote, remote))
            return &net->connections[i];
    return NULL;
}

/* A new one takes the place of the oldest, which nobody hears of any more. */
static struct connection *connect_to(struct net *net, const struct endpoint *remote) {
    struct connection *connection = connection_to(net, remote);
    if (!connection) {
        connection = &net->connections[net->newest % NET_CONNECTIONS];
        *connection = (struct connection){++net->newest, *remote};
    }
    return connection;
}

static struct connection *numbered(struct net *net, uint64_t number) {
    struct connection *connection = &net->connections[(number - 1) % NET_CONNECTIONS];
    return number && connection->number == number ? connection : NULL;
}

static struct slice inside(const struct datagram *datagram, const struct sip_message *message, struct slice text) {
    (void)message;
    return text.at ? (struct slice){datagram->bytes.at + (text.at - datagram->bytes.at), text.len} : SLICE_NULL;
}

/* What the judge wants to know of it again and again. */
static void summarize(struct datagram *datagram) {
    static struct sip_message message;
    struct scan_result result = scan_message(&message, datagram->bytes.at, datagram->bytes.len);
    datagram->refused = result.verdict == SCAN_REFUSED;
    datagram->readable = result.verdict == SCAN_OK || datagram->refused;
    if (!datagram->readable)
        return;
    datagram->request = message.request;
    datagram->method = message.method;
    datagram->status = message.status;
    datagram->via_port = message.via.port;
    datagram->via = slice_cut(message.bytes, message.via.at, message.via.end);
    datagram->branch = inside(datagram, &message, message.via.branch);
    datagram->host = inside(datagram, &message, message.via.host);
    datagram->call_id = inside(datagram, &message, message.call_id);
    datagram->to_tag = inside(datagram, &message, message.to_tag);
    if (message.first[HEADER_CSEQ])
        datagram->cseq = scan_value(&message, message.first[HEADER_CSEQ] - 1u);
}

/* What came with bare line feeds is kept with the CRLF that it goes on with. */
static struct slice copy_of(bool left, struct slice bytes) {
    static struct sip_message message;
    static char mended[SCAN_MENDED_MAX];
    if (!left && scan_message(&message, bytes.at, bytes.len).verdict != SCAN_SILENT && message.bare)
        bytes = (struct slice){mended, scan_mend(&message, mended)};
    char *copy = malloc(bytes.len ? bytes.len : 1);
    if (!copy)
        abort();
    if (bytes.len)
        memcpy(copy, bytes.at, bytes.len);
    return (struct slice){copy, bytes.len};
}

static struct datagram *keep(struct net *net, bool left, const struct endpoint *peer, const struct endpoint *local,
                             struct slice bytes) {
    if (net->count == net->room) {
        net->room = net->room ? 2 * net->room : 64;
        net->datagrams = realloc(net->datagrams, net->room * sizeof *net->datagrams);
    }
    if (!net->datagrams)
        abort();
    struct datagram *datagram = &net->datagrams[net->count++];
    *datagram =
        (struct datagram){.peer = *peer, .local = *local, .bytes = copy_of(left, bytes), .at = net->now, .left = left};
    summarize(datagram);
    return datagram;
}

/* the world that the proxy sees */

static uint64_t world_send(void *context, const struct sip_flow *flow, struct slice bytes) {
    struct net *net = context;
    uint64_t connection = 0;
    net_promise(net, net->running, "something left outside of an event");
    const struct endpoint *remote = &flow->remote;
    if (remote->transport != TRANSPORT_UDP) {
        struct connection *taken = numbered(net, flow->connection);
        taken = taken ? taken : connect_to(net, remote);
        remote = &taken->remote;
        connection = taken->number;
    }
    memory_pause();
    judge_held(net, keep(net, true, remote, &flow->local, bytes));
    memory_resume();
    return connection;
}

/* Connections are there at once. */
static bool world_withdraw(void *context, uint64_t connection, struct slice bytes) {
    struct net *net = context;
    net_promise(net, connection && connection <= net->newest && bytes.len, "what is taken back had a connection");
    return false;
}

static uint64_t world_connection(void *context, const struct endpoint *remote) {
    const struct connection *connection = connection_to(context, remote);
    return connection ? connection->number : 0;
}

static void world_alias(void *context, uint64_t connection, uint16_t port) {
    struct net *net = context;
    const struct connection *one = numbered(net, connection);
    net_promise(net, one && transports[one->remote.transport].secure && port, "an alias of who came over TLS");
}

/* Whoever is there is connected to anew the next time. */
static void world_doubt(void *context, uint64_t connection, uint64_t since) {
    struct net *net = context;
    struct connection *one = numbered(net, connection);
    net_promise(net, connection && connection <= net->newest && since <= net->now, "a doubt about what was sent");
    if (one)
        one->number = 0;
}

static enum cause world_route(void *context, const struct endpoint *remote, const struct endpoint *wanted,
                              struct world_route *route) {
    const struct net *net = context;
    (void)wanted;
    const struct endpoint *listener = listener_for(net, remote);
    static const struct ip_address gap = {.family = 4, .bytes = {192, 0, 2, 104}};
    char ip[IP_TEXT];
    if (!listener)
        return CAUSE_TRANSPORT_UNSUPPORTED;
    if (ip_equal(&remote->ip, &gap))
        return CAUSE_UNREACHABLE;
    *route = (struct world_route){.local = *listener, .port = listener->port};
    snprintf(route->host, sizeof route->host, listener->ip.family == 6 ? "[%s]" : "%s", ip_format(&listener->ip, ip));
    if (net->settings.advertise.len)
        snprintf(route->host, sizeof route->host, "%.*s", SLICE_ARG(net->settings.advertise));
    return CAUSE_NONE;
}

static bool world_local_time(void *context, struct slice zone, int64_t unix_ms, struct local_time *time) {
    (void)context;
    return sim_local_time(zone, unix_ms, time);
}

static void world_log(void *context, enum log_level level, struct slice line) {
    (void)level;
    judge_log(context, line);
}

static void world_record(void *context, struct slice line) {
    struct net *net = context;
    net->records++;
    memory_pause();
    judge_record(net, line);
    memory_resume();
    net_promise(net, net->records <= net->invites, "one record for each INVITE");
}

static void world_keep(void *context, const struct store_row *row) {
    const struct net *net = context;
    net_promise(net, row->kind != STORE_BINDING || (row->binding.user.len && row->binding.contact.len),
                "a row of the store has its key");
}

/* The store takes its time: until the next time that some passes. */
static void world_commit(void *context, uint64_t ticket) {
    struct net *net = context;
    net->ticket = ticket > net->ticket ? ticket : net->ticket;
}

static bool world_ask(void *context, uint32_t id, struct slice name, enum dns_type type) {
    struct net *net = context;
    net_promise(net, net->running, "a name server is asked outside of an event");
    return names_ask(&net->servers, id, name, type, net->now);
}

/* events */

static void begin_event(struct net *net) {
    net->running = true;
    memory_resume();
}

static void end_event(struct net *net) {
    memory_pause();
    net->running = false;
    for (; net->judged < net->count; net->judged++)
        judge_datagram(net, &net->datagrams[net->judged]);
}

/* He may call as anybody, with the password "secret". */
static void load_user(struct net *net) {
    struct digest_text md5, sha256;
    digest_ha1(DIGEST_MD5, SLICE("caller"), net->settings.realm, SLICE("secret"), &md5);
    digest_ha1(DIGEST_SHA256, SLICE("caller"), net->settings.realm, SLICE("secret"), &sha256);
    const struct store_row row = {
        .kind = STORE_USER,
        .user = {.name = SLICE("caller"),
                 .realm = net->settings.realm,
                 .md5 = {md5.digits, digests[DIGEST_MD5].length},
                 .sha256 = {sha256.digits, digests[DIGEST_SHA256].length},
                 .allow = SLICE("*")},
    };
    proxy_load(net->proxy, &row, net->now, unix_start);
}

/* Of the listeners, one for IPv4 and one for IPv6 in turn. */
static const enum transport net_transports[NET_LISTENERS] = {TRANSPORT_UDP, TRANSPORT_UDP, TRANSPORT_TCP,
                                                             TRANSPORT_TCP, TRANSPORT_TLS, TRANSPORT_TLS,
                                                             TRANSPORT_WS,  TRANSPORT_WSS};

static void place_listeners(struct net *net) {
    for (unsigned i = 0; i < NET_LISTENERS; i++) {
        enum transport transport = net_transports[i];
        net->listeners[i] = net_place(i % 2 ? "2001:db8::1" : "192.0.2.1", transports[transport].port);
        net->listeners[i].transport = (uint8_t)transport;
        net->addresses[i] = net->listeners[i].ip;
    }
}

static void make_settings(struct net *net, unsigned options) {
    net->settings = (struct proxy_settings){
        .timers = {500, 4000, 5000},
        .timer_c = 181000,
        .expires_least = 60,
        .expires_default = 300,
        .expires_most = 600,
        .contacts_max = 4,
        .registrations_max = 8,
        .keepalive = 60 * 1000,
        .keepalive_options = options & NET_OPTIONS,
        .max_session = 3600 * 1000,
        .block_time = 60 * 1000,
        .blocks_max = 2,
        .hold_down = options & NET_HOLD_DOWN ? 3000 : 0,
        .failover = !(options & NET_NO_FAILOVER),
        .record_route = !(options & NET_NO_RECORD_ROUTE),
        .relay_all = options & NET_RELAY_ALL,
        .log_level = LOG_DEBUG,
        .domains = net->domains,
        .domain_count = options & NET_DOMAIN ? 1 : 0,
        .listeners = net->listeners,
        .listener_count = options & NET_STREAMS ? NET_LISTENERS : NET_DATAGRAMS,
        .addresses = net->addresses,
        .address_count = 2,
        .realm = SLICE("fov.example"),
        .auth = net->plan->users ? AUTH_ALL : AUTH_NONE,
        .advertise = options & NET_ADVERTISE ? SLICE("sip.fov.example") : SLICE_EMPTY,
    };
}

bool net_open(struct net *net, const struct proxy_plan *plan, unsigned options) {
    static const struct proxy_seed seed = {{{1, 2}}, {{3, 4}}, {{5, 6}}};
    *net = (struct net){.plan = plan, .now = START, .blocks = memory_live(), .domains = {SLICE("fov.example")}};
    place_listeners(net);
    make_settings(net, options);
    net->world = (struct world){
        .context = net,
        .send = world_send,
        .withdraw = world_withdraw,
        .connection = world_connection,
        .alias = world_alias,
        .doubt = world_doubt,
        .route = world_route,
        .local_time = world_local_time,
        .log = world_log,
        .record = world_record,
        .keep = world_keep,
        .commit = world_commit,
        .ask = world_ask,
    };
    arena_init(&net->arena, NULL, 0, 0);
    memory_resume();
    net->proxy = proxy_new(&net->settings, &seed, &plan->image, &net->world);
    if (net->proxy && plan->users)
        load_user(net);
    memory_pause();
    judge_begin(net);
    return net->proxy != NULL;
}

/* The same bytes when the transaction may have ended, as over a stream it always may: for us it is a new request that
 * looks like an old one. */
static bool is_stale(const struct net *net, const struct endpoint *source, struct slice bytes) {
    for (unsigned i = 0; i < net->count; i++)
        if (!net->datagrams[i].left &&
            (source->transport != TRANSPORT_UDP || net->now - net->datagrams[i].at > STALE) &&
            slice_equal(net->datagrams[i].bytes, bytes))
            return true;
    return false;
}

void net_receive(struct net *net, const struct endpoint *source, struct slice bytes) {
    const struct endpoint *local = listener_for(net, source);
    if (!local || bytes.len > SIP_MESSAGE_MAX - 29)
        return;
    net->hostile |= is_stale(net, source, bytes);
    struct datagram *datagram = keep(net, false, source, local, bytes);
    struct packet packet = {.source = *source,
                            .local = *local,
                            .connection = source->transport == TRANSPORT_UDP ? 0 : connect_to(net, source)->number,
                            .accepted = source->transport != TRANSPORT_UDP,
                            .bytes = bytes,
                            .now = net->now,
                            .unix_ms = unix_start + (int64_t)net->now};
    net->received++;
    net->invites += datagram->readable && datagram->request && datagram->method == METHOD_INVITE;
    unsigned before = net->count;
    judge_datagram(net, datagram);
    net->judged = net->count;
    begin_event(net);
    proxy_receive(net->proxy, &packet);
    end_event(net);
    size_t out = 0, largest = 0;
    for (unsigned i = 0; i < net->count; i++) {
        out += i >= before ? net->datagrams[i].bytes.len : 0;
        if (!net->datagrams[i].left && net->datagrams[i].bytes.len > largest)
            largest = net->datagrams[i].bytes.len;
    }
    net_promise(net, net->count - before <= OUT_MAX, "one datagram draws no more than four");
    net_promise(net, out <= OUT_MAX * (2 * largest + ROOM_MAX), "one datagram draws no more bytes than four");
}

void net_lose(struct net *net, unsigned n, unsigned end) {
    const enum cause ends[NET_ENDS] = {n % 2 ? CAUSE_RESET : CAUSE_REFUSED, CAUSE_CONNECT_TIMEOUT, CAUSE_TLS_HANDSHAKE,
                                       CAUSE_TLS_IDENTITY};
    uint64_t known = net->newest < NET_CONNECTIONS ? net->newest : NET_CONNECTIONS;
    uint64_t number = known ? net->newest - n % known : 0;
    struct connection *connection = numbered(net, number);
    if (!connection)
        return;
    bool web = endpoint_is_web(&connection->remote);
    enum cause cause = web && end ? CAUSE_FLOW_FAILED : ends[end];
    struct datagram last = {0}; /* that was to go there; it has waited in vain */
    for (unsigned i = 0; i < net->count; i++)
        if (net->datagrams[i].left && endpoint_equal(&net->datagrams[i].peer, &connection->remote))
            last = net->datagrams[i];
    connection->number = 0;
    begin_event(net);
    proxy_connection_lost(net->proxy, number, cause, net->now, unix_start + (int64_t)net->now);
    if (last.bytes.len) {
        net->play = NULL; /* it may leave once more: no story is like that */
        proxy_returned(net->proxy, &last.peer, last.bytes, cause, net->now, unix_start + (int64_t)net->now);
    }
    end_event(net);
}

void net_unreachable(struct net *net, const struct datagram *sent, size_t quoted) {
    struct endpoint peer = sent->peer;
    unsigned before = net->count;
    if (quoted > sent->bytes.len)
        quoted = sent->bytes.len;
    char *copy = malloc(quoted + !quoted);
    if (!copy)
        abort();
    memcpy(copy, sent->bytes.at, quoted);
    begin_event(net);
    proxy_unreachable(net->proxy, &peer, (struct slice){copy, quoted}, CAUSE_UNREACHABLE, net->now,
                      unix_start + (int64_t)net->now);
    end_event(net);
    net_promise(net, net->count - before <= OUT_MAX, "one ICMP message draws no more than four datagrams");
    free(copy);
}

static void tell_kept(struct net *net) {
    uint64_t ticket = net->ticket;
    if (!ticket)
        return;
    net->ticket = 0;
    begin_event(net);
    proxy_kept(net->proxy, ticket, net->now, unix_start + (int64_t)net->now);
    end_event(net);
}

static void tell_named(struct net *net) {
    struct dns_record records[DNS_RECORDS_MAX];
    uint32_t id;
    struct dns_answer answer = names_take(&net->servers, records, &id);
    proxy_named(net->proxy, id, &answer, net->now, unix_start + (int64_t)net->now);
}

static void run_until(struct net *net, uint64_t until) {
    unsigned ticks = 0;
    tell_kept(net);
    for (;;) {
        uint64_t timer = proxy_due(net->proxy), named = names_due(&net->servers), due = named < timer ? named : timer;
        if (due > until || due == UINT64_MAX)
            return;
        ticks = due > net->now ? 0 : ticks + 1;
        net_promise(net, ticks < TICKS_MAX, "time gets on");
        net->now = due > net->now ? due : net->now;
        begin_event(net);
        if (named <= timer)
            tell_named(net);
        else
            proxy_tick(net->proxy, net->now, unix_start + (int64_t)net->now);
        end_event(net);
    }
}

void net_pass(struct net *net, uint64_t ms) {
    run_until(net, net->now + ms);
    net->now += ms;
}

void net_drain(struct net *net) {
    proxy_drain(net->proxy);
}

static void give_back(struct net *net) {
    judge_end(net);
    for (unsigned i = 0; i < net->count; i++)
        free((void *)(uintptr_t)net->datagrams[i].bytes.at);
    free(net->datagrams);
    arena_free(&net->arena);
}

void net_close(struct net *net) {
    if (net->proxy) {
        memory_fail(0, false);
        run_until(net, net->now + END_MAX);
        net_promise(net, proxy_due(net->proxy) == UINT64_MAX, "every timer runs out");
        net_promise(net, proxy_live(net->proxy) == 0, "nothing stays alive");
        net_promise(net, proxy_idle(net->proxy), "nobody is waited for");
        memory_resume();
        proxy_free(net->proxy);
        memory_pause();
    }
    net_promise(net, memory_live() == net->blocks, "all memory is given back");
    give_back(net);
}
