/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/settings.h"

#include "grammar/source.h"
#include "runtime/sip/host.h"

#include <string.h>

enum { PRESETS_MAX = 256, REALM_MAX = 255 };

static void *make_room(struct settings_reader *reader, void *list, unsigned count, size_t size) {
    void *room = arena_room(reader->arena, list, count, size);
    reader->out_of_memory |= !room;
    return room;
}

/* Readers: NULL, or what was expected instead. */

static const char *read_domain(struct settings_reader *reader, struct slice text) {
    struct proxy_settings *settings = reader->settings;
    if (!host_is_good(text))
        return "a host name or an address, without port";
    struct slice *list = make_room(reader, reader->domains, settings->domain_count, sizeof *list);
    if (!list)
        return NULL;
    list[settings->domain_count++] = text;
    settings->domains = reader->domains = list;
    return NULL;
}

/* As a plan writes it behind the &. */
static bool is_variable(struct slice name) {
    for (size_t i = 0; i < name.len; i++)
        if (!byte_is_alnum((unsigned char)name.at[i]) && !strchr(i ? "_.-" : "_", name.at[i]))
            return false;
    return name.len > 0;
}

/* The same name again has the later value. */
static const char *read_env(struct settings_reader *reader, struct slice text) {
    struct proxy_settings *settings = reader->settings;
    size_t equals = slice_find(text, 0, '=');
    struct preset preset = {slice_trim(slice_cut(text, 0, equals)), slice_trim(slice_from(text, equals + 1))};
    if (!is_variable(preset.name) || preset.value.len == 0 || !utf8_is_text(preset.value))
        return "NAME=VALUE, the name of letters, digits, '_', '.' and '-'";
    if (slice_starts_same(preset.name, SLICE("failover.")))
        return "a name that means nothing to fovrun; &failover.* is set by the rule that starts the session";
    for (unsigned i = 0; i < settings->preset_count; i++)
        if (slice_same(reader->presets[i].name, preset.name)) {
            reader->presets[i] = preset;
            return NULL;
        }
    if (settings->preset_count == PRESETS_MAX)
        return "no more than 256 variables";
    struct preset *list = make_room(reader, reader->presets, settings->preset_count, sizeof *list);
    if (!list)
        return NULL;
    list[settings->preset_count++] = preset;
    settings->presets = reader->presets = list;
    return NULL;
}

static const char *read_exempt(struct settings_reader *reader, struct slice text) {
    struct proxy_settings *settings = reader->settings;
    struct ip_block block;
    if (!ip_block_parse(&block, text))
        return "an address block, as in 192.0.2.0/24 or 2001:db8::/32";
    struct ip_block *list = make_room(reader, reader->exempt, settings->exempt_count, sizeof *list);
    if (!list)
        return NULL;
    list[settings->exempt_count++] = block;
    settings->exempt = reader->exempt = list;
    return NULL;
}

static const char *read_advertise(struct settings_reader *reader, struct slice text) {
    struct proxy_settings *settings = reader->settings;
    struct slice host, port;
    uint16_t number = 0;
    if (!host_split(text, &host, &port) || !host_is_good(host) || (port.at && !port_parse(&number, port, 1)))
        return "HOST[:PORT], an IPv6 address in brackets, the port from 1 to 65535";
    settings->advertise = host;
    settings->advertise_port = number;
    return NULL;
}

/* It stands in quotes in every challenge (RFC 3261 25.1, quoted-string). */
static const char *read_realm(struct settings_reader *reader, struct slice text) {
    bool plain = slice_find(text, 0, '"') == text.len && slice_find(text, 0, '\\') == text.len;
    if (!plain || text.len == 0 || text.len > REALM_MAX || !utf8_is_text(text))
        return "a text of at most 255 bytes without '\"' and '\\'";
    reader->settings->realm = text;
    return NULL;
}

/* Which is read how. */
static const struct row {
    struct option_field field;
    const char *(*own)(struct settings_reader *reader, struct slice text);
} values[OPTION_COUNT] = {
#define OPTION(ID, letter, name, KIND, argument, fallback, VALUE, doc) {VALUE},

#define PROXY(TYPE, name, ...) .field = OPTION_FIELD(TYPE, struct proxy_settings, name, __VA_ARGS__)
#define PROXY_OWN(name)        .own = read_##name
#define SERVER(...)            .own = NULL
#define SERVER_OWN(name)       .own = NULL
#define NONE                   .own = NULL
#include "grammar/options.def"
};

bool settings_has(enum option option) {
    return values[option].own || values[option].field.type != OPTION_TYPE_OWN;
}

const char *settings_read(struct settings_reader *reader, enum option option, const char *value) {
    const struct row *row = &values[option];
    return row->own ? row->own(reader, slice_of(value)) : option_read(option, &row->field, reader->settings, value);
}

/* Each of its things is added to a list of its own. */
static void *copy(struct settings_reader *reader, const void *list, unsigned count, size_t size) {
    char *own = NULL;
    for (unsigned i = 0; i < count && (own = make_room(reader, own, i, size)); i++)
        memcpy(own + i * size, (const char *)list + i * size, size);
    return own;
}

void settings_go_on(struct settings_reader *reader, struct proxy_settings *settings) {
    reader->settings = settings;
    settings->domains = reader->domains =
        copy(reader, settings->domains, settings->domain_count, sizeof *reader->domains);
    settings->presets = reader->presets =
        copy(reader, settings->presets, settings->preset_count, sizeof *reader->presets);
    settings->exempt = reader->exempt = copy(reader, settings->exempt, settings->exempt_count, sizeof *reader->exempt);
}
