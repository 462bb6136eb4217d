/* SPDX-License-Identifier: MIT */
#include "runtime/regex/program.h"

#include "grammar/codes.h"
#include "tests/unit/regex/compiled.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* One instruction: its name and the operands that it has, a byte as itself. */
static int print_instruction(char *text, size_t size, const struct image_rx *code) {
    const struct rxcode_row *row = &rxcodes[code->op];
    char operands[64] = "";
    if (row->a == OPERAND_BYTE)
        snprintf(operands, sizeof operands, code->a > ' ' ? " %c" : " \\x%02x", code->a);
    else if (row->a != OPERAND_NONE)
        snprintf(operands, sizeof operands, " %u", code->a);
    if (row->b != OPERAND_NONE)
        snprintf(operands + strlen(operands), sizeof operands - strlen(operands), " %u", code->b);
    if (row->c != OPERAND_NONE)
        snprintf(operands + strlen(operands), sizeof operands - strlen(operands), " %u", code->c);
    return snprintf(text, size, "%s%s; ", row->name, operands);
}

Test(program, each_construct_has_its_code) {
    static const struct {
        const char *pattern, *code;
    } rows[] = {
        {"", "MATCH; "},
        {"ab", "BYTE a; BYTE b; MATCH; "},
        {"(?i)a1", "BYTE_CASELESS a; BYTE 1; MATCH; "},
        {"[x]", "BYTE x; MATCH; "},
        {".[ab]\\d", "ANY; SET 0; SET 1; MATCH; "},
        {"[ab][ba]", "SET 0; SET 0; MATCH; "},
        {"^a$\\z", "BEGIN; BYTE a; END; END_ONLY; MATCH; "},
        {"a\\b\\B", "BYTE a; WORD_BOUNDARY 0; WORD_BOUNDARY 1; MATCH; "},
        {"(a)", "PEEK 0; SAVE 2; BYTE a; SAVE 3; MATCH; "},
        {"(.)", "SAVE 2; ANY; SAVE 3; MATCH; "}, /* starts nearly anywhere: no PEEK */
        {"x(a)(?:b)", "BYTE x; SAVE 2; BYTE a; SAVE 3; BYTE b; MATCH; "},
        {"x[^@]*", "BYTE x; RUN_UNTIL @; MATCH; "},
        {"x.+", "BYTE x; ANY; RUN_UNTIL \\x0a; MATCH; "},
        {"x\\d{2,}", "BYTE x; SET 0; SET 0; RUN 0; MATCH; "},
        {"x.*?", "BYTE x; RUN_LAZY 0; MATCH; "},
        {"xa?", "BYTE x; SPLIT 3; BYTE a; JOIN; MATCH; "},
        {"xa?\?", "BYTE x; SPLIT_LAZY 3; BYTE a; JOIN; MATCH; "},
        {"xa{1,3}", "BYTE x; BYTE a; SPLIT 6; BYTE a; SPLIT 6; BYTE a; JOIN; MATCH; "},
        {"xa{2}", "BYTE x; BYTE a; BYTE a; MATCH; "},
        {"xa{0}", "BYTE x; MATCH; "},
        {"x(?:){5}", "BYTE x; MATCH; "},
        {"x(?:ab)*", "BYTE x; JOIN; SPLIT 6; BYTE a; BYTE b; JUMP 1; MATCH; "},
        {"x(?:ab)*?", "BYTE x; JOIN; SPLIT_LAZY 6; BYTE a; BYTE b; JUMP 1; MATCH; "},
        {"x(?:ab)+", "BYTE x; JOIN; BYTE a; BYTE b; SPLIT_LAZY 1; MATCH; "},
        {"x(?:ab)+?", "BYTE x; JOIN; BYTE a; BYTE b; SPLIT 1; MATCH; "},
        {"x(?:ab){2,}", "BYTE x; BYTE a; BYTE b; JOIN; BYTE a; BYTE b; SPLIT_LAZY 3; MATCH; "},
        {"a|b|c", "PEEK 0; SPLIT 4; BYTE a; JUMP 8; SPLIT 7; BYTE b; JUMP 8; BYTE c; JOIN; MATCH; "},
        {"x(?:|a)", "BYTE x; SPLIT 3; JUMP 4; BYTE a; JOIN; MATCH; "},
        {"x(?=a)", "BYTE x; LOOK 0 4; BYTE a; LOOK_END; MATCH; "},
        {"x(?!)", "BYTE x; LOOK 1 3; LOOK_END; MATCH; "},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct compiled compiled;
        char text[1000];
        size_t length = 0;
        compile(&compiled, rows[i].pattern, 0);
        for (uint32_t pc = 0; pc < compiled.program.count; pc++)
            length += (size_t)print_instruction(text + length, sizeof text - length, &compiled.program.code[pc]);
        cr_expect_str_eq(text, rows[i].code, "'%s': %s", rows[i].pattern, text);
        discard(&compiled);
    }
}

Test(program, sets_hold_their_bytes) {
    static const struct {
        const char *pattern;
        const char *members; /* of set 0, all of them */
    } rows[] = {
        {"x[cab]", "abc"},       {"x[b-d0]", "bcd0"},
        {"x(?i)[b-c]", "BCbc"},  {"x(?:a|b)*", ""},
        {"x\\d", "0123456789"},  {"x\\h", "\t "},
        {"x\\s", "\t\n\v\f\r "}, {"x\\w", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"},
        {"(?:a|b?c)", "abc"},    {"(?i)(q)", "qQ"},
        {"\\bx", "x"},           {"(?=x)y", "y"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct compiled compiled;
        compile(&compiled, rows[i].pattern, 0);
        cr_assert_eq(compiled.program.set_count, rows[i].members[0] != '\0', "'%s'", rows[i].pattern);
        for (unsigned byte = 0; byte < 256 && compiled.program.set_count; byte++) {
            bool in = compiled.program.sets[0].bits[byte / 32] >> byte % 32 & 1;
            cr_expect_eq(in, byte && strchr(rows[i].members, (int)byte), "'%s': byte %u", rows[i].pattern, byte);
        }
        discard(&compiled);
    }
}

Test(program, an_insert_names_its_slot) {
    struct compiled compiled;
    compile(&compiled, "x%3(?i)%{2}", RX_INSERTS);
    const struct image_rx *code = compiled.program.code;
    cr_assert_eq(compiled.program.count, 4);
    cr_expect(code[1].op == RX_INSERT && code[1].b == 2);
    cr_expect(code[2].op == RX_INSERT_CASELESS && code[2].b == 1);
    discard(&compiled);
}

Test(program, the_same_pattern_gives_the_same_bytes) {
    struct compiled a, b;
    compile(&a, "^(?<n>[a-f]+|\\d{2,3})(?!x).*?$", 0);
    compile(&b, "^(?<other>[abcdef]+|[0-9]{2,3})(?!\\x78).*?$", 0);
    cr_assert_eq(a.program.count, b.program.count);
    cr_expect_eq(memcmp(a.program.code, b.program.code, a.program.count * sizeof *a.program.code), 0);
    cr_assert_eq(a.program.set_count, b.program.set_count);
    cr_expect_eq(memcmp(a.program.sets, b.program.sets, a.program.set_count * sizeof *a.program.sets), 0);
    discard(&a);
    discard(&b);
}

Test(program, running_out_of_memory_is_an_answer) {
    struct rx_input input = {.text = SLICE("(?:a|[bc])+")};
    struct arena first, second;
    struct rx_problem problem;
    struct rx_program program;
    struct rx_tree *tree;
    unsigned count;
    arena_init(&first, NULL, 0, 0);
    cr_assert_eq(rx_parse(&tree, &first, &input, &problem, 1, &count), 0);
    arena_init(&second, NULL, 0, 100);
    cr_expect_eq(rx_build(&program, &second, tree), -ENOMEM);
    arena_free(&second);
    arena_init(&second, NULL, 0, 4000);
    cr_expect_eq(rx_build(&program, &second, tree), 0);
    arena_free(&second);
    arena_free(&first);
}
