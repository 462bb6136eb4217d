/* SPDX-License-Identifier: MIT */
#include "runtime/sim/contacts.h"

#include "runtime/sip/uri.h"

static bool read_option(struct store_binding *binding, struct slice name, struct slice value) {
    uint32_t time;
    double q;
    if (slice_equal(name, SLICE("q")) && decimal_parse(&q, value) && q >= 0 && q <= 1) {
        binding->q = (uint16_t)(q * 1000 + 0.5);
        return true;
    }
    if (slice_equal(name, SLICE("expires")) && duration_parse(&time, value)) {
        binding->expires = time;
        return true;
    }
    if (slice_equal(name, SLICE("nat"))) {
        binding->nat = slice_equal(value, SLICE("yes"));
        return binding->nat || slice_equal(value, SLICE("no"));
    }
    if (slice_equal(name, SLICE("path"))) {
        binding->path = value;
        return true;
    }
    return slice_equal(name, SLICE("from")) && reader_endpoint(&binding->received, value);
}

void contacts_read(struct reader *reader, struct slice rest) {
    enum { HOUR = 3600 * 1000 };
    struct story_contact *contact = arena_alloc(reader->arena, sizeof *contact);
    struct slice word;
    struct sip_uri uri;
    bool quoted;
    if (!contact) {
        reader->out_of_memory = true;
        return;
    }
    contact->next = reader->story->contacts; /* in front: those from before the first story are shared by all */
    reader->story->contacts = contact;
    struct store_binding *binding = &contact->binding;
    *binding = (struct store_binding){.call_id = SLICE("registered"), .path = SLICE_EMPTY, .q = 1000, .expires = HOUR};
    if (!reader_word(&rest, &binding->user, &quoted) || !reader_word(&rest, &binding->contact, &quoted) ||
        uri_parse(&uri, binding->contact, 0)) {
        reader_wrong(reader, "it is written: registered bob sip:bob@192.0.2.101");
        return;
    }
    binding->received =
        (struct endpoint){.ip = uri.ip, .port = uri.port_given ? uri.port : 5060, .transport = TRANSPORT_UDP};
    while (reader_word(&rest, &word, &quoted)) {
        size_t equals = slice_find(word, 0, '=');
        if (!read_option(binding, slice_cut(word, 0, equals), slice_from(word, equals + 1)))
            reader_wrong(reader,
                         "behind a contact stand q=0.5, expires=TIME, nat=yes, path=VALUE, from=ADDRESS[:PORT]");
    }
}

static void load(const struct story *story, const struct story_contact *contact, struct sim_world *world) {
    if (!contact)
        return;
    load(story, contact->next, world);
    struct store_row row = {.kind = STORE_BINDING, .binding = contact->binding};
    const struct endpoint *listener = sim_world_listener(world, &row.binding.received);
    row.binding.local = listener ? *listener : story->listeners[0];
    row.binding.expires += story->unix_ms;
    sim_world_load(world, &row);
}

void contacts_load(const struct story *story, struct sim_world *world) {
    load(story, story->contacts, world);
}
