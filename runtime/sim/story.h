/* SPDX-License-Identifier: MIT */
/* Stories: calls through a plan, told as text (.scn) and played in virtual time. This is the format and its reader.
 *
 *   story "a silent first target is given up after timer.inviting"
 *   plan
 *       [Deploy Patterns]
 *       To = sip:100@192.0.2.101
 *       $session = failover sip:101@192.0.2.102
 *
 *   caller > INVITE sip:100@fov.example
 *   caller < 100
 *   first  < INVITE sip:100@192.0.2.101
 *   first  < INVITE again at 0.5s 1.5s 3.5s 7.5s
 *   second < INVITE sip:101@192.0.2.102 at 10s
 *       To: <sip:101@192.0.2.102>
 *   second > 200
 *   caller < 200
 *   caller > ACK
 *   second < ACK
 *   record
 *       final = 200
 *
 * One line says one thing; lines that are indented belong to the line above them. `#` starts a comment, at the
 * beginning of a line or behind a blank. Settings (party, plan, options, host, clock, no route) that stand before the
 * first story hold for every story of the file. Times are written 10s, 0.5s, 500ms, 2m.
 *
 * SETTINGS
 *   plan                          the dial plan, indented below; or: plan "file", relative to the story's file
 *   party NAME ADDRESS[:PORT]     somebody on the network, who sends to fov's first listener, or, with
 *                                 `to ADDRESS[:PORT]` behind it, to that one. There from the start:
 *                                 caller 198.51.100.1, first 192.0.2.101, second 192.0.2.102, third 192.0.2.103
 *   party NAME ADDRESS[:PORT] tcp the same over TCP: what leaves for it goes over connections, which it accepts;
 *                                 nobody else does. It sends on the newest connection with fov that is open, else
 *                                 it opens one
 *   party NAME ADDRESS[:PORT] tls the same over TLS, port 5061 when none is given. It proves to be whoever fov asks for
 *   party NAME ADDRESS[:PORT] ws  a browser, over a WebSocket (or wss): nobody can connect to it, it is reached by
 *                                 those alone that it has opened, and names itself NAME.invalid (RFC 7118). Needs
 *                                 a listener: listen=ws:...
 *   party NAME ADDRESS[:PORT] ws server   another server: as over TCP and TLS
 *   options NAME=VALUE ...        fovrun's options of the same names: t1 t2 t4 timer-c failover record-route relay auth
 *                                 auth-digest realm domain listen advertise env min-expires default-expires max-expires
 *                                 max-contacts max-registrations nat-keepalive keepalive-with max-session block-time
 *                                 block-exempt blocks-max hold-down; listen=[tcp:|tls:|ws:|wss:]ADDRESS[:PORT]. And
 *                                 store-delay=TIME: what the store takes until a change is on disk.
 *                                 Not said otherwise, fov listens on 203.0.113.1 and [2001:db8::1], over UDP, TCP
 *                                 and TLS, and is fov.example
 *   host NAME ADDRESS             a name and its address, in short for: dns NAME A ADDRESS (or AAAA)
 *   dns NAME A|AAAA ADDRESS ...   what name servers say; names that no line speaks of do not exist
 *   dns NAME SRV PRIORITY WEIGHT PORT TARGET           "." is no target
 *   dns NAME NAPTR ORDER PREFERENCE FLAGS SERVICE NAME
 *   dns NAME nxdomain|nodata|silent|servfail|refused   said instead of any record; silent: nothing, for 4.5 s
 *                                 behind it: ttl 30s (else 60 s for what is not there, 1 s for records); after 200ms:
 *                                 the answer takes so long; from 10s, for 2s: it is said from then on, and so long
 *   clock YYYY-MM-DD HH:MM:SS     the time of day at the beginning, UTC
 *   registered USER CONTACT ...   a contact from the store; behind it: q=0.5 expires=TIME (1h) nat=yes path=VALUE
 *                                 from=ADDRESS[:PORT], where its REGISTER came from (the contact's own address)
 *   no route to ADDRESS[/BITS]
 *   user NAME PASSWORD            somebody who may register and call, with allow=NAME,NAME (or *): as whom besides;
 *                                 push; md5-only: there is no SHA-256 of the password
 *   alias ALIAS ENTITY [GROUP]
 *   block ADDRESS [for TIME]      it is on the block list from the start, for ever when no time is said
 *
 * WHAT HAPPENS: `who > what`, somebody sends to fov
 *   caller > INVITE sip:100@fov.example    A complete message is made. Without a URI the request belongs to the dialog
 *                                          of the call: To tag, Route and Request-URI as RFC 3261 12.2.1.1 says.
 *                                          ACK and CANCEL are made from the INVITE and its last final response
 *   first > 486 "Out to lunch"             answers the last request that `first` has not answered yet;
 *   first > 200 CANCEL                     with a method, the last of that method
 *   caller > INVITE again                  the same bytes as last time (first > 200 again, too)
 *       Subject: x                         below it, headers: instead of the usual one, or added; several lines of one
 *       ! Contact                          name stand as they are; `!` leaves the usual one out; `+` adds a whole line
 *       + Via: SIP/2.0/UDP 10.0.0.1
 *       | v=0                              a line of the body
 *       Authorization: digest bob secret   made from the last challenge that this party got in this call; behind it may
 *                                          stand md5 (else the first algorithm), legacy (no qop), and nc= nonce= uri=
 *                                          realm= to say something else than what would be right
 *   caller > raw                           below it, every byte: `|` is a line (with CRLF; \c at its end: without);
 *       | OPTIONS sip:fov SIP/2.0          \r \n \t \0 \\ \xHH are bytes
 *   first icmp port-unreachable            the network reports that the last datagram to `first` was not delivered;
 *   first icmp host-unreachable quoting 64     host-, net-, protocol-unreachable; only so many bytes of it are quoted
 *   first refuses                          connections from now on, of a party over TCP; the handshake of a WebSocket
 *   first ignores, first accepts           nothing answers who wants to connect (or shake hands); everything is as at
 *                                          the beginning
 *   first tls fails                        on connections from now on, before anything can be said
 *   first tls names sip.example            from now on that is all that its certificate proves
 *   first closes                           those that it has with fov, or resets them: that is the same to fov
 *   wait 3s, wait until 12s                nothing happens but time
 *   drain                                  fov is told to end (SIGTERM)
 *   restart                                fov is killed, and starts again with the same keys; of its store it knows what
 *                                          stands there before the story begins
 *   jump ahead 1h, jump back 1h            the time of day is set anew; no timer notices
 * Each may end in `at 12s` (since the beginning) or `after 2s` (since the line before): then it happens at that time.
 * Timers that are due in the same millisecond have fired before.
 *
 * WHAT MUST LEAVE: `who < what`
 *   first < INVITE sip:100@192.0.2.101     a request; its Request-URI must be this one when it is given
 *   caller < 486 "Out to lunch"            a response, its reason phrase; `caller < 200 BYE`: to a BYE
 *   first < INVITE again at 0.5s 1.5s      the same bytes as before, once at each of these times
 *       To: <sip:101@192.0.2.102>          below it, checks: exactly this value (two lines: just these two, in order)
 *       Via ~ ^SIP/2.0/UDP                 some line matches the pattern; `!~`: none does
 *       ! Route                            there is none
 *       Via count 2                        so many values, commas counted
 *       | v=0                              exactly this body
 *   caller < raw                           no message, but exactly the bytes that stand below it
 *   `URI`, `body`, `reason`, `connection`, `length` and `flows` may stand where a header's name stands. `connection` is
 *   the number of the one that it left on, which are counted from 1 as they are opened; `length` its bytes, all of them.
 *   `flows` are what fov's own URIs say (RFC 5626), one for each Record-Route, then of Path and Contact:
 *   `-, 198.51.100.9:40000`, and for connections that the other end has opened `198.51.100.7:50001/TCP left` (it may be
 *   reached otherwise) or `bound` (it may not); `-`: nothing.
 * Without `at` or `after` it must leave at once, in the same millisecond. What leaves is matched strictly in order for
 * each party (and call), times exact. Before the next thing happens everything that left must have been named; so
 * the parties' lines in between may stand in any order. `after` counts from where the story stands, then from one
 * time of the list to the next.
 *
 * OTHER CHECKS
 *   log ~ PATTERN, log !~ PATTERN          some line logged so far matches; none does
 *   record                                 the next call record (JSON), read at the end of the story; below it:
 *       attempts = 2                       a value (of an array or object: how many elements)
 *       attempts.1.cause ~ ^timeout        a pattern (`!~`: not); `! path`: there is none
 *   busy, idle                             does anything run that matters to a peer?
 *   stop                                   the story ends here, with whatever is still running
 *   fails "text"                           the story must fail, with this in the message: for tests of the tests
 * At the end every timer runs out; nothing may leave, and nothing may stay alive.
 *
 * SEVERAL CALLS  A name may carry a call: `caller/2 > INVITE ...`, `first/2 < INVITE`. Without it it is the one call.
 *
 * VARIABLES  A named group of a pattern in a check keeps its text: `Via ~ branch=(?<b>[^;]+)`; later `{b}` inserts it
 * in any value, URI or pattern. `{first}` is the address:port of a party, `{fov}` the server's;
 * `{long}` are 1300 bytes: a request with them is too long for a datagram (RFC 3261 18.1.1).
 *
 * Everything that leaves is also held against RFC 3261 without being asked (conduct.h).
 */
#ifndef FOV_RUNTIME_SIM_STORY_H
#define FOV_RUNTIME_SIM_STORY_H

#include "runtime/sim/page.h"
#include "runtime/sim/connections.h"

enum { STORY_TIMES_MAX = 32, STORY_LISTENERS_MAX = 8 };

struct story_party {
    struct story_party *next;
    struct slice name;
    struct endpoint at, listener; /* where it sends to; family 0: the first listener that it can reach */
    bool browser;                 /* reached over the connections that it has opened alone */
};

struct story_entry {          /* a user or, with an entity, an alias */
    struct story_entry *next; /* the newest first */
    struct slice name;
    struct slice password, allow;
    bool push, md5_only;
    struct slice entity, group;
};

struct story_block { /* an address that is blocked from the start */
    struct story_block *next;
    struct ip_address ip;
    uint32_t time; /* ms */
    bool for_ever;
};

enum field_kind { FIELD_IS, FIELD_MATCHES, FIELD_DIFFERS, FIELD_ABSENT, FIELD_COUNT, FIELD_ADDED };

struct story_field { /* an indented line */
    struct story_field *next;
    unsigned line;
    enum field_kind kind;
    struct slice name, value;
};

enum step_kind {
    STEP_SEND,
    STEP_EXPECT,
    STEP_ICMP,
    STEP_MEET,
    STEP_CLOSE,
    STEP_WAIT,
    STEP_DRAIN,
    STEP_RESTART,
    STEP_JUMP,
    STEP_LOG,
    STEP_RECORD,
    STEP_IDLE,
    STEP_STOP
};
enum step_when { WHEN_NOW, WHEN_AT, WHEN_AFTER };

struct story_step {
    struct story_step *next;
    unsigned line;
    struct slice text; /* the line */
    enum step_kind kind;
    const struct story_party *party;
    struct slice call;        /* label, "" for the one call */
    struct slice method, uri; /* null: not given */
    unsigned code;            /* 0: a request, or raw */
    struct slice reason;      /* null: not given */
    bool again, raw;
    bool negated; /* log !~, busy, jump back */
    struct slice pattern;
    uint32_t jump; /* ms */
    enum sim_manner manner;
    struct slice identity; /* of a certificate; null: any */
    uint32_t quoting;      /* bytes of an ICMP message, UINT32_MAX: all */
    enum step_when when;
    uint32_t times[STORY_TIMES_MAX];
    unsigned time_count;
    struct story_field *fields;
    struct slice body; /* null: none given */
};

struct story_contact { /* registered before the story begins; the newest first */
    struct story_contact *next;
    struct store_binding binding; /* `expires` counts from the beginning */
};

struct story {
    struct story *next;
    const char *file;
    unsigned line;
    struct slice title;
    struct story_party *parties;
    struct slice plan, plan_file; /* text with the lines at their places in the file; or a file's name */
    struct proxy_settings settings;
    struct endpoint listeners[STORY_LISTENERS_MAX];
    struct ip_address addresses[STORY_LISTENERS_MAX];
    struct settings_reader options; /* of `settings` */
    struct sim_gap *gaps;
    struct story_block *blocks;
    struct sim_saying *sayings;
    struct story_entry *entries;
    struct story_contact *contacts;
    uint32_t store_delay;
    int64_t unix_ms;
    struct slice fails; /* null: it must pass */
    struct story_step *steps, **steps_end;
    unsigned wrong_line; /* what could not be read; 0: all could */
    const char *wrong;
};

/* Reads a file's text. A line that cannot be read spoils its story alone (`wrong`); it is told when that is played.
 * Everything lives in `arena`; `file` and `text` must outlive it. NULL: out of memory, or no story at all. */
struct story *story_read(struct arena *arena, const char *file, struct slice text);

const struct story_party *story_party_named(const struct story *story, struct slice name);

#endif
