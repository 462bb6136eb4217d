/* SPDX-License-Identifier: MIT */
#include "runtime/sip/words_message.h"

#include "runtime/sip/values.h"

#include <errno.h>
#include <string.h>

#define HOME_IS_MESSAGE ~,
#include "runtime/plan/home.h"

const word_table words_message = {
#define FUNCTION(ID, NAME, HOME, ...) HOME_ROW(ID, HOME)
#include "grammar/words.def"
};

static struct sip_facts *facts_of(const struct vm *vm) {
    return vm->host->message;
}

/* Headers. */

/* A folded line is unfolded once, however many rules read it. */
static int unfold(struct vm *vm, unsigned line, struct slice *value) {
    struct sip_facts *facts = facts_of(vm);
    if (slice_find(*value, 0, '\n') == value->len)
        return 1;
    if (!facts->unfolded)
        facts->unfolded = arena_alloc(vm->outcome->arena, SIP_HEADERS_MAX * sizeof *facts->unfolded);
    if (!facts->unfolded)
        return -ENOMEM;
    if (!facts->unfolded[line].at)
        facts->unfolded[line] = values_unfold(vm->outcome->arena, *value);
    *value = facts->unfolded[line];
    return value->at ? 1 : -ENOMEM;
}

int message_header(struct vm *vm, enum header header, struct slice name, unsigned index, struct slice *value) {
    const struct sip_message *message = facts_of(vm)->message;
    int line = -1;
    do
        line = header == HEADER_OTHER ? scan_next_named(message, name, line) : scan_next(message, header, line);
    while (line >= 0 && index--);
    if (line < 0)
        return 0;
    *value = scan_value(message, (unsigned)line);
    return unfold(vm, (unsigned)line, value);
}

/* URIs in texts. */

/* A URI that was found in a text. */
struct found {
    struct sip_uri uri;
    struct slice text;   /* the URI alone: what stands behind a bare one belongs to the header (RFC 3261 20.10) */
    struct slice behind; /* the parameters behind it */
};

static bool is_known(struct sip_uri *uri, struct slice text) {
    return uri_parse(uri, text, URI_EMPTY_HOST) == 0 && uri->scheme != URI_OTHER;
}

/* The URI of "INVITE sip:a@b SIP/2.0"; the null slice when the text is no request line. */
static struct slice of_request_line(struct slice text) {
    size_t first = slice_find(text, 0, ' '), second = slice_find(text, first + 1, ' ');
    bool line = first && slice_starts_same(slice_from(text, second), SLICE(" SIP/"));
    return line ? slice_cut(text, first + 1, second) : SLICE_NULL;
}

/* A text does not say whether it is a header value or a URI, so the parameters of a bare URI are found either way: as
 * the URI's (as $request has them) and as the header's (as in a From without brackets). */
static bool find_uri(struct slice text, struct found *found) {
    struct sip_name_addr address;
    struct slice rest = slice_trim(text), value, line = of_request_line(rest);
    found->behind = SLICE_EMPTY;
    if (line.at) {
        found->text = line;
        return is_known(&found->uri, line);
    }
    struct slice whole = rest;
    bool listed = list_next(&rest, &value);
    /* A comma inside a URI is one of its user part (25.1): whoever calls there must not choose another host with it. */
    bool comma = listed && value.len < whole.len && is_known(&found->uri, whole);
    if (listed && !comma && name_addr_parse(&address, value) == 0) {
        found->text = address.uri;
        found->behind = address.params;
        return (!address.brackets && is_known(&found->uri, value)) || is_known(&found->uri, address.uri);
    }
    found->text = whole; /* a bare URI with ?headers, or a comma in its user part */
    return is_known(&found->uri, whole);
}

bool message_host(struct slice text, struct sip_uri *uri) {
    struct found found;
    text = slice_trim(text);
    if (find_uri(text, &found)) {
        *uri = found.uri;
        return true;
    }
    if (uri_hostport(uri, text) == 0)
        return true;
    uri->host = text;
    return ip_parse(&uri->ip, text); /* IPv6 without brackets */
}

/* What a plan's value is. */

/* May it stand as a Request-URI or To (19.1.1, table 1: neither has ?headers)? */
static bool is_target_uri(struct slice text) {
    struct sip_uri uri;
    return is_known(&uri, text) && uri.headers.len == 0;
}

bool message_is_uri(struct slice text) {
    return is_target_uri(text);
}

bool message_is_target(struct slice text) {
    struct sip_uri uri;
    return is_target_uri(text) || uri_hostport(&uri, text) == 0;
}

/* The parameters behind a To's URI but for its tag: that is the dialog's, not the plan's. Null: out of memory. */
static struct slice without_tag(struct arena *arena, struct slice params) {
    char *kept = arena_bytes(arena, params.len);
    size_t length = 0;
    struct slice name, value;
    for (size_t at = 0, start = 0; kept && at < params.len && param_next(params, &at, &name, &value); start = at) {
        if (slice_same(name, SLICE("tag")))
            continue;
        memcpy(kept + length, params.at + start, at - start);
        length += at - start;
    }
    return (struct slice){kept, length};
}

int message_to(struct vm *vm, struct slice value, struct slice *header_value, struct slice *uri) {
    struct arena *arena = vm->outcome->arena;
    struct sip_name_addr address = {.display = SLICE_EMPTY, .uri = slice_trim(value), .params = SLICE_EMPTY};
    if (!is_target_uri(address.uri) &&
        (name_addr_parse(&address, value) || !address.brackets || !is_target_uri(address.uri)))
        return -EINVAL;
    struct slice params = without_tag(arena, address.params);
    const char *text = params.at
                           ? arena_printf(arena, "%.*s%s<%.*s>%.*s", SLICE_ARG(address.display),
                                          address.display.len ? " " : "", SLICE_ARG(address.uri), SLICE_ARG(params))
                           : NULL;
    if (!text)
        return -ENOMEM;
    *header_value = slice_of(text);
    size_t at = address.display.len + (address.display.len ? 2 : 1);
    *uri = slice_cut(*header_value, at, at + address.uri.len);
    return 0;
}

/* Packet and request. */

struct slice message_request_uri(const struct sip_message *request, const struct outcome *outcome) {
    if (outcome->request.at)
        return outcome->request;
    return outcome->to_uri.at && outcome->replace_uri ? outcome->to_uri : request->uri;
}

static enum word_result word_REQUEST(HOME_ARGUMENTS) {
    (void)arguments, (void)count;
    const struct sip_message *request = facts_of(vm)->message;
    struct slice uri = message_request_uri(request, vm->outcome);
    return home_made(
        result, arena_printf(vm->outcome->arena, "%.*s %.*s SIP/2.0", SLICE_ARG(request->method_name), SLICE_ARG(uri)));
}

static enum word_result word_METHOD(HOME_ARGUMENTS) {
    (void)arguments, (void)count;
    return home_answer(result, facts_of(vm)->message->method_name);
}

static enum word_result word_ADDR(HOME_ARGUMENTS) {
    (void)arguments, (void)count;
    char text[IP_TEXT];
    return home_made(result, arena_printf(vm->outcome->arena, "%s", ip_format(&facts_of(vm)->source->ip, text)));
}

static enum word_result word_PORT(HOME_ARGUMENTS) {
    (void)arguments, (void)count;
    return home_made(result, arena_printf(vm->outcome->arena, "%u", (unsigned)facts_of(vm)->source->port));
}

static enum word_result word_ADDRPORT(HOME_ARGUMENTS) {
    (void)arguments, (void)count;
    char text[ENDPOINT_TEXT];
    return home_made(result, arena_printf(vm->outcome->arena, "%s", endpoint_text(facts_of(vm)->source, text)));
}

static enum word_result word_TRANSPORT(HOME_ARGUMENTS) {
    (void)arguments, (void)count;
    return home_answer(result, slice_of(transports[facts_of(vm)->source->transport].name));
}

static enum word_result word_ADDRTYPE(HOME_ARGUMENTS) {
    (void)vm, (void)count;
    struct sip_uri uri;
    if (!arguments[0].at || !message_host(arguments[0], &uri) || !uri.ip.family)
        return home_answer(result, SLICE_NULL);
    return home_answer(result, uri.ip.family == 4 ? SLICE("4") : SLICE("6"));
}

static enum word_result word_GLOBALADDR(HOME_ARGUMENTS) {
    (void)vm, (void)count;
    struct sip_uri uri;
    if (!arguments[0].at || !message_host(arguments[0], &uri) || !uri.ip.family)
        return home_answer(result, SLICE_NULL);
    return home_truth(result, ip_is_global(&uri.ip));
}

/* URI and text. */

static enum word_result word_GETURI(HOME_ARGUMENTS) {
    (void)vm, (void)count;
    struct found found;
    return home_answer(result, arguments[0].at && find_uri(arguments[0], &found) ? found.text : SLICE_NULL);
}

static enum word_result word_GETSIPUSER(HOME_ARGUMENTS) {
    (void)vm, (void)count;
    struct found found;
    return home_answer(result, arguments[0].at && find_uri(arguments[0], &found) ? found.uri.user : SLICE_NULL);
}

static enum word_result word_GETHOST(HOME_ARGUMENTS) {
    (void)vm, (void)count;
    struct found found;
    if (!arguments[0].at || !find_uri(arguments[0], &found) || found.uri.host.len == 0)
        return home_answer(result, SLICE_NULL);
    return home_answer(result, found.uri.host);
}

/* What a parameter holds: without the quotes, if it has any. */
static enum word_result answer_value(struct slice *result, struct slice value) {
    if (value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"')
        value = slice_cut(value, 1, value.len - 1);
    return home_answer(result, value);
}

/* In a text that is no URI, such as the value of Event or Reason. */
static bool text_param(struct slice text, struct slice name, struct slice *value) {
    for (size_t at = 0; at < text.len; at++) {
        if (text.at[at] == '"')
            at = quoted_end(text, at) - 1;
        else if (text.at[at] == ';')
            return uri_param(slice_from(text, at), name, value);
    }
    return false;
}

static enum word_result word_PARAM(HOME_ARGUMENTS) {
    (void)vm, (void)count;
    struct found found;
    struct slice value;
    if (!arguments[0].at || !arguments[1].at)
        return home_answer(result, SLICE_NULL);
    bool there = find_uri(arguments[0], &found) ? uri_param(found.uri.params, arguments[1], &value) ||
                                                      uri_param(found.behind, arguments[1], &value)
                                                : text_param(arguments[0], arguments[1], &value);
    return there ? answer_value(result, value) : home_answer(result, SLICE_NULL);
}

static enum word_result word_URIPARAM(HOME_ARGUMENTS) {
    (void)vm, (void)count;
    struct found found;
    struct slice value;
    if (!arguments[0].at || !arguments[1].at || !find_uri(arguments[0], &found) ||
        !uri_param(found.uri.params, arguments[1], &value))
        return home_answer(result, SLICE_NULL);
    return answer_value(result, value);
}

static enum word_result word_HEADERPARAM(HOME_ARGUMENTS) {
    (void)vm, (void)count;
    struct found found;
    struct slice value;
    if (!arguments[0].at || !arguments[1].at)
        return home_answer(result, SLICE_NULL);
    bool there = find_uri(arguments[0], &found) ? uri_param(found.behind, arguments[1], &value)
                                                : text_param(arguments[0], arguments[1], &value);
    return there ? answer_value(result, value) : home_answer(result, SLICE_NULL);
}

static enum word_result word_SUBPARAM(HOME_ARGUMENTS) {
    (void)vm, (void)count;
    struct found found;
    if (!arguments[0].at || !arguments[1].at || !find_uri(arguments[0], &found))
        return home_answer(result, SLICE_NULL);
    struct slice list = found.uri.headers;
    while (list.len) { /* "?name=value&name=value" */
        size_t end = slice_find(list, 1, '&'), sign = slice_find(slice_cut(list, 0, end), 1, '=');
        if (slice_same(slice_cut(list, 1, sign), arguments[1]))
            return home_answer(result, slice_cut(list, sign + 1, end));
        list = slice_from(list, end);
    }
    return home_answer(result, SLICE_NULL);
}
