/* SPDX-License-Identifier: MIT */
#include "runtime/plan/deploy.h"

#include "grammar/value.h"
#include "runtime/plan/piece.h"

#include <errno.h>

static const char no_memory[] = "out of memory";

static bool fail(struct vm *vm, const char *why) {
    vm->why = why;
    return false;
}

/* The compiler's constants and judged captures hold none; what a function answered might. */
static bool is_plain(struct vm *vm, struct slice value) {
    return piece_is_plain(value, true) || fail(vm, "the value holds a control character");
}

bool deploy_header(struct vm *vm, struct outcome_header **list, uint32_t name, struct slice value) {
    enum header header = vm->image->names[name].header;
    struct slice text = image_name_text(vm->image, name);
    uint64_t number;
    if (!is_plain(vm, value))
        return false;
    if (value.len == 0 && header != HEADER_OTHER && headers[header].flags & HEADER_STAY)
        return fail(vm, "the value is empty, and this header cannot be removed");
    if (value.len && header == HEADER_MAX_FORWARDS && !slice_number(value, 255, &number))
        return fail(vm, "the value of Max-Forwards is no number from 0 to 255");
    struct outcome_header **at = list;
    while (*at && ((*at)->header != header || (header == HEADER_OTHER && !slice_same((*at)->name, text)))) {
        at = &(*at)->next;
        vm_spend(vm, 1);
    }
    if (!*at && !(*at = arena_alloc(vm->outcome->arena, sizeof **at)))
        return fail(vm, no_memory);
    (*at)->name = text;
    (*at)->header = header;
    (*at)->value = value.at ? value : SLICE_EMPTY;
    return true;
}

bool deploy_to(struct vm *vm, struct slice value) {
    struct slice header_value = SLICE_NULL, uri = SLICE_NULL;
    if (!is_plain(vm, value))
        return false;
    int result = vm->host->to(vm, value.at ? value : SLICE_EMPTY, &header_value, &uri);
    if (result != 0)
        return fail(vm, result == -ENOMEM ? no_memory : "the value of To holds no URI");
    vm->outcome->to = header_value;
    vm->outcome->to_uri = uri;
    return true;
}

bool deploy_environment(struct vm *vm, uint32_t name, struct slice value) {
    struct slice text = image_name_text(vm->image, name);
    struct outcome_variable **at = &vm->outcome->variables;
    if (!is_plain(vm, value))
        return false;
    while (*at && !slice_same((*at)->name, text)) {
        at = &(*at)->next;
        vm_spend(vm, 1);
    }
    if (value.len == 0) {
        if (*at)
            *at = (*at)->next;
        return true;
    }
    if (!*at && !(*at = arena_alloc(vm->outcome->arena, sizeof **at)))
        return fail(vm, no_memory);
    (*at)->name = text;
    (*at)->value = value;
    return true;
}

static bool append(struct vm *vm, struct outcome_target **at, struct slice text, enum transport transport) {
    while (*at) {
        at = &(*at)->next;
        vm_spend(vm, 1);
    }
    if (!(*at = arena_alloc(vm->outcome->arena, sizeof **at)))
        return fail(vm, no_memory);
    (*at)->text = text;
    (*at)->transport = transport;
    return true;
}

/* An entry that came out empty is none: `$target = %1` with an empty capture sets no target. */
bool deploy_target(struct vm *vm, struct slice value) {
    if (!is_plain(vm, value))
        return false;
    if (value.len && !vm->host->is_target(value))
        return fail(vm, "an entry of $target is no host, host:port or URI");
    return value.len == 0 || append(vm, &vm->outcome->targets, value, TRANSPORT_NONE);
}

bool deploy_alternate(struct vm *vm, enum transport transport, struct slice value) {
    if (!is_plain(vm, value))
        return false;
    if (value.len && !vm->host->is_uri(value))
        return fail(vm, "an alternate of $session is no URI");
    return value.len == 0 || append(vm, &vm->outcome->alternates, value, transport);
}

/* $action and $response are one answer: the later one counts. */
static bool set_answer(struct vm *vm, enum variable variable, struct slice value) {
    struct outcome *outcome = vm->outcome;
    unsigned code = 0;
    struct slice reason = SLICE_NULL;
    bool block = slice_same(value, SLICE("block")), registers = slice_same(value, SLICE("register"));
    bool drop = block || slice_same(value, SLICE("drop"));
    bool word = choice_named(variables[variable].choices, value) >= 0;
    if (value.len && !word &&
        (!answer_parse(&code, &reason, value) || code < 200 || (reason.len && variables[variable].kind != KIND_REASON)))
        return fail(vm, "the answer is neither a response code from 200 to 699 nor a word that may stand there");
    outcome->code = code;
    outcome->reason = reason.len ? reason : SLICE_NULL;
    outcome->drop = word && drop;
    outcome->block = word && block;
    outcome->registers = word && registers;
    return true;
}

static bool set_boolean(struct vm *vm, bool *truth, struct slice value, bool fallback) {
    *truth = fallback;
    return value.len == 0 || boolean_parse(truth, value) || fail(vm, "the value is neither true nor false");
}

/* true, false, or (auto) neither of them. */
static bool set_choice(struct vm *vm, uint8_t *choice, struct slice value) {
    bool truth = false;
    *choice = CHOICE_UNSET;
    if (value.len == 0 || slice_same(value, SLICE("auto")))
        return true;
    *choice = boolean_parse(&truth, value) && truth ? CHOICE_TRUE : CHOICE_FALSE;
    return boolean_parse(&truth, value) || fail(vm, "the value is neither true, false nor auto");
}

static bool set_auth(struct vm *vm, struct slice value) {
    bool truth = false;
    if (!set_boolean(vm, &truth, value, false))
        return false;
    vm->outcome->auth = value.len == 0 ? CHOICE_UNSET : truth ? CHOICE_TRUE : CHOICE_FALSE;
    return true;
}

static bool set_address(struct vm *vm, struct ip_address *ip, struct slice value) {
    ip->family = 0;
    return value.len == 0 || ip_parse(ip, value) || fail(vm, "the value is no IP address");
}

static bool set_transport(struct vm *vm, struct slice value) {
    vm->outcome->transport = transport_named(value);
    return value.len == 0 || vm->outcome->transport != TRANSPORT_NONE ||
           fail(vm, "the value of $transport is no transport");
}

static bool set_request(struct vm *vm, struct slice value) {
    vm->outcome->request = value.len ? value : SLICE_NULL;
    return value.len == 0 || vm->host->is_uri(value) || fail(vm, "the value of $request is no URI");
}

bool deploy_variable(struct vm *vm, enum variable variable, struct slice value) {
    struct outcome *outcome = vm->outcome;
    if (!is_plain(vm, value))
        return false;
    switch (variable) {
    case VARIABLE_REQUEST: return set_request(vm, value);
    case VARIABLE_TRANSPORT: return set_transport(vm, value);
    case VARIABLE_ACTION:
    case VARIABLE_RESPONSE: return set_answer(vm, variable, value);
    case VARIABLE_AUTH: return set_auth(vm, value);
    case VARIABLE_ROUTENAME: outcome->route_name = value.len ? value : SLICE_NULL; return true;
    case VARIABLE_RTP: return set_choice(vm, &outcome->rtp, value);
    case VARIABLE_NAT: return set_choice(vm, &outcome->nat, value);
    case VARIABLE_IFDST: return set_address(vm, &outcome->to_callee, value);
    case VARIABLE_IFSRC: return set_address(vm, &outcome->to_caller, value);
    case VARIABLE_CONTINUE: return set_boolean(vm, &outcome->go_on, value, false);
    case VARIABLE_REPLACEURI:
    case VARIABLE_REPLACEURL: return set_boolean(vm, &outcome->replace_uri, value, true);
    case VARIABLE_LOG: outcome->log = value.len ? value : SLICE_NULL; return true;
    case VARIABLE_TARGET: /* have instructions of their own: no SET names them (invariant 35) */
    case VARIABLE_SESSION:
    case VARIABLE_COUNT: break;
    }
    return true;
}
