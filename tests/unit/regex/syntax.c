/* SPDX-License-Identifier: MIT */
#include "runtime/regex/syntax.h"

#include "tests/unit/regex/compiled.h"

#include <errno.h>
#include <string.h>

enum { PROBLEMS = 12 };

struct told {
    enum diag_code code;
    unsigned at, length;
    const char *says, *help; /* parts of the message and of the help; help NULL: there is none */
};

struct broken {
    const char *pattern;
    struct told told[PROBLEMS];
};

static void check_told(const char *pattern, const struct rx_problem *problem, const struct told *told) {
    cr_expect_eq(problem->code, told->code, "'%s': code %d for '%s'", pattern, problem->code, problem->message);
    cr_expect(problem->at == told->at && problem->length == told->length, "'%s': '%s' at %u+%u", pattern,
              problem->message, problem->at, problem->length);
    cr_expect(strstr(problem->message, told->says), "'%s': '%s'", pattern, problem->message);
    cr_expect(told->help ? problem->help && strstr(problem->help, told->help) : !problem->help, "'%s': help '%s'",
              pattern, problem->help ? problem->help : "none");
    size_t length = strlen(problem->message);
    cr_expect(length && problem->message[length - 1] != '.' &&
                  !(problem->message[0] >= 'A' && problem->message[0] <= 'Z'),
              "house style: '%s'", problem->message);
}

static void check_broken(const struct broken *rows, size_t count, unsigned options) {
    for (size_t i = 0; i < count; i++) {
        struct arena arena;
        struct rx_problem problems[PROBLEMS];
        struct rx_tree *tree;
        unsigned found, expected = 0;
        struct rx_input input = {.text = slice_of(rows[i].pattern), .options = options, .insert = insert_slot};
        arena_init(&arena, NULL, 0, 0);
        cr_expect_eq(rx_parse(&tree, &arena, &input, problems, PROBLEMS, &found), -EINVAL, "'%s'", rows[i].pattern);
        while (expected < PROBLEMS && rows[i].told[expected].says)
            expected++;
        cr_expect_eq(found, expected, "'%s': %u problems", rows[i].pattern, found);
        for (unsigned k = 0; k < found && k < expected; k++)
            check_told(rows[i].pattern, &problems[k], &rows[i].told[k]);
        arena_free(&arena);
    }
}

#define SYNTAX DIAG_PATTERN_SYNTAX
#define OTHER  DIAG_PATTERN_UNSUPPORTED
#define LOOP   DIAG_PATTERN_EMPTY_LOOP
#define SIZE   DIAG_PATTERN_SIZE

Test(syntax, what_the_dialect_leaves_out_is_told_with_a_way_to_rewrite_it) {
    static const struct broken rows[] = {
        {"192\\.168\\.\\10", {{OTHER, 10, 3, "'\\10' is a back-reference", "'\\.10'"}}},
        {"10\\1", {{OTHER, 2, 2, "'\\1' is a back-reference", "'\\.1'"}}},
        {"(a)\\1", {{OTHER, 3, 2, "back-reference", "$eval("}}},
        {"(?<n>a)\\k<n>b", {{OTHER, 7, 5, "'\\k<n>' is a back-reference", "$eval("}}},
        {"(a)\\g{1}", {{OTHER, 3, 5, "'\\g{1}' is a back-reference", "$eval("}}},
        {"(a)(?P=a)", {{OTHER, 3, 6, "back-reference", "$eval("}}},
        {"a(?<=b)c", {{OTHER, 1, 4, "look-behind", "match the text in front"}}},
        {"a(?<!b)c", {{OTHER, 1, 4, "look-behind", "'!' line"}}},
        {"(?>a)", {{OTHER, 0, 3, "atomic", "'(?:'"}}},
        {"a*+", {{OTHER, 1, 2, "'*+' is a possessive", "leave the '+' out"}}},
        {"a++", {{OTHER, 1, 2, "possessive", "leave"}}},
        {"a?+", {{OTHER, 1, 2, "possessive", "leave"}}},
        {"a{2}+", {{OTHER, 1, 4, "'{2}+' is a possessive", "leave"}}},
        {"\\Q(a\\Eb)", {{OTHER, 0, 2, "'\\Q'", "backslash before"}, {SYNTAX, 7, 1, "')' without '('", "'\\)'"}}},
        {"\\pLa", {{OTHER, 0, 2, "'\\p'", "'[A-Za-z]'"}}},
        {"\\p{Lu}a", {{OTHER, 0, 6, "'\\p{Lu}'", "'[A-Za-z]'"}}},
        {"\\P{Lu}", {{OTHER, 0, 6, "'\\P{Lu}'", "'[^A-Za-z]'"}}},
        {"[[:alpha:]]", {{OTHER, 1, 9, "'[:alpha:]' is a POSIX class", "'A-Za-z'"}}},
        {"[a[:^digit:]b]", {{OTHER, 2, 10, "POSIX class", "characters themselves"}}},
        {"[:digit:]", {{OTHER, 0, 9, "POSIX class", "'\\d'"}}},
        {"[a[b]", {{OTHER, 2, 1, "'[' in a class", "'\\['"}}},
        {"[a-z&&b]", {{OTHER, 4, 2, "'&&' in a class", "'&' once"}}},
        {"(?=(a))", {{OTHER, 3, 1, "a group inside a look-ahead", "'(?:'"}}},
        {"(?!a(?<n>b))", {{OTHER, 4, 5, "a group inside a look-ahead", "'(?:'"}}},
        {"(?#a)b", {{OTHER, 0, 5, "a comment", "lines of their own"}}},
        {"(?|a|b)", {{OTHER, 0, 3, "branch-reset", "'(?:'"}}},
        {"(?P<n>a)", {{OTHER, 0, 6, "named group", "'(?<name>...)'"}}},
        {"(?'n'a)", {{OTHER, 0, 5, "named group", "'(?<name>...)'"}}},
        {"(a)(?R)", {{OTHER, 3, 4, "recursion", "again"}}},
        {"(?(1)a|b)", {{OTHER, 0, 5, "conditional", "alternatives"}}},
        {"(*UTF)a", {{OTHER, 0, 6, "'(*UTF)' is a verb", NULL}}},
        {"(?s)a", {{OTHER, 0, 4, "'(?s)'", "'(?i)'"}}},
        {"(?m-i:a)b", {{OTHER, 0, 6, "'(?m-i:'", "'(?i:'"}}},
        {"(?-i)a", {{OTHER, 0, 5, "'(?-i)'", "'(?i)'"}}},
        {"a\\Kb", {{OTHER, 1, 2, "'\\K'", "group"}}},
        {"\\R", {{OTHER, 0, 2, "'\\R'", "\\x0D?\\x0A"}}},
        {"\\Ga", {{OTHER, 0, 2, "'\\G'", "'^'"}}},
        {"a\\Z", {{OTHER, 1, 2, "'\\Z'", "'$'"}}},
        {"\\n\\r\\f\\e\\a",
         {{OTHER, 0, 2, "'\\n'", "\\x0A"},
          {OTHER, 2, 2, "'\\r'", "\\x0D"},
          {OTHER, 4, 2, "'\\f'", "\\x0C"},
          {OTHER, 6, 2, "'\\e'", "\\x1B"},
          {OTHER, 8, 2, "'\\a'", "\\x07"}}},
        {"\\v\\V", {{OTHER, 0, 2, "'\\v'", "[\\x0A-\\x0D]"}, {OTHER, 2, 2, "'\\V'", "[^\\x0A-\\x0D]"}}},
        {"\\u\\U\\l\\L",
         {{OTHER, 0, 2, "'\\u'", "\\xHH"},
          {OTHER, 2, 2, "'\\U'", "upper case"},
          {OTHER, 4, 2, "'\\l'", "lower case"},
          {OTHER, 6, 2, "'\\L'", "lower case"}}},
        {"\\N\\X\\C\\cA\\o{101}",
         {{OTHER, 0, 2, "'\\N'", "'.'"},
          {OTHER, 2, 2, "'\\X'", "'.'"},
          {OTHER, 4, 2, "'\\C'", "any byte"},
          {OTHER, 6, 3, "'\\cA'", "\\xHH"},
          {OTHER, 9, 7, "'\\o{101}'", "\\xHH"}}},
        {"\\012", {{OTHER, 0, 4, "'\\012' is an octal number", "\\xHH"}}},
        {"[\\1]", {{OTHER, 1, 2, "octal", "\\xHH"}}},
        {"[\\b]", {{OTHER, 1, 2, "'\\b' cannot stand in a class", "\\x08"}}},
        {"[\\A\\z\\B]", {{OTHER, 1, 2, "'\\A'", NULL}, {OTHER, 3, 2, "'\\z'", NULL}, {OTHER, 5, 2, "'\\B'", NULL}}},
    };
    check_broken(rows, COUNT(rows), 0);
}

Test(syntax, what_is_broken_is_told_at_its_place) {
    static const struct broken rows[] = {
        {"a(b", {{SYNTAX, 1, 1, "'(' is not closed", "'\\('"}}},
        {"a(?:b|(?=c", {{SYNTAX, 1, 1, "'('", "'\\('"}, {SYNTAX, 6, 1, "'('", "'\\('"}}},
        {"a)b", {{SYNTAX, 1, 1, "')' without '('", "'\\)'"}}},
        {"a[b", {{SYNTAX, 1, 1, "'[' is not closed", "'\\['"}}},
        {"[]", {{SYNTAX, 0, 1, "'[' is not closed", "'\\['"}}},
        {"a[^]b", {{SYNTAX, 1, 1, "'[' is not closed", "'\\['"}}},
        {"a\\", {{SYNTAX, 1, 1, "a backslash at the end", "'\\\\'"}}},
        {"*a", {{SYNTAX, 0, 1, "'*' has nothing to repeat", "'\\'"}}},
        {"a|+?b", {{SYNTAX, 2, 2, "'+?' has nothing to repeat", "'\\'"}}},
        {"(?:{2,3})", {{SYNTAX, 3, 5, "'{2,3}' has nothing to repeat", "'\\'"}}},
        {"(?i)*", {{SYNTAX, 4, 1, "'*' has nothing to repeat", "'\\'"}}},
        {"a**", {{SYNTAX, 2, 1, "'*' repeats a repeat", "'(?:...)'"}}},
        {"a?\?\?", {{SYNTAX, 3, 1, "'?' repeats a repeat", "'(?:...)'"}}},
        {"a{2}{3}*", {{SYNTAX, 4, 3, "'{3}' repeats a repeat", "'(?:...)'"}}},
        {"a{3,2}", {{SYNTAX, 1, 5, "'{3,2}' has its higher number first", NULL}}},
        {"[z-a]", {{SYNTAX, 1, 3, "'z-a' runs backwards", NULL}}},
        {"[\\d-z]", {{SYNTAX, 1, 4, "'\\d-z' is no range", "'\\-'"}}},
        {"[a-\\d]", {{SYNTAX, 1, 4, "'a-\\d' is no range", "'\\-'"}}},
        {"\\x4g", {{SYNTAX, 0, 3, "'\\x4' has not two", "\\xHH"}}},
        {"\\x{41}", {{SYNTAX, 0, 6, "'\\x{41}' has not two", "\\xHH"}}},
        {"[\\x]", {{SYNTAX, 1, 2, "'\\x'", "\\xHH"}}},
        {"\\y", {{SYNTAX, 0, 2, "'\\y' has no meaning", "'y'"}}},
        {"(?<1a>b)", {{SYNTAX, 0, 6, "a group's name is a letter", "'(?<name>...)'"}}},
        {"(?<>b)", {{SYNTAX, 0, 4, "a group's name", "'(?<name>...)'"}}},
        {"(?<n", {{SYNTAX, 0, 4, "a group's name", "'(?<name>...)'"}}},
        {"(?<n>a)(?<n>b)", {{SYNTAX, 10, 1, "a second group named 'n'", NULL}}},
        {"(?", {{SYNTAX, 0, 2, "'(?'", "'(?:'"}}},
        {"(?1)", {{SYNTAX, 0, 2, "'(?'", "'(?:'"}}},
        {"(?i", {{SYNTAX, 0, 3, "'(?i'", "'(?i)'"}}},
    };
    check_broken(rows, COUNT(rows), 0);
}

Test(syntax, an_unbounded_repeat_of_what_can_be_empty_is_refused) {
    static const char *const refused[] = {
        "(a*)*", "(a*)+", "(a|)*?", "(a?){2,}",    "(?:)*",     "()+",       "(?:a*b?)*",    "(?=a)*",    "(?!a)+",
        "^*",    "$+",    "\\b*",   "(?:a{0,3})*", "(?:a{0})+", "(?:a*|b)+", "(?:(?=x)a?)*", "(?:(a)?)+",
    };
    for (size_t i = 0; i < COUNT(refused); i++) {
        unsigned length = (unsigned)strlen(refused[i]);
        const struct broken row = {
            refused[i], {{LOOP, 0, length, "repeats something that can be empty", "at least one character"}}};
        check_broken(&row, 1, 0);
    }
    static const char *const fine[] = {"(a+)*",   "(a?b)*", "(a?){2,5}", "(a*)?",    "(?:a|b+)+",
                                       "(?:^a)*", "\\b?a",  "(?=a){2}a", "(?:a*){3}"};
    for (size_t i = 0; i < COUNT(fine); i++) {
        struct compiled compiled;
        compile(&compiled, fine[i], 0);
        discard(&compiled);
    }
}

Test(syntax, every_problem_of_a_pattern_is_told_in_order) {
    static const struct broken rows[] = {
        {"(?<=a)\\1[a[b](c*)*\\y",
         {{OTHER, 0, 4, "look-behind", "text"},
          {OTHER, 6, 2, "back-reference", "$eval("},
          {OTHER, 10, 1, "'['", "'\\['"},
          {LOOP, 13, 5, "'(c*)*'", "one"},
          {SYNTAX, 18, 2, "'\\y'", "'y'"}}},
        {"(a))(?>b)", {{SYNTAX, 3, 1, "')'", "'\\)'"}, {OTHER, 4, 3, "atomic", "'(?:'"}}},
        {"(\\K", {{SYNTAX, 0, 1, "'('", "'\\('"}, {OTHER, 1, 2, "'\\K'", "group"}}},
    };
    check_broken(rows, COUNT(rows), 0);
    struct arena arena;
    struct rx_problem problems[3];
    struct rx_tree *tree;
    unsigned count;
    struct rx_input input = {.text = SLICE("\\K\\K\\K\\K\\K")};
    arena_init(&arena, NULL, 0, 0);
    cr_expect_eq(rx_parse(&tree, &arena, &input, problems, 3, &count), -EINVAL);
    cr_expect_eq(count, 3); /* no more than there is room for */
    cr_expect_eq(problems[2].at, 4);
    arena_free(&arena);
}

Test(syntax, what_would_be_too_big_is_refused_before_it_grows) {
    static const struct broken rows[] = {
        {"a{5000}", {{SIZE, 0, 7, "more than 4096 instructions", NULL}}},
        {"((a{1000}){1000}){1000}", {{SIZE, 1, 15, "'(a{1000}){1000}' compiles to more", NULL}}},
        {"b(?:abc){2000}", {{SIZE, 1, 13, "more than 4096", NULL}}},
        {"x{70000}", {{SIZE, 1, 7, "'{70000}' repeats more than 65534 times", NULL}}},
        {"x{3,99999}", {{SIZE, 1, 9, "repeats more than 65534 times", NULL}}},
        {"x{99999999999999999999999,}", {{SIZE, 1, 26, "repeats more than 65534 times", NULL}}},
        {"(?:a{60}){60}(?:b{60}){60}", {{SIZE, 0, 26, "the pattern compiles to more than 4096 instructions", NULL}}},
    };
    check_broken(rows, COUNT(rows), 0);
    struct compiled compiled;
    compile(&compiled, "(?:(?:(?:(?:){60000}){60000}){60000}){60000}a{4095}", 0); /* and the MATCH */
    cr_expect_eq(compiled.program.count, IMAGE_RX_MAX);
    discard(&compiled);
}

static char *repeated(const char *piece, size_t count, const char *middle, const char *close) {
    size_t length = strlen(piece) * count + strlen(middle) + strlen(close) * count;
    char *text = malloc(length + 1), *at = text;
    cr_assert(text);
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, piece);
    at = stpcpy(at, middle);
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, close);
    return text;
}

Test(syntax, nesting_and_groups_have_bounds) {
    static const struct {
        const char *open, *middle, *close;
        size_t count;
        struct told told;
    } rows[] = {
        {"(?:", "a", ")", 250, {0}},
        {"(?:", "a", ")", 251, {SIZE, 750, 1, "more than 250 parentheses", NULL}},
        {"(", "", "", 65536, {SIZE, 99, 1, "more than 99 groups", "'(?:'"}},
        {"(a)", "", "", 99, {0}},
        {"(a)", "", "", 100, {SIZE, 297, 1, "more than 99 groups", "'(?:'"}},
        {"(?=", "a", ")", 32, {0}},
        {"(?!", "a", ")", 33, {SIZE, 96, 3, "more than 32 look-aheads", NULL}},
        {"[", "", "", 65536, {OTHER, 1, 1, "'[' in a class", "'\\['"}},
        {"{", "", "", 65536, {SIZE, 0, 65536, "more than 4096", NULL}},
        {"{1", "", "", 32768, {SIZE, 0, 65536, "more than 4096", NULL}},
        {"a|", "", "", 32768, {SIZE, 0, 65536, "more than 4096", NULL}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena arena;
        struct rx_problem problem;
        struct rx_tree *tree;
        unsigned count;
        char *text = repeated(rows[i].open, rows[i].count, rows[i].middle, rows[i].close);
        struct rx_input input = {.text = slice_of(text)};
        arena_init(&arena, NULL, 0, 0);
        int result = rx_parse(&tree, &arena, &input, &problem, 1, &count);
        cr_expect_eq(result, rows[i].told.says ? -EINVAL : 0, "%zu of '%s': %d", rows[i].count, rows[i].open, result);
        if (result == -EINVAL)
            check_told(rows[i].open, &problem, &rows[i].told);
        arena_free(&arena);
        free(text);
    }
}

Test(syntax, inserts_stand_by_themselves) {
    static const struct broken rows[] = {
        {"a%0", {{DIAG_CAPTURE_SYNTAX, 1, 2, "no such group here", NULL}}},
        {"%{0}", {{DIAG_CAPTURE_SYNTAX, 0, 4, "no such group here", NULL}}},
        {"a%{12}b", {{DIAG_CAPTURE_RANGE, 1, 5, "no such group here", NULL}}},
        {"%{name}", {{DIAG_CAPTURE_RANGE, 0, 7, "no such group here", NULL}}},
        {"a%{1", {{DIAG_CAPTURE_SYNTAX, 1, 2, "'%{' is not closed", "'%%'"}}},
        {"%1*", {{OTHER, 0, 3, "'%1*' repeats an inserted text", "'(?:...)'"}}},
        {"%{2}{3}", {{OTHER, 0, 7, "repeats an inserted text", "'(?:...)'"}}},
        {"[a%1]", {{OTHER, 2, 2, "cannot stand in a class", "'%%'"}}},
        {"(?:%1)*", {{LOOP, 0, 7, "can be empty", "one"}}},
    };
    check_broken(rows, COUNT(rows), RX_INSERTS);
    struct compiled compiled;
    compile(&compiled, "%1[%1](?:%1)+%{x}", 0); /* plain text without the option */
    discard(&compiled);
}

Test(syntax, long_texts_are_cut_in_messages_but_not_within_a_letter) {
    static const struct broken rows[] = {
        {"(?:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa|)*",
         {{LOOP, 0, 45, "'(?:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...' repeats", "one"}}},
        {"(?:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xc3\xa9"
         "aaa|)*",
         {{LOOP, 0, 47, "'(?:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...' repeats", "one"}}},
    };
    check_broken(rows, COUNT(rows), 0);
}

Test(syntax, groups_are_counted_in_broken_patterns_too) {
    static const struct {
        const char *pattern;
        unsigned groups;
    } rows[] = {
        {"", 0},           {"(a)(b)", 2},      {"((a)", 2},         {"\\((a)", 1},
        {"[(](a)", 1},     {"[](](a)", 1},     {"[^](](a)", 1},     {"[\\](](a)", 1},
        {"(?:a)(b)", 1},   {"(?<n>a)", 1},     {"(?<=a)(?<!b)", 0}, {"(?=a)(?!b)(?i)(?i:c)", 0},
        {"(?=(a))", 1},    {"(?P<n>a)", 1},    {"(?'n'a)", 1},      {"(*UTF)(a)", 1},
        {"(*a)", 0},       {"(*)", 1},         {"(a", 1},           {"(", 1},
        {"[(", 1},         {"\\", 0},          {"(a)\\", 1},        {"(?", 0},
        {"(?>a)(b)*+", 1}, {"(?(1)a|(b))", 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        cr_expect_eq(rx_group_count(slice_of(rows[i].pattern)), rows[i].groups, "'%s'", rows[i].pattern);
}

Test(syntax, groups_have_numbers_and_some_have_names) {
    struct compiled compiled;
    compile(&compiled, "(?<user>a)((?<_h2>b))", 0);
    cr_expect_eq(rx_groups(compiled.tree), 3);
    cr_expect(slice_equal(rx_group_name(compiled.tree, 1), SLICE("user")));
    cr_expect(rx_group_name(compiled.tree, 2).at == NULL);
    cr_expect(slice_equal(rx_group_name(compiled.tree, 3), SLICE("_h2")));
    cr_expect(rx_group_name(compiled.tree, 4).at == NULL);
    discard(&compiled);
}

Test(syntax, running_out_of_memory_is_an_answer) {
    struct rx_input input = {.text = SLICE("^(?<user>[a-z]+|\\d{2,3})(?=.*x)(?:(a*)*|\\1)[b[]")};
    bool whole = false;
    for (size_t limit = 1; !whole && limit < 100000; limit += 8) {
        struct arena arena;
        struct rx_problem problems[PROBLEMS];
        struct rx_tree *tree;
        unsigned count;
        arena_init(&arena, NULL, 0, limit);
        int result = rx_parse(&tree, &arena, &input, problems, PROBLEMS, &count);
        whole = result == -EINVAL;
        cr_expect(result == -ENOMEM || result == -EINVAL, "limit %zu: %d", limit, result);
        if (whole)
            cr_expect_eq(count, 3);
        arena_free(&arena);
    }
    cr_expect(whole);
}
