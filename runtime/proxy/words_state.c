/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/words_state.h"

#include "grammar/zone_name.h"
#include "runtime/proxy/ours.h"
#include "runtime/sip/words_message.h"

#include <math.h>

#define HOME_IS_STATE ~,
#include "runtime/plan/home.h"

const word_table words_state = {
#define FUNCTION(ID, NAME, HOME, ...) HOME_ROW(ID, HOME)
#include "grammar/words.def"
};

static const struct proxy_facts *facts_of(const struct vm *vm) {
    return vm->host->state;
}

static enum word_result word_LOCALHOST(HOME_ARGUMENTS) {
    (void)count;
    struct sip_uri uri;
    if (!arguments[0].at || !message_host(arguments[0], &uri))
        return WORD_NULL;
    return home_truth(result, ours_host(facts_of(vm)->proxy->settings, &uri));
}

static enum word_result word_OUTBOUND(HOME_ARGUMENTS) {
    const struct proxy_facts *facts = facts_of(vm);
    struct slice text = count                ? arguments[0]
                        : facts->next_hop.at ? facts->next_hop
                                             : message_request_uri(facts->request, vm->outcome);
    struct sip_uri uri;
    if (!text.at || !message_host(text, &uri))
        return WORD_NULL;
    return home_truth(result, !ours_uri(facts->proxy->settings, &uri));
}

static enum word_result word_SID(HOME_ARGUMENTS) {
    (void)arguments, (void)count;
    return home_made(result, arena_printf(vm->outcome->arena, "%llu", (unsigned long long)facts_of(vm)->sid));
}

/* The clock. */

static bool arrival(const struct vm *vm, struct slice zone, int64_t offset_ms, struct local_time *time) {
    const struct proxy_facts *facts = facts_of(vm);
    const struct world *world = facts->proxy->world;
    return world->local_time(world->context, zone, facts->unix_ms + offset_ms, time);
}

static enum word_result word_DATE(HOME_ARGUMENTS) {
    (void)arguments, (void)count;
    struct local_time time;
    if (!arrival(vm, SLICE_EMPTY, 0, &time))
        return WORD_NULL;
    return home_made(result, arena_printf(vm->outcome->arena, "%04d/%02d/%02d", time.year, time.month, time.day));
}

static enum word_result word_TIME(HOME_ARGUMENTS) {
    (void)arguments, (void)count;
    struct local_time time;
    if (!arrival(vm, SLICE_EMPTY, 0, &time))
        return WORD_NULL;
    return home_made(result, arena_printf(vm->outcome->arena, "%02d:%02d:%02d", time.hour, time.minute, time.second));
}

static enum word_result word_WEEKDAY(HOME_ARGUMENTS) {
    (void)arguments, (void)count;
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    struct local_time time;
    if (!arrival(vm, SLICE_EMPTY, 0, &time))
        return WORD_NULL;
    return home_made(result, days[time.weekday]);
}

static bool zone_time(const struct vm *vm, struct slice zone_text, struct local_time *time) {
    struct zone_name zone;
    if (!zone_name_parse(&zone, zone_text))
        return false;
    if (zone.database.at)
        return arrival(vm, zone.database, 0, time);
    return arrival(vm, SLICE("UTC"), (int64_t)zone.minutes * 60 * 1000, time);
}

static enum word_result word_TIMERANGE(HOME_ARGUMENTS) {
    struct local_time time;
    unsigned begin, end;
    if (!arguments[0].at || !arguments[1].at || !time_of_day_parse(&begin, arguments[0]) ||
        !time_of_day_parse(&end, arguments[1]))
        return WORD_NULL;
    if (count > 2 ? !arguments[2].at || !zone_time(vm, arguments[2], &time) : !arrival(vm, SLICE_EMPTY, 0, &time))
        return WORD_NULL;
    unsigned minute = (unsigned)(time.hour * 60 + time.minute);
    bool inside = begin <= end ? begin <= minute && minute < end : minute >= begin || minute < end;
    return home_truth(result, inside);
}

/* Chance. */

static enum word_result word_MATH_RAND(HOME_ARGUMENTS) {
    (void)count;
    const struct proxy_facts *facts = facts_of(vm);
    double low, high;
    if (!arguments[0].at || !arguments[1].at || !decimal_parse(&low, arguments[0]) ||
        !decimal_parse(&high, arguments[1]))
        return WORD_NULL;
    low = ceil(low);
    high = floor(high);
    if (!(low <= high) || low < -9e15 || high > 9e15) /* whole numbers that a double holds exactly */
        return WORD_NULL;
    uint64_t place[2] = {facts->chance, vm->pc}; /* once per request and call site */
    uint64_t drawn = hash_keyed(&facts->proxy->seed.numbers, place, sizeof place);
    int64_t number = (int64_t)low + (int64_t)(drawn % ((uint64_t)(high - low) + 1));
    return home_made(result, arena_printf(vm->outcome->arena, "%lld", (long long)number));
}
