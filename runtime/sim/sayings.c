/* SPDX-License-Identifier: MIT */
#include "runtime/sim/sayings.h"

static const char how_written[] =
    "it is written: dns NAME A|AAAA ADDRESS..., SRV PRIORITY WEIGHT PORT TARGET, NAPTR ORDER "
    "PREFERENCE FLAGS SERVICE NAME, nxdomain, nodata, silent, servfail or refused [ttl TIME] [after "
    "TIME] [from TIME] [for TIME]";

static const struct {
    struct slice word;
    enum dns_type type;
    enum dns_status status;
} kinds[] = {
    {SLICE("A"), DNS_A, DNS_FOUND},
    {SLICE("AAAA"), DNS_AAAA, DNS_FOUND},
    {SLICE("SRV"), DNS_SRV, DNS_FOUND},
    {SLICE("NAPTR"), DNS_NAPTR, DNS_FOUND},
    {SLICE("nxdomain"), DNS_TYPES, DNS_NXDOMAIN},
    {SLICE("nodata"), DNS_TYPES, DNS_NODATA},
    {SLICE("silent"), DNS_TYPES, DNS_SILENT},
    {SLICE("servfail"), DNS_TYPES, DNS_SERVFAIL},
    {SLICE("refused"), DNS_TYPES, DNS_REFUSED},
};

static bool read_kind(struct sim_saying *saying, struct slice word) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (slice_equal(word, kinds[i].word)) {
            saying->type = kinds[i].type;
            saying->status = kinds[i].status;
            return true;
        }
    return false;
}

static bool read_number(struct slice *rest, uint16_t *number) {
    struct slice word;
    bool quoted;
    uint64_t value;
    if (!reader_word(rest, &word, &quoted) || !slice_number(word, UINT16_MAX, &value))
        return false;
    *number = (uint16_t)value;
    return true;
}

/* "." is the root: no name. */
static bool read_name(struct slice *rest, struct slice *name) {
    bool quoted;
    if (!reader_word(rest, name, &quoted))
        return false;
    if (slice_equal(*name, SLICE(".")))
        *name = SLICE_EMPTY;
    return true;
}

static bool read_record(struct sim_saying *saying, struct slice *rest) {
    struct dns_record *record = &saying->record;
    struct slice word;
    bool quoted;
    record->name = record->service = record->flags = SLICE_EMPTY;
    switch (saying->type) {
    case DNS_A:
    case DNS_AAAA:
        return reader_word(rest, &word, &quoted) && ip_parse(&record->ip, word) &&
               record->ip.family == (saying->type == DNS_A ? 4 : 6);
    case DNS_SRV:
        return read_number(rest, &record->order) && read_number(rest, &record->preference) &&
               read_number(rest, &record->port) && read_name(rest, &record->name);
    case DNS_NAPTR:
        return read_number(rest, &record->order) && read_number(rest, &record->preference) &&
               reader_word(rest, &record->flags, &quoted) && reader_word(rest, &record->service, &quoted) &&
               read_name(rest, &record->name);
    case DNS_TYPES: return true;
    }
    return false;
}

static bool read_times(struct sim_saying *saying, struct slice rest) {
    struct slice word, time;
    bool quoted;
    uint32_t ms, last = UINT32_MAX;
    saying->ttl = 0;
    while (reader_word(&rest, &word, &quoted)) {
        if (!reader_word(&rest, &time, &quoted) || !duration_parse(&ms, time))
            return false;
        if (slice_equal(word, SLICE("ttl")))
            saying->ttl = ms / 1000;
        else if (slice_equal(word, SLICE("after")))
            saying->after = ms;
        else if (slice_equal(word, SLICE("from")))
            saying->from = ms;
        else if (slice_equal(word, SLICE("for")))
            last = ms;
        else
            return false;
    }
    saying->until = last == UINT32_MAX ? last : saying->from + last;
    return true;
}

static struct sim_saying *add(struct reader *reader, const struct sim_saying *like) {
    struct sim_saying *saying = arena_alloc(reader->arena, sizeof *saying);
    if (!saying) {
        reader->out_of_memory = true;
        return NULL;
    }
    *saying = *like;
    saying->next = reader->story->sayings; /* in front: those from before the first story are shared by all */
    reader->story->sayings = saying;
    return saying;
}

/* An address more of the same name. */
static bool has_address(struct slice rest) {
    struct slice word;
    struct ip_address ip;
    bool quoted;
    return reader_word(&rest, &word, &quoted) && ip_parse(&ip, word);
}

void sayings_read(struct reader *reader, struct slice rest) {
    struct sim_saying saying = {.ttl = 0};
    struct slice word;
    struct sim_saying *first = reader->story->sayings;
    bool quoted;
    if (!reader_word(&rest, &saying.name, &quoted) || !reader_word(&rest, &word, &quoted) ||
        !read_kind(&saying, word)) {
        reader_wrong(reader, "%s", how_written);
        return;
    }
    do {
        if (!read_record(&saying, &rest)) {
            reader_wrong(reader, "%s", how_written);
            return;
        }
        if (!add(reader, &saying))
            return;
    } while ((saying.type == DNS_A || saying.type == DNS_AAAA) && has_address(rest));
    for (struct sim_saying *said = reader->story->sayings; said != first; said = said->next)
        if (!read_times(said, rest))
            reader_wrong(reader, "%s", how_written);
}

void sayings_read_host(struct reader *reader, struct slice rest) {
    struct sim_saying saying = {.status = DNS_FOUND, .until = UINT32_MAX};
    struct slice address;
    bool quoted;
    saying.record.name = saying.record.service = saying.record.flags = SLICE_EMPTY;
    if (!reader_word(&rest, &saying.name, &quoted) || !reader_word(&rest, &address, &quoted) ||
        !ip_parse(&saying.record.ip, address)) {
        reader_wrong(reader, "it is written: host gw1 192.0.2.101");
        return;
    }
    saying.type = saying.record.ip.family == 6 ? DNS_AAAA : DNS_A;
    add(reader, &saying);
}
