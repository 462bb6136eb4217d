/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/edge.h"

bool edge_lists(const struct sip_message *message, enum header header, struct slice tag) {
    for (int n = scan_next(message, header, -1); n >= 0; n = scan_next(message, header, n))
        if (list_has(scan_value(message, (unsigned)n), tag))
            return true;
    return false;
}

bool edge_is_flow(const struct contact *contact) {
    return contact->instance.len && contact->reg_id;
}

bool edge_asks_outbound(const struct sip_message *message) {
    return edge_lists(message, HEADER_SUPPORTED, SLICE("outbound")) ||
           edge_lists(message, HEADER_REQUIRE, SLICE("outbound"));
}

/* -ENOMEM. */
static int wants_flow(struct arena *arena, const struct sip_message *request) {
    struct contact contacts[CONTACTS_MAX];
    int wanted = 0, count = edge_asks_outbound(request) ? values_contacts(arena, request, contacts) : 0;
    for (int i = 0; i < count; i++)
        wanted |= edge_is_flow(&contacts[i]);
    return count < 0 ? count : wanted;
}

enum edge_path edge_path(struct proxy *proxy, const struct way_sender *sender, const struct sip_message *request,
                         struct slice supported, struct flow_place *flow) {
    if (request->method != METHOD_REGISTER || request->via_count != 1 || !proxy->settings->record_route)
        return EDGE_NONE;
    int wanted = wants_flow(&proxy->scratch, request);
    if (wanted < 0)
        return EDGE_NO_MEMORY;
    if (!way_to_sender(sender, request, flow)) {
        if (!wanted && (!sender->accepted || sender->nat == CHOICE_FALSE))
            return EDGE_NONE;
        *flow = (struct flow_place){*sender->source, *sender->local, sender->accepted ? FLOW_LEFT : FLOW_REOPENED};
    }
    if (wanted && sender->accepted)
        flow->loss = FLOW_BOUND;
    const struct slice tag = SLICE("path");
    bool lists = supported.at ? list_has(supported, tag) : edge_lists(request, HEADER_SUPPORTED, tag);
    if (wanted || flow_is_browsers(sender->source, sender->accepted))
        return lists ? EDGE_REQUIRED : EDGE_LACKING;
    return lists ? EDGE_PATH : EDGE_NONE; /* nobody is put on the path of who has not said so */
}
