/* SPDX-License-Identifier: MIT */
#include "runtime/state/columns.h"

#include <stdio.h>
#include <string.h>

#define ROWS(ID, table, keys) static const struct column columns_##ID[] = {
#define COLUMN(member, title, TYPE, greatest)                                                                          \
    {.name = title, .most = greatest, .place = (uint16_t)offsetof(struct store_row, member), .type = COLUMN_##TYPE},
#define END                                                                                                            \
    }                                                                                                                  \
    ;
#include "grammar/store.def"

static const struct columns kinds[STORE_KINDS] = {
#define ROWS(ID, table, keys) [STORE_##ID] = {table, columns_##ID, sizeof columns_##ID / sizeof *columns_##ID, keys},
#define COLUMN(...)
#define END
#include "grammar/store.def"
};

const struct columns *columns_of(enum store_kind kind) {
    return &kinds[kind];
}

static const void *member(const struct store_row *row, const struct column *column) {
    return (const char *)row + column->place;
}

/* Endpoints as text. */

static struct slice endpoint_write(const struct endpoint *endpoint, char buffer[COLUMN_TEXT_SIZE]) {
    char ip[IP_TEXT], scope[16] = "";
    bool brackets = endpoint->ip.family == 6;
    if (endpoint->scope)
        snprintf(scope, sizeof scope, "%%%u", (unsigned)endpoint->scope);
    int length =
        snprintf(buffer, COLUMN_TEXT_SIZE, "%s:%s%s%s%s:%u", transports[endpoint->transport].name, brackets ? "[" : "",
                 ip_format(&endpoint->ip, ip), scope, brackets ? "]" : "", (unsigned)endpoint->port);
    for (char *c = buffer; *c != ':'; c++)
        *c = byte_lower((unsigned char)*c);
    return (struct slice){buffer, (size_t)length};
}

/* "[2001:db8::1]" or "[fe80::1%2]", brackets included. */
static bool read_host(struct endpoint *endpoint, struct slice host) {
    uint64_t scope = 0;
    if (host.len < 2 || host.at[0] != '[')
        return ip_parse(&endpoint->ip, host) && endpoint->ip.family == 4;
    if (host.at[host.len - 1] != ']')
        return false;
    struct slice inner = slice_cut(host, 1, host.len - 1);
    size_t percent = slice_find(inner, 0, '%');
    if (percent < inner.len && !slice_number(slice_from(inner, percent + 1), UINT32_MAX, &scope))
        return false;
    endpoint->scope = (uint32_t)scope;
    return ip_parse(&endpoint->ip, slice_cut(inner, 0, percent)) && endpoint->ip.family == 6;
}

static bool endpoint_read(struct endpoint *endpoint, struct slice text) {
    size_t first = slice_find(text, 0, ':'), last = text.len;
    uint64_t port;
    while (last > first && text.at[last - 1] != ':')
        last--;
    enum transport transport = transport_named(slice_cut(text, 0, first));
    if (transport == TRANSPORT_COUNT || last <= first + 1 || !slice_number(slice_from(text, last), UINT16_MAX, &port))
        return false;
    *endpoint = (struct endpoint){.transport = (uint8_t)transport, .port = (uint16_t)port};
    return port != 0 && read_host(endpoint, slice_cut(text, first + 1, last - 1));
}

/* Values. */

static struct column_value text_value(struct slice text) {
    return (struct column_value){.form = text.at ? FORM_TEXT : FORM_NULL, .text = text};
}

/* A text that is not there is kept as an empty one. */
static struct column_value full_value(struct slice text) {
    return text_value(text.at ? text : SLICE_EMPTY);
}

static struct column_value number_value(int64_t number) {
    return (struct column_value){.form = FORM_NUMBER, .number = number};
}

static struct column_value address_value(const struct ip_address *ip, char *buffer) {
    return text_value(ip->family ? slice_of(ip_format(ip, buffer)) : SLICE_NULL);
}

static struct column_value endpoint_value(const struct endpoint *endpoint, char *buffer) {
    return text_value(endpoint->ip.family ? endpoint_write(endpoint, buffer) : SLICE_NULL);
}

struct column_value column_get(const struct store_row *row, const struct column *column,
                               char buffer[COLUMN_TEXT_SIZE]) {
    const void *value = member(row, column);
    switch ((enum column_type)column->type) {
    case COLUMN_TEXT: return full_value(*(const struct slice *)value);
    case COLUMN_DIGEST: return text_value(*(const struct slice *)value);
    case COLUMN_FLAG: return number_value(*(const bool *)value);
    case COLUMN_SHORT: return number_value(*(const uint16_t *)value);
    case COLUMN_NUMBER: return number_value(*(const uint32_t *)value);
    case COLUMN_TIME: return number_value(*(const int64_t *)value);
    case COLUMN_ADDRESS: return address_value(value, buffer);
    case COLUMN_ENDPOINT: return endpoint_value(value, buffer);
    }
    return (struct column_value){0};
}

static bool is_digest(struct slice text, uint64_t digits) {
    for (size_t i = 0; i < text.len; i++)
        if (!byte_is_digit((unsigned char)text.at[i]) && (text.at[i] < 'a' || text.at[i] > 'f'))
            return false;
    return text.len == digits;
}

static bool set_text(void *place, const struct column *column, struct slice text) {
    struct ip_address *ip = place;
    switch ((enum column_type)column->type) {
    case COLUMN_TEXT: *(struct slice *)place = text; return text.len <= column->most;
    case COLUMN_DIGEST: *(struct slice *)place = text; return is_digest(text, column->most);
    case COLUMN_ADDRESS: return ip_parse(ip, text);
    case COLUMN_ENDPOINT: return endpoint_read(place, text);
    case COLUMN_FLAG:
    case COLUMN_SHORT:
    case COLUMN_NUMBER:
    case COLUMN_TIME: break;
    }
    return false;
}

static bool set_number(void *place, const struct column *column, int64_t number) {
    if (number < 0 || (uint64_t)number > column->most)
        return false;
    switch ((enum column_type)column->type) {
    case COLUMN_FLAG: *(bool *)place = number; return true;
    case COLUMN_SHORT: *(uint16_t *)place = (uint16_t)number; return true;
    case COLUMN_NUMBER: *(uint32_t *)place = (uint32_t)number; return true;
    case COLUMN_TIME: *(int64_t *)place = number; return true;
    case COLUMN_TEXT:
    case COLUMN_DIGEST:
    case COLUMN_ADDRESS:
    case COLUMN_ENDPOINT: break;
    }
    return false;
}

bool column_set(struct store_row *row, const struct column *column, const struct column_value *value) {
    void *place = (char *)row + column->place;
    switch (value->form) {
    case FORM_TEXT: return set_text(place, column, value->text);
    case FORM_NUMBER: return set_number(place, column, value->number);
    case FORM_NULL: break;
    }
    if (column->type == COLUMN_DIGEST)
        *(struct slice *)place = SLICE_NULL;
    return column->type == COLUMN_DIGEST;
}

/* Rows. */

static int order_texts(struct slice a, struct slice b) {
    size_t least = a.len < b.len ? a.len : b.len;
    int order = least ? memcmp(a.at, b.at, least) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int order_addresses(const struct ip_address *a, const struct ip_address *b) {
    return a->family == b->family ? memcmp(a->bytes, b->bytes, a->family == 4 ? 4 : 16) : a->family - b->family;
}

int columns_order(const struct store_row *a, const struct store_row *b) {
    int order = (a->kind > b->kind) - (a->kind < b->kind);
    const struct columns *columns = &kinds[a->kind];
    for (unsigned i = 0; order == 0 && i < columns->keys; i++) {
        const struct column *column = &columns->list[i];
        const void *left = member(a, column), *right = member(b, column);
        order = column->type == COLUMN_ADDRESS ? order_addresses(left, right)
                                               : order_texts(*(const struct slice *)left, *(const struct slice *)right);
    }
    return order;
}

bool columns_copy(struct store_row *copy, const struct store_row *row, struct arena *arena) {
    const struct columns *columns = &kinds[row->kind];
    unsigned count = row->gone ? columns->keys : columns->count;
    *copy = *row;
    for (unsigned i = 0; i < columns->count; i++) {
        const struct column *column = &columns->list[i];
        struct slice *text = (struct slice *)((char *)copy + column->place);
        if (column->type != COLUMN_TEXT && column->type != COLUMN_DIGEST)
            continue;
        *text = i < count ? arena_copy(arena, *text) : SLICE_NULL;
        if (i < count && !text->at && ((const struct slice *)member(row, column))->at)
            return false;
    }
    return true;
}
