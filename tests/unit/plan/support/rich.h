/* SPDX-License-Identifier: MIT */
/* A good image with something of everything: each instruction, each code of patterns, each kind of
 * record. */
#ifndef FOV_TESTS_UNIT_PLAN_SUPPORT_RICH_H
#define FOV_TESTS_UNIT_PLAN_SUPPORT_RICH_H

#include "grammar/codes.h"
#include "grammar/words.h"
#include "tests/unit/plan/support/assemble.h"

enum { RICH_TO, RICH_USER_AGENT, RICH_X_OWN, RICH_BRANCH, RICH_RETRY_AFTER, RICH_NAMES };
enum { RICH_INVITE, RICH_DIGITS, RICH_SCANNER, RICH_FOUR, RICH_LOOKS, RICH_LOOPS, RICH_PATTERNS };
enum { RICH_SCANNER_RULE, RICH_EMERGENCY, RICH_DISABLED, RICH_EMPTY, RICH_REST, RICH_RULES };

static inline void rich_patterns(struct assembly *a) {
    uint16_t digits = set(a, '0', '9'), s = set(a, 's', 's');
    pattern(a, "^INVITE", 0, 0);
    rx(a, RX_BEGIN, 0, 0, 0);
    rx_bytes(a, "INVITE");
    rx(a, RX_MATCH, 0, 0, 0);

    pattern(a, "sip:(1[0-9]+)@", 1, 0);
    rx_bytes(a, "sip:");
    rx(a, RX_SAVE, 2, 0, 0);
    rx(a, RX_BYTE, 0, '1', 0);
    rx(a, RX_SET, digits, 0, 0);
    rx(a, RX_RUN, digits, 0, 0);
    rx(a, RX_SAVE, 3, 0, 0);
    rx(a, RX_BYTE, 0, '@', 0);
    rx(a, RX_MATCH, 0, 0, 0);

    pattern(a, "scan|(?i:sip)", 0, 0);
    rx(a, RX_PEEK, s, 0, 0);
    rx(a, RX_SPLIT, 0, 0, 7);
    rx_bytes(a, "scan");
    rx(a, RX_JUMP, 0, 0, 10);
    rx(a, RX_BYTE_CASELESS, 0, 's', 0);
    rx(a, RX_BYTE_CASELESS, 0, 'i', 0);
    rx(a, RX_BYTE_CASELESS, 0, 'p', 0);
    rx(a, RX_JOIN, 0, 0, 0);
    rx(a, RX_MATCH, 0, 0, 0);

    pattern(a, "4..", 0, 0);
    rx(a, RX_BYTE, 0, '4', 0);
    rx(a, RX_ANY, 0, 0, 0);
    rx(a, RX_ANY, 0, 0, 0);
    rx(a, RX_MATCH, 0, 0, 0);

    pattern(a, "%1\\b(?!x(?=y))%2$", 0, 2);
    rx(a, RX_INSERT, 0, 0, 0);
    rx(a, RX_WORD_BOUNDARY, 0, 0, 0);
    rx(a, RX_LOOK, 0, 1, 8);
    rx(a, RX_BYTE, 0, 'x', 0);
    rx(a, RX_LOOK, 0, 0, 7);
    rx(a, RX_BYTE, 0, 'y', 0);
    rx(a, RX_LOOK_END, 0, 0, 0);
    rx(a, RX_LOOK_END, 0, 0, 0);
    rx(a, RX_INSERT_CASELESS, 1, 0, 0);
    rx(a, RX_END, 0, 0, 0);
    rx(a, RX_MATCH, 0, 0, 0);

    pattern(a, "(ab)*?[0-9]*?[^;]*\\z", 1, 0);
    rx(a, RX_JOIN, 0, 0, 0);
    rx(a, RX_SPLIT_LAZY, 0, 0, 7);
    rx(a, RX_SAVE, 2, 0, 0);
    rx_bytes(a, "ab");
    rx(a, RX_SAVE, 3, 0, 0);
    rx(a, RX_JUMP, 0, 0, 0);
    rx(a, RX_RUN_LAZY, digits, 0, 0);
    rx(a, RX_RUN_UNTIL, 0, ';', 0);
    rx(a, RX_END_ONLY, 0, 0, 0);
    rx(a, RX_MATCH, 0, 0, 0);
}

/* Pushes a constant. */
static inline void op_text(struct assembly *a, const char *bytes) {
    op(a, OP_TEXT, 0, 0, text(a, bytes));
}

static inline void rich_conditions(struct assembly *a, uint32_t next) {
    line(a, 14);
    op(a, OP_CALL, WORD_REQUEST, 0, 0);
    op(a, OP_MATCH, 0, 0, RICH_INVITE);
    op(a, OP_UNLESS, 0, 0, next);
    line(a, 15);
    op(a, OP_MATCH_HEADER, RICH_TO, 0, RICH_DIGITS);
    op(a, OP_UNLESS, 0, 0, next);
    op(a, OP_KEEP, 0, 1, 0);
    line(a, 16);
    op(a, OP_HEADER, RICH_X_OWN, 0, 0);
    op(a, OP_MATCH, 0, 0, RICH_LOOPS);
    op(a, OP_UNLESS, 0, 0, next);
    op(a, OP_KEEP, 1, 1, 0);
    line(a, 17);
    op(a, OP_PRESENT, RICH_USER_AGENT, 0, 0);
    op(a, OP_ENV, RICH_BRANCH, 0, 0);
    op(a, OP_MATCH, 0, 1, RICH_LOOKS);
    op(a, OP_NULL, 0, 0, 0);
    op(a, OP_CALL, WORD_NOT, 1, 0);
    op(a, OP_CALL, WORD_AND, 3, 0);
    op(a, OP_UNLESS, 0, 0, next);
}

static inline void rich_deploy(struct assembly *a) {
    line(a, 20);
    op_text(a, "sip:");
    op(a, OP_CAPTURE, 0, IMAGE_PIECE_USER, 0);
    op_text(a, "@192.168.0.100");
    op(a, OP_JOIN, 0, 3, 0);
    op(a, OP_SET_TO, 0, 0, 0);
    op_text(a, "gateway");
    op(a, OP_SET_HEADER, RICH_X_OWN, 0, 0);
    op_text(a, "30");
    op(a, OP_SET_REPLY, RICH_RETRY_AFTER, 0, 0);
    op_text(a, "north");
    op(a, OP_SET_ENV, RICH_BRANCH, 0, 0);
    op_text(a, "TCP");
    op(a, OP_SET, VARIABLE_TRANSPORT, 0, 0);
    op(a, OP_TARGETS, 0, 0, 0);
    op_text(a, "192.168.0.9");
    op(a, OP_TARGET, 0, 0, 0);
    op(a, OP_FAILOVER, 0, 0, 0);
    op_text(a, "sip:101@192.168.0.101");
    op(a, OP_ALTERNATE, 0, 1 + TRANSPORT_TCP, 0);
    op(a, OP_FAILOVER_NUMBER, FAILOVER_TIMER_INVITING, 0, 30000);
    op(a, OP_FAILOVER_NUMBER, FAILOVER_AFTER, 0, 1);
    op(a, OP_FAILOVER_NUMBER, FAILOVER_REDIRECTION, 0, 0);
    op(a, OP_FAILOVER_PATTERN, FAILOVER_PATTERN_RESPONSE, 0, RICH_FOUR);
    op(a, OP_FAILOVER_DEFAULT, FAILOVER_TIMER_RINGING, 0, 0);
    op_text(a, "true");
    op(a, OP_SET, VARIABLE_CONTINUE, 0, 0);
    op(a, OP_DONE, 0, 0, 0);
    op(a, OP_NEXT, 0, 0, 0);
}

static inline void rich(struct assembly *a) {
    name(a, "To", IMAGE_NAME_READ);
    name(a, "User-Agent", IMAGE_NAME_READ);
    name(a, "X-Own", IMAGE_NAME_READ);
    name(a, "branch", IMAGE_NAME_ENV | IMAGE_NAME_READ);
    name(a, "retry-after", 0);
    rich_patterns(a);

    rule(a, IMAGE_RULE_PRELIMINARY, 0, "scanner");
    line(a, 3);
    op(a, OP_HEADER, RICH_USER_AGENT, 0, 0);
    op(a, OP_CALL, WORD_STR_LOWERCASE, 1, 0);
    op(a, OP_MATCH, 0, 0, RICH_SCANNER);
    op(a, OP_UNLESS, 0, 0, 7);
    op_text(a, "drop");
    op(a, OP_SET, VARIABLE_ACTION, 0, 0);
    op(a, OP_DONE, 0, 0, 0);
    op(a, OP_NEXT, 0, 0, 0);

    rule(a, 0, 2, "emergency");
    ((struct image_label *)last(a, IMAGE_LABELS))->description = layout(a, "police and fire");
    rich_conditions(a, 44);
    rich_deploy(a);

    rule(a, IMAGE_RULE_DISABLED, 0, "");
    line(a, 30);
    op_text(a, "600");
    op(a, OP_SET, VARIABLE_ACTION, 0, 0);
    op(a, OP_DONE, 0, 0, 0);

    rule(a, IMAGE_RULE_EMPTY, 0, "");
    line_of(a, "office.txt", 33);
    op(a, OP_MATCH_HEADER, RICH_TO, 0, RICH_FOUR);
    op(a, OP_UNLESS, 0, 0, 3);
    op(a, OP_DONE, 0, 0, 0);
    op(a, OP_NEXT, 0, 0, 0);

    rule(a, 0, 0, "rest");
    op_text(a, "480 Try later");
    op(a, OP_SET, VARIABLE_RESPONSE, 0, 0);
    op(a, OP_DONE, 0, 0, 0);
}

static inline uint8_t *rich_image(size_t *length) {
    struct assembly a = {0};
    rich(&a);
    return assemble(&a, length);
}

#endif
