/* SPDX-License-Identifier: MIT */
#include "runtime/sim/people.h"

#include "runtime/sip/digest.h"

static struct story_entry *add_entry(struct reader *reader) {
    struct story_entry *entry = arena_alloc(reader->arena, sizeof *entry);
    if (!entry) {
        reader->out_of_memory = true;
        return NULL;
    }
    entry->next = reader->story->entries; /* in front: those from before the first story are shared by all */
    reader->story->entries = entry;
    return entry;
}

static bool read_option(struct story_entry *entry, struct slice word) {
    if (slice_starts(word, SLICE("allow=")))
        entry->allow = slice_from(word, 6);
    else if (slice_equal(word, SLICE("push")))
        entry->push = true;
    else if (slice_equal(word, SLICE("md5-only")))
        entry->md5_only = true;
    else
        return false;
    return true;
}

void people_read_user(struct reader *reader, struct slice rest) {
    struct story_entry *entry = add_entry(reader);
    struct slice word;
    bool quoted;
    if (!entry)
        return;
    if (!reader_word(&rest, &entry->name, &quoted) || !reader_word(&rest, &entry->password, &quoted))
        reader_wrong(reader, "a user has a name and a password: user bob secret");
    while (reader_word(&rest, &word, &quoted))
        if (!read_option(entry, word))
            reader_wrong(reader, "behind a user's password stand allow=a,b (or allow=*), push, md5-only");
}

void people_read_alias(struct reader *reader, struct slice rest) {
    struct story_entry *entry = add_entry(reader);
    bool quoted;
    if (!entry)
        return;
    entry->group = SLICE_EMPTY;
    if (!reader_word(&rest, &entry->name, &quoted) || !reader_word(&rest, &entry->entity, &quoted))
        reader_wrong(reader, "an alias has an entity, and may have a group: alias 2001 bob sales");
    reader_word(&rest, &entry->group, &quoted);
}

static void load_user(const struct story_entry *entry, struct slice realm, struct sim_world *world) {
    struct digest_text ha1[DIGEST_ALGORITHMS];
    struct slice secrets[DIGEST_ALGORITHMS];
    for (enum digest_algorithm i = 0; i < DIGEST_ALGORITHMS; i++) {
        digest_ha1(i, entry->name, realm, entry->password, &ha1[i]);
        secrets[i] = (struct slice){ha1[i].digits, digests[i].length};
    }
    const struct store_row row = {
        .kind = STORE_USER,
        .user = {.name = entry->name,
                 .realm = realm,
                 .md5 = secrets[DIGEST_MD5],
                 .sha256 = entry->md5_only ? SLICE_NULL : secrets[DIGEST_SHA256],
                 .allow = entry->allow,
                 .push = entry->push},
    };
    sim_world_load(world, &row);
}

/* The newest stands first: the oldest is loaded first. */
static void load(const struct story *story, const struct story_entry *entry, struct sim_world *world) {
    if (!entry)
        return;
    load(story, entry->next, world);
    if (entry->entity.at) {
        const struct store_row row = {
            .kind = STORE_ALIAS,
            .alias = {.group = entry->group, .alias = entry->name, .entity = entry->entity},
        };
        sim_world_load(world, &row);
    } else {
        load_user(entry, story->settings.realm, world);
    }
}

void people_load(const struct story *story, struct sim_world *world) {
    load(story, story->entries, world);
}
