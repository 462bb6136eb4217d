/* SPDX-License-Identifier: MIT */
#include "runtime/sim/world.h"

#include "runtime/proxy/ours.h"
#include "runtime/sim/connections.h"

#include <errno.h>
#include <stdio.h>

static void keep_line(struct sim_world *world, struct sim_line ***end, struct slice text) {
    struct sim_line *line = arena_alloc(world->arena, sizeof *line);
    struct slice copy = arena_copy(world->arena, text);
    if (!line || !copy.at) {
        world->out_of_memory = true;
        return;
    }
    *line = (struct sim_line){.at = world->now, .text = copy};
    **end = line;
    *end = &line->next;
}

void sim_world_leave(struct sim_world *world, const struct sip_flow *flow, const struct sim_connection *connection,
                     struct slice bytes) {
    struct sim_sent *sent = arena_alloc(world->arena, sizeof *sent);
    struct slice copy = arena_copy(world->arena, bytes);
    if (!sent || !copy.at) {
        world->out_of_memory = true;
        return;
    }
    *sent = (struct sim_sent){.at = world->now,
                              .local = flow->local,
                              .remote = connection ? connection->peer : flow->remote,
                              .connection = connection,
                              .bytes = copy};
    *world->sent_end = sent;
    world->sent_end = &sent->next;
}

static uint64_t world_send(void *context, const struct sip_flow *flow, struct slice bytes) {
    if (flow->remote.transport != TRANSPORT_UDP)
        return connections_send(context, flow, bytes);
    sim_world_leave(context, flow, NULL, bytes);
    return 0;
}

const struct endpoint *sim_world_listener(const struct sim_world *world, const struct endpoint *remote) {
    for (unsigned i = 0; i < world->settings->listener_count; i++) {
        const struct endpoint *listener = &world->settings->listeners[i];
        if (listener->ip.family == remote->ip.family && listener->transport == remote->transport)
            return listener;
    }
    return NULL;
}

static const struct endpoint *find_listener(const struct sim_world *world, const struct endpoint *remote,
                                            const struct endpoint *wanted) {
    const struct proxy_settings *settings = world->settings;
    for (unsigned i = 0; wanted && i < settings->listener_count; i++) {
        const struct endpoint *listener = &settings->listeners[i];
        if (ip_equal(&listener->ip, &wanted->ip) && (wanted->port == 0 || wanted->port == listener->port) &&
            listener->ip.family == remote->ip.family && listener->transport == remote->transport)
            return listener;
    }
    return wanted ? NULL : sim_world_listener(world, remote);
}

static enum cause world_route(void *context, const struct endpoint *remote, const struct endpoint *wanted,
                              struct world_route *route) {
    const struct sim_world *world = context;
    const struct proxy_settings *settings = world->settings;
    const struct endpoint *listener = find_listener(world, remote, wanted);
    char ip[IP_TEXT];
    if (!listener)
        return CAUSE_TRANSPORT_UNSUPPORTED;
    for (const struct sim_gap *gap = world->gaps; gap; gap = gap->next)
        if (ip_block_has(&gap->block, &remote->ip))
            return CAUSE_UNREACHABLE;
    *route = (struct world_route){.local = *listener, .port = ours_port(settings, listener->port)};
    ip_format(&listener->ip, ip);
    snprintf(route->host, sizeof route->host, listener->ip.family == 6 ? "[%s]" : "%s", ip);
    if (settings->advertise.len)
        snprintf(route->host, sizeof route->host, "%.*s", SLICE_ARG(settings->advertise));
    return CAUSE_NONE;
}

static bool world_withdraw(void *context, uint64_t connection, struct slice bytes) {
    return connections_withdraw(context, connection, bytes);
}

static uint64_t world_connection(void *context, const struct endpoint *remote) {
    return connections_find(context, remote);
}

static void world_alias(void *context, uint64_t connection, uint16_t port) {
    connections_alias(context, connection, port);
}

static void world_doubt(void *context, uint64_t connection, uint64_t since) {
    connections_doubt(context, connection, since - WORLD_MONOTONIC);
}

static bool world_ask(void *context, uint32_t id, struct slice name, enum dns_type type) {
    struct sim_world *world = context;
    struct sim_question *question = arena_alloc(world->arena, sizeof *question), **place = &world->questions;
    uint32_t after;
    if (!question ||
        !nameserver_answer(world->sayings, name, type, world->now, world->arena, &question->answer, &after)) {
        world->out_of_memory = true;
        return false;
    }
    question->id = id;
    question->due = world->now + after;
    while (*place && (*place)->due <= question->due)
        place = &(*place)->next;
    question->next = *place;
    *place = question;
    return true;
}

static bool world_local_time(void *context, struct slice zone, int64_t unix_ms, struct local_time *time) {
    (void)context;
    return sim_local_time(zone, unix_ms, time);
}

static void world_log(void *context, enum log_level level, struct slice line) {
    struct sim_world *world = context;
    (void)level;
    keep_line(world, &world->logs_end, line);
}

static void world_record(void *context, struct slice line) {
    struct sim_world *world = context;
    keep_line(world, &world->records_end, line);
}

/* Rows cannot get lost here, so that nobody has to look at them. */
static void world_keep(void *context, const struct store_row *row) {
    (void)context, (void)row;
}

static void world_commit(void *context, uint64_t ticket) {
    struct sim_world *world = context;
    struct sim_commit *commit = arena_alloc(world->arena, sizeof *commit);
    if (!commit) {
        world->out_of_memory = true;
        return;
    }
    *commit = (struct sim_commit){.ticket = ticket, .due = world->now + world->store_delay};
    *world->commits_end = commit;
    world->commits_end = &commit->next;
}

static int start(struct sim_world *world, const struct image *image) {
    /* The same story runs the same way every time. */
    const struct proxy_seed seed = {
        .tables = {{1, 2, 3, 4}}, .dialogs = {{5, 6, 7, 8}}, .numbers = {{9, 10, 11, (uint8_t)(12 + world->runs++)}}};
    flow_key_init(&world->flows, &seed.dialogs);
    world->proxy = proxy_new(world->settings, &seed, image, &world->face);
    return world->proxy ? 0 : -ENOMEM;
}

int sim_world_open(struct sim_world *world, struct arena *arena, const struct proxy_settings *settings,
                   const struct sim_gap *gaps, const struct image *image, int64_t unix_ms) {
    *world = (struct sim_world){
        .arena = arena,
        .settings = settings,
        .gaps = gaps,
        .unix_ms = unix_ms,
        .face =
            {
                .context = world,
                .send = world_send,
                .withdraw = world_withdraw,
                .connection = world_connection,
                .alias = world_alias,
                .doubt = world_doubt,
                .route = world_route,
                .local_time = world_local_time,
                .log = world_log,
                .record = world_record,
                .keep = world_keep,
                .commit = world_commit,
                .ask = world_ask,
            },
    };
    world->sent_end = &world->sent;
    world->logs_end = &world->logs;
    world->records_end = &world->records;
    world->commits_end = &world->commits;
    return start(world, image);
}

int sim_world_restart(struct sim_world *world, const struct image *image) {
    proxy_free(world->proxy);
    connections_forget(world);
    world->questions = NULL;
    world->commits = NULL;
    world->commits_end = &world->commits;
    return start(world, image);
}

void sim_world_close(struct sim_world *world) {
    proxy_free(world->proxy);
    world->proxy = NULL;
    connections_free(world);
}

uint64_t sim_world_monotonic(const struct sim_world *world) {
    return WORLD_MONOTONIC + world->now;
}

int64_t sim_world_wall(const struct sim_world *world) {
    return world->unix_ms + (int64_t)world->now;
}

/* The store's answer comes before the timers of the same millisecond. */
static bool tell_kept(struct sim_world *world) {
    struct sim_commit *commit = world->commits;
    if (!commit || commit->due > world->now)
        return false;
    world->commits = commit->next;
    if (!world->commits)
        world->commits_end = &world->commits;
    proxy_kept(world->proxy, commit->ticket, sim_world_monotonic(world), sim_world_wall(world));
    return true;
}

/* So do those of the name servers. */
static bool tell_named(struct sim_world *world) {
    struct sim_question *question = world->questions;
    if (!question || question->due > world->now)
        return false;
    world->questions = question->next;
    proxy_named(world->proxy, question->id, &question->answer, sim_world_monotonic(world), sim_world_wall(world));
    return true;
}

/* Neither does that of the network. */
static bool tell_news(struct sim_world *world) {
    return tell_kept(world) || tell_named(world) || connections_tell(world);
}

void sim_world_tell(struct sim_world *world) {
    while (tell_news(world))
        ;
}

void sim_world_load(struct sim_world *world, const struct store_row *row) {
    proxy_load(world->proxy, row, sim_world_monotonic(world), sim_world_wall(world));
}

void sim_world_receive(struct sim_world *world, const struct endpoint *source, const struct endpoint *local,
                       struct slice bytes) {
    struct packet packet = {.source = *source,
                            .local = *local,
                            .bytes = bytes,
                            .now = sim_world_monotonic(world),
                            .unix_ms = sim_world_wall(world)};
    proxy_receive(world->proxy, &packet);
    sim_world_tell(world);
}

void sim_world_unreachable(struct sim_world *world, const struct sim_sent *sent, size_t quoted) {
    proxy_unreachable(world->proxy, &sent->remote, slice_cut(sent->bytes, 0, quoted), CAUSE_UNREACHABLE,
                      sim_world_monotonic(world), sim_world_wall(world));
    sim_world_tell(world);
}

uint64_t sim_world_due(const struct sim_world *world) {
    uint64_t due = proxy_due(world->proxy);
    if (due != UINT64_MAX)
        due = due > sim_world_monotonic(world) ? due - WORLD_MONOTONIC : world->now;
    if (world->commits && world->commits->due < due)
        due = world->commits->due;
    if (world->questions && world->questions->due < due)
        due = world->questions->due;
    uint64_t lost = connections_due(world);
    return lost < due ? lost : due;
}

bool sim_world_run(struct sim_world *world, uint64_t until) {
    enum { TICKS_MAX = 100000 }; /* without progress */
    unsigned ticks = 0;
    for (uint64_t due = sim_world_due(world); due <= until && !world->stuck; due = sim_world_due(world)) {
        struct sim_sent **before = world->sent_end;
        ticks = due > world->now ? 0 : ticks + 1;
        world->stuck = ticks > TICKS_MAX;
        world->now = due;
        if (!tell_news(world))
            proxy_tick(world->proxy, sim_world_monotonic(world), sim_world_wall(world));
        if (world->sent_end != before)
            return true;
    }
    world->now = until;
    return false;
}

/* Days since 1970-01-01 of a day of the Gregorian calendar. */
static int64_t days_of(int year, int month, int day) {
    int64_t y = month <= 2 ? year - 1 : year, m = (month + 9) % 12;
    return y * 365 + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + day - 1 - 719468;
}

static int year_of(int64_t days) {
    int year = 1970 + (int)(days / 366);
    while (days_of(year + 1, 1, 1) <= days)
        year++;
    return year;
}

int64_t sim_unix_ms(int year, int month, int day, int hour, int minute, int second) {
    return ((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60000 + second * 1000;
}

/* The first Sunday at or after a day; day 0 was a Thursday. */
static int64_t sunday_from(int64_t day) {
    return day + (10 - day % 7) % 7;
}

/* Since 2007: from the second Sunday of March, 2:00, to the first of November, 2:00 of summer time. */
static bool is_american_summer(int64_t standard, int year) {
    return standard >= sunday_from(days_of(year, 3, 8)) * 86400 + 2 * 3600 &&
           standard < sunday_from(days_of(year, 11, 1)) * 86400 + 3600;
}

/* Since 1996: from the last Sunday of March to the last of October, 1:00 UTC, which is 2:00 in Berlin. */
static bool is_european_summer(int64_t standard, int year) {
    return standard >= sunday_from(days_of(year, 3, 25)) * 86400 + 2 * 3600 &&
           standard < sunday_from(days_of(year, 10, 25)) * 86400 + 2 * 3600;
}

/* The zones of the tz database that stories can be told in: those of PST, MST, CST and EST, and one east of
 * Greenwich. */
static bool zone_offset(struct slice zone, int64_t unix_ms, int64_t *minutes) {
    static const struct {
        const char *name;
        int hours;
        bool (*is_summer)(int64_t standard, int year);
    } zones[] = {
        {"America/Los_Angeles", -8, is_american_summer}, {"America/Denver", -7, is_american_summer},
        {"America/Chicago", -6, is_american_summer},     {"America/New_York", -5, is_american_summer},
        {"Europe/Berlin", 1, is_european_summer},
    };
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (!slice_equal(zone, slice_of(zones[i].name)))
            continue;
        int64_t standard = unix_ms / 1000 + zones[i].hours * 3600;
        *minutes = (zones[i].hours + zones[i].is_summer(standard, year_of(standard / 86400))) * 60;
        return true;
    }
    return false;
}

static bool offset_of(struct slice zone, int64_t *minutes) {
    uint64_t hours, rest = 0;
    *minutes = 0;
    if (zone.len == 0 || slice_same(zone, SLICE("UTC")) || slice_same(zone, SLICE("GMT")))
        return true;
    if (!slice_starts_same(zone, SLICE("GMT")) || (zone.at[3] != '+' && zone.at[3] != '-'))
        return false;
    size_t colon = slice_find(zone, 4, ':');
    if (!slice_number(slice_cut(zone, 4, colon), 14, &hours) ||
        (colon < zone.len && !slice_number(slice_from(zone, colon + 1), 59, &rest)))
        return false;
    *minutes = (int64_t)(hours * 60 + rest) * (zone.at[3] == '-' ? -1 : 1);
    return true;
}

bool sim_local_time(struct slice zone, int64_t unix_ms, struct local_time *time) {
    int64_t minutes;
    if (!zone_offset(zone, unix_ms, &minutes) && !offset_of(zone, &minutes))
        return false;
    int64_t seconds = unix_ms / 1000 + minutes * 60;
    int64_t days = seconds / 86400, rest = seconds % 86400;
    int year = year_of(days), month = 12;
    while (days_of(year, month, 1) > days)
        month--;
    *time = (struct local_time){year,
                                month,
                                (int)(days - days_of(year, month, 1)) + 1,
                                (int)(rest / 3600),
                                (int)(rest / 60 % 60),
                                (int)(rest % 60),
                                (int)((days + 4) % 7)};
    return true;
}
