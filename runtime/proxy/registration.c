/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/registration.h"

#include "runtime/proxy/directory.h"
#include "runtime/proxy/edge.h"
#include "runtime/proxy/line.h"
#include "runtime/proxy/nat.h"
#include "runtime/proxy/ours.h"
#include "runtime/proxy/target.h"
#include "runtime/sip/values.h"
#include "runtime/state/location.h"

#include <errno.h>
#include <string.h>

enum {
    CONTACT_LENGTH_MAX = 1024, /* bytes: with contacts_max of them, a 200 still is one datagram */
    PATH_LENGTH_MAX = 2048,
    USER_LENGTH_MAX = 256, /* as of a name that can have a password */
    CALL_ID_LENGTH_MAX = 1024,
};

#define REFUSED(CODE, REASON) ((struct refusal){CODE, REASON})
#define FINE                  REFUSED(0, NULL)

/* Step 5. The address-of-record is To, whatever the Request-URI says. */
static struct refusal read_user(struct registration *registration, const struct request *request) {
    const struct sip_message *message = request->message;
    struct sip_name_addr to;
    struct sip_uri uri;
    if (name_addr_parse(&to, scan_value(message, message->first[HEADER_TO] - 1u)) || uri_parse(&uri, to.uri, 0))
        return REFUSED(400, "Malformed To");
    if ((uri.scheme != URI_SIP && uri.scheme != URI_SIPS) || !uri.user.at || !ours_host(request->proxy->settings, &uri))
        return REFUSED(404, NULL);
    registration->user = location_user(&request->proxy->scratch, &uri);
    if (!registration->user.at)
        return REFUSED(500, NULL);
    /* What is kept for hours has a bound, that of the store among others. */
    if (registration->user.len > USER_LENGTH_MAX)
        return REFUSED(400, "User Too Long");
    return message->call_id.len > CALL_ID_LENGTH_MAX ? REFUSED(400, "Call-ID Too Long") : FINE;
}

/* Whoever proved that he may register as this user knows best that there is one. */
static bool is_known(const struct registration *registration, const struct request *request) {
    return request->user.at || directory_knows(request->proxy, registration->user);
}

/* Path: RFC 3327. */

/* A proxy that is no loose router could not be gone through again. */
static bool is_path(struct slice value, const struct endpoint *source) {
    struct sip_name_addr address;
    struct sip_uri uri;
    struct slice loose;
    return !memchr(value.at, '\0', value.len) && name_addr_parse(&address, value) == 0 &&
           uri_parse(&uri, address.uri, 0) == 0 && (uri.scheme == URI_SIP || uri.scheme == URI_SIPS) &&
           uri_param(uri.params, SLICE("lr"), &loose) && target_is_harmless(&uri, &source->ip);
}

/* RFC 5626 5.1: the proxy at the edge, and no other, says in it that it keeps flows. */
static bool has_ob(struct slice value) {
    struct sip_name_addr address;
    struct sip_uri uri;
    struct slice ob;
    return name_addr_parse(&address, value) == 0 && uri_parse(&uri, address.uri, 0) == 0 &&
           uri_param(uri.params, SLICE("ob"), &ob);
}

static struct refusal read_path(struct registration *registration, const struct request *request) {
    const struct sip_message *message = request->message;
    struct arena *scratch = &request->proxy->scratch;
    struct line path;
    line_init(&path, scratch);
    for (int n = scan_next(message, HEADER_PATH, -1); n >= 0; n = scan_next(message, HEADER_PATH, n)) {
        struct slice rest = values_unfold(scratch, scan_value(message, (unsigned)n)), value;
        if (!rest.at)
            return REFUSED(500, NULL);
        while (list_next(&rest, &value)) {
            if (!is_path(value, &request->packet->source))
                return REFUSED(400, "Malformed Path");
            registration->outbound |= has_ob(value);
            line_add(&path, path.len ? SLICE(",") : SLICE_EMPTY);
            line_add(&path, value);
            if (path.len > PATH_LENGTH_MAX)
                return REFUSED(400, "Path Too Long");
        }
    }
    registration->path = line_slice(&path);
    return path.failed ? REFUSED(500, NULL) : FINE;
}

/* Contacts. */

static struct refusal check_contact(const struct sip_uri *uri, const struct endpoint *source) {
    if (uri->scheme != URI_SIP && uri->scheme != URI_SIPS)
        return REFUSED(400, "Contact Is No SIP URI");
    if (uri->text.len > CONTACT_LENGTH_MAX)
        return REFUSED(400, "Contact Too Long");
    if (!target_is_harmless(uri, &source->ip))
        return REFUSED(400, "Contact Is Nobody's Address");
    return FINE;
}

/* Step 7: the contact's own parameter, else the header, else what the server is set to, which is also what a malformed
 * one means (20.19). */
static int64_t seconds_wanted(const struct proxy_settings *settings, int64_t of_contact, int64_t of_header) {
    int64_t seconds = of_contact != EXPIRES_NONE ? of_contact : of_header;
    if (seconds < 0)
        seconds = settings->expires_default;
    return seconds < settings->expires_most ? seconds : settings->expires_most;
}

/* Behind a Path or another proxy it is their business. Of a contact whose host is a name only the source is left to
 * send to. */
static bool is_behind_nat(const struct request *request, const struct sip_uri *contact, bool direct) {
    if (request->outcome.nat != CHOICE_UNSET)
        return request->outcome.nat == CHOICE_TRUE;
    return direct && (!contact->ip.family || nat_suspected(request->message, &request->packet->source));
}

/* RFC 5626 6. Whose first hop is a proxy that knows nothing of it has no flow. */
static struct refusal judge_outbound(struct registration *registration, const struct request *request,
                                     const struct contact *contacts, int count) {
    const struct sip_message *message = request->message;
    bool wanted = false, asked = edge_asks_outbound(message);
    for (int i = 0; i < count; i++)
        wanted |= asked && edge_is_flow(&contacts[i]);
    bool direct = message->via_count == 1 && !registration->path.len;
    registration->outbound = wanted && (direct || registration->outbound);
    if (wanted && !direct && !registration->outbound)
        return REFUSED(439, NULL);
    return registration->outbound && count > 1 ? REFUSED(400, "Several Contacts Of One Flow") : FINE;
}

/* Of contacts that are equal the last one counts. */
static bool comes_again(const struct contact *contacts, int count, int index) {
    for (int i = index + 1; i < count; i++)
        if (uri_equal(&contacts[i].uri, &contacts[index].uri))
            return true;
    return false;
}

static struct refusal add_row(struct registration *registration, const struct request *request,
                              const struct contact *contact, int64_t of_header) {
    const struct proxy_settings *settings = request->proxy->settings;
    const struct sip_message *message = request->message;
    const struct packet *packet = request->packet;
    struct refusal refusal = check_contact(&contact->uri, &packet->source);
    bool direct = !registration->path.len, flow = direct && registration->outbound;
    int64_t seconds = seconds_wanted(settings, contact->expires, of_header);
    if (refusal.code)
        return refusal;
    if (seconds && seconds < settings->expires_least)
        return REFUSED(423, NULL);
    registration->rows[registration->count++] = (struct store_binding){
        .user = registration->user,
        .contact = contact->uri.text,
        .call_id = message->call_id,
        .path = registration->path,
        .cseq = message->cseq,
        .q = (uint16_t)contact->q,
        .expires = seconds ? packet->unix_ms + seconds * 1000 : 0,
        .received = packet->source,
        .local = packet->local,
        .connection = direct ? packet->connection : 0,
        .bound = direct && (flow_is_browsers(&packet->source, packet->accepted) || (flow && packet->connection)),
        .instance = registration->outbound ? contact->instance : SLICE_EMPTY,
        .reg_id = registration->outbound ? contact->reg_id : 0,
        .nat = flow || is_behind_nat(request, &contact->uri, direct && message->via_count == 1),
    };
    return FINE;
}

static struct refusal read_contacts(struct registration *registration, const struct request *request) {
    struct proxy *proxy = request->proxy;
    struct contact contacts[CONTACTS_MAX];
    int64_t of_header = values_expires(request->message);
    int count = values_registered(&proxy->scratch, request->message, contacts, &registration->all);
    if (count == -EINVAL)
        return REFUSED(400, "Malformed Contact");
    if (count == -E2BIG || count > (int)proxy->settings->contacts_max)
        return REFUSED(403, "Too Many Contacts");
    if (registration->all && of_header != 0) /* step 6 */
        return REFUSED(400, "Contact: * Without Expires: 0");
    struct refusal refusal = judge_outbound(registration, request, contacts, count);
    if (refusal.code)
        return refusal;
    if (count > 0)
        registration->rows = arena_alloc(&proxy->scratch, (size_t)count * sizeof *registration->rows);
    if (count < 0 || (count && !registration->rows))
        return REFUSED(500, NULL);
    for (int i = 0; i < count; i++) {
        if (!comes_again(contacts, count, i))
            refusal = add_row(registration, request, &contacts[i], of_header);
        if (refusal.code)
            return refusal;
    }
    return FINE;
}

struct refusal registration_read(struct registration *registration, const struct request *request) {
    *registration = (struct registration){0};
    struct refusal refusal = read_user(registration, request);
    if (!refusal.code && !is_known(registration, request))
        refusal = REFUSED(404, NULL);
    if (!refusal.code)
        refusal = read_path(registration, request);
    return refusal.code ? refusal : read_contacts(registration, request);
}
