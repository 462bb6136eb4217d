/* SPDX-License-Identifier: MIT */
#include "runtime/plan/outcome.h"

#include "grammar/value.h"

uint32_t outcome_failover_default(enum failover_setting setting) {
    const struct variable_row *row = &failover_settings[setting];
    struct slice text = slice_of(row->fallback);
    uint32_t milliseconds = 0;
    bool truth = false;
    if (row->kind == KIND_DURATION)
        return duration_parse(&milliseconds, text) ? milliseconds : OUTCOME_NOT_SAID;
    if (row->kind == KIND_BOOLEAN && boolean_parse(&truth, text))
        return truth;
    if (row->kind == KIND_CHOICE)
        return (uint32_t)choice_named(row->choices, text);
    return OUTCOME_NO_PATTERN;
}

void outcome_failover_set(struct outcome_failover *failover, enum failover_setting setting, uint32_t value) {
    switch (setting) {
    case FAILOVER_TIMER_INVITING: failover->inviting = value; break;
    case FAILOVER_TIMER_PROVISIONAL: failover->provisional = value; break;
    case FAILOVER_TIMER_RINGING: failover->ringing = value; break;
    case FAILOVER_TIMER_TOTAL: failover->total = value; break;
    case FAILOVER_PATTERN_RESPONSE:
        failover->response = value;
        failover->response_set = value != OUTCOME_NO_PATTERN;
        break;
    case FAILOVER_PATTERN_CAUSE: failover->cause = value; break;
    case FAILOVER_HOLDDOWN: failover->hold_down = value; break;
    case FAILOVER_REDIRECTION: failover->redirection = value; break;
    case FAILOVER_REDIRECTION_HOSTS: failover->redirect_hosts = value; break;
    case FAILOVER_TO: failover->keep_to = value; break;
    case FAILOVER_AFTER: failover->after = (uint8_t)value; break;
    case FAILOVER_RESPONSE: failover->pick = (uint8_t)value; break;
    case FAILOVER_COUNT: break;
    }
}

void outcome_init(struct outcome *outcome, struct arena *arena) {
    *outcome = (struct outcome){.arena = arena, .replace_uri = true, .transport = TRANSPORT_NONE, .rule = -1};
    for (enum failover_setting setting = 0; setting < FAILOVER_COUNT; setting++)
        outcome_failover_set(&outcome->failover, setting, outcome_failover_default(setting));
}

const struct outcome_header *outcome_header_set(const struct outcome *outcome, enum header header, struct slice name) {
    const struct outcome_header *entry = outcome->set;
    while (entry && (entry->header != header || (header == HEADER_OTHER && !slice_same(entry->name, name))))
        entry = entry->next;
    return entry;
}
