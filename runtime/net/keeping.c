/* SPDX-License-Identifier: MIT */
#include "runtime/net/keeping.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static void on_changed(void *context, const struct store_row *row) {
    struct keeping *keeping = context;
    proxy_load(keeping->proxy, row, loop_now(), loop_unix());
}

static void on_kept(void *context, uint64_t ticket) {
    struct keeping *keeping = context;
    proxy_kept(keeping->proxy, ticket, loop_now(), loop_unix());
}

static void on_report(void *context) {
    struct keeping *keeping = context;
    store_tell(keeping->store);
    keeping->turn(keeping->context);
}

/* Then there may be users in it, and whoever served without them would let everybody in. */
static bool may_hold_a_store(const char *directory) {
    struct stat status;
    return stat(directory, &status) == 0 ? S_ISDIR(status.st_mode) : errno != ENOENT && errno != ENOTDIR;
}

/* Two servers of one store would not know of each other's registrations. The lock ends with the process, however that
 * ends; where a file system has no locks there is none. */
static int lock(struct keeping *keeping, const char *directory, char *reason, size_t size) {
    keeping->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (keeping->directory < 0 || flock(keeping->directory, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return 0;
    snprintf(reason, size, "another server keeps its state in %s; give this one a --state-dir of its own", directory);
    return -EBUSY;
}

int keeping_open(struct keeping *keeping, const char *directory, struct log *log, char *reason, size_t size) {
    char place[512], error[512];
    *keeping = (struct keeping){.log = log, .events = {.changed = on_changed, .kept = on_kept}};
    keeping->events.context = keeping;
    int result = store_open(&keeping->store, directory, log, &keeping->events, reason, size);
    if (!result)
        return lock(keeping, directory, reason, size);
    if (result == -ENOMEM || may_hold_a_store(directory))
        return result;
    log_printf(log, LOG_WARNING, "event=store-not-kept directory=%s error=%s consequence=\"%s\"",
               log_value(slice_of(directory), place, sizeof place), log_value(slice_of(reason), error, sizeof error),
               "there are no users and aliases, and registrations end with this run");
    reason[0] = '\0';
    return 0;
}

/* Loading. */

struct load {
    struct keeping *keeping;
    struct slice realm;
    uint64_t now;
    int64_t unix_ms;
    unsigned counts[STORE_KINDS], wrong;
    unsigned of_another_realm; /* users */
};

/* What has run out while nobody served is not loaded but removed. */
static bool has_run_out(const struct load *load, const struct store_row *row) {
    int64_t expires = INT64_MAX;
    if (row->kind == STORE_BINDING)
        expires = row->binding.expires;
    if (row->kind == STORE_BLOCK && row->block.expires)
        expires = row->block.expires;
    return expires <= load->unix_ms;
}

static int on_row(void *context, const struct store_row *row) {
    struct load *load = context;
    struct store_row gone = *row;
    gone.gone = true;
    if (has_run_out(load, row)) {
        store_keep(load->keeping->store, &gone);
        return 0;
    }
    load->counts[row->kind]++;
    if (row->kind == STORE_USER && !slice_equal(row->user.realm, load->realm))
        load->of_another_realm++;
    proxy_load(load->keeping->proxy, row, load->now, load->unix_ms);
    return 0;
}

static void log_load(const struct load *load) {
    const struct keeping *keeping = load->keeping;
    char file[512], realm[256];
    log_value(slice_of(store_sqlite_file(store_database(keeping->store))), file, sizeof file);
    log_printf(keeping->log, LOG_NOTICE,
               "event=store file=%s users=%u aliases=%u registrations=%u blocks=%u ms=%" PRIu64, file,
               load->counts[STORE_USER], load->counts[STORE_ALIAS], load->counts[STORE_BINDING],
               load->counts[STORE_BLOCK], loop_now() - load->now);
    if (load->wrong)
        log_printf(keeping->log, LOG_WARNING, "event=store-rows-wrong file=%s count=%u", file, load->wrong);
    if (load->of_another_realm)
        log_printf(keeping->log, LOG_WARNING,
                   "event=users-of-another-realm count=%u realm=%s consequence=\"their passwords fit no more\"",
                   load->of_another_realm, log_value(load->realm, realm, sizeof realm));
}

static int load_all(struct load *load, char *reason, size_t size) {
    struct store_sqlite *database = store_database(load->keeping->store);
    int result = 0;
    for (unsigned kind = 0; !result && kind < STORE_KINDS; kind++)
        result = store_sqlite_each(database, (enum store_kind)kind, on_row, load, &load->wrong);
    if (result)
        snprintf(reason, size, "cannot read %s: %s", store_sqlite_file(database), store_sqlite_reason(result));
    else
        log_load(load);
    return result;
}

int keeping_start(struct keeping *keeping, struct proxy *proxy, struct slice realm, struct loop *loop, loop_event *turn,
                  void *context, char *reason, size_t size) {
    const struct store_row setting = {.kind = STORE_SETTING, .setting = {.name = SLICE("realm"), .value = realm}};
    struct load load = {.keeping = keeping, .realm = realm, .now = loop_now(), .unix_ms = loop_unix()};
    keeping->proxy = proxy;
    keeping->turn = turn;
    keeping->context = context;
    if (!keeping->store)
        return 0;
    int result = load_all(&load, reason, size);
    if (!result)
        result = store_start(keeping->store);
    if (result)
        return result;
    if (realm.len)
        store_keep(keeping->store, &setting);
    store_flush(keeping->store);
    return loop_read(loop, store_descriptor(keeping->store), on_report, keeping) ? 0 : -ENOMEM;
}

void keeping_flush(struct keeping *keeping) {
    if (keeping->store)
        store_flush(keeping->store);
}

void keeping_end(struct keeping *keeping) {
    if (keeping->store)
        store_end(keeping->store);
}

void keeping_count(const struct keeping *keeping, struct counters *counters) {
    if (!keeping->store)
        return;
    struct store_counts counts = store_count(keeping->store);
    counters->values[COUNTER_ROWS_WRITTEN] = counts.written;
    counters->values[COUNTER_ROWS_LOST] = counts.lost;
}

void keeping_close(struct keeping *keeping) {
    if (keeping->store && keeping->directory >= 0)
        close(keeping->directory);
    store_close(keeping->store);
}
