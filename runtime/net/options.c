/* SPDX-License-Identifier: MIT */
#include "runtime/net/options.h"

#include "grammar/near.h"
#include "runtime/net/log.h"

#include <stdlib.h>
#include <string.h>

enum option {
#define OPTION(ID, ...) OPTION_##ID,
#include "grammar/options.def"
    OPTION_COUNT
};

static const struct option_row {
    char letter;
    const char *name, *argument, *fallback, *doc;
} rows[OPTION_COUNT] = {
#define OPTION(ID, letter, name, argument, fallback, doc) {letter, name, argument, fallback, doc},
#include "grammar/options.def"
};

enum { T1_MAX = 10 * 1000, TIMER_C_LEAST = 180 * 1000 }; /* ms */

static enum option named(struct slice name) {
    unsigned i = 0;
    while (i < OPTION_COUNT && !slice_equal(name, slice_of(rows[i].name)))
        i++;
    return (enum option)i;
}

static enum option lettered(char letter) {
    unsigned i = 0;
    while (i < OPTION_COUNT && rows[i].letter != letter)
        i++;
    return (enum option)i;
}

/* Values. A reader answers NULL, or what was expected instead. */

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
    struct endpoint *endpoint = &options->listen[options->listen_count];
    size_t colon = slice_find(text, 0, ':');
    enum transport transport = transport_named(slice_cut(text, 0, colon));
    struct slice host, port;
    *endpoint = (struct endpoint){.port = transports[TRANSPORT_UDP].port, .transport = TRANSPORT_UDP};
    if (colon == text.len || transport == TRANSPORT_COUNT)
        return "udp:ADDRESS[:PORT]";
    if (transport != TRANSPORT_UDP)
        return "udp:ADDRESS[:PORT]; there is no other transport yet";
    if (!split_host(slice_from(text, colon + 1), &host, &port) || !ip_parse(&endpoint->ip, host))
        return "an address, 192.0.2.1 or [2001:db8::1], behind udp:";
    const char *wrong = port.at && !read_port(&endpoint->port, port, 0) ? "a port from 0 to 65535" : NULL;
    for (unsigned i = 0; i < options->listen_count && !wrong; i++)
        if (endpoint->port && endpoint_equal(endpoint, &options->listen[i]))
            wrong = "each address once";
    options->listen_count++;
    return wrong;
}

static const char *read_domain(struct options *options, struct slice text) {
    options->domains[options->domain_count++] = text;
    return is_host(text) ? NULL : "a host name or an address, without port";
}

static const char *read_time(uint32_t *milliseconds, struct slice text) {
    return duration_parse(milliseconds, text) && *milliseconds > 0 ? NULL : "a time above zero, as in 500ms, 4s, 3m";
}

static const char *read_advertise(struct options *options, struct slice text) {
    struct slice port;
    bool good = split_host(text, &options->advertise, &port) && is_host(options->advertise) &&
                (!port.at || read_port(&options->advertise_port, port, 1));
    return good ? NULL : "HOST[:PORT], an IPv6 address in brackets, the port from 1 to 65535";
}

static const char *store(struct options *options, enum option option, const char *value) {
    struct slice text = slice_of(value);
    int choice = choice_named(rows[option].argument, text);
    switch (option) {
    case OPTION_PLAN: options->plan = value; return NULL;
    case OPTION_LISTEN: return read_listen(options, text);
    case OPTION_ADVERTISE: return read_advertise(options, text);
    case OPTION_DOMAIN: return read_domain(options, text);
    case OPTION_RELAY: options->relay_all = choice == 1; break;
    case OPTION_FAILOVER: options->failover = choice == 0; break;
    case OPTION_RECORD_ROUTE: options->record_route = choice == 0; break;
    case OPTION_T1: return read_time(&options->timers.t1, text);
    case OPTION_T2: return read_time(&options->timers.t2, text);
    case OPTION_T4: return read_time(&options->timers.t4, text);
    case OPTION_TIMER_C: return read_time(&options->timer_c, text);
    case OPTION_LOG_LEVEL: options->log_level = (enum log_level)choice; break;
    case OPTION_CDR: options->cdr = value; return NULL;
    case OPTION_STATE_DIR: options->state_dir = value; return NULL;
    case OPTION_HELP:
    case OPTION_VERSION:
    case OPTION_COUNT: return NULL;
    }
    return choice < 0 ? rows[option].argument : NULL;
}

/* What single values cannot show. NULL, or what is wrong. */
static const char *contradiction(const struct options *options) {
    if (!options->plan)
        return "no plan; name its image with -p FILE";
    /* 64*T1 is how long a transaction lives. */
    if (options->timers.t1 > T1_MAX)
        return "--t1 is longer than 10s, and transactions last 64 times as long";
    if (options->timers.t2 < options->timers.t1)
        return "--t2 is shorter than --t1: repetitions would not become rarer";
    if (options->timer_c <= TIMER_C_LEAST)
        return "--timer-c is not more than 3m (RFC 3261 16.6); what ends ringing sooner is "
               "&failover.timer.ringing in the plan";
    return NULL;
}

/* The line. */

static enum options_result wrong_value(char *message, enum option option, const char *value, const char *expected) {
    snprintf(message, OPTIONS_MESSAGE, "--%s cannot be \"%.80s\": expected %s", rows[option].name, value, expected);
    return OPTIONS_WRONG;
}

static enum options_result unknown(char *message, const char *argument) {
    struct slice text = slice_of(argument), name = slice_from(text, slice_starts(text, SLICE("--")) ? 2 : 1);
    struct near near;
    near_start(&near, slice_cut(name, 0, slice_find(name, 0, '=')));
    for (unsigned i = 0; i < OPTION_COUNT; i++)
        near_try(&near, rows[i].name);
    int length = snprintf(message, OPTIONS_MESSAGE, "unknown option \"%.80s\"", argument);
    if (near.best)
        snprintf(message + length, OPTIONS_MESSAGE - (size_t)length, "; did you mean \"--%s\"?", near.best);
    return OPTIONS_WRONG;
}

/* One argument and, when the option wants one and it does not stand behind a '=' (or behind the
 * letter), the next. */
static enum options_result read_one(struct options *options, char **arguments, int *at, char *message) {
    const char *argument = arguments[*at], *value = NULL;
    struct slice text = slice_of(argument);
    enum option option;
    if (!slice_starts(text, SLICE("-")) || text.len < 2) {
        snprintf(message, OPTIONS_MESSAGE, "\"%.80s\" is no option; the plan is named by -p", argument);
        return OPTIONS_WRONG;
    }
    if (text.at[1] == '-') {
        size_t equals = slice_find(text, 0, '=');
        option = named(slice_cut(text, 2, equals));
        value = equals < text.len ? argument + equals + 1 : NULL;
    } else {
        option = lettered(text.at[1]);
        value = text.len > 2 ? argument + 2 : NULL;
    }
    if (option == OPTION_COUNT)
        return unknown(message, argument);
    bool wants = rows[option].argument[0] != '\0';
    if (wants && !value)
        value = arguments[*at + 1] ? arguments[++*at] : NULL;
    bool given = value && (value[0] || !wants);
    if (wants != given) {
        snprintf(message, OPTIONS_MESSAGE, wants ? "--%s wants a value: %s" : "--%s takes no value%s",
                 rows[option].name, rows[option].argument);
        return OPTIONS_WRONG;
    }
    if (option == OPTION_HELP)
        return OPTIONS_HELP;
    if (option == OPTION_VERSION)
        return OPTIONS_VERSION;
    const char *expected = store(options, option, value);
    return expected ? wrong_value(message, option, value, expected) : OPTIONS_RUN;
}

static void store_fallbacks(struct options *options) {
    for (unsigned i = 0; i < OPTION_COUNT; i++)
        if (i != OPTION_LISTEN && rows[i].fallback[0])
            store(options, (enum option)i, rows[i].fallback);
}

enum options_result options_read(struct options *options, int count, char **arguments, char message[OPTIONS_MESSAGE]) {
    enum options_result result = OPTIONS_RUN;
    *options = (struct options){0};
    options->listen = calloc((size_t)count + 2, sizeof *options->listen);
    options->domains = calloc((size_t)count + 1, sizeof *options->domains);
    if (!options->listen || !options->domains) {
        snprintf(message, OPTIONS_MESSAGE, "out of memory");
        return OPTIONS_WRONG;
    }
    store_fallbacks(options);
    for (int at = 1; at < count && result == OPTIONS_RUN; at++)
        result = read_one(options, arguments, &at, message);
    const char *wrong = result == OPTIONS_RUN ? contradiction(options) : NULL;
    if (wrong) {
        snprintf(message, OPTIONS_MESSAGE, "%s", wrong);
        return OPTIONS_WRONG;
    }
    options->listen_default = options->listen_count == 0;
    if (options->listen_default) {
        read_listen(options, SLICE("udp:0.0.0.0"));
        read_listen(options, SLICE("udp:[::]"));
    }
    return result;
}

void options_free(struct options *options) {
    free(options->listen);
    free(options->domains);
}

/* Help. */

enum { COLUMN = 6, WIDTH = 80 };

/* Words of `text`, broken at WIDTH, each line at COLUMN. */
static void print_wrapped(FILE *out, const char *text) {
    size_t at = WIDTH;
    while (*text) {
        size_t word = strcspn(text, " ");
        if (at + 1 + word > WIDTH) {
            fprintf(out, "\n%*s", COLUMN, "");
            at = COLUMN;
        } else {
            fputc(' ', out);
            at++;
        }
        fwrite(text, 1, word, out);
        at += word;
        text += word;
        text += strspn(text, " ");
    }
}

void options_help(FILE *out) {
    fputs("usage: fovrun -p FILE [-l udp:ADDRESS:PORT] ...\n\nA SIP server that runs a compiled "
          "dial plan, with serial "
          "failover.\n",
          out);
    for (unsigned i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &rows[i];
        fputs("\n  ", out);
        if (row->letter)
            fprintf(out, "-%c, ", row->letter);
        fprintf(out, "--%s%s%s", row->name, row->argument[0] ? " " : "", row->argument);
        print_wrapped(out, row->doc);
        if (row->fallback[0])
            fprintf(out, "\n%*sdefault: %s", COLUMN, "", row->fallback);
    }
    fputs("\n\nSIGTERM and SIGINT end it when the running calls have ended, at most 32 s later;\na "
          "second one at once. "
          "See fovrun(8).\n",
          out);
}
