/* SPDX-License-Identifier: MIT */
#include "runtime/sim/credentials.h"

#include "runtime/sim/reader.h"
#include "runtime/sip/digest.h"

enum { NC_DIGITS = 8 };

struct answer {
    struct slice user, password;
    struct slice realm, nonce, uri, nc;
    enum digest_algorithm algorithm;
    bool legacy;
};

/* The value of a parameter of credentials or a challenge, without quotes; null: absent. */
static struct slice param(struct slice text, struct slice name) {
    for (size_t i = 0; i + name.len < text.len; i++) {
        if (text.at[i + name.len] != '=' || !slice_same(slice_cut(text, i, i + name.len), name) ||
            (i && text.at[i - 1] != ' ' && text.at[i - 1] != ','))
            continue;
        size_t start = i + name.len + 1;
        bool quoted = start < text.len && text.at[start] == '"';
        return slice_cut(text, start + quoted, slice_find(text, start + quoted, quoted ? '"' : ','));
    }
    return SLICE_NULL;
}

/* The last message that challenged this party, in this call. */
static const struct letter *last_challenge(const struct play *play, const struct story_step *step) {
    for (const struct exchange *e = play->history.last; e; e = e->previous)
        if (e->left && !e->message.request && e->party == step->party && slice_equal(e->call, step->call) &&
            (e->message.code == 401 || e->message.code == 407))
            return &e->message;
    return NULL;
}

/* The line of the algorithm that is wanted, or the first one. */
static bool read_challenge(const struct letter *challenge, bool md5, struct answer *answer) {
    const char *name = challenge->code == 401 ? "WWW-Authenticate" : "Proxy-Authenticate";
    for (unsigned i = 0; i < challenge->count; i++) {
        const struct letter_header *header = &challenge->headers[i];
        struct slice algorithm = param(header->value, SLICE("algorithm"));
        bool is_md5 = !algorithm.at || slice_same(algorithm, SLICE("MD5"));
        if (!letter_same_name(header->name, slice_of(name)) || (md5 && !is_md5))
            continue;
        answer->algorithm = is_md5 ? DIGEST_MD5 : DIGEST_SHA256;
        answer->realm = param(header->value, SLICE("realm"));
        answer->nonce = param(header->value, SLICE("nonce"));
        return answer->realm.at && answer->nonce.at;
    }
    return false;
}

/* One more than this party has sent with this nonce so far. */
static struct slice next_count(struct play *play, const struct story_step *step, struct slice nonce) {
    unsigned count = 1;
    for (const struct exchange *e = play->history.first; e; e = e->next) {
        bool used = false;
        for (unsigned i = 0; !e->left && e->party == step->party && i < e->message.count; i++)
            used |= slice_equal(param(e->message.headers[i].value, SLICE("nonce")), nonce);
        count += used;
    }
    return slice_of(arena_printf(play->arena, "%08x", count));
}

/* bob secret [md5] [legacy] [nc=2] [nonce=...] [uri=...] [realm=...] */
static bool read_words(struct play *play, struct slice rest, struct answer *answer, bool *md5) {
    const struct {
        struct slice name;
        struct slice *value;
    } values[] = {{SLICE("nonce="), &answer->nonce},
                  {SLICE("uri="), &answer->uri},
                  {SLICE("realm="), &answer->realm},
                  {SLICE("nc="), &answer->nc}};
    struct slice word;
    bool quoted;
    if (!reader_word(&rest, &answer->user, &quoted) || !reader_word(&rest, &answer->password, &quoted))
        return false;
    while (reader_word(&rest, &word, &quoted)) {
        bool known = slice_equal(word, SLICE("md5")) || slice_equal(word, SLICE("legacy"));
        *md5 |= known;
        answer->legacy |= slice_equal(word, SLICE("legacy"));
        for (unsigned i = 0; i < sizeof values / sizeof *values; i++)
            if (slice_starts(word, values[i].name)) {
                *values[i].value = slice_from(word, values[i].name.len);
                known = true;
            }
        if (!known)
            return false;
    }
    uint64_t count;
    if (answer->nc.at && slice_number(answer->nc, UINT32_MAX, &count))
        answer->nc = slice_of(arena_printf(play->arena, "%0*x", NC_DIGITS, (unsigned)count));
    return true;
}

static struct slice write(struct play *play, const struct story_step *step, const struct answer *answer) {
    const struct digest_input input = {
        .method = step->method,
        .uri = answer->uri,
        .nonce = answer->nonce,
        .nc = answer->nc,
        .cnonce = SLICE("0a4f113b"),
        .qop = answer->legacy ? SLICE_NULL : SLICE("auth"),
    };
    struct digest_text ha1, response;
    struct page value;
    digest_ha1(answer->algorithm, answer->user, answer->realm, answer->password, &ha1);
    digest_response(answer->algorithm, &ha1, &input, &response);
    page_init(&value, play->arena);
    page_printf(
        &value,
        "Digest username=\"%.*s\", realm=\"%.*s\", nonce=\"%.*s\", uri=\"%.*s\", response=\"%.*s\", algorithm=%s",
        SLICE_ARG(answer->user), SLICE_ARG(answer->realm), SLICE_ARG(answer->nonce), SLICE_ARG(answer->uri),
        (int)digests[answer->algorithm].length, response.digits, digests[answer->algorithm].name);
    if (!answer->legacy)
        page_printf(&value, ", cnonce=\"%.*s\", qop=auth, nc=%.*s", SLICE_ARG(input.cnonce), SLICE_ARG(input.nc));
    return page_slice(&value);
}

struct slice credentials_value(struct play *play, const struct story_step *step, unsigned line, struct slice text,
                               struct slice uri) {
    const struct letter *challenge = last_challenge(play, step);
    struct answer said = {0}, answer = {0};
    bool md5 = false;
    if (!read_words(play, text, &said, &md5)) {
        play_fail(play, line,
                  "it is written: digest NAME PASSWORD [md5] [legacy] [nc=2] [nonce=TEXT] [uri=URI] "
                  "[realm=NAME]");
        return SLICE_NULL;
    }
    if (!challenge || !read_challenge(challenge, md5, &answer)) {
        play_fail(play, line, "%.*s has got no challenge that it could answer", SLICE_ARG(step->party->name));
        return SLICE_NULL;
    }
    answer.user = said.user;
    answer.password = said.password;
    answer.legacy = said.legacy;
    answer.realm = said.realm.at ? said.realm : answer.realm;
    answer.nonce = said.nonce.at ? said.nonce : answer.nonce;
    answer.uri = said.uri.at ? said.uri : uri;
    answer.nc = said.nc.at ? said.nc : next_count(play, step, answer.nonce);
    return write(play, step, &answer);
}
