/* SPDX-License-Identifier: MIT */
#include "runtime/plan/disasm.h"

#include "runtime/plan/verify.h"
#include "tests/unit/plan/support/rich.h"

#include <criterion/criterion.h>

/* The listing; the caller frees it. */
static char *listing(struct assembly *a) {
    struct image image;
    struct image_refusal refusal;
    size_t length, size;
    char *text = NULL;
    uint8_t *bytes = assemble(a, &length);
    cr_assert_eq(verify_image(&image, bytes, length, &refusal), 0, "%u: %s", refusal.invariant, refusal.reason);
    FILE *out = open_memstream(&text, &size);
    cr_assert(out);
    disasm_image(out, &image);
    fclose(out);
    free(bytes);
    return text;
}

/* All but the first line, which holds the plan's hash. */
static void lists(struct assembly *a, const char *expected) {
    char *text = listing(a), *rest = strchr(text, '\n');
    cr_assert_str_eq(rest + 1, expected);
    free(text);
}

static uint16_t scattered(struct assembly *a, const char *members, bool inverse) {
    uint16_t index = set(a, 1, 0);
    struct image_set *row = last(a, IMAGE_SETS);
    for (; *members; members++)
        row->bits[(unsigned char)*members / 32] |= 1u << (unsigned char)*members % 32;
    for (unsigned i = 0; inverse && i < 8; i++)
        row->bits[i] = ~row->bits[i];
    return index;
}

Test(disasm, an_empty_plan_is_one_line) {
    struct assembly a = {0};
    char *text = listing(&a);
    cr_assert_str_eq(text + strlen("plan 0123456789abcdef"), ": 0 rules, 0 instructions, 0 patterns\n");
    free(text);
}

Test(disasm, rules_are_listed_with_their_lines_and_what_operands_stand_for) {
    struct assembly a = {0};
    name(&a, "To", IMAGE_NAME_READ);
    name(&a, "branch", IMAGE_NAME_ENV);
    pattern(&a, "(a)\\/(b)", 2, 0);
    rx(&a, RX_MATCH, 0, 0, 0);
    rule(&a, 0, 3, "say \"hi\"");
    ((struct image_label *)last(&a, IMAGE_LABELS))->description = layout(&a, "gr\xc3\xbc\xc3\x9f\x65");
    line(&a, 2);
    op(&a, OP_MATCH_HEADER, 0, 0, 0);
    op(&a, OP_UNLESS, 0, 0, 11);
    op(&a, OP_KEEP, 1, 2, 0);
    line_of(&a, "sub/more.txt", 7);
    op(&a, OP_PRESENT, 0, 1, 0);
    op(&a, OP_UNLESS, 0, 0, 11);
    op_text(&a, "a\tb \"c\\\xff");
    op(&a, OP_SET_ENV, 1, 0, 0);
    op(&a, OP_FAILOVER, 0, 1, 0);
    op(&a, OP_FAILOVER_NUMBER, FAILOVER_AFTER, 0, 2);
    op(&a, OP_FAILOVER_NUMBER, FAILOVER_REDIRECTION, 0, 1);
    op(&a, OP_DONE, 0, 0, 0);
    op(&a, OP_NEXT, 0, 0, 0);
    lists(&a, "\n"
              "rule 1 \"say \\\"hi\\\"\", line 1, 3 slots\n"
              "  gr\xc3\xbc\xc3\x9f\x65\n"
              "  line 2\n"
              "      0  match_header      To #0 /(a)\\/(b)/\n"
              "      1  unless            -> 11\n"
              "      2  keep              %2..%3\n"
              "  sub/more.txt:7\n"
              "      3  present           not To\n"
              "      4  unless            -> 11\n"
              "      5  text              \"a\\tb \\\"c\\\\\\xff\"\n"
              "      6  set_env           &branch\n"
              "      7  failover          off\n"
              "      8  failover_number   &failover.after 18x\n"
              "      9  failover_number   &failover.redirection true\n"
              "     10  done\n"
              "     11  next\n"
              "\n"
              "pattern #0 /(a)\\/(b)/, 2 groups\n"
              "      0  match\n"
              "\n"
              "names\n"
              "  To, read\n"
              "  &branch\n");
}

Test(disasm, sets_are_listed_as_classes_and_bytes_as_characters) {
    struct assembly a = {0};
    uint16_t hex = scattered(&a, "0123456789abcdefABCDEF", false), odd = scattered(&a, "]^-\\\n", true);
    uint16_t two = scattered(&a, "xy", false), none = scattered(&a, "", false), all = scattered(&a, "", true);
    pattern(&a, "x", 1, 7);
    rx(&a, RX_SET, hex, 0, 0);
    rx(&a, RX_SET, odd, 0, 0);
    rx(&a, RX_SET, two, 0, 0);
    rx(&a, RX_SET, none, 0, 0);
    rx(&a, RX_SET, all, 0, 0);
    rx(&a, RX_BYTE, 0, '\'', 0);
    rx(&a, RX_BYTE, 0, 0, 0);
    rx(&a, RX_BYTE, 0, 0xe4, 0);
    rx(&a, RX_SAVE, 2, 0, 0);
    rx(&a, RX_SAVE, 3, 0, 0);
    rx(&a, RX_WORD_BOUNDARY, 0, 1, 0);
    rx(&a, RX_INSERT, 6, 0, 0);
    rx(&a, RX_SPLIT, 0, 0, 13);
    rx(&a, RX_MATCH, 0, 0, 0);
    lists(&a, "\n"
              "pattern #0 /x/, 1 group\n"
              "      0  set               [0-9A-Fa-f]\n"
              "      1  set               [^\\n\\-\\\\-\\^]\n"
              "      2  set               [xy]\n"
              "      3  set               []\n"
              "      4  set               [^]\n"
              "      5  byte              '\\''\n"
              "      6  byte              '\\x00'\n"
              "      7  byte              '\\xe4'\n"
              "      8  save              start of 1\n"
              "      9  save              end of 1\n"
              "     10  word_boundary     not\n"
              "     11  insert            %7\n"
              "     12  split             -> 13\n"
              "     13  match\n");
}

/* Whatever the machine has learnt to do shows in a listing. */
Test(disasm, every_instruction_is_listed_by_its_name) {
    struct assembly a = {0};
    rich(&a);
    char *text = listing(&a);
    for (enum opcode code = 0; code < OP_COUNT; code++) {
        char wanted[64];
        size_t at = 0;
        for (const char *c = opcodes[code].name; *c; c++)
            wanted[at++] = byte_lower((unsigned char)*c);
        wanted[at] = '\0';
        cr_expect(strstr(text, wanted), "%s", wanted);
    }
    cr_assert_not(strstr(text, " \n"), "a blank ends a line");
    free(text);
}
