/* SPDX-License-Identifier: MIT */
#include "runtime/sim/draft.h"

#include "runtime/sim/credentials.h"

enum { ROUTES_MAX = 24 };

/* A dialog as one party sees it (RFC 3261 12), read from what went over the network. */
struct dialog {
    struct slice local, remote; /* From and To of its requests */
    struct slice target;
    struct slice routes[ROUTES_MAX];
    unsigned route_count;
};

struct draft {
    struct play *play;
    const struct story_step *step;
    struct slice uri; /* of the request */
    struct page out;
};

/* Header lines, with what the story says about them. */

static bool is_overridden(const struct draft *draft, const char *name) {
    for (const struct story_field *field = draft->step->fields; field; field = field->next)
        if (field->kind != FIELD_ADDED && letter_same_name(field->name, slice_of(name)))
            return true;
    return false;
}

static void put(struct draft *draft, const char *name, struct slice value) {
    if (!is_overridden(draft, name))
        page_printf(&draft->out, "%s: %.*s\r\n", name, SLICE_ARG(value));
}

static struct slice given_value(const struct draft *draft, const struct story_field *field) {
    struct slice value = play_expand(draft->play, field->line, field->value);
    if (field->kind != FIELD_IS || !slice_starts(value, SLICE("digest ")))
        return value;
    return credentials_value(draft->play, draft->step, field->line, slice_from(value, 7), draft->uri);
}

/* The lines that the story gives: those called `only`, or all but those. */
static void put_given(struct draft *draft, const char *only, bool others) {
    for (const struct story_field *field = draft->step->fields; field; field = field->next) {
        if (field->kind == FIELD_ABSENT)
            continue;
        struct slice value = given_value(draft, field);
        bool named = field->kind == FIELD_IS && letter_same_name(field->name, slice_of(only));
        if (named == others)
            continue;
        if (field->kind == FIELD_IS)
            page_printf(&draft->out, "%.*s: %.*s\r\n", SLICE_ARG(field->name), SLICE_ARG(value));
        else
            page_printf(&draft->out, "%.*s\r\n", SLICE_ARG(value));
    }
}

static struct slice put_rest(struct draft *draft) {
    struct slice body = draft->step->body.at ? draft->step->body : SLICE_EMPTY;
    struct page number;
    put_given(draft, "Via", true);
    if (body.len)
        put(draft, "Content-Type", SLICE("application/sdp"));
    page_init(&number, draft->play->arena);
    page_printf(&number, "%zu", body.len);
    put(draft, "Content-Length", page_slice(&number));
    page_add(&draft->out, SLICE("\r\n"));
    page_add(&draft->out, body);
    return draft->out.cut ? SLICE_NULL : page_slice(&draft->out);
}

/* Dialogs. */

static void dialog_of_caller(struct dialog *dialog, const struct letter *response) {
    unsigned routes = letter_items(response, SLICE("Record-Route"));
    dialog->local = letter_value(response, "From");
    dialog->remote = letter_value(response, "To");
    dialog->target = letter_uri(letter_item(response, "Contact", 0));
    for (unsigned i = 0; i < routes && i < ROUTES_MAX; i++) /* in reverse: RFC 3261 12.1.2 */
        dialog->routes[dialog->route_count++] = letter_item(response, "Record-Route", routes - 1 - i);
}

static void dialog_of_callee(struct dialog *dialog, const struct letter *request, const struct letter *response) {
    unsigned routes = letter_items(request, SLICE("Record-Route"));
    dialog->local = letter_value(response, "To");
    dialog->remote = letter_value(request, "From");
    dialog->target = letter_uri(letter_item(request, "Contact", 0));
    for (unsigned i = 0; i < routes && i < ROUTES_MAX; i++)
        dialog->routes[dialog->route_count++] = letter_item(request, "Record-Route", i);
}

/* The last response from `low` to `high` that made a dialog: to a request without a To tag (RFC 3261 12.1). */
static const struct exchange *dialog_response(const struct play *play, const struct story_step *step, unsigned low,
                                              unsigned high) {
    for (const struct exchange *e = play->history.last; e; e = e->previous) {
        struct slice method;
        if (e->icmp || e->message.request || e->party != step->party || !slice_equal(e->call, step->call) ||
            e->message.code < low || e->message.code > high || !letter_tag(&e->message, "To").at)
            continue;
        letter_cseq(&e->message, &method);
        const struct exchange *request = history_request(e);
        if (request && !letter_tag(&request->message, "To").at &&
            (slice_equal(method, SLICE("INVITE")) || slice_equal(method, SLICE("SUBSCRIBE"))))
            return e;
    }
    return NULL;
}

/* A confirmed dialog, or an early one that no final response has ended. */
static bool find_dialog(const struct play *play, const struct story_step *step, struct dialog *dialog) {
    const struct exchange *e = dialog_response(play, step, 200, 299);
    *dialog = (struct dialog){0};
    if (!e)
        e = dialog_response(play, step, 101, 699);
    if (!e || e->message.code >= 300)
        return false;
    if (e->left)
        dialog_of_caller(dialog, &e->message);
    else
        dialog_of_callee(dialog, &history_request(e)->message, &e->message);
    return true;
}

/* Requests. */

/* address:port, or the name that browsers have instead (RFC 7118 5.2.3). */
static struct slice own_place(const struct draft *draft) {
    const struct story_party *party = draft->step->party;
    char at[ENDPOINT_TEXT];
    struct page place;
    page_init(&place, draft->play->arena);
    if (party->browser)
        page_printf(&place, "%.*s.invalid", SLICE_ARG(party->name));
    else
        page_add(&place, slice_of(endpoint_text(&party->at, at)));
    return page_slice(&place);
}

static void put_own_via(struct draft *draft) {
    struct page via;
    page_init(&via, draft->play->arena);
    page_printf(&via, "SIP/2.0/%s %.*s;branch=z9hG4bK-%.*s-%u;rport", transports[draft->step->party->at.transport].name,
                SLICE_ARG(own_place(draft)), SLICE_ARG(draft->step->party->name), ++draft->play->branches);
    put(draft, "Via", page_slice(&via));
    put_given(draft, "Via", false);
}

static void put_contact(struct draft *draft) {
    const struct story_party *party = draft->step->party;
    bool stream = party->at.transport != TRANSPORT_UDP;
    struct page contact;
    page_init(&contact, draft->play->arena);
    page_printf(&contact, "<sip:%.*s@%.*s%s%s>", SLICE_ARG(party->name), SLICE_ARG(own_place(draft)),
                stream ? ";transport=" : "", stream ? transports[party->at.transport].parameter : "");
    put(draft, "Contact", page_slice(&contact));
}

static void put_cseq(struct draft *draft, unsigned long number) {
    struct page cseq;
    page_init(&cseq, draft->play->arena);
    page_printf(&cseq, "%lu %.*s", number, SLICE_ARG(draft->step->method));
    put(draft, "CSeq", page_slice(&cseq));
}

static void put_start(struct draft *draft, struct slice uri) {
    draft->uri = uri;
    page_printf(&draft->out, "%.*s %.*s SIP/2.0\r\n", SLICE_ARG(draft->step->method), SLICE_ARG(uri));
}

static unsigned long next_cseq(const struct draft *draft) {
    unsigned long highest = 0;
    struct slice method;
    for (const struct exchange *e = draft->play->history.first; e; e = e->next) {
        if (!e->message.request || e->left || e->party != draft->step->party ||
            !slice_equal(e->call, draft->step->call))
            continue;
        unsigned long number = letter_cseq(&e->message, &method);
        highest = number > highest ? number : highest;
    }
    return highest + 1;
}

static struct slice tag_of(const struct draft *draft) {
    const struct story_step *step = draft->step;
    struct page tag;
    page_init(&tag, draft->play->arena);
    page_printf(&tag, "%.*s%s%.*s", SLICE_ARG(step->party->name), step->call.len ? "-" : "", SLICE_ARG(step->call));
    return page_slice(&tag);
}

/* The Call-ID of this label, the same for all parties. */
static struct slice call_id_of(const struct draft *draft) {
    const struct exchange *e = draft->play->history.first;
    while (e && (e->icmp || !slice_equal(e->call, draft->step->call) || !letter_value(&e->message, "Call-ID").at))
        e = e->next;
    if (e)
        return letter_value(&e->message, "Call-ID");
    struct page call_id;
    page_init(&call_id, draft->play->arena);
    page_printf(&call_id, "%s%.*s@story", draft->step->call.len ? "call-" : "call", SLICE_ARG(draft->step->call));
    return page_slice(&call_id);
}

static struct slice first_request(struct draft *draft, struct slice uri) {
    char at[ENDPOINT_TEXT];
    struct page from, to;
    page_init(&from, draft->play->arena);
    page_init(&to, draft->play->arena);
    page_printf(&from, "<sip:%.*s@%s>;tag=%.*s", SLICE_ARG(draft->step->party->name),
                endpoint_text(&draft->step->party->at, at), SLICE_ARG(tag_of(draft)));
    page_printf(&to, "<%.*s>", SLICE_ARG(uri));
    put_start(draft, uri);
    put_own_via(draft);
    put(draft, "Max-Forwards", SLICE("70"));
    put(draft, "From", page_slice(&from));
    put(draft, "To", page_slice(&to));
    put(draft, "Call-ID", call_id_of(draft));
    put_cseq(draft, next_cseq(draft));
    put_contact(draft);
    return put_rest(draft);
}

/* RFC 3261 12.2.1.1; `cseq` 0: the next one. */
static struct slice dialog_request(struct draft *draft, const struct dialog *dialog, struct slice uri,
                                   unsigned long cseq) {
    bool strict = dialog->route_count && !letter_param(letter_uri(dialog->routes[0]), "lr").at;
    struct slice target = dialog->target;
    if (strict)
        target = letter_uri(dialog->routes[0]);
    put_start(draft, uri.at ? uri : target);
    put_own_via(draft);
    put(draft, "Max-Forwards", SLICE("70"));
    for (unsigned i = strict; i < dialog->route_count; i++)
        put(draft, "Route", dialog->routes[i]);
    if (strict) {
        struct page last;
        page_init(&last, draft->play->arena);
        page_printf(&last, "<%.*s>", SLICE_ARG(dialog->target));
        put(draft, "Route", page_slice(&last));
    }
    put(draft, "From", dialog->local);
    put(draft, "To", dialog->remote);
    put(draft, "Call-ID", call_id_of(draft));
    put_cseq(draft, cseq ? cseq : next_cseq(draft));
    if (!slice_equal(draft->step->method, SLICE("BYE")))
        put_contact(draft);
    return put_rest(draft);
}

/* ACK for a final that is no 2xx (17.1.1.3), CANCEL (9.1): in the INVITE's transaction, hop by hop. */
static struct slice hop_request(struct draft *draft, const struct letter *invite, struct slice to) {
    struct slice method, via = letter_item(invite, "Via", 0);
    put_start(draft, invite->uri);
    put(draft, "Via", via);
    put_given(draft, "Via", false);
    put(draft, "Max-Forwards", SLICE("70"));
    for (unsigned i = 0; i < letter_items(invite, SLICE("Route")); i++)
        put(draft, "Route", letter_item(invite, "Route", i));
    put(draft, "From", letter_value(invite, "From"));
    put(draft, "To", to);
    put(draft, "Call-ID", letter_value(invite, "Call-ID"));
    put_cseq(draft, letter_cseq(invite, &method));
    return put_rest(draft);
}

static const struct exchange *last_final(const struct play *play, const struct story_step *step) {
    for (const struct exchange *e = play->history.last; e; e = e->previous) {
        struct slice method;
        if (e->icmp || e->message.request || !e->left || e->party != step->party || !slice_equal(e->call, step->call) ||
            e->message.code < 200)
            continue;
        letter_cseq(&e->message, &method);
        if (slice_equal(method, SLICE("INVITE")))
            return e;
    }
    return NULL;
}

static struct slice compose_ack(struct draft *draft, const struct exchange *invite, struct slice uri) {
    const struct exchange *final = last_final(draft->play, draft->step);
    struct dialog dialog = {0};
    struct slice method;
    if (!invite || !final) {
        play_fail(draft->play, draft->step->line, "there is no final response to acknowledge; give the ACK a URI");
        return SLICE_NULL;
    }
    if (final->message.code >= 300)
        return hop_request(draft, &invite->message, letter_value(&final->message, "To"));
    const struct exchange *request = history_request(final);
    if (request && letter_tag(&request->message, "To").at)
        find_dialog(draft->play, draft->step, &dialog); /* a re-INVITE: the routes are the dialog's */
    else
        dialog_of_caller(&dialog, &final->message);
    return dialog_request(draft, &dialog, uri, letter_cseq(&final->message, &method));
}

static struct slice compose_request(struct draft *draft) {
    const struct story_step *step = draft->step;
    struct slice uri = step->uri.at ? play_expand(draft->play, step->line, step->uri) : SLICE_NULL;
    const struct exchange *invite =
        history_last_request(&draft->play->history, NULL, step->party, step->call, false, SLICE("INVITE"));
    struct dialog dialog;
    if (slice_equal(step->method, SLICE("ACK")) && (invite || !uri.at))
        return compose_ack(draft, invite, uri);
    if (slice_equal(step->method, SLICE("CANCEL")) && invite)
        return hop_request(draft, &invite->message, letter_value(&invite->message, "To"));
    if (find_dialog(draft->play, step, &dialog))
        return dialog_request(draft, &dialog, uri, 0);
    if (uri.at)
        return first_request(draft, uri);
    play_fail(draft->play, step->line, "this call has no dialog yet: the %.*s needs a URI", SLICE_ARG(step->method));
    return SLICE_NULL;
}

/* Responses. */

static bool is_answered(const struct exchange *request) {
    for (const struct exchange *e = request->next; e; e = e->next)
        if (!e->left && !e->icmp && e->message.code >= 200 && history_request(e) == request)
            return true;
    return false;
}

/* The last request that the party has not answered yet; the last one when it has answered all. */
static const struct exchange *request_to_answer(const struct play *play, const struct story_step *step) {
    const struct exchange *e = NULL, *last = NULL;
    while ((e = history_last_request(&play->history, e, step->party, step->call, true, step->method))) {
        if (e->again || slice_equal(e->message.method, SLICE("ACK")))
            continue;
        if (!is_answered(e))
            return e;
        if (!last)
            last = e;
    }
    return last;
}

static void put_response_to(struct draft *draft, const struct letter *request) {
    struct slice to = letter_value(request, "To");
    struct page value;
    page_init(&value, draft->play->arena);
    page_add(&value, to);
    if (draft->step->code > 100 && !letter_param(to, "tag").at)
        page_printf(&value, ";tag=%.*s", SLICE_ARG(tag_of(draft)));
    put(draft, "To", page_slice(&value));
}

/* RFC 3261 8.2.6.2, 12.1.1 */
static struct slice compose_response(struct draft *draft) {
    const struct story_step *step = draft->step;
    const struct exchange *received = request_to_answer(draft->play, step);
    struct slice reason = step->reason.at ? step->reason : slice_of(status_reason(step->code));
    if (!received) {
        play_fail(draft->play, step->line, "%.*s has got no request that it could answer",
                  SLICE_ARG(step->party->name));
        return SLICE_NULL;
    }
    const struct letter *request = &received->message;
    bool invite = slice_equal(request->method, SLICE("INVITE"));
    bool dialog = step->code > 100 && step->code < 300 && (invite || slice_equal(request->method, SLICE("SUBSCRIBE")));
    page_printf(&draft->out, "SIP/2.0 %u %.*s\r\n", step->code, SLICE_ARG(reason));
    for (unsigned i = 0; i < letter_items(request, SLICE("Via")); i++)
        put(draft, "Via", letter_item(request, "Via", i));
    put_given(draft, "Via", false);
    for (unsigned i = 0; dialog && i < letter_items(request, SLICE("Record-Route")); i++)
        put(draft, "Record-Route", letter_item(request, "Record-Route", i));
    put(draft, "From", letter_value(request, "From"));
    put_response_to(draft, request);
    put(draft, "Call-ID", letter_value(request, "Call-ID"));
    put(draft, "CSeq", letter_value(request, "CSeq"));
    if (dialog)
        put_contact(draft);
    return put_rest(draft);
}

/* All of them. */

/* The last message of this method or code that the party sent in this call. */
static struct slice repeat(struct play *play, const struct story_step *step) {
    for (const struct exchange *e = play->history.last; e; e = e->previous) {
        struct slice method;
        if (e->left || e->icmp || e->party != step->party || !slice_equal(e->call, step->call))
            continue;
        if (step->raw)
            return e->message.bytes;
        letter_cseq(&e->message, &method);
        if (step->code ? e->message.code == step->code && (!step->method.at || slice_equal(step->method, method))
                       : e->message.request && slice_equal(e->message.method, step->method))
            return e->message.bytes;
    }
    play_fail(play, step->line, "%.*s has sent no such message before", SLICE_ARG(step->party->name));
    return SLICE_NULL;
}

struct slice draft_message(struct play *play, const struct story_step *step) {
    struct draft draft = {.play = play, .step = step};
    page_init(&draft.out, play->arena);
    if (step->again)
        return repeat(play, step);
    if (step->raw)
        return step->body.at ? step->body : SLICE_EMPTY;
    return step->code ? compose_response(&draft) : compose_request(&draft);
}
