/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/auth.h"

#include "runtime/proxy/line.h"
#include "runtime/proxy/ours.h"
#include "runtime/sip/digest.h"
#include "runtime/sip/values.h"
#include "runtime/state/location.h"
#include "runtime/state/nonce.h"
#include "runtime/state/user.h"

#include <errno.h>

enum {
    NC_DIGITS = 8,
    TEXT_LENGTH_MAX = 1024, /* bytes of what is hashed for somebody who may be nobody */
};

static const enum header lines[] = {HEADER_AUTHORIZATION, HEADER_PROXY_AUTHORIZATION};

/* Whom it concerns. */

bool auth_wanted(const struct request *request, bool here) {
    const struct proxy *proxy = request->proxy;
    enum method method = request->message->method;
    if (request->user.at || request->outcome.auth == CHOICE_FALSE)
        return false;
    if (request->outcome.auth == CHOICE_TRUE) /* which was judged when its rule was deployed */
        return true;
    if (!users_exist(proxy->users))
        return false;
    switch (proxy->settings->auth) {
    case AUTH_NONE: break;
    case AUTH_REGISTER: return here && method == METHOD_REGISTER;
    case AUTH_INVITE: return method == METHOD_INVITE || (here && method == METHOD_REGISTER);
    case AUTH_ALL: return true;
    }
    return false;
}

struct slice auth_realm(const struct proxy *proxy) {
    return users_exist(proxy->users) ? proxy->settings->realm : SLICE_NULL;
}

/* Credentials. */

struct claim {
    struct credentials credentials;
    enum digest_algorithm algorithm;
};

static bool is_offered(const struct proxy *proxy, enum digest_algorithm algorithm) {
    switch (proxy->settings->auth_digest) {
    case AUTH_DIGEST_BOTH: break;
    case AUTH_DIGEST_SHA256: return algorithm == DIGEST_SHA256;
    case AUTH_DIGEST_MD5: return algorithm == DIGEST_MD5;
    }
    return true;
}

/* Credentials of our realm that answer one of our challenges; MD5 when they do not say (RFC 7616 3.4). */
static bool is_ours(const struct proxy *proxy, struct claim *claim) {
    const struct credentials *c = &claim->credentials;
    struct slice name = c->algorithm.at ? c->algorithm : slice_of(digests[DIGEST_MD5].name);
    if (!slice_equal(c->realm, proxy->settings->realm))
        return false;
    for (claim->algorithm = 0; claim->algorithm < DIGEST_ALGORITHMS; claim->algorithm++)
        if (slice_same(name, slice_of(digests[claim->algorithm].name)))
            return is_offered(proxy, claim->algorithm);
    return false;
}

/* Goes over the credentials of a request, under either name: some clients answer a 407 like a 401. */
struct walk {
    const struct sip_message *message;
    unsigned header;
    int line;
};

static bool next_line(struct walk *walk, struct slice *value) {
    for (; walk->header < sizeof lines / sizeof *lines; walk->header++) {
        walk->line = scan_next(walk->message, lines[walk->header], walk->line);
        if (walk->line < 0)
            continue;
        *value = scan_value(walk->message, (unsigned)walk->line);
        return true;
    }
    return false;
}

/* The next digest credentials. 1, 0: no more, -ENOMEM. */
static int next_claim(const struct proxy *proxy, struct arena *arena, struct walk *walk, struct claim *claim,
                      bool *ours) {
    struct slice value;
    while (next_line(walk, &value)) {
        int error = values_credentials(arena, value, &claim->credentials);
        if (error == -ENOMEM)
            return error;
        if (error)
            continue;
        *ours = is_ours(proxy, claim);
        return 1;
    }
    return 0;
}

/* The first ones that are ours. 1, 0: none, -ENOMEM. */
static int find_claim(const struct request *request, struct claim *claim) {
    struct walk walk = {.message = request->message, .line = -1};
    bool ours = false;
    int found;
    do
        found = next_claim(request->proxy, &request->proxy->scratch, &walk, claim, &ours);
    while (found > 0 && !ours);
    return found;
}

int auth_claimed(const struct proxy *proxy, const struct sip_message *message, struct arena *arena,
                 struct slice *user) {
    struct walk walk = {.message = message, .line = -1};
    struct claim claim;
    bool ours = false, named = false;
    int found;
    while (!ours && (found = next_claim(proxy, arena, &walk, &claim, &ours)) != 0) {
        if (found < 0)
            return found;
        if (!claim.credentials.username.at || (named && !ours))
            continue;
        *user = claim.credentials.username;
        named = true;
    }
    return named;
}

static bool is_hex(struct slice text, size_t length) {
    for (size_t i = 0; i < text.len; i++)
        if (!byte_is_hex((unsigned char)text.at[i]))
            return false;
    return text.len == length;
}

/* RFC 7616 3.4.6: credentials that were made for another URI are an attack, or a fault. */
static bool is_for(struct slice text, struct slice request_uri) {
    struct sip_uri a, b;
    return slice_equal(text, request_uri) ||
           (uri_parse(&a, text, 0) == 0 && uri_parse(&b, request_uri, 0) == 0 && uri_equal(&a, &b));
}

static bool is_text(struct slice text) {
    return text.len > 0 && text.len <= TEXT_LENGTH_MAX;
}

/* NULL: they can be judged. Without qop they are RFC 2069's, which RFC 3261 22.4 (8) lets pass; RFC 8760 does not. */
static const char *find_fault(const struct claim *claim, struct slice request_uri) {
    const struct credentials *c = &claim->credentials;
    if (!is_text(c->username) || !is_text(c->uri) || !is_text(c->nonce) || c->cnonce.len > TEXT_LENGTH_MAX ||
        !is_hex(c->response, digests[claim->algorithm].length))
        return "Malformed Credentials";
    if (!c->qop.at && claim->algorithm != DIGEST_MD5)
        return "Missing qop";
    if (c->qop.at && !slice_same(c->qop, SLICE("auth")))
        return "Unknown qop";
    if (c->qop.at && !is_hex(c->nc, NC_DIGITS))
        return "Malformed nc";
    return is_for(c->uri, request_uri) ? NULL : "Credentials for Another URI";
}

static uint32_t count_of(const struct credentials *credentials) {
    uint32_t count = 0;
    for (size_t i = 0; credentials->qop.at && i < credentials->nc.len; i++)
        count = count << 4 | (uint32_t)byte_hex_value((unsigned char)credentials->nc.at[i]);
    return credentials->qop.at ? count : NONCE_ONCE;
}

/* A secret for who has none: nobody knows a password for it, and it takes the place of theirs in the same
 * arithmetic. */
static void make_dummy(const struct proxy *proxy, struct slice name, struct digest_text *ha1) {
    uint8_t mac[HASH_MAC_SIZE];
    const struct slice key = {(const char *)proxy->seed.numbers.bytes, sizeof proxy->seed.numbers.bytes};
    const struct slice purpose[] = {SLICE("nobody "), name}; /* no other use of the key says so */
    hash_mac(key, purpose, 2, mac);
    hash_digits(mac, DIGEST_TEXT_MAX, ha1->digits);
}

/* Whose credentials these are; NULL: nobody's, and *why says it to the log. */
static const struct user *find_owner(const struct request *request, const struct claim *claim, const char **why) {
    const struct credentials *c = &claim->credentials;
    const struct digest_input input = {
        .method = request->message->method_name,
        .uri = c->uri,
        .nonce = c->nonce,
        .nc = c->nc,
        .cnonce = c->cnonce,
        .qop = c->qop,
    };
    struct digest_text secret, expected;
    const struct user *user = users_find(request->proxy->users, c->username);
    bool of_realm = user && slice_equal(user->realm, request->proxy->settings->realm);
    bool known = of_realm && user->has[claim->algorithm];
    make_dummy(request->proxy, c->username, &secret);
    if (known)
        secret = user->ha1[claim->algorithm];
    digest_response(claim->algorithm, &secret, &input, &expected);
    bool same = hash_same(expected.digits, c->response.at, digests[claim->algorithm].length);
    *why = known      ? "wrong password"
           : of_realm ? "no secret for this algorithm"
           : user     ? "secret for another realm"
                      : "unknown user";
    return same && known ? user : NULL;
}

/* Answers. */

static struct slice challenge_value(struct request *request, enum digest_algorithm algorithm, struct slice nonce,
                                    bool stale) {
    struct line line;
    struct slice realm = request->proxy->settings->realm;
    line_init(&line, &request->proxy->scratch);
    line_add(&line, SLICE("Digest realm=\""));
    for (size_t i = 0; i < realm.len; i++) {
        if (realm.at[i] == '"' || realm.at[i] == '\\')
            line_byte(&line, '\\');
        line_byte(&line, realm.at[i]);
    }
    line_add(&line, SLICE("\", nonce=\""));
    line_add(&line, nonce);
    line_add(&line, SLICE("\", algorithm="));
    line_add(&line, slice_of(digests[algorithm].name));
    line_add(&line, SLICE(", qop=\"auth\""));
    if (stale)
        line_add(&line, SLICE(", stale=true"));
    return line.failed ? SLICE_NULL : line_slice(&line);
}

static bool refuse(struct request *request, unsigned code, const char *reason) {
    answer_final(request, code, reason, NULL);
    return false;
}

static bool out_of_memory(struct request *request) {
    answer_no_memory(request);
    return false;
}

/* RFC 3261 22.2, 22.3, a line for each algorithm (RFC 8760 2.4). It is no call yet: the client comes again. */
static bool challenge(struct request *request, bool here, bool stale) {
    struct proxy *proxy = request->proxy;
    const char *name = here ? "WWW-Authenticate" : "Proxy-Authenticate";
    struct event_field own[DIGEST_ALGORITHMS + 1] = {{0}};
    char nonce[NONCE_LENGTH];
    unsigned count = 0;
    nonce_write(proxy->nonces, proxy_number(proxy), proxy->now, nonce);
    for (enum digest_algorithm i = 0; i < DIGEST_ALGORITHMS; i++) {
        if (!is_offered(proxy, i))
            continue;
        struct slice value = challenge_value(request, i, (struct slice){nonce, sizeof nonce}, stale);
        if (!value.at)
            return out_of_memory(request);
        own[count++] = (struct event_field){name, value};
    }
    proxy_count(proxy, COUNTER_CHALLENGES);
    request->call = false;
    answer_final(request, here ? 401 : 407, NULL, own);
    return false;
}

static bool fail(struct request *request, bool here, const struct claim *claim, const char *why) {
    struct proxy *proxy = request->proxy;
    proxy_count(proxy, COUNTER_AUTH_FAILURES);
    EVENT(proxy, LOG_NOTICE, "auth-failure", request->message->call_id, request->outcome.rule,
          {"user", claim->credentials.username}, {"source", event_endpoint(proxy, &request->packet->source)},
          {"reason", slice_of(why)});
    return challenge(request, here, false);
}

static bool refuse_replay(struct request *request, bool here, const struct claim *claim) {
    struct proxy *proxy = request->proxy;
    proxy_count(proxy, COUNTER_AUTH_REPLAYS);
    EVENT(proxy, LOG_NOTICE, "auth-replay", request->message->call_id, request->outcome.rule,
          {"user", claim->credentials.username}, {"source", event_endpoint(proxy, &request->packet->source)},
          {"nc", claim->credentials.nc});
    return challenge(request, here, true);
}

/* Identity. */

/* RFC 3323 4.1.1.3: how one calls who does not want to be named. */
static bool is_anonymous(const struct sip_uri *uri) {
    return slice_same(uri->user, SLICE("anonymous")) && slice_same(uri->host, SLICE("anonymous.invalid"));
}

/* What he registers (To, RFC 3261 10.3 step 4), or calls as (From): one of the names that are his, and of this
 * server. */
static bool may_act(struct request *request, const struct user *user, struct slice *as) {
    const struct proxy_settings *settings = request->proxy->settings;
    const struct sip_message *message = request->message;
    bool registers = message->method == METHOD_REGISTER;
    struct sip_name_addr address;
    struct sip_uri uri;
    *as = scan_value(message, message->first[registers ? HEADER_TO : HEADER_FROM] - 1u);
    if (user_may_be_all(user))
        return true;
    if (name_addr_parse(&address, *as) || uri_parse(&uri, address.uri, 0))
        return false;
    *as = address.uri;
    if (!registers && is_anonymous(&uri))
        return true;
    bool of_us = uri.scheme == URI_TEL || slice_same(uri.host, settings->realm) || ours_host(settings, &uri);
    struct slice name = location_user(&request->proxy->scratch, &uri);
    return (registers || of_us) && name.at && user_may_be(user, name);
}

static bool judge_identity(struct request *request, const struct user *user) {
    struct proxy *proxy = request->proxy;
    struct slice as;
    if (may_act(request, user, &as))
        return true;
    proxy_count(proxy, COUNTER_IDENTITY_REFUSED);
    EVENT(proxy, LOG_NOTICE, "identity-refused", request->message->call_id, request->outcome.rule, {"user", user->name},
          {"as", as}, {"source", event_endpoint(proxy, &request->packet->source)});
    return refuse(request, 403, NULL);
}

bool auth_judge(struct request *request, bool here) {
    struct claim claim;
    const char *why;
    int found = find_claim(request, &claim);
    if (found < 0)
        return out_of_memory(request);
    if (!found)
        return challenge(request, here, false);
    const char *fault = find_fault(&claim, request->uri);
    if (fault)
        return refuse(request, 400, fault);
    const struct user *user = find_owner(request, &claim, &why);
    if (!user)
        return fail(request, here, &claim, why);
    /* "stale" is said to those alone whose password is right (RFC 7616 3.3). */
    switch (
        nonce_use(request->proxy->nonces, claim.credentials.nonce, count_of(&claim.credentials), request->proxy->now)) {
    case NONCE_GOOD: break;
    case NONCE_STALE: return challenge(request, here, true);
    case NONCE_REPLAYED: return refuse_replay(request, here, &claim);
    }
    request->user = user->name;
    return judge_identity(request, user);
}
