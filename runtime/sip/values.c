/* SPDX-License-Identifier: MIT */
#include "runtime/sip/values.h"

#include <errno.h>
#include <osipparser2/osip_parser.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* Libosip2's memory. */

/* libosip2 asks functions without context for memory, so the arena in use is a variable of the thread, set around each
 * call into the library and NULL elsewhere. Blocks know their size, for realloc. */
static _Thread_local struct arena *pool;

union block {
    size_t size;
    max_align_t align;
};

static void *pool_malloc(size_t size) {
    if (!pool)
        return malloc(size);
    if (size > SIZE_MAX - sizeof(union block))
        return NULL;
    union block *block = arena_alloc(pool, sizeof *block + size);
    if (!block)
        return NULL;
    block->size = size;
    return block + 1;
}

static void pool_free(void *memory) {
    if (!pool)
        free(memory);
}

static void *pool_realloc(void *memory, size_t size) {
    if (!pool)
        return realloc(memory, size);
    void *fresh = pool_malloc(size);
    if (fresh && memory) {
        size_t old = ((union block *)memory)[-1].size;
        memcpy(fresh, memory, old < size ? old : size);
    }
    return fresh;
}

static void silence(const char *file, int line, osip_trace_level_t level, const char *format, va_list arguments) {
    (void)file, (void)line, (void)level, (void)format, (void)arguments;
}

/* The library's settings are global: made once, by the first call, before there is a second thread. Left alone it
 * traces errors to stdout. */
static void borrow(struct arena *arena) {
    static bool ready;
    if (!ready) {
        osip_trace_initialize_func(TRACE_LEVEL0, silence);
        osip_set_allocators(pool_malloc, pool_realloc, pool_free);
        ready = true;
    }
    pool = arena;
}

/* Unfolding. */

static bool is_line_end(char c) {
    return c == '\r' || c == '\n';
}

struct slice values_unfold(struct arena *arena, struct slice raw) {
    struct slice text = slice_trim(raw);
    if (slice_find(text, 0, '\n') == text.len)
        return text;
    char *out = arena_bytes(arena, text.len);
    size_t length = 0;
    if (!out)
        return SLICE_NULL;
    for (size_t i = 0; i < text.len;) {
        if (!is_line_end(text.at[i])) {
            out[length++] = text.at[i++];
            continue;
        }
        while (length && (out[length - 1] == ' ' || out[length - 1] == '\t'))
            length--;
        i = blanks_end(text, i);
        out[length++] = ' ';
    }
    return (struct slice){out, length};
}

/* Contacts. */

/* qvalue (25.1) in thousandths. */
static unsigned read_q(const char *text) {
    enum { WHOLE = 1000 };
    struct slice s = slice_of(text);
    unsigned sum = 0, weight = WHOLE / 10;
    if (s.len == 0 || s.len > 5 || (s.at[0] != '0' && s.at[0] != '1') || (s.len > 1 && s.at[1] != '.'))
        return WHOLE;
    for (size_t i = 2; i < s.len; i++, weight /= 10) {
        if (!byte_is_digit((unsigned char)s.at[i]))
            return WHOLE;
        sum += (unsigned)(s.at[i] - '0') * weight;
    }
    return s.at[0] == '1' ? WHOLE : sum;
}

static int64_t read_expires(struct slice text) {
    uint64_t seconds;
    return slice_number(text, UINT32_MAX, &seconds) ? (int64_t)seconds : EXPIRES_MALFORMED;
}

/* 1 to 2^31 - 1 (RFC 5626 10). */
static uint32_t read_reg_id(struct slice text) {
    uint64_t number;
    return slice_number(text, INT32_MAX, &number) ? (uint32_t)number : 0;
}

/* DQUOTE "<" instance-val ">" DQUOTE (RFC 5626 10): a URN. The null slice: it is none. */
static struct slice read_instance(struct slice text) {
    if (text.len < 5 || !slice_starts(text, SLICE("\"<")) || !slice_equal(slice_from(text, text.len - 2), SLICE(">\"")))
        return SLICE_NULL;
    text = slice_cut(text, 2, text.len - 2);
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] <= ' ' || text.at[i] == 0x7f || strchr("\"<>\\", text.at[i]))
            return SLICE_NULL;
    return text;
}

/* The parameters behind the URI, by libosip2. */
static int read_params(struct arena *arena, struct slice value, struct contact *contact) {
    osip_contact_t *parsed = NULL;
    osip_generic_param_t *param = NULL;
    struct slice text = arena_copy(arena, value); /* with the NUL that the library wants */
    if (!text.at)
        return -ENOMEM;
    borrow(arena);
    int result = osip_contact_init(&parsed);
    if (result == OSIP_SUCCESS)
        result = osip_contact_parse(parsed, text.at);
    if (result == OSIP_SUCCESS) {
        if (osip_contact_param_get_byname(parsed, "q", &param) == OSIP_SUCCESS && param->gvalue)
            contact->q = read_q(param->gvalue);
        if (osip_contact_param_get_byname(parsed, "expires", &param) == OSIP_SUCCESS)
            contact->expires = read_expires(slice_of(param->gvalue));
        if (osip_contact_param_get_byname(parsed, "+sip.instance", &param) == OSIP_SUCCESS && param->gvalue)
            contact->instance = read_instance(slice_of(param->gvalue));
        if (osip_contact_param_get_byname(parsed, "reg-id", &param) == OSIP_SUCCESS)
            contact->reg_id = read_reg_id(slice_of(param->gvalue));
    }
    pool = NULL; /* what the library took goes with the arena */
    return result == OSIP_SUCCESS ? 0 : result == OSIP_NOMEM ? -ENOMEM : -EINVAL;
}

static int read_contact(struct arena *arena, struct slice raw, struct contact *contact) {
    struct sip_name_addr address;
    struct slice value = values_unfold(arena, raw);
    if (!value.at)
        return -ENOMEM;
    if (memchr(value.at, '\0', value.len) || name_addr_parse(&address, value) ||
        uri_parse(&contact->uri, address.uri, 0))
        return -EINVAL;
    contact->q = 1000;
    contact->expires = EXPIRES_NONE;
    contact->instance = SLICE_NULL;
    contact->reg_id = 0;
    return read_params(arena, value, contact);
}

static void insert_by_q(struct contact *contacts, int count, const struct contact *contact) {
    for (; count && contacts[count - 1].q < contact->q; count--)
        contacts[count] = contacts[count - 1];
    contacts[count] = *contact;
}

int values_contacts(struct arena *arena, const struct sip_message *message, struct contact contacts[CONTACTS_MAX]) {
    int count = 0, seen = 0;
    for (int line = scan_next(message, HEADER_CONTACT, -1); line >= 0;
         line = scan_next(message, HEADER_CONTACT, line)) {
        struct slice rest = scan_value(message, (unsigned)line), value;
        while (seen < CONTACTS_MAX && list_next(&rest, &value)) {
            struct contact contact;
            int result = read_contact(arena, value, &contact);
            seen++;
            if (result == -ENOMEM)
                return result;
            if (result == 0)
                insert_by_q(contacts, count++, &contact);
        }
    }
    return count;
}

static bool is_star(struct slice value) {
    return slice_equal(value, SLICE("*"));
}

int values_registered(struct arena *arena, const struct sip_message *message, struct contact contacts[CONTACTS_MAX],
                      bool *all) {
    int count = 0;
    *all = false;
    for (int line = scan_next(message, HEADER_CONTACT, -1); line >= 0;
         line = scan_next(message, HEADER_CONTACT, line)) {
        struct slice rest = scan_value(message, (unsigned)line), value;
        if (!list_next(&rest, &value))
            return -EINVAL;
        do {
            if (*all || (is_star(value) && count))
                return -EINVAL;
            *all = is_star(value);
            if (*all)
                continue;
            if (count == CONTACTS_MAX)
                return -E2BIG;
            int result = read_contact(arena, value, &contacts[count++]);
            if (result)
                return result;
        } while (list_next(&rest, &value));
    }
    return count;
}

int64_t values_expires(const struct sip_message *message) {
    unsigned line = message->first[HEADER_EXPIRES];
    return line ? read_expires(scan_value(message, line - 1)) : EXPIRES_NONE;
}

/* Credentials. */

/* The parameters that are quoted strings, and whose quotes libosip2 therefore looks for, if need be in the next one. */
static int quoted_param(struct slice name) {
    static const struct slice names[] = {SLICE("username"), SLICE("realm"),  SLICE("nonce"), SLICE("uri"),
                                         SLICE("response"), SLICE("cnonce"), SLICE("opaque")};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_same(name, names[i]))
            return (int)i;
    return -1;
}

/* "Digest name=value, name="value"": libosip2 is asked only when the form is sound. */
static bool is_digest(struct slice value) {
    size_t at = token_end(value, 0);
    unsigned seen = 0;
    if (!slice_same(slice_cut(value, 0, at), SLICE("Digest")) || at == value.len || value.at[at] != ' ')
        return false;
    for (at = blanks_end(value, at); at < value.len; at = blanks_end(value, at + 1)) {
        size_t start = at, end = token_end(value, at);
        int quoted = quoted_param(slice_cut(value, start, end));
        at = blanks_end(value, end);
        if (start == end || at == value.len || value.at[at] != '=')
            return false;
        start = at = blanks_end(value, at + 1);
        if (at < value.len && value.at[at] == '"')
            at = quoted_end(value, at);
        else if (quoted < 0)
            at = token_end(value, at);
        if (at == start || at > value.len || (quoted >= 0 && seen >> quoted & 1))
            return false;
        if (quoted >= 0)
            seen |= 1u << quoted;
        at = blanks_end(value, at);
        if (at < value.len && value.at[at] != ',')
            return false;
    }
    return true;
}

/* Without its quotes, if it has any; in place. */
static struct slice unquote(char *text) {
    struct slice s = slice_trim(slice_of(text));
    if (s.len < 2 || s.at[0] != '"')
        return s;
    char *out = text;
    for (size_t i = 1; i + 1 < s.len; i++) {
        i += s.at[i] == '\\' && i + 2 < s.len;
        *out++ = s.at[i];
    }
    return (struct slice){text, (size_t)(out - text)};
}

int values_credentials(struct arena *arena, struct slice raw, struct credentials *credentials) {
    osip_authorization_t *parsed = NULL;
    struct slice value = values_unfold(arena, raw);
    struct slice text = arena_copy(arena, value); /* with the NUL that the library wants */
    if (!value.at || !text.at)
        return -ENOMEM;
    if (memchr(text.at, '\0', text.len) || !is_digest(text))
        return -EINVAL;
    borrow(arena);
    int result = osip_authorization_init(&parsed);
    if (result == OSIP_SUCCESS)
        result = osip_authorization_parse(parsed, text.at);
    pool = NULL; /* what the library took goes with the arena */
    if (result != OSIP_SUCCESS)
        return result == OSIP_NOMEM ? -ENOMEM : -EINVAL;
    *credentials = (struct credentials){
        .username = unquote(parsed->username),
        .realm = unquote(parsed->realm),
        .nonce = unquote(parsed->nonce),
        .uri = unquote(parsed->uri),
        .response = unquote(parsed->response),
        .algorithm = unquote(parsed->algorithm),
        .cnonce = unquote(parsed->cnonce),
        .qop = unquote(parsed->message_qop),
        .nc = unquote(parsed->nonce_count),
    };
    return 0;
}
