/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/registrar.h"

#include "runtime/proxy/keepalive.h"
#include "runtime/proxy/registration.h"
#include "runtime/proxy/waiting.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    DATAGRAM_MAX = 65507, /* bytes that UDP over IPv4 carries */
    OTHER_LINES = 7,      /* of a 200, besides its Contacts, and the end of the list */
};

/* The contacts that a row takes the place of, as they stand in the store; null: none. */
struct replaced {
    struct slice equal; /* the same URI */
    struct slice flow;  /* the same flow of the same client, which had another URI */
};

/* A REGISTER being carried out. */
struct change {
    struct request *request;
    struct registration asked;
    struct replaced *replaced; /* for each row */
    struct slice bytes;        /* the 200 */
};

static void refuse(struct request *request, struct refusal refusal) {
    struct proxy *proxy = request->proxy;
    const struct event_field own[] = {
        {refusal.code == 423 ? "Min-Expires" : NULL, event_number(proxy, proxy->settings->expires_least)}, {0}};
    if (refusal.code == 500)
        proxy_count(proxy, COUNTER_NO_MEMORY);
    answer_final(request, refusal.code, refusal.reason, own);
}

static bool is_added(const struct store_binding *row) {
    return row->expires > 0;
}

/* What it takes away. */

/* Contact: * is a row for each that is there. -ENOMEM */
static int name_all(struct change *change) {
    struct proxy *proxy = change->request->proxy;
    struct registration *asked = &change->asked;
    const struct binding *first = location_bindings(proxy->locations, asked->user), *binding;
    unsigned count = 0;
    for (binding = first; binding; binding = binding->next)
        count++;
    asked->rows = arena_alloc(&proxy->scratch, (count ? count : 1) * sizeof *asked->rows);
    if (!asked->rows)
        return -ENOMEM;
    for (binding = first; binding; binding = binding->next) {
        struct slice contact = arena_copy(&proxy->scratch, binding->contact);
        if (!contact.at)
            return -ENOMEM;
        asked->rows[asked->count++] = (struct store_binding){.user = asked->user, .contact = contact};
    }
    return 0;
}

/* Step 7: what another REGISTER of the same client has said later stands. */
static bool is_late(const struct sip_message *message, const struct binding *binding) {
    return slice_equal(binding->call_id, message->call_id) && message->cseq <= binding->cseq;
}

/* *contact becomes that of the binding, which may be NULL. */
static struct refusal replace(struct change *change, const struct binding *binding, struct slice *contact) {
    *contact = SLICE_NULL;
    if (!binding)
        return (struct refusal){0, NULL};
    if (is_late(change->request->message, binding))
        return (struct refusal){400, "CSeq Out Of Order"};
    *contact = arena_copy(&change->request->proxy->scratch, binding->contact);
    return (struct refusal){contact->at ? 0 : 500, NULL};
}

static struct refusal find_replaced(struct change *change) {
    struct proxy *proxy = change->request->proxy;
    const struct registration *asked = &change->asked;
    change->replaced = arena_alloc(&proxy->scratch, (asked->count + 1) * sizeof *change->replaced);
    if (!change->replaced)
        return (struct refusal){500, NULL};
    struct refusal refusal = {0, NULL};
    for (unsigned i = 0; i < asked->count && !refusal.code; i++) {
        const struct store_binding *row = &asked->rows[i];
        struct sip_uri uri;
        uri_parse(&uri, row->contact, 0);
        const struct binding *equal = location_find(proxy->locations, asked->user, &uri);
        const struct binding *flow = location_find_flow(proxy->locations, asked->user, row->instance, row->reg_id);
        refusal = replace(change, equal, &change->replaced[i].equal);
        if (!refusal.code)
            refusal = replace(change, flow == equal ? NULL : flow, &change->replaced[i].flow);
    }
    return refusal;
}

static bool is_replacing(const struct replaced *replaced) {
    return replaced->equal.at || replaced->flow.at;
}

static bool stays(const struct change *change, const struct binding *binding) {
    for (unsigned i = 0; i < change->asked.count; i++)
        if (slice_equal(change->replaced[i].equal, binding->contact) ||
            slice_equal(change->replaced[i].flow, binding->contact))
            return false;
    return true;
}

/* The 200 (step 8), made before anything changes. */

/* A contact as it is told. */
struct shown {
    struct slice contact, instance;
    uint32_t reg_id;
    unsigned q;
    uint64_t left; /* ms */
};

/* Of a row, or a binding. */
#define SHOWN(of, LEFT) (&(const struct shown){(of)->contact, (of)->instance, (of)->reg_id, (of)->q, (uint64_t)(LEFT)})

/* <uri>;expires=60;q=0.5;+sip.instance="<urn:uuid:...>";reg-id=1 */
static const char *contact_value(struct proxy *proxy, const struct shown *shown) {
    enum { SECOND = 1000, WHOLE = 1000 };
    unsigned q = shown->q;
    char weight[16] = "";
    const char *flow = "";
    if (shown->reg_id)
        flow = arena_printf(&proxy->scratch, ";+sip.instance=\"<%.*s>\";reg-id=%u", SLICE_ARG(shown->instance),
                            (unsigned)shown->reg_id);
    if (!flow)
        return NULL;
    if (q < WHOLE) { /* without the zeros at its end */
        int digits = 3;
        for (; digits > 1 && q % 10 == 0; q /= 10)
            digits--;
        snprintf(weight, sizeof weight, ";q=0.%0*u", digits, q);
    }
    return arena_printf(&proxy->scratch, "<%.*s>;expires=%llu%s%s", SLICE_ARG(shown->contact),
                        (unsigned long long)((shown->left + SECOND - 1) / SECOND), weight, flow);
}

static const char *date_value(struct proxy *proxy) {
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct local_time t;
    if (!proxy->world->local_time(proxy->world->context, SLICE("UTC"), proxy->unix_ms, &t))
        return NULL;
    return arena_printf(&proxy->scratch, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[t.weekday], t.day,
                        months[t.month - 1], t.year, t.hour, t.minute, t.second);
}

struct contacts {
    struct proxy *proxy;
    struct event_field *lines;
    unsigned count;
    bool failed;
};

static void add_contact(struct contacts *contacts, const struct shown *shown) {
    const char *value = contact_value(contacts->proxy, shown);
    contacts->failed |= !value;
    contacts->lines[contacts->count++] = (struct event_field){"Contact", slice_of(value)};
}

static unsigned count_stays(const struct change *change, const struct binding *binding) {
    unsigned count = 0;
    for (; binding; binding = binding->next)
        count += stays(change, binding);
    return count;
}

static struct refusal build_answer(struct change *change) {
    struct proxy *proxy = change->request->proxy;
    const struct registration *asked = &change->asked;
    const struct binding *first = location_bindings(proxy->locations, asked->user);
    unsigned count = count_stays(change, first), more = 0;
    for (unsigned i = 0; i < asked->count; i++) {
        count += is_added(&asked->rows[i]);
        more += is_added(&asked->rows[i]) && !is_replacing(&change->replaced[i]);
    }
    if (more && count > proxy->settings->contacts_max)
        return (struct refusal){403, "Too Many Contacts"};
    if (more && locations_count(proxy->locations) + more > proxy->settings->registrations_max)
        return (struct refusal){503, "Too Many Registrations"};
    struct contacts contacts = {.proxy = proxy};
    contacts.lines = arena_alloc(&proxy->scratch, (count + OTHER_LINES) * sizeof *contacts.lines);
    if (!contacts.lines)
        return (struct refusal){500, NULL};
    for (unsigned i = 0; i < asked->count; i++)
        if (is_added(&asked->rows[i]))
            add_contact(&contacts, SHOWN(&asked->rows[i], asked->rows[i].expires - proxy->unix_ms));
    for (const struct binding *binding = first; binding; binding = binding->next)
        if (stays(change, binding))
            add_contact(&contacts, SHOWN(binding, binding->ends - proxy->now));
    struct event_field *end = contacts.lines + contacts.count;
    if (asked->path.len)
        *end++ = (struct event_field){"Path", asked->path}; /* RFC 3327 5.3 */
    *end++ = (struct event_field){"Supported", SLICE(REGISTRAR_EXTENSIONS)};
    if (asked->outbound) /* RFC 5626 6 */
        *end++ = (struct event_field){"Require", SLICE("outbound")};
    /* 4.4.1: between us nobody else would know. For datagrams the client has times of its own (4.4.2). */
    if (asked->outbound && !asked->path.len && change->request->packet->connection)
        *end++ = (struct event_field){"Flow-Timer", event_number(proxy, proxy->settings->flow_timer)};
    struct slice date = slice_of(date_value(proxy));
    if (date.at)
        *end = (struct event_field){"Date", date};
    if (!contacts.failed)
        change->bytes = answer_build(change->request, 200, NULL, contacts.lines);
    if (!change->bytes.at)
        return (struct refusal){500, NULL};
    return change->bytes.len > DATAGRAM_MAX ? (struct refusal){513, NULL} : (struct refusal){0, NULL};
}

/* The change. */

/* A row of the store has the contact as its key: one that is written otherwise than that which is added is another
 * row. */
static void keep_gone(const struct world *world, struct store_row *row, struct slice contact, struct slice added) {
    row->binding.contact = contact;
    if (contact.at && !slice_equal(contact, added))
        world->keep(world->context, row);
}

static bool keep(struct change *change) {
    const struct registration *asked = &change->asked;
    const struct world *world = change->request->proxy->world;
    bool kept = false;
    for (unsigned i = 0; i < asked->count && world->keep; i++) {
        struct store_row row = {.kind = STORE_BINDING, .binding = asked->rows[i]};
        const struct replaced *replaced = &change->replaced[i];
        const struct slice added = is_added(&row.binding) ? row.binding.contact : SLICE_NULL;
        if (added.at)
            world->keep(world->context, &row);
        kept |= added.at || is_replacing(replaced);
        row.gone = true;
        keep_gone(world, &row, replaced->equal, added);
        keep_gone(world, &row, replaced->flow, added);
    }
    return kept;
}

static void tell(const struct change *change) {
    struct request *request = change->request;
    struct proxy *proxy = request->proxy;
    for (unsigned i = 0; i < change->asked.count; i++) {
        const struct store_binding *row = &change->asked.rows[i];
        if (is_added(row)) {
            proxy_count(proxy, COUNTER_REGISTRATIONS);
            EVENT(proxy, LOG_INFO, "registered", request->message->call_id, request->outcome.rule, {"user", row->user},
                  {"contact", row->contact},
                  {"expires", event_number(proxy, (uint64_t)(row->expires - proxy->unix_ms) / 1000)},
                  {"source", event_endpoint(proxy, &row->received)}, {"nat", row->nat ? SLICE("yes") : SLICE("no")});
        } else if (is_replacing(&change->replaced[i])) {
            struct slice equal = change->replaced[i].equal;
            proxy_count(proxy, COUNTER_UNREGISTRATIONS);
            EVENT(proxy, LOG_INFO, "unregistered", request->message->call_id, request->outcome.rule,
                  {"user", row->user}, {"contact", equal.at ? equal : change->replaced[i].flow},
                  {"source", event_endpoint(proxy, &request->packet->source)});
        }
    }
}

static void carry_out(struct change *change) {
    struct request *request = change->request;
    struct proxy *proxy = request->proxy;
    const struct registration *asked = &change->asked;
    struct waiting_answer *answer = NULL;
    if (proxy->world->commit && !(answer = waiting_new(request->server, change->bytes))) {
        refuse(request, (struct refusal){500, NULL});
        return;
    }
    if (location_put(proxy->locations, asked->rows, asked->count, proxy->now, proxy->unix_ms)) {
        free(answer);
        refuse(request, (struct refusal){500, NULL});
        return;
    }
    tell(change);
    if (keep(change)) {
        waiting_add(proxy, answer);
        return;
    }
    free(answer);
    answer_send(request, 200, NULL, change->bytes);
}

void registrar_answer(struct request *request) {
    struct change change = {.request = request};
    struct refusal refusal = registration_read(&change.asked, request);
    if (!refusal.code && change.asked.all && name_all(&change))
        refusal.code = 500;
    if (!refusal.code)
        refusal = find_replaced(&change);
    if (!refusal.code)
        refusal = build_answer(&change);
    if (!refusal.code && change.asked.count && waiting_is_full(request->proxy))
        refusal = (struct refusal){503, "Store Too Far Behind"};
    if (refusal.code)
        refuse(request, refusal);
    else if (change.asked.count)
        carry_out(&change);
    else
        answer_send(request, 200, NULL, change.bytes);
}

/* What happens without a REGISTER. */

static void forget(struct proxy *proxy, struct slice user, struct slice contact) {
    const struct world *world = proxy->world;
    const struct store_row row = {.kind = STORE_BINDING, .gone = true, .binding = {.user = user, .contact = contact}};
    if (!world->keep)
        return;
    world->keep(world->context, &row);
    world->commit(world->context, 0);
}

/* A Path goes into requests as it stands, an instance into answers; whoever wrote the store may not know. */
static bool is_line(struct slice text) {
    return slice_find(text, 0, '\r') == text.len && slice_find(text, 0, '\n') == text.len &&
           slice_find(text, 0, '\0') == text.len;
}

void registrar_load(struct proxy *proxy, const struct store_binding *row, bool gone) {
    if (gone) {
        location_remove(proxy->locations, row->user, row->contact);
        return;
    }
    if (row->bound) { /* to a connection of the run before */
        forget(proxy, row->user, row->contact);
        return;
    }
    int error = is_line(row->path) && is_line(row->instance)
                    ? location_put(proxy->locations, row, 1, proxy->now, proxy->unix_ms)
                    : -EINVAL;
    if (error == -ENOMEM)
        proxy_count(proxy, COUNTER_NO_MEMORY);
    if (error)
        EVENT(proxy, LOG_WARNING, "registration-ignored", row->call_id, -1, {"user", row->user},
              {"contact", row->contact}, {"reason", error == -ENOMEM ? SLICE("no memory") : SLICE("no SIP URI")});
}

static void expired(void *context, const struct binding *binding, uint64_t now) {
    struct proxy *proxy = context;
    (void)now;
    arena_reset(&proxy->scratch);
    proxy_count(proxy, COUNTER_EXPIRED);
    EVENT(proxy, LOG_INFO, "registration-expired", binding->call_id, -1, {"user", binding->user},
          {"contact", binding->contact});
    forget(proxy, binding->user, binding->contact);
}

/* RFC 5626 7: who is reached by a connection alone is not registered without it. */
static void cut_off(void *context, const struct binding *binding) {
    struct proxy *proxy = context;
    arena_reset(&proxy->scratch);
    proxy_count(proxy, COUNTER_CUT_OFF);
    EVENT(proxy, LOG_INFO, "registration-cut-off", binding->call_id, -1, {"user", binding->user},
          {"contact", binding->contact}, {"source", event_endpoint(proxy, &binding->received)});
    forget(proxy, binding->user, binding->contact);
}

static void keepalive(void *context, const struct binding *binding, uint64_t now) {
    struct proxy *proxy = context;
    (void)now;
    arena_reset(&proxy->scratch);
    keepalive_send(proxy, binding);
}

int registrar_open(struct proxy *proxy) {
    const struct locations_events events = {
        .context = proxy, .expired = expired, .cut_off = cut_off, .keepalive = keepalive};
    proxy->locations = locations_new(&proxy->seed.tables, proxy->timers, proxy->settings->keepalive, &events);
    return proxy->locations ? 0 : -ENOMEM;
}

void registrar_close(struct proxy *proxy) {
    locations_free(proxy->locations);
}
