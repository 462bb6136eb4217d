/* SPDX-License-Identifier: MIT */
#include "runtime/net/option_values.h"

#include "runtime/sip/host.h"

enum {
    T1_MAX = 10 * 1000, /* ms */
    TIMER_C_LEAST = 180 * 1000,
    LISTEN_MAX = 256,
    RESOLVERS_MAX = 8,
    DNS_PORT = 53,
    CERTIFICATES_MAX = 64,
};

static void *make_room(struct options *options, void *list, unsigned count, size_t size) {
    void *room = arena_room(&options->arena, list, count, size);
    options->out_of_memory |= !room;
    return room;
}

/* Readers. Each answers NULL, or what was expected instead. */

static const char *read_listen(struct options *options, const char *value) {
    const struct slice text = slice_of(value);
    struct endpoint endpoint;
    size_t colon = slice_find(text, 0, ':');
    enum transport transport = transport_named(slice_cut(text, 0, colon));
    struct slice host, port;
    if (colon == text.len || transport == TRANSPORT_COUNT)
        return "udp:, tcp:, tls:, ws: or wss:, and ADDRESS[:PORT] behind it";
    endpoint = (struct endpoint){.port = transports[transport].port, .transport = (uint8_t)transport};
    if (!host_split(slice_from(text, colon + 1), &host, &port) || !ip_parse(&endpoint.ip, host) ||
        ip_is_multicast(&endpoint.ip) || ip_is_broadcast(&endpoint.ip))
        return "an address, 192.0.2.1 or [2001:db8::1], behind udp:, tcp:, tls:, ws: or wss:";
    if (port.at && !port_parse(&endpoint.port, port, 0))
        return "a port from 0 to 65535";
    for (unsigned i = 0; i < options->listen_count; i++)
        if (endpoint.port && endpoint_equal(&endpoint, &options->listen[i]))
            return "each address once";
    if (options->listen_count == LISTEN_MAX)
        return "no more than 256 addresses";
    struct endpoint *list = make_room(options, options->listen, options->listen_count, sizeof *list);
    if (list)
        list[options->listen_count++] = endpoint;
    options->listen = list;
    return NULL;
}

static const char **add_file(struct options *options, const char **list, unsigned count, const char *file) {
    list = make_room(options, list, count, sizeof *list);
    if (list)
        list[count] = file;
    return list;
}

static const char *read_certificate(struct options *options, const char *file) {
    unsigned *count = &options->tls.certificate_count;
    options->certificates = add_file(options, options->certificates, *count, file);
    *count += options->certificates != NULL;
    options->tls.certificates = options->certificates;
    return *count > CERTIFICATES_MAX ? "no more than 64 certificates" : NULL;
}

static const char *read_key(struct options *options, const char *file) {
    options->keys = add_file(options, options->keys, options->key_count, file);
    options->key_count += options->keys != NULL;
    options->tls.keys = options->keys;
    return options->key_count > CERTIFICATES_MAX ? "no more than 64 keys" : NULL;
}

/* RFC 6454 6.1: a scheme, a host, and a port that is not the scheme's; no path. */
static const char *read_origin(struct options *options, const char *value) {
    const struct slice text = slice_of(value);
    struct upgrade_policy *policy = &options->ws_origins;
    bool secure = slice_starts_same(text, SLICE("https://")), plain = slice_starts_same(text, SLICE("http://"));
    struct slice host, port;
    uint16_t number;
    if ((!secure && !plain) ||
        !host_split(slice_from(text, secure ? sizeof "https://" - 1 : sizeof "http://" - 1), &host, &port) ||
        !host_is_good(host) || (port.at && !port_parse(&number, port, 1)))
        return "https://HOST[:PORT] or http://HOST[:PORT], without a path";
    struct slice *list = make_room(options, options->origins, policy->origin_count, sizeof *list);
    if (list)
        list[policy->origin_count++] = text;
    policy->origins = options->origins = list;
    return NULL;
}

static const char *read_resolver(struct options *options, const char *value) {
    const struct slice text = slice_of(value);
    struct endpoint endpoint = {.port = DNS_PORT, .transport = TRANSPORT_UDP};
    struct slice host, port;
    if (!host_split(text, &host, &port) || !ip_parse(&endpoint.ip, host) ||
        (port.at && !port_parse(&endpoint.port, port, 1)))
        return "ADDRESS[:PORT], an IPv6 address in brackets, the port from 1 to 65535";
    if (options->resolver_count == RESOLVERS_MAX)
        return "no more than 8 name servers";
    struct endpoint *list = make_room(options, options->resolvers, options->resolver_count, sizeof *list);
    if (list)
        list[options->resolver_count++] = endpoint;
    options->resolvers = list;
    return NULL;
}

/* Which is read how. */
static const struct row {
    struct option_field field;
    const char *(*own)(struct options *options, const char *value);
} values[OPTION_COUNT] = {
#define OPTION(ID, letter, name, KIND, argument, fallback, VALUE, doc) {VALUE},

#define PROXY(...)              .own = NULL
#define PROXY_OWN(name)         .own = NULL
#define SERVER(TYPE, name, ...) .field = OPTION_FIELD(TYPE, struct options, name, __VA_ARGS__)
#define SERVER_OWN(name)        .own = read_##name
#define NONE                    .own = NULL
#include "grammar/options.def"
};

static const char *read_value(struct options *options, enum option option, const char *value) {
    const struct row *row = &values[option];
    if (settings_has(option)) {
        const char *expected = settings_read(&options->reader, option, value);
        options->out_of_memory |= options->reader.out_of_memory;
        return expected;
    }
    return row->own ? row->own(options, value) : option_read(option, &row->field, options, value);
}

const char *option_store(struct options *options, enum option option, const char *value) {
    const char *expected = read_value(options, option, value);
    if (!expected && option_rows[option].kind == OPTION_KIND_ONE)
        options->texts[option] = value;
    return expected;
}

void option_store_fallbacks(struct options *options) {
    options->reader = (struct settings_reader){.settings = &options->settings, .arena = &options->arena};
    for (unsigned i = 0; i < OPTION_COUNT; i++)
        if (option_rows[i].kind == OPTION_KIND_ONE && option_rows[i].fallback[0])
            option_store(options, (enum option)i, option_rows[i].fallback);
}

void option_complete(struct options *options) {
    struct proxy_settings *settings = &options->settings;
    options->listen_default = options->listen_count == 0;
    if (options->listen_default) {
        read_listen(options, "udp:0.0.0.0");
        read_listen(options, "udp:[::]");
        read_listen(options, "tcp:0.0.0.0");
        read_listen(options, "tcp:[::]");
    }
    if (options->listen_default && options->tls.certificate_count) {
        read_listen(options, "tls:0.0.0.0");
        read_listen(options, "tls:[::]");
    }
    if (!options->key_count)
        options->tls.keys = options->certificates;
    if (!settings->realm.at)
        settings->realm = settings->domain_count ? settings->domains[0] : SLICE("fov");
}

static bool listens_for_tls(const struct options *options) {
    for (unsigned i = 0; i < options->listen_count; i++)
        if (transports[options->listen[i].transport].secure)
            return true;
    return false;
}

unsigned option_conflicts(const struct options *options, struct option_conflict conflicts[OPTION_CONFLICTS_MAX]) {
    const struct proxy_settings *settings = &options->settings;
    const struct {
        bool wrong;
        struct option_conflict conflict;
    } rows[] = {
        {!options->plan, {OPTION_PLAN, OPTION_PLAN, "is missing; name the plan's image with -p FILE"}},
        /* 64*T1 is how long a transaction lives. */
        {settings->timers.t1 > T1_MAX,
         {OPTION_T1, OPTION_T1, "is longer than 10s, and transactions last 64 times as long"}},
        {settings->timers.t2 < settings->timers.t1,
         {OPTION_T2, OPTION_T1, "is shorter than t1: repetitions would not become rarer"}},
        {settings->timer_c <= TIMER_C_LEAST,
         {OPTION_TIMER_C, OPTION_TIMER_C,
          "is not more than 3m (RFC 3261 16.6); what ends ringing sooner is &failover.timer.ringing in the plan"}},
        {settings->expires_default < settings->expires_least,
         {OPTION_DEFAULT_EXPIRES, OPTION_MIN_EXPIRES, "is shorter than min-expires: it would be refused"}},
        {settings->expires_most < settings->expires_default,
         {OPTION_MAX_EXPIRES, OPTION_DEFAULT_EXPIRES, "is shorter than default-expires"}},
        {listens_for_tls(options) && !options->tls.certificate_count,
         {OPTION_LISTEN, OPTION_TLS_CERTIFICATE, "names a tls: or wss: address, which takes a tls-certificate"}},
        {options->key_count && options->key_count != options->tls.certificate_count,
         {OPTION_TLS_KEY, OPTION_TLS_CERTIFICATE,
          "is given more or less often than tls-certificate: each has one key"}},
    };
    unsigned count = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].wrong)
            conflicts[count++] = rows[i].conflict;
    return count;
}
