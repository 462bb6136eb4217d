/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/tally.h"

#include "grammar/codes.h"

#include <errno.h>

/* Rules are counted for a plan that asks for it alone. */
static uint32_t counted_rules(const struct image *image) {
    for (uint32_t pc = 0; pc < image->code_count; pc++)
        if (image->code[pc].op == OP_CALL && image->code[pc].b == WORD_RULE_SPS)
            return image->rule_count;
    return 0;
}

int tally_open(struct proxy *proxy) {
    proxy->sessions =
        sessions_new(&proxy->seed.tables, proxy->timers, proxy->settings->max_session, counted_rules(proxy->image));
    return proxy->sessions ? 0 : -ENOMEM;
}

void tally_close(struct proxy *proxy) {
    sessions_free(proxy->sessions);
}

int tally_prepare(const struct request *request, struct session **session) {
    const struct sip_message *message = request->message;
    *session = NULL;
    if (!request->initial || message->method != METHOD_INVITE)
        return 0;
    *session = session_new(request->proxy->sessions, message->call_id, message->from_tag, request->outcome.route_name,
                           request->outcome.deployed);
    return *session ? 0 : -ENOMEM;
}

void tally_start(struct call *call, struct session *session, uint64_t now) {
    if (!session)
        return;
    session_start(session, &call->session, now);
    proxy_count(call->proxy, COUNTER_SESSIONS);
}

static struct session_dialog dialog_of(const struct call *call) {
    struct sip_message scanned;
    const struct sip_message *request = call_request(call, &scanned);
    return (struct session_dialog){request->call_id, request->from_tag, request->to_tag};
}

/* RFC 3261 15.1.1: 481, 408 and silence end it, too. So does a peer that cannot be reached: whoever hung up has left
 * the session as soon as the BYE was sent. Not a challenge, and no answer by which the callee may stay. */
static bool ends_dialog(const struct call *call) {
    unsigned code = call->newest ? call->newest->code : 0;
    return code == 0 || code / 100 == 2 || code == 481 || code == 408;
}

void tally_final(struct call *call, unsigned code) {
    if (call->session && code >= 300)
        session_end(call->session);
    if (call->initial || !slice_starts(call->request, SLICE("BYE ")) || !ends_dialog(call))
        return;
    const struct session_dialog dialog = dialog_of(call);
    sessions_hang_up(call->proxy->sessions, &dialog);
}

/* RFC 4028 4: Session-Expires in seconds; 0: there is none that can be read. */
static uint64_t expires_of(const struct sip_message *response) {
    uint64_t seconds = 0;
    if (!response->first[HEADER_SESSION_EXPIRES])
        return 0;
    struct slice value = scan_value(response, response->first[HEADER_SESSION_EXPIRES] - 1u);
    if (!slice_number(slice_trim(slice_cut(value, 0, slice_find(value, 0, ';'))), UINT32_MAX, &seconds))
        return 0;
    return seconds;
}

void tally_success(struct call *call, const struct sip_message *response, bool again, uint64_t now) {
    struct proxy *proxy = call->proxy;
    if (call->session && proxy->settings->record_route)
        session_answered(call->session, response->to_tag, expires_of(response), now);
    else if (call->session)
        session_end(call->session);
    if (call->initial || again || (!call->invite && !slice_starts(call->request, SLICE("UPDATE "))))
        return;
    const struct session_dialog dialog = dialog_of(call);
    sessions_refresh(proxy->sessions, &dialog, expires_of(response), now);
}
