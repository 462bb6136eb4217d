/* SPDX-License-Identifier: MIT */
/* Any bytes as a pattern and a subject: a libFuzzer target with clang, a program that replays files
 * without.
 *
 *     first byte: options    pattern up to the first LF    the rest: subject
 *
 * A pattern is refused with problems in its text, in order, or compiles to a program as the
 * verifier wants them; a search stays within its steps, its answer within the subject, and both
 * searches agree. */
#include "grammar/codes.h"
#include "runtime/regex/match.h"

#include <stdio.h>
#include <stdlib.h>

enum { PROBLEMS = 8, FILE_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "regex: %s\n", what);
        abort();
    }
}

static unsigned insert_slot(void *context, struct slice reference, const char **message) {
    (void)context;
    *message = "no such group";
    demand(reference.len > 0, "an empty reference");
    if (reference.at[0] == '{')
        reference = slice_cut(reference, 1, reference.len - 1);
    uint64_t slot;
    return slice_number(reference, 2, &slot) ? (unsigned)slot : 0;
}

static void check_problems(const struct rx_problem *problems, unsigned count, size_t length) {
    demand(count > 0 && count <= PROBLEMS, "refused without a problem");
    for (unsigned i = 0; i < count; i++) {
        demand(problems[i].at <= length && problems[i].length <= length - problems[i].at, "a place outside the text");
        demand(i == 0 || problems[i - 1].at < problems[i].at, "problems out of order");
        demand(problems[i].message && problems[i].message[0], "a problem without words");
    }
}

/* What rxcodes.def says of a valid program, as far as operands go. */
static void check_program(const struct rx_program *program) {
    demand(program->count >= 1 && program->count <= IMAGE_RX_MAX, "a size out of range");
    demand(program->code[program->count - 1].op == RX_MATCH, "an end that is no MATCH");
    for (uint32_t pc = 0; pc < program->count; pc++) {
        const struct image_rx *code = &program->code[pc];
        demand(code->op < RX_COUNT, "an unknown instruction");
        const struct rxcode_row *row = &rxcodes[code->op];
        demand(row->b != OPERAND_SET || code->b < program->set_count, "a set out of range");
        demand(row->b != OPERAND_SAVE || (code->b >= 2 && code->b < 2u * program->groups + 2), "a mark out of range");
        demand(row->b != OPERAND_SLOT || code->b < 2, "a slot out of range");
        demand(row->c != OPERAND_HERE || code->c < program->count, "a target out of range");
        demand(code->op != RX_PEEK || pc == 0, "a PEEK that is not the first instruction");
    }
}

static void check_search(const struct rx_program *program, struct slice subject, struct rx_scratch *scratch) {
    static const struct slice inserts[] = {SLICE("ab"), {NULL, 0}};
    struct rx_group groups[IMAGE_GROUPS_MAX + 1];
    uint64_t bound = ((uint64_t)program->count * 4 + 64) * (subject.len + 1), steps = bound;
    enum rx_result result = rx_search(program, subject, inserts, groups, &steps, scratch);
    demand(steps <= bound, "steps that came back");
    demand(result != RX_TOO_LONG || subject.len > RX_SUBJECT_MAX, "too long, but is not");
    demand(result != RX_NO_STEPS || (steps && program->count > 64), "not linear");
    for (unsigned i = 0; result == RX_FOUND && i <= program->groups; i++) {
        bool whole = groups[i].at >= 0 && groups[i].at <= groups[i].end && (size_t)groups[i].end <= subject.len;
        demand(whole || (i && groups[i].at == -1 && groups[i].end == -1), "a group outside the subject");
    }
    steps = bound;
    demand(rx_search(program, subject, inserts, NULL, &steps, scratch) == result || result < 0,
           "another answer without groups");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct rx_scratch *scratch;
    struct slice all = {(const char *)data, size}, rest = slice_from(all, 1);
    if (size == 0 || (!scratch && !(scratch = rx_scratch_new())))
        return 0;
    size_t end = slice_find(rest, 0, '\n');
    struct rx_input input = {.text = slice_cut(rest, 0, end), .options = data[0] & RX_INSERTS, .insert = insert_slot};
    struct rx_problem problems[PROBLEMS];
    struct arena arena;
    struct rx_tree *tree;
    struct rx_program program;
    unsigned count;
    arena_init(&arena, NULL, 0, 0);
    int result = rx_parse(&tree, &arena, &input, problems, PROBLEMS, &count);
    if (result == 0) {
        demand(rx_groups(tree) == rx_group_count(input.text), "groups counted in two ways");
        demand(rx_build(&program, &arena, tree) == 0, "no memory");
        check_program(&program);
        check_search(&program, slice_from(rest, end + 1), scratch);
    } else {
        check_problems(problems, count, input.text.len);
    }
    arena_free(&arena);
    return 0;
}

#ifndef FOV_LIBFUZZER
static bool replay(const char *name) {
    static uint8_t bytes[FILE_MAX];
    FILE *file = fopen(name, "rb");
    if (!file)
        return false;
    size_t size = fread(bytes, 1, sizeof bytes, file);
    bool whole = !ferror(file);
    fclose(file);
    return whole && LLVMFuzzerTestOneInput(bytes, size) == 0;
}

int main(int argc, char **argv) {
    unsigned failed = 0;
    for (int i = 1; i < argc; i++)
        if (!replay(argv[i]) && ++failed)
            printf("cannot read %s\n", argv[i]);
    printf("%u passed, %u failed\n", (unsigned)argc - 1 - failed, failed);
    return failed != 0;
}
#endif
