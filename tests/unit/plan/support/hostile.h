/* SPDX-License-Identifier: MIT */
/* A hostile image for each invariant: the rich image with something changed, or one made to be
 * wrong. */
#ifndef FOV_TESTS_UNIT_PLAN_SUPPORT_HOSTILE_H
#define FOV_TESTS_UNIT_PLAN_SUPPORT_HOSTILE_H

#include "grammar/codes.h"
#include "grammar/words.h"
#include "tests/unit/plan/support/rich.h"

/* The rich image, open for changes. */
struct parts {
    uint8_t *bytes;
    size_t length;
    bool keep_hash;     /* the plan hash is left as the change made it */
    bool keep_checksum; /* so is the checksum */
    struct image_header *header;
    struct image_section *table;
    struct image_text *texts;
    char *blob, *layout;
    struct image_name *names;
    struct image_rule *rules;
    struct image_instruction *code;
    struct image_pattern *patterns;
    struct image_rx *rxcode;
    struct image_label *labels;
    struct image_line *lines;
};

static inline struct parts parts_of(uint8_t *bytes, size_t length) {
    struct parts p = {.bytes = bytes, .length = length, .header = (void *)bytes};
    p.table = (void *)(bytes + sizeof(struct image_header));
    p.texts = (void *)(bytes + p.table[IMAGE_TEXTS].offset);
    p.blob = (char *)bytes + p.table[IMAGE_BYTES].offset;
    p.names = (void *)(bytes + p.table[IMAGE_NAMES].offset);
    p.rules = (void *)(bytes + p.table[IMAGE_RULES].offset);
    p.code = (void *)(bytes + p.table[IMAGE_CODE].offset);
    p.patterns = (void *)(bytes + p.table[IMAGE_PATTERNS].offset);
    p.rxcode = (void *)(bytes + p.table[IMAGE_RXCODE].offset);
    p.labels = (void *)(bytes + p.table[IMAGE_LABELS].offset);
    p.lines = (void *)(bytes + p.table[IMAGE_LINES].offset);
    p.layout = (char *)bytes + p.table[IMAGE_LAYOUT].offset;
    return p;
}

/* The first instruction of that kind. */
static inline struct image_instruction *find(struct parts *p, enum opcode code) {
    struct image_instruction *at = p->code;
    while (at->op != code)
        at++;
    return at;
}

static inline struct image_rx *find_rx(struct parts *p, enum rxcode code) {
    struct image_rx *at = p->rxcode;
    while (at->op != code)
        at++;
    return at;
}

#define CHANGE(NAME, ...)                                                                                              \
    static inline void change_##NAME(struct parts *p) {                                                                \
        __VA_ARGS__                                                                                                    \
    }
#define BUILD(NAME, ...)                                                                                               \
    static inline void build_##NAME(struct assembly *a) {                                                              \
        __VA_ARGS__                                                                                                    \
    }

/* Frame */
CHANGE(too_short, p->length = ASSEMBLY_TABLE_END - 1; p->keep_checksum = true;)
CHANGE(magic, p->bytes[6] = 'm';)
CHANGE(version, p->header->version++;)
CHANGE(length_field, p->header->length++;)
CHANGE(checksum, p->header->checksum++; p->keep_checksum = true;)
CHANGE(table_hash, p->header->table_hash++;)
CHANGE(section_number, p->header->sections--;)
CHANGE(header_reserved, p->header->reserved[1] = 1;)
CHANGE(section_kind, p->table[IMAGE_SETS].kind = IMAGE_CODE;)
CHANGE(section_reserved, p->table[IMAGE_NAMES].reserved = 1;)
CHANGE(section_overlap, p->table[IMAGE_CODE].offset -= 8;)
CHANGE(section_gap, p->table[IMAGE_CODE].offset += 8;)
CHANGE(section_unaligned, p->table[IMAGE_NAMES].offset += 4;)
CHANGE(section_beyond, p->table[IMAGE_LAYOUT].length++;)
CHANGE(section_huge, p->table[IMAGE_TEXTS].length = UINT32_MAX - 7;)
CHANGE(section_record, p->table[IMAGE_RULES].length--;)
CHANGE(padding, p->bytes[p->table[IMAGE_NAMES].offset - 1] = 1;)
CHANGE(trailing, p->length += 8; p->bytes = realloc(p->bytes, p->length); memset(p->bytes + p->length - 8, 0, 8);
       ((struct image_header *)(void *)p->bytes)->length = p->length;)
CHANGE(plan_hash, p->header->plan_hash++; p->keep_hash = true;)

/* Texts and names */
CHANGE(text_offset, p->texts[1].offset = p->table[IMAGE_BYTES].length + 1; p->texts[1].length = 0;)
CHANGE(text_length, p->texts[1].length = UINT32_MAX;)
CHANGE(control_character, p->blob[0] = '\n';)
CHANGE(delete_character, p->blob[0] = 0x7f;)
BUILD(
    many_names, for (unsigned i = 0; i <= IMAGE_NAMES_MAX; i++) {
        char written[12] = "x";
        for (unsigned rest = i, at = 1; rest; rest /= 16)
            written[at++] = "0123456789abcdef"[rest % 16];
        name(a, written, 0);
    })
CHANGE(name_flags, p->names[0].flags |= 4;)
CHANGE(name_text, p->names[0].text = UINT32_MAX;)
CHANGE(name_blank, p->blob[p->texts[p->names[RICH_X_OWN].text].offset + 1] = ' ';)
CHANGE(name_empty, p->texts[p->names[RICH_X_OWN].text].length = 0;)
CHANGE(name_header, p->names[RICH_TO].header = HEADER_FROM;)
CHANGE(name_no_header, p->names[RICH_TO].header = IMAGE_NONE;)
CHANGE(variable_header, p->names[RICH_BRANCH].header = HEADER_TO;)
BUILD(header_twice, name(a, "To", 0); name(a, "X-A", 0); name(a, "t", 0);)
BUILD(other_twice, name(a, "X-A", 0); name(a, "X-B", 0); name(a, "x-a", 0);)
BUILD(variable_twice, name(a, "x-a", 0); name(a, "x-a", IMAGE_NAME_ENV); name(a, "X-A", IMAGE_NAME_ENV);)

/* Rules */
CHANGE(rule_start, p->rules[1].start++;)
CHANGE(rule_beyond, p->rules[RICH_RULES - 1].count++;)
CHANGE(rule_rest, p->rules[RICH_RULES - 1].count--;)
CHANGE(rule_nothing, p->rules[0].count = 0;)
BUILD(rule_long, rule(a, 0, 0, ""); for (unsigned i = 0; i < IMAGE_RULE_MAX; i++) op(a, OP_TARGETS, 0, 0, 0);
      op(a, OP_DONE, 0, 0, 0);)
CHANGE(rule_flags, p->rules[0].flags |= 8;)
CHANGE(rule_list, p->rules[2].flags |= IMAGE_RULE_PRELIMINARY;)
CHANGE(rule_slots, p->rules[1].slots = IMAGE_SLOTS_MAX + 1;)

/* Operands */
CHANGE(op_unknown, p->code[0].op = OP_COUNT;)
CHANGE(op_unused_a, find(p, OP_DONE)->a = 1;)
CHANGE(op_unused_b, find(p, OP_JOIN)->b = 1;)
CHANGE(op_unused_c, find(p, OP_SET_TO)->c = 1;)
CHANGE(op_negate, find(p, OP_MATCH)->a = 2;)
CHANGE(op_piece, find(p, OP_CAPTURE)->a = IMAGE_PIECES;)
CHANGE(op_slot, find(p, OP_CAPTURE)->b = 2;)
CHANGE(op_slots, find(p, OP_KEEP)->b = 2;)
CHANGE(op_name, find(p, OP_HEADER)->b = RICH_NAMES;)
CHANGE(op_header_is_variable, find(p, OP_HEADER)->b = RICH_BRANCH;)
CHANGE(op_variable_is_header, find(p, OP_ENV)->b = RICH_TO;)
CHANGE(op_set_variable_is_header, find(p, OP_SET_ENV)->b = RICH_TO;)
CHANGE(op_unmarked, find(p, OP_HEADER)->b = RICH_RETRY_AFTER;)
CHANGE(op_set_to, find(p, OP_SET_HEADER)->b = RICH_TO;)
BUILD(op_set_kept, name(a, "Call-ID", 0); rule(a, 0, 0, ""); op_text(a, "x"); op(a, OP_SET_HEADER, 0, 0, 0);
      op(a, OP_DONE, 0, 0, 0);)
BUILD(op_reply_kept, name(a, "v", 0); rule(a, 0, 0, ""); op_text(a, "x"); op(a, OP_SET_REPLY, 0, 0, 0);
      op(a, OP_DONE, 0, 0, 0);)
BUILD(op_reply_from, name(a, "From", 0); rule(a, 0, 0, ""); op_text(a, "x"); op(a, OP_SET_REPLY, 0, 0, 0);
      op(a, OP_DONE, 0, 0, 0);)
CHANGE(op_word, find(p, OP_CALL)->b = WORD_COUNT;)
CHANGE(op_arguments, find(p, OP_CALL)->a = 2;)
BUILD(op_default, rule(a, 0, 0, ""); op_text(a, "10.0.0.0/8"); op(a, OP_CALL, WORD_ADDRPREFIX, 1, 0);
      op(a, OP_UNLESS, 0, 0, 3); op(a, OP_DONE, 0, 0, 0);)
CHANGE(op_variable, find(p, OP_SET)->b = VARIABLE_COUNT;)
CHANGE(op_targets, find(p, OP_SET)->b = VARIABLE_TARGET;)
CHANGE(op_session, find(p, OP_SET)->b = VARIABLE_SESSION;)
CHANGE(op_setting, find(p, OP_FAILOVER_DEFAULT)->b = FAILOVER_COUNT;)
CHANGE(op_setting_no_pattern, find(p, OP_FAILOVER_PATTERN)->b = FAILOVER_TO;)
CHANGE(op_setting_pattern, find(p, OP_FAILOVER_NUMBER)->b = FAILOVER_PATTERN_RESPONSE;)
CHANGE(op_duration, find(p, OP_FAILOVER_NUMBER)->c = 24 * 60 * 60 * 1000 + 1;)
CHANGE(op_boolean, find(p, OP_FAILOVER_NUMBER)[2].c = 2;)
CHANGE(op_choice, find(p, OP_FAILOVER_NUMBER)[1].c = 3;)
CHANGE(op_transport, find(p, OP_ALTERNATE)->a = TRANSPORT_COUNT + 1;)
CHANGE(op_text, find(p, OP_TEXT)->c = UINT32_MAX;)
CHANGE(op_pattern, find(p, OP_MATCH)->c = RICH_PATTERNS;)
CHANGE(op_inserts, p->rules[RICH_SCANNER_RULE].slots = 1; find(p, OP_MATCH)->c = RICH_LOOKS;)
CHANGE(op_setting_inserts, find(p, OP_FAILOVER_PATTERN)->c = RICH_LOOKS;)
CHANGE(op_jump_self, find(p, OP_UNLESS)->c = 3;)
CHANGE(op_jump_back, find(p, OP_UNLESS)->c = 0;)
CHANGE(op_jump_out, find(p, OP_UNLESS)->c = p->rules[0].count;)

/* Flow */
CHANGE(underflow, find(p, OP_JOIN)->a = 4;)
BUILD(overflow, rule(a, 0, 0, ""); for (unsigned i = 0; i <= IMAGE_STACK_MAX; i++) op(a, OP_NULL, 0, 0, 0);
      op(a, OP_DONE, 0, 0, 0);)
BUILD(uneven, rule(a, 0, 0, ""); op(a, OP_NULL, 0, 0, 0); op(a, OP_UNLESS, 0, 0, 3); op(a, OP_NULL, 0, 0, 0);
      op(a, OP_NEXT, 0, 0, 0);)
BUILD(unreachable, rule(a, 0, 0, ""); op(a, OP_DONE, 0, 0, 0); op(a, OP_NEXT, 0, 0, 0);)
BUILD(falls_off, rule(a, 0, 0, ""); op(a, OP_NULL, 0, 0, 0);)
BUILD(falls_into_next, rule(a, 0, 0, ""); op(a, OP_TARGETS, 0, 0, 0); rule(a, 0, 0, ""); op(a, OP_DONE, 0, 0, 0);)
BUILD(left_over, rule(a, 0, 0, ""); op(a, OP_NULL, 0, 0, 0); op(a, OP_DONE, 0, 0, 0);)
BUILD(keep_first, rule(a, 0, 1, ""); op(a, OP_KEEP, 0, 1, 0); op(a, OP_DONE, 0, 0, 0);)
BUILD(keep_no_match, rule(a, 0, 1, ""); op(a, OP_NULL, 0, 0, 0); op(a, OP_UNLESS, 0, 0, 3); op(a, OP_KEEP, 0, 1, 0);
      op(a, OP_DONE, 0, 0, 0);)
CHANGE(keep_negated, find(p, OP_MATCH_HEADER)->a = 1;)
CHANGE(keep_too_many, find(p, OP_KEEP)->a = 2;)
BUILD(keep_no_branch, pattern(a, "(x)", 1, 0); rx(a, RX_MATCH, 0, 0, 0); rule(a, 0, 1, ""); op(a, OP_NULL, 0, 0, 0);
      op(a, OP_MATCH, 0, 0, 0); op(a, OP_TARGETS, 0, 0, 0); op(a, OP_KEEP, 0, 1, 0); op(a, OP_UNLESS, 0, 0, 5);
      op(a, OP_DONE, 0, 0, 0);)
BUILD(keep_jumped_to, pattern(a, "(x)", 1, 0); rx(a, RX_MATCH, 0, 0, 0); rule(a, 0, 1, ""); op(a, OP_NULL, 0, 0, 0);
      op(a, OP_UNLESS, 0, 0, 5); op(a, OP_NULL, 0, 0, 0); op(a, OP_MATCH, 0, 0, 0); op(a, OP_UNLESS, 0, 0, 6);
      op(a, OP_KEEP, 0, 1, 0); op(a, OP_DONE, 0, 0, 0);)
BUILD(keep_branch_jumped_to, pattern(a, "(x)", 1, 0); rx(a, RX_MATCH, 0, 0, 0); rule(a, 0, 1, "");
      op(a, OP_NULL, 0, 0, 0); op(a, OP_NULL, 0, 0, 0); op(a, OP_UNLESS, 0, 0, 4); op(a, OP_MATCH, 0, 0, 0);
      op(a, OP_UNLESS, 0, 0, 6); op(a, OP_KEEP, 0, 1, 0); op(a, OP_DONE, 0, 0, 0);)

/* Patterns */
CHANGE(pattern_start, p->patterns[1].start--;)
CHANGE(pattern_beyond, p->patterns[RICH_PATTERNS - 1].count++;)
BUILD(pattern_rest, pattern(a, "x", 0, 0); rx(a, RX_MATCH, 0, 0, 0); rx(a, RX_MATCH, 0, 0, 0);
      ((struct image_pattern *)last(a, IMAGE_PATTERNS))->count = 1;)
CHANGE(pattern_nothing, p->patterns[0].count = 0;)
BUILD(pattern_long, pattern(a, "x", 0, 0); for (unsigned i = 0; i < IMAGE_RX_MAX; i++) rx(a, RX_ANY, 0, 0, 0);
      rx(a, RX_MATCH, 0, 0, 0);)
CHANGE(pattern_text, p->patterns[0].text = UINT32_MAX;)
CHANGE(pattern_groups, p->patterns[0].groups = IMAGE_GROUPS_MAX + 1;)
CHANGE(inserts_too_low, p->patterns[RICH_LOOKS].inserts = 1;)
CHANGE(inserts_too_high, p->patterns[RICH_LOOKS].inserts = 3;)
CHANGE(inserts_none, p->patterns[RICH_FOUR].inserts = 1;)
CHANGE(inserts_max, p->patterns[RICH_LOOKS].inserts = IMAGE_SLOTS_MAX + 1; find_rx(p, RX_INSERT)->b = IMAGE_SLOTS_MAX;)
CHANGE(rx_unknown, p->rxcode[0].op = RX_COUNT;)
CHANGE(rx_unused_a, find_rx(p, RX_MATCH)->a = 1;)
CHANGE(rx_unused_b, find_rx(p, RX_BYTE)->b = 1;)
CHANGE(rx_unused_c, find_rx(p, RX_SET)->c = 1;)
CHANGE(rx_negate, find_rx(p, RX_WORD_BOUNDARY)->a = 2;)
CHANGE(rx_set, find_rx(p, RX_SET)->b = 2;)
CHANGE(rx_run_set, find_rx(p, RX_RUN_LAZY)->b = 2;)
CHANGE(rx_save_whole, find_rx(p, RX_SAVE)->b = 1;)
CHANGE(rx_save_more, find_rx(p, RX_SAVE)->b = 4;)
CHANGE(rx_target, find_rx(p, RX_SPLIT)->c = 12;)
CHANGE(rx_look_target, find_rx(p, RX_LOOK)->c = UINT32_MAX;)
CHANGE(rx_no_match, p->rxcode[p->patterns[0].count - 1].op = RX_BEGIN;)
CHANGE(look_back, find_rx(p, RX_LOOK)->c = 1;)
CHANGE(look_open, find_rx(p, RX_LOOK)->c = 9;)
CHANGE(look_empty, find_rx(p, RX_LOOK)->c = 3;)
BUILD(look_end_alone, pattern(a, "x", 0, 0); rx(a, RX_LOOK_END, 0, 0, 0); rx(a, RX_MATCH, 0, 0, 0);)
BUILD(look_end_early, pattern(a, "x", 0, 0); rx(a, RX_LOOK, 0, 0, 3); rx(a, RX_LOOK_END, 0, 0, 0);
      rx(a, RX_LOOK_END, 0, 0, 0); rx(a, RX_MATCH, 0, 0, 0);)
BUILD(look_deep, pattern(a, "x", 0, 0);
      for (uint32_t i = 0; i <= IMAGE_LOOKS_MAX; i++) rx(a, RX_LOOK, 0, 0, 2 * (IMAGE_LOOKS_MAX + 1) - i);
      for (uint32_t i = 0; i <= IMAGE_LOOKS_MAX; i++) rx(a, RX_LOOK_END, 0, 0, 0); rx(a, RX_MATCH, 0, 0, 0);)
BUILD(look_crossed, pattern(a, "x", 0, 0); rx(a, RX_LOOK, 0, 0, 3); rx(a, RX_LOOK, 0, 0, 4);
      rx(a, RX_LOOK_END, 0, 0, 0); rx(a, RX_LOOK_END, 0, 0, 0); rx(a, RX_MATCH, 0, 0, 0);)
BUILD(look_jump_in, pattern(a, "x", 0, 0); rx(a, RX_SPLIT, 0, 0, 2); rx(a, RX_LOOK, 0, 0, 4); rx(a, RX_ANY, 0, 0, 0);
      rx(a, RX_LOOK_END, 0, 0, 0); rx(a, RX_MATCH, 0, 0, 0);)
BUILD(look_jump_out, pattern(a, "x", 0, 0); rx(a, RX_LOOK, 0, 0, 3); rx(a, RX_SPLIT, 0, 0, 3);
      rx(a, RX_LOOK_END, 0, 0, 0); rx(a, RX_MATCH, 0, 0, 0);)
BUILD(look_save, pattern(a, "(x)", 1, 0); rx(a, RX_LOOK, 0, 0, 3); rx(a, RX_SAVE, 2, 0, 0); rx(a, RX_LOOK_END, 0, 0, 0);
      rx(a, RX_MATCH, 0, 0, 0);)
BUILD(look_match, pattern(a, "x", 0, 0); rx(a, RX_LOOK, 0, 0, 3); rx(a, RX_MATCH, 0, 0, 0); rx(a, RX_LOOK_END, 0, 0, 0);
      rx(a, RX_MATCH, 0, 0, 0);)
BUILD(loop_itself, pattern(a, "x", 0, 0); rx(a, RX_JUMP, 0, 0, 0); rx(a, RX_MATCH, 0, 0, 0);)
BUILD(loop_empty, pattern(a, "x", 0, 0); rx(a, RX_JOIN, 0, 0, 0); rx(a, RX_SPLIT, 0, 0, 3); rx(a, RX_JUMP, 0, 0, 0);
      rx(a, RX_MATCH, 0, 0, 0);)
BUILD(loop_around_a_byte, pattern(a, "x", 0, 0); rx(a, RX_SPLIT, 0, 0, 2); rx(a, RX_ANY, 0, 0, 0);
      rx(a, RX_SPLIT_LAZY, 0, 0, 0); rx(a, RX_MATCH, 0, 0, 0);)
BUILD(loop_of_runs, set(a, '0', '9'); pattern(a, "x", 0, 0); rx(a, RX_RUN, 0, 0, 0); rx(a, RX_SPLIT, 0, 0, 0);
      rx(a, RX_MATCH, 0, 0, 0);)
BUILD(loop_of_inserts, pattern(a, "x", 0, 1); rx(a, RX_INSERT, 0, 0, 0); rx(a, RX_SPLIT, 0, 0, 0);
      rx(a, RX_MATCH, 0, 0, 0);)
BUILD(loop_forward_and_back, pattern(a, "x", 0, 0); rx(a, RX_JUMP, 0, 0, 3); rx(a, RX_ANY, 0, 0, 0);
      rx(a, RX_JUMP, 0, 0, 4); rx(a, RX_JUMP, 0, 0, 2); rx(a, RX_SPLIT, 0, 0, 3); rx(a, RX_MATCH, 0, 0, 0);)
BUILD(loop_over_a_look, pattern(a, "x", 0, 0); rx(a, RX_LOOK, 0, 0, 3); rx(a, RX_ANY, 0, 0, 0);
      rx(a, RX_LOOK_END, 0, 0, 0); rx(a, RX_SPLIT, 0, 0, 0); rx(a, RX_MATCH, 0, 0, 0);)
BUILD(loop_nobody_enters, pattern(a, "x", 0, 0); rx(a, RX_JUMP, 0, 0, 2); rx(a, RX_JUMP, 0, 0, 1);
      rx(a, RX_MATCH, 0, 0, 0);)

/* Layout */
BUILD(label_missing, rule(a, 0, 0, ""); op(a, OP_DONE, 0, 0, 0);
      a->sections[IMAGE_LABELS].length -= sizeof(struct image_label);)
BUILD(label_extra, struct image_label label = {.number = 1}; append(a, IMAGE_LABELS, &label, sizeof label);)
CHANGE(label_name, p->labels[0].name.offset = UINT32_MAX;)
CHANGE(label_description, p->labels[1].description.length = UINT32_MAX;)
CHANGE(label_file, p->labels[1].file.length += 4096;)
CHANGE(label_number, p->labels[1].number = 2;)
CHANGE(label_number_again, p->labels[2].number = 1;)
CHANGE(line_file, p->lines[0].file.offset = UINT32_MAX;)
CHANGE(line_beyond, p->lines[p->table[IMAGE_LINES].length / sizeof *p->lines - 1].pc = UINT32_MAX;)
CHANGE(line_twice, p->lines[1].pc = p->lines[0].pc;)
CHANGE(layout_control, p->layout[0] = '\r';)

#undef CHANGE
#undef BUILD

/* One of both makes the image. */
struct hostile_row {
    unsigned invariant;
    const char *what;
    void (*change)(struct parts *p);
    void (*build)(struct assembly *a);
};

#define CHANGED(INVARIANT, NAME)                                                                                       \
    { INVARIANT, #NAME, change_##NAME, NULL }
#define BUILT(INVARIANT, NAME)                                                                                         \
    { INVARIANT, #NAME, NULL, build_##NAME }
static const struct hostile_row hostile_rows[] = {
    CHANGED(1, too_short),
    CHANGED(2, magic),
    CHANGED(3, version),
    CHANGED(4, length_field),
    CHANGED(5, checksum),
    CHANGED(6, table_hash),
    CHANGED(7, section_number),
    CHANGED(8, header_reserved),
    CHANGED(9, section_kind),
    CHANGED(10, section_reserved),
    CHANGED(11, section_overlap),
    CHANGED(11, section_gap),
    CHANGED(11, section_unaligned),
    CHANGED(12, section_beyond),
    CHANGED(12, section_huge),
    CHANGED(12, section_record),
    CHANGED(13, padding),
    CHANGED(14, trailing),
    CHANGED(15, plan_hash),

    CHANGED(16, text_offset),
    CHANGED(16, text_length),
    CHANGED(17, control_character),
    CHANGED(17, delete_character),
    BUILT(18, many_names),
    CHANGED(19, name_flags),
    CHANGED(20, name_text),
    CHANGED(21, name_blank),
    CHANGED(21, name_empty),
    CHANGED(22, name_header),
    CHANGED(22, name_no_header),
    CHANGED(22, variable_header),
    BUILT(23, header_twice),
    BUILT(23, other_twice),
    BUILT(23, variable_twice),

    CHANGED(24, rule_start),
    CHANGED(24, rule_beyond),
    CHANGED(50, rule_rest),
    CHANGED(25, rule_nothing),
    BUILT(25, rule_long),
    CHANGED(26, rule_flags),
    CHANGED(27, rule_list),
    CHANGED(28, rule_slots),

    CHANGED(29, op_unknown),
    CHANGED(30, op_unused_a),
    CHANGED(30, op_unused_b),
    CHANGED(30, op_unused_c),
    CHANGED(31, op_negate),
    CHANGED(32, op_piece),
    CHANGED(33, op_slot),
    CHANGED(33, op_slots),
    CHANGED(34, op_name),
    CHANGED(34, op_header_is_variable),
    CHANGED(34, op_variable_is_header),
    CHANGED(34, op_set_variable_is_header),
    CHANGED(35, op_unmarked),
    CHANGED(36, op_set_to),
    BUILT(36, op_set_kept),
    BUILT(36, op_reply_kept),
    BUILT(36, op_reply_from),
    CHANGED(37, op_word),
    CHANGED(37, op_arguments),
    BUILT(37, op_default),
    CHANGED(38, op_variable),
    CHANGED(38, op_targets),
    CHANGED(38, op_session),
    CHANGED(39, op_setting),
    CHANGED(39, op_setting_no_pattern),
    CHANGED(39, op_setting_pattern),
    CHANGED(40, op_duration),
    CHANGED(40, op_boolean),
    CHANGED(40, op_choice),
    CHANGED(41, op_transport),
    CHANGED(42, op_text),
    CHANGED(43, op_pattern),
    CHANGED(44, op_inserts),
    CHANGED(44, op_setting_inserts),
    CHANGED(45, op_jump_self),
    CHANGED(45, op_jump_back),
    CHANGED(45, op_jump_out),

    CHANGED(46, underflow),
    BUILT(47, overflow),
    BUILT(48, uneven),
    BUILT(49, unreachable),
    BUILT(50, falls_off),
    BUILT(50, falls_into_next),
    BUILT(51, left_over),
    BUILT(52, keep_first),
    BUILT(52, keep_no_match),
    CHANGED(52, keep_negated),
    CHANGED(52, keep_too_many),
    BUILT(52, keep_no_branch),
    BUILT(53, keep_jumped_to),
    BUILT(53, keep_branch_jumped_to),

    CHANGED(54, pattern_start),
    CHANGED(54, pattern_beyond),
    BUILT(54, pattern_rest),
    CHANGED(55, pattern_nothing),
    BUILT(55, pattern_long),
    CHANGED(56, pattern_text),
    CHANGED(57, pattern_groups),
    CHANGED(58, inserts_too_low),
    CHANGED(58, inserts_too_high),
    CHANGED(58, inserts_none),
    CHANGED(58, inserts_max),
    CHANGED(59, rx_unknown),
    CHANGED(60, rx_unused_a),
    CHANGED(60, rx_unused_b),
    CHANGED(60, rx_unused_c),
    CHANGED(61, rx_negate),
    CHANGED(62, rx_set),
    CHANGED(62, rx_run_set),
    CHANGED(63, rx_save_whole),
    CHANGED(63, rx_save_more),
    CHANGED(64, rx_target),
    CHANGED(64, rx_look_target),
    CHANGED(65, rx_no_match),
    CHANGED(66, look_back),
    CHANGED(66, look_open),
    CHANGED(66, look_empty),
    BUILT(67, look_end_alone),
    BUILT(67, look_end_early),
    BUILT(68, look_deep),
    BUILT(68, look_crossed),
    BUILT(69, look_jump_in),
    BUILT(69, look_jump_out),
    BUILT(70, look_save),
    BUILT(70, look_match),
    BUILT(71, loop_itself),
    BUILT(71, loop_empty),
    BUILT(71, loop_around_a_byte),
    BUILT(71, loop_of_runs),
    BUILT(71, loop_of_inserts),
    BUILT(71, loop_forward_and_back),
    BUILT(71, loop_over_a_look),
    BUILT(71, loop_nobody_enters),

    BUILT(72, label_missing),
    BUILT(72, label_extra),
    CHANGED(73, label_name),
    CHANGED(73, label_description),
    CHANGED(73, label_file),
    CHANGED(74, label_number),
    CHANGED(74, label_number_again),
    CHANGED(75, line_file),
    CHANGED(76, line_beyond),
    CHANGED(76, line_twice),
    CHANGED(77, layout_control),
};
#undef CHANGED
#undef BUILT

enum { HOSTILE_ROWS = sizeof hostile_rows / sizeof *hostile_rows };

/* The caller frees it. */
static inline uint8_t *hostile_image(const struct hostile_row *row, size_t *length) {
    if (row->build) {
        struct assembly a = {0};
        row->build(&a);
        return assemble(&a, length);
    }
    uint8_t *bytes = rich_image(length);
    struct parts p = parts_of(bytes, *length);
    row->change(&p);
    if (p.keep_hash)
        seal_checksum(p.bytes, p.length);
    else if (!p.keep_checksum)
        seal(p.bytes, p.length);
    *length = p.length;
    return p.bytes;
}

#endif
