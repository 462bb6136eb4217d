/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/evaluation.h"

#include "runtime/proxy/auth.h"
#include "runtime/proxy/destination.h"
#include "runtime/proxy/guard.h"
#include "runtime/proxy/words_directory.h"
#include "runtime/proxy/words_limit.h"
#include "runtime/proxy/words_location.h"
#include "runtime/sip/words_message.h"

/* False, as everything here that has answered says. */
static bool refuse(struct request *request, unsigned code) {
    answer_final(request, code, NULL, NULL);
    return false;
}

static bool not_decided(struct request *request, enum vm_result result) {
    struct proxy *proxy = request->proxy;
    const struct vm *vm = &proxy->vm;
    unsigned code = result == VM_BAD_REQUEST ? 400 : 500;
    if (code == 500)
        proxy_count(proxy, COUNTER_PLAN_FAULTS);
    const struct image_line *line = image_line_at(proxy->image, vm->pc);
    request->outcome.rule = (int32_t)vm->rule;
    EVENT(proxy, LOG_WARNING, "plan-undecided", request->message->call_id, request->outcome.rule,
          {"line", line ? event_plan_line(proxy, line->file, line->line) : SLICE_NULL},
          {"code", event_number(proxy, code)}, {"why", slice_of(vm->why)},
          {"capture", vm->capture ? slice_of(arena_printf(&proxy->scratch, "%%%d", vm->capture)) : SLICE_NULL});
    return refuse(request, code);
}

/* The plan demands authentication: judged once, as soon as the rule that does was deployed (language.md 4). Within a
 * dialog it has no effect. */
static bool judge_deployed(struct vm *vm) {
    struct request *request = vm->host->context;
    if (!request->initial || request->user.at)
        return true;
    struct slice now = request->message->uri;
    request->message->uri = request->uri;
    bool good = auth_judge(request, destination_is_server(request));
    request->message->uri = now;
    return good;
}

static bool evaluate(struct request *request, bool preliminary) {
    struct proxy *proxy = request->proxy;
    struct sip_message *message = request->message;
    struct sip_facts facts = {.message = message, .source = &request->packet->source, .local = &request->packet->local};
    const struct vm_host host = {
        .homes = {[HOME_TEXT] = &words_text,
                  [HOME_MESSAGE] = &words_message,
                  [HOME_STATE] = &words_state,
                  [HOME_DIRECTORY] = &words_directory,
                  [HOME_LOCATION] = &words_location,
                  [HOME_LIMIT] = &words_limit},
        .header = message_header,
        .to = message_to,
        .is_uri = message_is_uri,
        .is_target = message_is_target,
        .deployed = judge_deployed,
        .context = request,
        .message = &facts,
        .state = &request->facts,
    };
    struct slice received = message->uri;
    message->uri = request->route.uri; /* $request is what 16.4 made of it */
    enum vm_result result = vm_run(&proxy->vm, proxy->image, &host, &request->outcome, proxy->rx, preliminary);
    message->uri = received;
    if (result == VM_ENDED)
        return false;
    return result == VM_DONE || not_decided(request, result);
}

static bool answered_by_plan(struct request *request) {
    const struct outcome *outcome = &request->outcome;
    if (outcome->drop) {
        answer_nothing(request);
        if (outcome->block)
            guard_block(request);
        return true;
    }
    if (!outcome->code)
        return false;
    struct slice reason = arena_copy(&request->proxy->scratch, outcome->reason); /* with a NUL behind it */
    answer_final(request, outcome->code, reason.len ? reason.at : NULL, NULL);
    return true;
}

/* The variables that every request begins with. A rule may set them anew: each request has its own. */
static bool set_presets(struct request *request) {
    const struct proxy_settings *settings = request->proxy->settings;
    for (unsigned i = 0; i < settings->preset_count; i++) {
        struct outcome_variable *variable = arena_alloc(&request->proxy->scratch, sizeof *variable);
        if (!variable)
            return false;
        variable->name = settings->presets[i].name;
        variable->value = settings->presets[i].value;
        variable->next = request->outcome.variables;
        request->outcome.variables = variable;
    }
    return true;
}

/* A plan that says so in plain words is refused at the start; here a value has turned out so. */
static bool refuse_media(struct request *request) {
    struct proxy *proxy = request->proxy;
    proxy_count(proxy, COUNTER_PLAN_FAULTS);
    EVENT(proxy, LOG_WARNING, "plan-undecided", request->message->call_id, request->outcome.rule,
          {"code", event_number(proxy, 500)}, {"why", SLICE("$rtp is true, and this server relays no media")});
    return refuse(request, 500);
}

bool evaluation_preliminary(struct request *request) {
    if (!set_presets(request)) {
        answer_no_memory(request);
        return false;
    }
    if (!evaluate(request, true) || answered_by_plan(request))
        return false;
    if (!request->initial)
        outcome_init(&request->outcome, &request->proxy->scratch);
    return true;
}

bool evaluation_rules(struct request *request) {
    if (!evaluate(request, false) || answered_by_plan(request))
        return false;
    bool here = destination_is_server(request);
    if (auth_wanted(request, here) && !auth_judge(request, here))
        return false;
    return request->outcome.rtp != CHOICE_TRUE || refuse_media(request);
}
