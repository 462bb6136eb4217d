/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/words_limit.h"

#include "runtime/state/session.h"

#define HOME_IS_LIMIT ~,
#include "runtime/plan/home.h"

/* A plan that asks twice gets the same number twice: nothing starts or ends while it is evaluated. For the same reason
 * a place under a limit needs no reservation of its own: the session that the rule leads to starts before the next
 * request is looked at. */
const word_table words_limit = {
#define FUNCTION(ID, NAME, HOME, ...) HOME_ROW(ID, HOME)
#include "grammar/words.def"
};

static struct proxy *proxy_of(const struct vm *vm) {
    const struct proxy_facts *facts = vm->host->state;
    return facts->proxy;
}

static enum word_result number(struct vm *vm, struct slice *result, unsigned value) {
    return home_made(result, arena_printf(vm->outcome->arena, "%u", value));
}

static enum word_result word_SESSIONNUM(HOME_ARGUMENTS) {
    (void)arguments, (void)count;
    return number(vm, result, sessions_count(proxy_of(vm)->sessions));
}

static enum word_result word_THREADNUM(HOME_ARGUMENTS) {
    (void)arguments, (void)count;
    return number(vm, result, transactions_unanswered(proxy_of(vm)->transactions));
}

static enum word_result word_SPS(HOME_ARGUMENTS) {
    (void)arguments, (void)count;
    const struct proxy *proxy = proxy_of(vm);
    return number(vm, result, sessions_rate(proxy->sessions, proxy->now));
}

static enum word_result word_RULE_SPS(HOME_ARGUMENTS) {
    (void)arguments, (void)count;
    const struct proxy *proxy = proxy_of(vm);
    return number(vm, result, sessions_rule_rate(proxy->sessions, vm->rule, proxy->now));
}

static enum word_result word_ROUTE_CONCURRENT(HOME_ARGUMENTS) {
    (void)count;
    if (!arguments[0].at)
        return WORD_NULL;
    return number(vm, result, sessions_on_route(proxy_of(vm)->sessions, arguments[0]));
}

static enum word_result word_ROUTE_SPS(HOME_ARGUMENTS) {
    (void)count;
    const struct proxy *proxy = proxy_of(vm);
    if (!arguments[0].at)
        return WORD_NULL;
    return number(vm, result, sessions_route_rate(proxy->sessions, arguments[0], proxy->now));
}

static enum word_result below(struct slice *result, unsigned value, struct slice limit) {
    double most;
    if (!limit.at || !decimal_parse(&most, limit))
        return WORD_NULL;
    return home_truth(result, value < most);
}

static enum word_result word_ROUTE_UNDERLIMIT(HOME_ARGUMENTS) {
    (void)count;
    if (!arguments[0].at)
        return WORD_NULL;
    return below(result, sessions_on_route(proxy_of(vm)->sessions, arguments[0]), arguments[1]);
}

static enum word_result word_ROUTE_SPSLIMIT(HOME_ARGUMENTS) {
    (void)count;
    const struct proxy *proxy = proxy_of(vm);
    if (!arguments[0].at)
        return WORD_NULL;
    return below(result, sessions_route_rate(proxy->sessions, arguments[0], proxy->now), arguments[1]);
}
