/* SPDX-License-Identifier: MIT */
#include "runtime/net/dns_answer.h"

#include <string.h>

enum {
    ALIASES_MAX = 16,
    CLASS_INTERNET = 1,
    RCODE_NXDOMAIN = 3,

    TYPE_CNAME = 5,
    TYPE_SOA = 6,
};

static const uint16_t types[DNS_TYPES] = {[DNS_A] = 1, [DNS_AAAA] = 28, [DNS_SRV] = 33, [DNS_NAPTR] = 35};

/* What was read of a message so far. */
struct reader {
    const uint8_t *bytes;
    size_t length, at;
    bool broken, starved; /* starved: of memory */
};

struct name { /* as text, without the root's dot */
    char text[DNS_NAME_MAX + 1];
    size_t length;
};

struct record {
    struct name owner;
    uint16_t type, class;
    uint32_t ttl;
    size_t data, end;
};

static uint32_t take(struct reader *reader, unsigned bytes) {
    uint32_t number = 0;
    if (reader->broken || reader->length - reader->at < bytes) {
        reader->broken = true;
        return 0;
    }
    while (bytes--)
        number = number << 8 | reader->bytes[reader->at++];
    return number;
}

/* A label is text that may stand in a host or service name; what else a name server calls itself, nobody here asks
 * for. */
static bool is_label_byte(uint8_t byte) {
    return byte > ' ' && byte < 0x7f && byte != '.' && byte != '\\' && byte != '"';
}

static void add_label(struct reader *reader, struct name *name, size_t at, size_t length) {
    if (at + length > reader->length || name->length + length + 1 > DNS_NAME_MAX) {
        reader->broken = true;
        return;
    }
    if (name->length)
        name->text[name->length++] = '.';
    for (size_t i = 0; i < length; i++) {
        reader->broken |= !is_label_byte(reader->bytes[at + i]);
        name->text[name->length++] = (char)reader->bytes[at + i];
    }
}

/* RFC 1035 4.1.4. Each pointer leads before the place that the last one led to. */
static void take_name(struct reader *reader, struct name *name) {
    size_t at = reader->at, before = reader->at;
    bool jumped = false;
    name->length = 0;
    while (!reader->broken) {
        uint8_t length = at < reader->length ? reader->bytes[at] : 0xff;
        if (length < 0x40) {
            if (length)
                add_label(reader, name, at + 1, length);
            at += 1u + length;
            if (!jumped)
                reader->at = at;
            if (!length)
                return;
            continue;
        }
        size_t to = length >= 0xc0 && at + 1 < reader->length ? (length & 0x3fu) << 8 | reader->bytes[at + 1] : before;
        if (to >= before) {
            reader->broken = true;
            return;
        }
        if (!jumped)
            reader->at = at + 2;
        jumped = true;
        at = before = to;
    }
}

static void take_record(struct reader *reader, struct record *record) {
    take_name(reader, &record->owner);
    record->type = (uint16_t)take(reader, 2);
    record->class = (uint16_t)take(reader, 2);
    record->ttl = take(reader, 4);
    if (record->ttl > INT32_MAX) /* RFC 2181 8 */
        record->ttl = 0;
    size_t length = take(reader, 2);
    record->data = reader->at;
    if (reader->broken || reader->length - reader->at < length) {
        reader->broken = true;
        return;
    }
    reader->at += length;
    record->end = reader->at;
}

static bool is_same(const struct name *a, const struct name *b) {
    return slice_same((struct slice){a->text, a->length}, (struct slice){b->text, b->length});
}

/* Data. */

static struct slice copy(struct reader *reader, struct arena *arena, const char *text, size_t length) {
    struct slice kept = arena_copy(arena, (struct slice){text, length});
    reader->starved |= !kept.at;
    return kept;
}

static struct slice take_kept_name(struct reader *reader, struct arena *arena) {
    struct name name;
    take_name(reader, &name);
    return reader->broken ? SLICE_EMPTY : copy(reader, arena, name.text, name.length);
}

static struct slice take_string(struct reader *reader, struct arena *arena) {
    size_t length = take(reader, 1), at = reader->at;
    if (reader->broken || reader->length - at < length) {
        reader->broken = true;
        return SLICE_EMPTY;
    }
    reader->at += length;
    return copy(reader, arena, (const char *)reader->bytes + at, length);
}

static void take_address(struct reader *reader, struct ip_address *ip, uint8_t family, unsigned length) {
    ip->family = family;
    for (unsigned i = 0; i < length; i++)
        ip->bytes[i] = (uint8_t)take(reader, 1);
}

/* False: it is not what its type says. */
static bool read_data(struct reader *message, const struct record *from, enum dns_type type, struct arena *arena,
                      struct dns_record *to) {
    struct reader reader = {.bytes = message->bytes, .length = from->end, .at = from->data};
    *to = (struct dns_record){.name = SLICE_EMPTY, .service = SLICE_EMPTY, .flags = SLICE_EMPTY};
    switch (type) {
    case DNS_A: take_address(&reader, &to->ip, 4, 4); break;
    case DNS_AAAA: take_address(&reader, &to->ip, 6, 16); break;
    case DNS_SRV:
        to->order = (uint16_t)take(&reader, 2);
        to->preference = (uint16_t)take(&reader, 2);
        to->port = (uint16_t)take(&reader, 2);
        to->name = take_kept_name(&reader, arena);
        break;
    case DNS_NAPTR:
        to->order = (uint16_t)take(&reader, 2);
        to->preference = (uint16_t)take(&reader, 2);
        to->flags = take_string(&reader, arena);
        to->service = take_string(&reader, arena);
        take_string(&reader, arena); /* a regular expression: services of SIP have none (RFC 3263 4.1) */
        to->name = take_kept_name(&reader, arena);
        break;
    case DNS_TYPES: break;
    }
    message->broken |= reader.starved;
    return !reader.broken && !reader.starved && reader.at == from->end;
}

/* The message. */

/* Follows one alias of `owner` among `count` answers. */
static bool follow_alias(struct reader reader, unsigned count, struct name *owner, uint32_t *ttl) {
    struct record record;
    for (unsigned i = 0; i < count && !reader.broken; i++) {
        take_record(&reader, &record);
        if (reader.broken || record.type != TYPE_CNAME || record.class != CLASS_INTERNET ||
            !is_same(&record.owner, owner))
            continue;
        struct reader data = {.bytes = reader.bytes, .length = record.end, .at = record.data};
        take_name(&data, owner);
        *ttl = record.ttl < *ttl ? record.ttl : *ttl;
        return !data.broken;
    }
    return false;
}

/* Where the next record is to stand: behind the others; when there is no room left, in place of the one that comes last
 * in their order. NULL: it comes last itself. */
static struct dns_record *find_place(const struct reader *reader, const struct record *record, enum dns_type type,
                                     struct dns_record *records, unsigned count) {
    struct reader data = {.bytes = reader->bytes, .length = record->end, .at = record->data};
    struct dns_record *last = records;
    if (count < DNS_RECORDS_MAX)
        return &records[count];
    for (unsigned i = 1; i < count; i++)
        if (records[i].order > last->order)
            last = &records[i];
    bool ordered = type == DNS_SRV || type == DNS_NAPTR;
    return ordered && take(&data, 2) < last->order ? last : NULL;
}

static void take_records(struct reader *reader, unsigned count, const struct name *owner, enum dns_type type,
                         struct arena *arena, struct dns_answer *answer) {
    unsigned room = count < DNS_RECORDS_MAX ? count : DNS_RECORDS_MAX;
    struct dns_record *records = arena_alloc(arena, (room ? room : 1) * sizeof *records), read;
    struct record record;
    reader->broken |= !records;
    for (unsigned i = 0; i < count && !reader->broken; i++) {
        take_record(reader, &record);
        if (reader->broken || record.type != types[type] || record.class != CLASS_INTERNET ||
            !is_same(&record.owner, owner))
            continue;
        struct dns_record *place = find_place(reader, &record, type, records, answer->count);
        if (!place || !read_data(reader, &record, type, arena, &read))
            continue;
        answer->count += place == &records[answer->count];
        *place = read;
        answer->ttl = record.ttl < answer->ttl ? record.ttl : answer->ttl;
    }
    answer->records = records;
}

/* RFC 2308 5: the smaller one of the SOA's own TTL and its last field. */
static uint32_t find_absence(struct reader *reader, unsigned count) {
    struct record record;
    for (unsigned i = 0; i < count && !reader->broken; i++) {
        take_record(reader, &record);
        if (reader->broken || record.type != TYPE_SOA || record.end - record.data < 4)
            continue;
        struct reader last = {.bytes = reader->bytes, .length = record.end, .at = record.end - 4};
        uint32_t minimum = take(&last, 4), least = record.ttl < minimum ? record.ttl : minimum;
        return least ? least : 1; /* 0 would be: nobody said how long */
    }
    return 0;
}

static void read_message(struct reader *reader, enum dns_type type, struct arena *arena, struct dns_answer *answer) {
    struct name owner = {.length = 0};
    take(reader, 2);
    unsigned flags = take(reader, 2), questions = take(reader, 2), answers = take(reader, 2);
    unsigned authorities = take(reader, 2), rcode = flags & 0xf;
    take(reader, 2);
    if (reader->broken || questions != 1 || (rcode && rcode != RCODE_NXDOMAIN)) {
        reader->broken = true;
        return;
    }
    take_name(reader, &owner);
    take(reader, 4);
    answer->ttl = UINT32_MAX;
    for (unsigned i = 0; i < ALIASES_MAX && follow_alias(*reader, answers, &owner, &answer->ttl); i++)
        ;
    take_records(reader, answers, &owner, type, arena, answer);
    if (answer->count || reader->broken)
        return;
    answer->status = rcode == RCODE_NXDOMAIN ? DNS_NXDOMAIN : DNS_NODATA;
    answer->ttl = find_absence(reader, authorities);
}

void dns_answer_read(struct dns_answer *answer, struct slice bytes, enum dns_type type, struct arena *arena) {
    struct reader reader = {.bytes = (const uint8_t *)bytes.at, .length = bytes.len};
    *answer = (struct dns_answer){.status = DNS_FOUND};
    read_message(&reader, type, arena, answer);
    if (reader.broken)
        *answer = (struct dns_answer){.status = DNS_FAILED};
}
