/* SPDX-License-Identifier: MIT */
#include "compiler/destination.h"

#include "compiler/capture.h"
#include "compiler/names.h"
#include "compiler/placing.h"
#include "grammar/lines.h"
#include "grammar/near.h"
#include "runtime/sip/uri.h"

#include <string.h>

/* Judges a sample: 0, or the place, from 1, of what is wrong. */
typedef size_t judge(struct sip_uri *uri, struct slice sample);

static size_t judge_uri(struct sip_uri *uri, struct slice sample) {
    return uri_parse(uri, sample, URI_EMPTY_HOST);
}

static size_t judge_to(struct sip_uri *uri, struct slice sample) {
    struct sip_name_addr address = {.uri = sample};
    if (slice_find(sample, 0, '<') == sample.len)
        return judge_uri(uri, sample);
    size_t wrong = name_addr_parse(&address, sample);
    if (wrong)
        return wrong;
    wrong = judge_uri(uri, address.uri);
    return wrong ? wrong + (size_t)(address.uri.at - sample.at) : 0;
}

static bool has_scheme(struct slice text) {
    return slice_starts_same(text, SLICE("sip:")) || slice_starts_same(text, SLICE("sips:")) ||
           slice_starts_same(text, SLICE("tel:"));
}

static size_t judge_target(struct sip_uri *uri, struct slice sample) {
    return has_scheme(sample) ? judge_uri(uri, sample) : uri_hostport(uri, sample);
}

/* False: reported. */
static bool check_value(struct check *check, const struct text *text, const struct piece *pieces, judge *judges,
                        struct sip_uri *uri, const char *help) {
    size_t wrong = 0;
    for (unsigned which = 0; which < PLACING_SAMPLES; which++) {
        wrong = judges(uri, placing_sample(check->memory, pieces, which));
        if (!wrong)
            return true;
    }
    /* With inserts in it, the place in the sample is none in the text. */
    bool exact = !capture_inserts(pieces) && wrong <= text->s.len && slice_equal(capture_constant(pieces), text->s);
    struct diag *diag = diag_report(check->diags, DIAG_VALUE_URI, exact ? text_span(text, wrong - 1, 1) : text->span,
                                    "'%.*s' is no destination", SLICE_ARG(text->s));
    diag_help(check->diags, diag, "%s", help);
    return false;
}

static void check_routable(struct check *check, const struct text *text, const struct sip_uri *uri) {
    if (uri->scheme == URI_SIP || uri->scheme == URI_SIPS)
        return;
    diag_report(check->diags, DIAG_VALUE_URI, text->span,
                "'%.*s' names no host to send to, expected a sip: or sips: URI", SLICE_ARG(text->s));
}

/* sip:user@ */
static bool is_local(const struct sip_uri *uri) {
    return uri->host.len == 0 && (uri->scheme == URI_SIP || uri->scheme == URI_SIPS);
}

static void check_clear(struct check *check, const struct text *text, const struct sip_uri *uri,
                        enum transport transport) {
    struct slice parameter;
    bool datagrams = uri_param(uri->params, SLICE("transport"), &parameter) && slice_same(parameter, SLICE("udp"));
    if (uri->scheme != URI_SIPS || (!datagrams && (transport == TRANSPORT_NONE || transports[transport].secure)))
        return;
    diag_report(check->diags, DIAG_SECURE_CLEAR, text->span,
                "a sips: destination is never sent in clear, expected TLS or WSS");
}

void destination_read_to(struct check *check, struct deploy *deploy) {
    deploy->pieces = capture_split(check, &deploy->value, check->rule->slots);
    placing_set(check->memory, deploy->pieces, PLACING_TO);
    struct sip_uri uri;
    if (!check_value(check, &deploy->value, deploy->pieces, judge_to, &uri, "write it like 'sip:user@host'"))
        return;
    check_routable(check, &deploy->value, &uri);
    check_clear(check, &deploy->value, &uri, TRANSPORT_NONE);
    deploy->local = is_local(&uri);
}

/* Without the < > around it. */
static struct text bare(const struct text *text) {
    struct slice s = text->s;
    if (s.len > 1 && s.at[0] == '<' && s.at[s.len - 1] == '>')
        return text_cut(text, 1, s.len - 1);
    return *text;
}

void destination_read_request(struct check *check, struct deploy *deploy) {
    struct text text = bare(&deploy->value);
    struct sip_uri uri;
    deploy->pieces = capture_split(check, &text, check->rule->slots);
    placing_set(check->memory, deploy->pieces, PLACING_URI);
    if (text.s.len && check_value(check, &text, deploy->pieces, judge_uri, &uri, "write it like 'sip:user@host'") &&
        uri.scheme == URI_OTHER)
        diag_report(check->diags, DIAG_VALUE_URI, text.span, "'%.*s' is no sip:, sips: or tel: URI", SLICE_ARG(text.s));
}

static struct destination *add_destination(struct check *check, struct deploy *deploy, struct text text) {
    struct destination *destination = memory_new(check->memory, sizeof *destination);
    *destination = (struct destination){.text = text, .transport = TRANSPORT_NONE};
    destination->pieces = capture_split(check, &text, check->rule->slots);
    placing_set(check->memory, destination->pieces, PLACING_URI);
    if (deploy->destinations)
        deploy->last_destination->next = destination;
    else
        deploy->destinations = destination;
    return deploy->last_destination = destination;
}

static void read_target(struct check *check, struct deploy *deploy, struct text text) {
    text = bare(&text);
    if (text.s.len == 0) {
        diag_report(check->diags, DIAG_VALUE_URI, text.span, "nothing between two commas, expected a destination");
        return;
    }
    struct destination *destination = add_destination(check, deploy, text);
    struct sip_uri uri;
    struct ip_address ip;
    const char *help = ip_parse(&ip, text.s) ? "write an IPv6 address in '[' and ']'"
                                             : "write it like 'host', 'host:port' or 'sip:user@host'";
    if (!check_value(check, &text, destination->pieces, judge_target, &uri, help))
        return;
    struct slice sample = placing_sample(check->memory, destination->pieces, 0);
    if (!has_scheme(sample))
        return;
    check_routable(check, &text, &uri);
    check_clear(check, &text, &uri, TRANSPORT_NONE);
    deploy->local |= is_local(&uri);
}

static struct text trimmed(const struct text *text, size_t start, size_t end) {
    struct slice part = slice_cut(text->s, start, end), inside = blank_trim(part);
    start += (size_t)(inside.at - part.at);
    return text_cut(text, start, start + inside.len);
}

void destination_read_targets(struct check *check, struct deploy *deploy) {
    struct slice s = deploy->value.s;
    if (s.len == 0)
        return;
    bool brackets = false;
    for (size_t start = 0, at = 0; at <= s.len; at++) {
        if (at == s.len || (s.at[at] == ',' && !brackets)) {
            read_target(check, deploy, trimmed(&deploy->value, start, at));
            start = at + 1;
        } else {
            brackets = s.at[at] == '<' || (brackets && s.at[at] != '>');
        }
    }
}

/* Takes a "/T" off the end of a word of the list: the last '/' that stands behind the user part, or
 * behind the '>'. False: what stands there is no transport, and that was reported. */
static bool split_transport(struct check *check, struct text *word, enum transport *transport) {
    struct slice s = word->s;
    size_t from = 0, slash = s.len;
    for (size_t at = 0; at < s.len; at++)
        if (s.at[at] == '@' || s.at[at] == '>')
            from = at + 1;
    for (size_t at = from; at < s.len; at++)
        if (s.at[at] == '/')
            slash = at;
    if (s.at[0] == '<' && s.at[s.len - 1] == '>')
        slash = s.len;
    *transport = TRANSPORT_NONE;
    if (slash == s.len)
        return true;
    if (slash == 0) {
        struct diag *diag =
            diag_report(check->diags, DIAG_VALUE_URI, word->span, "'%.*s' without a URI in front of it", SLICE_ARG(s));
        diag_help(check->diags, diag, "write 'sip:user@host/TCP', without a blank");
        return false;
    }
    struct text name = text_cut(word, slash + 1, s.len);
    *transport = transport_named(name.s);
    *word = text_cut(word, 0, slash);
    if (*transport == TRANSPORT_NONE)
        names_refuse_transport(check, &name, "when the '/' belongs to the URI, write '<URI>' or '<URI>/UDP'");
    return *transport != TRANSPORT_NONE;
}

static void read_alternate(struct check *check, struct deploy *deploy, struct text word) {
    enum transport transport;
    if (!split_transport(check, &word, &transport))
        return;
    struct text text = bare(&word);
    struct destination *destination = add_destination(check, deploy, text);
    destination->transport = transport;
    struct sip_uri uri;
    if (!check_value(check, &text, destination->pieces, judge_uri, &uri,
                     "write it like 'sip:user@host' or 'sip:user@host/TCP', with blanks between"))
        return;
    check_routable(check, &text, &uri);
    check_clear(check, &text, &uri, transport);
    deploy->local |= is_local(&uri);
}

static bool next_word(const struct text *text, size_t *at, struct text *word) {
    for (unsigned blank; (blank = blank_at(text->s, *at)) != 0;)
        *at += blank;
    size_t start = *at;
    while (*at < text->s.len && !blank_at(text->s, *at))
        ++*at;
    *word = text_cut(text, start, *at);
    return *at > start;
}

void destination_read_session(struct check *check, struct deploy *deploy) {
    size_t at = 0;
    struct text word;
    if (!next_word(&deploy->value, &at, &word))
        return;
    if (!slice_same(word.s, SLICE("failover"))) {
        struct diag *diag = diag_report(check->diags, DIAG_SESSION_PLUGIN, word.span,
                                        "'%.*s' is no session plug-in, expected failover", SLICE_ARG(word.s));
        struct near near;
        near_start(&near, word.s);
        near_try(&near, "failover");
        if (near.best)
            diag_help(check->diags, diag, "did you mean '%s'?", near.best);
        return;
    }
    deploy->session = true;
    while (next_word(&deploy->value, &at, &word))
        read_alternate(check, deploy, word);
}

void destination_check_addresses(struct check *check, const struct deploy *deploy) {
    struct sip_uri uri;
    struct slice sample = placing_sample(check->memory, deploy->pieces, 0), rest = sample, value;
    if (deploy->header == HEADER_CONTACT && slice_equal(sample, SLICE("*")))
        return;
    if (deploy->pieces && deploy->pieces->slot) /* the whole address may come with what is inserted */
        return;
    while (list_next(&rest, &value)) {
        struct sip_name_addr address;
        if (name_addr_parse(&address, value) == 0 && uri_parse(&uri, address.uri, 0) == 0)
            continue;
        struct diag *diag = diag_report(check->diags, DIAG_VALUE_LINE, deploy->value.span, "'%.*s' is no address",
                                        SLICE_ARG(deploy->value.s));
        diag_help(check->diags, diag, "write it like '<sip:user@host>'");
        return;
    }
}

bool destination_is_secure(const struct deploy *deploy) {
    if (deploy->kind == DEPLOY_TO) {
        size_t open = slice_find(deploy->value.s, 0, '<');
        return slice_starts_same(slice_from(deploy->value.s, open < deploy->value.s.len ? open + 1 : 0),
                                 SLICE("sips:"));
    }
    const struct destination *first = deploy->destinations;
    return deploy->kind == DEPLOY_TARGETS && first && slice_starts_same(first->text.s, SLICE("sips:"));
}
