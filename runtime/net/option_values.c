/* SPDX-License-Identifier: MIT */
#include "runtime/net/option_values.h"

#include "grammar/near.h"
#include "grammar/source.h"

#include <string.h>

const struct option_row option_rows[OPTION_COUNT] = {
#define OPTION(ID, letter, name, KIND, argument, fallback, doc)                                                        \
    {letter, name, OPTION_KIND_##KIND, argument, fallback, doc},
#include "grammar/options.def"
};

enum {
    T1_MAX = 10 * 1000, /* ms */
    TIMER_C_LEAST = 180 * 1000,
    LISTEN_MAX = 256,
    PRESETS_MAX = 256,
    RESOLVERS_MAX = 8,
    DNS_PORT = 53,
    CONTACTS_MAX = 32,
    CERTIFICATES_MAX = 64,
    CONNECTIONS_MAX = 1000 * 1000,
    BLOCKS_MAX = 1 << 24,
    REGISTRATIONS_MAX = 1 << 24,
    TEXT_MAX = 255,
};

enum option option_named(struct slice name) {
    unsigned i = 0;
    while (i < OPTION_COUNT && !slice_equal(name, slice_of(option_rows[i].name)))
        i++;
    return (enum option)i;
}

const char *option_near(struct slice name) {
    struct near near;
    near_start(&near, name);
    for (unsigned i = 0; i < OPTION_COUNT; i++)
        near_try(&near, option_rows[i].name);
    return near.best;
}

bool option_is_path(enum option option) {
    struct slice argument = slice_of(option_rows[option].argument);
    return slice_equal(argument, SLICE("FILE")) || slice_equal(argument, SLICE("DIRECTORY"));
}

/* A list of `count` entries with room for one more: their number says how much room there is.
 * NULL: out of memory. */
static void *make_room(struct options *options, void *list, unsigned count, size_t size) {
    if (count & (count - 1))
        return list;
    void *grown = arena_alloc(&options->arena, (count ? 2 * (size_t)count : 1) * size);
    if (!grown)
        options->out_of_memory = true;
    return grown && count ? memcpy(grown, list, count * size) : grown;
}

/* Readers. Each answers NULL, or what was expected instead. */

static bool read_port(uint16_t *port, struct slice text, uint16_t least) {
    uint64_t number;
    if (!slice_number(text, UINT16_MAX, &number) || number < least)
        return false;
    *port = (uint16_t)number;
    return true;
}

/* host, host:port, [IPv6], [IPv6]:port; the brackets stay. *port is null when there is none. */
static bool split_host(struct slice text, struct slice *host, struct slice *port) {
    size_t end = text.len && text.at[0] == '[' ? slice_find(text, 0, ']') + 1 : slice_find(text, 0, ':');
    if (end > text.len || end == 0 || (end < text.len && text.at[end] != ':'))
        return false;
    *host = slice_cut(text, 0, end);
    *port = end < text.len ? slice_from(text, end + 1) : SLICE_NULL;
    return true;
}

/* RFC 3261 25.1 hostname, or an address; IPv6 in brackets. */
static bool is_host(struct slice host) {
    struct ip_address ip;
    if (host.len > 0 && host.at[0] == '[')
        return ip_parse(&ip, host);
    for (size_t i = 0; i < host.len; i++)
        if (!byte_is_alnum((unsigned char)host.at[i]) && host.at[i] != '-' && host.at[i] != '.')
            return false;
    return host.len > 0 && host.len < 254;
}

static const char *read_listen(struct options *options, struct slice text) {
    struct endpoint endpoint;
    size_t colon = slice_find(text, 0, ':');
    enum transport transport = transport_named(slice_cut(text, 0, colon));
    struct slice host, port;
    if (colon == text.len || transport == TRANSPORT_COUNT)
        return "udp:, tcp:, tls:, ws: or wss:, and ADDRESS[:PORT] behind it";
    endpoint = (struct endpoint){.port = transports[transport].port, .transport = (uint8_t)transport};
    if (!split_host(slice_from(text, colon + 1), &host, &port) || !ip_parse(&endpoint.ip, host) ||
        ip_is_multicast(&endpoint.ip) || ip_is_broadcast(&endpoint.ip))
        return "an address, 192.0.2.1 or [2001:db8::1], behind udp:, tcp:, tls:, ws: or wss:";
    if (port.at && !read_port(&endpoint.port, port, 0))
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
static const char *read_origin(struct options *options, struct slice text) {
    struct upgrade_policy *policy = &options->ws_origins;
    bool secure = slice_starts_same(text, SLICE("https://")), plain = slice_starts_same(text, SLICE("http://"));
    struct slice host, port;
    uint16_t number;
    if ((!secure && !plain) ||
        !split_host(slice_from(text, secure ? sizeof "https://" - 1 : sizeof "http://" - 1), &host, &port) ||
        !is_host(host) || (port.at && !read_port(&number, port, 1)))
        return "https://HOST[:PORT] or http://HOST[:PORT], without a path";
    struct slice *list = make_room(options, options->origins, policy->origin_count, sizeof *list);
    if (list)
        list[policy->origin_count++] = text;
    policy->origins = options->origins = list;
    return NULL;
}

static const char *read_resolver(struct options *options, struct slice text) {
    struct endpoint endpoint = {.port = DNS_PORT, .transport = TRANSPORT_UDP};
    struct slice host, port;
    if (!split_host(text, &host, &port) || !ip_parse(&endpoint.ip, host) ||
        (port.at && !read_port(&endpoint.port, port, 1)))
        return "ADDRESS[:PORT], an IPv6 address in brackets, the port from 1 to 65535";
    if (options->resolver_count == RESOLVERS_MAX)
        return "no more than 8 name servers";
    struct endpoint *list = make_room(options, options->resolvers, options->resolver_count, sizeof *list);
    if (list)
        list[options->resolver_count++] = endpoint;
    options->resolvers = list;
    return NULL;
}

static const char *read_domain(struct options *options, struct slice text) {
    struct proxy_settings *settings = &options->settings;
    if (!is_host(text))
        return "a host name or an address, without port";
    struct slice *list = make_room(options, options->domains, settings->domain_count, sizeof *list);
    if (list)
        list[settings->domain_count++] = text;
    settings->domains = options->domains = list;
    return NULL;
}

/* As a plan writes it behind the &. */
static bool is_variable(struct slice name) {
    for (size_t i = 0; i < name.len; i++)
        if (!byte_is_alnum((unsigned char)name.at[i]) && !strchr(i ? "_.-" : "_", name.at[i]))
            return false;
    return name.len > 0;
}

/* The same name again has the later value. */
static const char *read_env(struct options *options, struct slice text) {
    struct proxy_settings *settings = &options->settings;
    size_t equals = slice_find(text, 0, '=');
    struct preset preset = {slice_trim(slice_cut(text, 0, equals)), slice_trim(slice_from(text, equals + 1))};
    if (!is_variable(preset.name) || preset.value.len == 0 || !utf8_is_text(preset.value))
        return "NAME=VALUE, the name of letters, digits, '_', '.' and '-'";
    if (slice_starts_same(preset.name, SLICE("failover.")))
        return "a name that means nothing to fovrun; &failover.* is set by the rule that starts the session";
    for (unsigned i = 0; i < settings->preset_count; i++)
        if (slice_same(options->presets[i].name, preset.name)) {
            options->presets[i] = preset;
            return NULL;
        }
    if (settings->preset_count == PRESETS_MAX)
        return "no more than 256 variables";
    struct preset *list = make_room(options, options->presets, settings->preset_count, sizeof *list);
    if (list)
        list[settings->preset_count++] = preset;
    settings->presets = options->presets = list;
    return NULL;
}

static const char *read_exempt(struct options *options, struct slice text) {
    struct proxy_settings *settings = &options->settings;
    struct ip_block block;
    if (!ip_block_parse(&block, text))
        return "an address block, as in 192.0.2.0/24 or 2001:db8::/32";
    struct ip_block *list = make_room(options, options->exempt, settings->exempt_count, sizeof *list);
    if (list)
        list[settings->exempt_count++] = block;
    settings->exempt = options->exempt = list;
    return NULL;
}

static const char *read_time(uint32_t *milliseconds, struct slice text) {
    bool good = duration_parse(milliseconds, text) && *milliseconds > 0;
    return good ? NULL : "a time above zero, as in 500ms, 4s, 3m, at most 24h";
}

static const char *read_seconds(uint32_t *seconds, struct slice text) {
    uint32_t milliseconds;
    if (!duration_parse(&milliseconds, text) || milliseconds == 0 || milliseconds % 1000)
        return "a time in whole seconds, as in 60s, 5m, 1h, at most 24h";
    *seconds = milliseconds / 1000;
    return NULL;
}

static const char *read_time_or_off(uint32_t *milliseconds, struct slice text) {
    *milliseconds = 0;
    bool good = slice_same(text, SLICE("off")) || duration_parse(milliseconds, text);
    return good ? NULL : "a time, as in 30s, or off";
}

static const char *read_count(unsigned *count, struct slice text, unsigned most, const char *expected) {
    uint64_t number;
    if (!slice_number(text, most, &number) || number == 0)
        return expected;
    *count = (unsigned)number;
    return NULL;
}

static const char *read_advertise(struct proxy_settings *settings, struct slice text) {
    struct slice port;
    bool good = split_host(text, &settings->advertise, &port) && is_host(settings->advertise) &&
                (!port.at || read_port(&settings->advertise_port, port, 1));
    return good ? NULL : "HOST[:PORT], an IPv6 address in brackets, the port from 1 to 65535";
}

/* It stands in quotes in every challenge (RFC 3261 25.1, quoted-string). */
static const char *read_realm(struct proxy_settings *settings, struct slice text) {
    bool plain = slice_find(text, 0, '"') == text.len && slice_find(text, 0, '\\') == text.len;
    settings->realm = text;
    return plain && text.len > 0 && text.len <= TEXT_MAX && utf8_is_text(text)
               ? NULL
               : "a text of at most 255 bytes without '\"' and '\\'";
}

static const char *read_value(struct options *options, enum option option, const char *value) {
    struct proxy_settings *settings = &options->settings;
    struct slice text = slice_of(value);
    int choice = choice_named(option_rows[option].argument, text);
    switch (option) {
    case OPTION_CONFIG: options->config = value; return NULL;
    case OPTION_CHECK: options->check = true; return NULL;
    case OPTION_PLAN: options->plan = value; return NULL;
    case OPTION_ENV: return read_env(options, text);
    case OPTION_LISTEN: return read_listen(options, text);
    case OPTION_WS_ORIGIN: return read_origin(options, text);
    case OPTION_CONNECT_TIMEOUT: return read_time(&options->limits.connect, text);
    case OPTION_MESSAGE_TIMEOUT: return read_time(&options->limits.message, text);
    case OPTION_IDLE_TIMEOUT: return read_time(&options->limits.idle, text);
    case OPTION_MAX_CONNECTIONS:
        return read_count(&options->limits.connections, text, CONNECTIONS_MAX, "a number from 1 to 1000000");
    case OPTION_MAX_CONNECTIONS_PER_SOURCE:
        return read_count(&options->limits.per_source, text, CONNECTIONS_MAX, "a number from 1 to 1000000");
    case OPTION_TLS_CERTIFICATE: return read_certificate(options, value);
    case OPTION_TLS_KEY: return read_key(options, value);
    case OPTION_TLS_CA: options->tls.authorities = value; return NULL;
    case OPTION_TLS_VERIFY: options->tls.verify = choice == 0; break;
    case OPTION_TLS_VERIFY_CLIENT: options->tls.verify_client = (enum tls_clients)choice; break;
    case OPTION_RESOLVER: return read_resolver(options, text);
    case OPTION_ADVERTISE: return read_advertise(settings, text);
    case OPTION_DOMAIN: return read_domain(options, text);
    case OPTION_RELAY: settings->relay_all = choice == 1; break;
    case OPTION_FAILOVER: settings->failover = choice == 0; break;
    case OPTION_HOLD_DOWN: return read_time_or_off(&settings->hold_down, text);
    case OPTION_RECORD_ROUTE: settings->record_route = choice == 0; break;
    case OPTION_REALM: return read_realm(settings, text);
    case OPTION_AUTH: settings->auth = (enum auth_scope)choice; break;
    case OPTION_AUTH_DIGEST: settings->auth_digest = (enum auth_digest)choice; break;
    case OPTION_MIN_EXPIRES: return read_seconds(&settings->expires_least, text);
    case OPTION_DEFAULT_EXPIRES: return read_seconds(&settings->expires_default, text);
    case OPTION_MAX_EXPIRES: return read_seconds(&settings->expires_most, text);
    case OPTION_MAX_CONTACTS: return read_count(&settings->contacts_max, text, CONTACTS_MAX, "a number from 1 to 32");
    case OPTION_NAT_KEEPALIVE: return read_time_or_off(&settings->keepalive, text);
    case OPTION_KEEPALIVE_WITH: settings->keepalive_options = choice == 1; break;
    case OPTION_MAX_SESSION: return read_time(&settings->max_session, text);
    case OPTION_BLOCK_TIME: return read_time(&settings->block_time, text);
    case OPTION_BLOCK_EXEMPT: return read_exempt(options, text);
    case OPTION_MAX_REGISTRATIONS:
        return read_count(&settings->registrations_max, text, REGISTRATIONS_MAX, "a number from 1 to 16777216");
    case OPTION_BLOCKS_MAX: return read_count(&settings->blocks_max, text, BLOCKS_MAX, "a number from 1 to 16777216");
    case OPTION_T1: return read_time(&settings->timers.t1, text);
    case OPTION_T2: return read_time(&settings->timers.t2, text);
    case OPTION_T4: return read_time(&settings->timers.t4, text);
    case OPTION_TIMER_C: return read_time(&settings->timer_c, text);
    case OPTION_LOG_LEVEL: settings->log_level = (enum log_level)choice; break;
    case OPTION_CDR: options->cdr = value; return NULL;
    case OPTION_STATE_DIR: options->state_dir = value; return NULL;
    case OPTION_HELP:
    case OPTION_VERSION:
    case OPTION_COUNT: return NULL;
    }
    return choice < 0 ? option_rows[option].argument : NULL;
}

const char *option_store(struct options *options, enum option option, const char *value) {
    const char *expected = read_value(options, option, value);
    if (!expected && option_rows[option].kind == OPTION_KIND_ONE)
        options->texts[option] = value;
    return expected;
}

void option_store_fallbacks(struct options *options) {
    for (unsigned i = 0; i < OPTION_COUNT; i++)
        if (option_rows[i].kind == OPTION_KIND_ONE && option_rows[i].fallback[0])
            option_store(options, (enum option)i, option_rows[i].fallback);
}

void option_complete(struct options *options) {
    struct proxy_settings *settings = &options->settings;
    options->listen_default = options->listen_count == 0;
    if (options->listen_default) {
        read_listen(options, SLICE("udp:0.0.0.0"));
        read_listen(options, SLICE("udp:[::]"));
        read_listen(options, SLICE("tcp:0.0.0.0"));
        read_listen(options, SLICE("tcp:[::]"));
    }
    if (options->listen_default && options->tls.certificate_count) {
        read_listen(options, SLICE("tls:0.0.0.0"));
        read_listen(options, SLICE("tls:[::]"));
    }
    if (!options->key_count)
        options->tls.keys = options->certificates;
    if (!settings->realm.at)
        settings->realm = settings->domain_count ? options->domains[0] : SLICE("fov");
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
