/* SPDX-License-Identifier: MIT */
/* Calls to which anything happens in any order: what may never happen is checked by calls.h with
 * each message that leaves, and at the end nothing is left. */
#include "tests/unit/proxy/support/calls.h"

static uint64_t state;

static unsigned draw(unsigned below) { /* splitmix64 */
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (unsigned)((z ^ z >> 31) % below);
}

static void some_answer(struct proxy *proxy) {
    static const struct {
        const char *status, *more;
    } answers[] = {
        {"100 Trying", ""},
        {"180 Ringing", ""},
        {"183 Progress", ""},
        {"199 Early", ""},
        {"200 OK", "Contact: <sip:x@192.0.2.103>\r\n"},
        {"302 Moved", "Contact: <sip:a@192.0.2.7>;q=0.5, <sip:b@192.0.2.8>\r\n"},
        {"302 Moved", "Contact: <tel:+1>, <sip:c@localhost>, <sip:d@192.0.2.101>\r\n"},
        {"401 Who", "WWW-Authenticate: Digest realm=\"y\"\r\n"},
        {"486 Busy", ""},
        {"487 Terminated", ""},
        {"503 Full", "Retry-After: 5\r\n"},
        {"603 No", ""},
    };
    unsigned which = draw(sizeof answers / sizeof *answers);
    answer(proxy, draw(seen.attempts + 1), answers[which].status, answers[which].more);
}

static void some_failure(struct proxy *proxy) {
    if (seen.attempts == 0)
        return;
    const struct seen_invite *invite = &seen.invites[draw(seen.attempts)];
    proxy_unreachable(proxy, &invite->remote, slice_of(invite->text), CAUSE_UNREACHABLE, seen.now, 1767225600000);
}

static void something(struct proxy *proxy) {
    static const unsigned times[] = {0, 1, 499, 2000, 4000, 10000, 20001, 32000, 200000};
    switch (draw(8)) {
    case 0:
        if (draw(4) == 0) {
            seen.closed = true;
            from_caller(proxy, "CANCEL", 1, "Reason: SIP;cause=600\r\n");
        }
        break;
    case 1:
        if (!seen.final) /* later it would be another call */
            from_caller(proxy, "INVITE", 1, "");
        break;
    case 2: some_failure(proxy); break;
    case 3: pass(proxy, seen.now + times[draw(sizeof times / sizeof *times)]); break;
    default: some_answer(proxy); break;
    }
}

Test(sequences, whatever_happens_in_whatever_order) {
    struct image image;
    uint8_t *bytes = make_image(&image);
    for (unsigned seed = 1; seed <= 2000; seed++) {
        struct proxy *proxy = new_proxy(&image);
        state = seed;
        from_caller(proxy, "INVITE", 1, "");
        for (unsigned i = 0; i < 30; i++)
            something(proxy);
        pass(proxy, seen.now + 700000);
        cr_assert(seen.finals > 0, "seed %u: no answer", seed);
        cr_assert_eq(seen.records, 1, "seed %u: %u call records", seed, seen.records);
        cr_assert_eq(proxy_live(proxy), 0, "seed %u: %u alive", seed, proxy_live(proxy));
        cr_assert(proxy_idle(proxy), "seed %u", seed);
        proxy_free(proxy);
    }
    free(bytes);
}
