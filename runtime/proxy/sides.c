/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/sides.h"

#include "runtime/proxy/dialog.h"

enum cause sides_find(struct sides *sides, const struct attempt *attempt, const struct sip_message *request,
                      const struct world_route *via) {
    const struct call *call = attempt->call;
    const struct outcome_header *set = call->plan.set;
    const struct way_sender sender = {&call->source, &call->local, call->accepted, call->plan.nat};
    *sides = (struct sides){.recorded = call->proxy->settings->record_route && dialog_recorded(request->method)};
    if (sides->recorded) {
        sides->to_caller = way_to_sender(&sender, request, &sides->caller);
        sides->to_callee = way_to_callee(attempt, via, &sides->callee);
        return way_back(call, via, sides->to_caller || sides->to_callee, &sides->back);
    }
    while (set && set->header != HEADER_SUPPORTED)
        set = set->next;
    sides->edge = edge_path(call->proxy, &sender, request, set ? set->value : SLICE_NULL, &sides->caller);
    sides->to_caller = sides->edge != EDGE_NONE;
    return sides->edge == EDGE_NO_MEMORY ? CAUSE_LOCAL_LIMIT : CAUSE_NONE;
}
