/* SPDX-License-Identifier: MIT */
#include "runtime/regex/match.h"

#include "grammar/codes.h"

#include <stdlib.h>
#include <string.h>

/* Backtracking with a memory. A state is an instruction and a position. Whether the pattern can be
 * finished from a state does not depend on how it was reached, so a state that was met once and led
 * to no match never will: it is not entered again. Only instructions where ways meet keep that
 * memory: a row of bits, one for each position, cleared when a search first touches it, so that a
 * short search costs little.
 *
 * A look-ahead may succeed and the search go on, so that a state met within one may also have led
 * to its end. A second half of the row says which did; so a look-ahead, too, is walked once in a
 * search, however often it is asked. */

enum {
    ROW_WORDS = RX_SUBJECT_MAX / 64 + 1, /* of each half: positions 0 to RX_SUBJECT_MAX */
    STACK_SIZE = 64 * RX_SUBJECT_MAX,    /* 64 open ways for each byte; a search with more ends as if out of steps */
    STACK_SPARE = 4,                     /* what one instruction may push */
};

struct rx_scratch {
    uint32_t search;                /* number of the current search */
    uint32_t touched[IMAGE_RX_MAX]; /* the search that last cleared the row of this instruction */
    uint64_t stack[STACK_SIZE];
    uint64_t rows[IMAGE_RX_MAX * 2 * ROW_WORDS]; /* packed at the width that the current subject needs */
};

/* The stack holds the ways that are still open, and notes on the way that led here. */
enum entry_kind {
    ENTRY_BRANCH,  /* go on at instruction pc, position b */
    ENTRY_SHORTER, /* leave the run at pc earlier: somewhere from b to c */
    ENTRY_LONGER,  /* let the lazy run at pc take one byte more than up to b */
    ENTRY_RESTORE, /* mark `pc` was at b - 1 */
    ENTRY_LOOK,    /* the body of the LOOK at pc is being tried, at position b */
    ENTRY_TRAIL,   /* in a look-ahead: the way passed pc at the positions from b to c */
};

/*   63      43 42    30 29    17 16    4 3     0
 *  |    0     |   c    |   b    |  pc   | kind | */
enum { PC_SHIFT = 4, B_SHIFT = 17, C_SHIFT = 30, FIELD = 0x1fff };

_Static_assert((int)IMAGE_RX_MAX <= FIELD && (int)RX_SUBJECT_MAX + 1 <= FIELD, "a field of an entry holds them");

struct search {
    const struct image_rx *code;
    const struct image_set *sets;
    const unsigned char *text;
    uint32_t length;
    uint32_t row_words; /* of half a row: length / 64 + 1 */
    const struct slice *inserts;
    struct rx_group *groups; /* NULL: nobody asks */
    struct rx_scratch *scratch;
};

/* Where a search stands. */
struct walk {
    uint32_t pc, at;
    uint32_t looks; /* look-aheads around pc */
    uint64_t steps; /* left */
    uint64_t *top;
};

enum step {
    STEP_ON,     /* go on at walk's place */
    STEP_BACK,   /* no way from here: take the last one that is open */
    STEP_LOOKED, /* the innermost look-ahead's body was found */
    STEP_FOUND,
    STEP_NONE, /* no way is open */
};

struct rx_scratch *rx_scratch_new(void) {
    return calloc(1, sizeof(struct rx_scratch));
}

void rx_scratch_free(struct rx_scratch *scratch) {
    free(scratch);
}

static inline uint64_t entry(enum entry_kind kind, uint32_t pc, uint32_t b, uint32_t c) {
    return (uint64_t)kind | (uint64_t)pc << PC_SHIFT | (uint64_t)b << B_SHIFT | (uint64_t)c << C_SHIFT;
}

static inline void charge(struct walk *walk, uint32_t steps) {
    walk->steps = walk->steps > steps ? walk->steps - steps : 0;
}

static inline bool in_set(const struct search *search, uint32_t set, uint32_t at) {
    unsigned char byte = search->text[at];
    return search->sets[set].bits[byte / 32] >> byte % 32 & 1;
}

/* What is remembered of states. */

static inline uint64_t *row_of(struct search *search, uint32_t pc) {
    struct rx_scratch *scratch = search->scratch;
    uint64_t *row = &scratch->rows[(size_t)pc * 2 * search->row_words];
    if (scratch->touched[pc] != scratch->search) {
        scratch->touched[pc] = scratch->search;
        for (uint32_t i = 0; i < 2 * search->row_words; i++)
            row[i] = 0;
    }
    return row;
}

static inline bool has(const uint64_t *bits, uint32_t at) {
    return bits[at / 64] >> at % 64 & 1;
}

static void set_range(uint64_t *bits, uint32_t from, uint32_t to) {
    uint64_t first = ~0ull << from % 64, last = ~0ull >> (63 - to % 64);
    if (from / 64 == to / 64) {
        bits[from / 64] |= first & last;
        return;
    }
    bits[from / 64] |= first;
    for (uint32_t word = from / 64 + 1; word < to / 64; word++)
        bits[word] = ~0ull;
    bits[to / 64] |= last;
}

/* The first position from `from` on that has its bit set, length + 1 for none. */
static uint32_t find_set(const uint64_t *bits, uint32_t from, uint32_t length) {
    uint32_t word = from / 64;
    if (from > length)
        return length + 1;
    uint64_t rest = bits[word] & ~0ull << from % 64;
    while (!rest && word < length / 64)
        rest = bits[++word];
    return rest ? word * 64 + (uint32_t)__builtin_ctzll(rest) : length + 1;
}

static inline uint64_t *found_half(const struct search *search, uint64_t *row) {
    return row + search->row_words;
}

/* Enters a state where ways meet: on with it, or, when it was met before, to where it is known to
 * lead. */
static inline enum step enter(struct search *search, struct walk *walk, uint32_t pc, uint32_t at) {
    uint64_t *row = row_of(search, pc);
    if (has(row, at))
        return walk->looks && has(found_half(search, row), at) ? STEP_LOOKED : STEP_BACK;
    row[at / 64] |= 1ull << at % 64;
    if (walk->looks)
        *walk->top++ = entry(ENTRY_TRAIL, pc, at, at);
    return STEP_ON;
}

/* Runs. */

/* The byte that must follow the run at pc, -1 for any: a look at what comes next saves trying most
 * exits. */
static inline int wanted_behind(const struct search *search, uint32_t pc) {
    const struct image_rx *next = &search->code[pc + 1];
    if (next->op == RX_SAVE)
        next++;
    return next->op == RX_BYTE ? next->a : -1;
}

/* Leaves the run at pc at the last position from b to c that is worth it. */
static inline void leave_run(struct search *search, struct walk *walk, uint32_t pc, uint32_t b, uint32_t c) {
    int wanted = wanted_behind(search, pc);
    uint32_t at = c;
    if (wanted >= 0)
        while (at > b && (at == search->length || search->text[at] != wanted))
            at--;
    charge(walk, (c - at) / 4);
    if (at > b)
        *walk->top++ = entry(ENTRY_SHORTER, pc, b, at - 1);
    if (walk->looks)
        *walk->top++ = entry(ENTRY_TRAIL, pc, b, at);
    walk->pc = pc + 1;
    walk->at = at;
}

/* How far the run's bytes reach from `from`, at most to `fence`. */
static inline uint32_t reach(const struct search *search, const struct image_rx *run, uint32_t from, uint32_t fence) {
    uint32_t at = from;
    if (run->op == RX_RUN_UNTIL) {
        const unsigned char *stop = memchr(search->text + from, run->a, fence - from);
        return stop ? (uint32_t)(stop - search->text) : fence;
    }
    while (at < fence && in_set(search, run->b, at))
        at++;
    return at;
}

/* A run's states are "pc, after so many bytes": all that it passes are met at once, up to one that
 * was met before, behind which there is nothing new. */
static inline enum step enter_run(struct search *search, struct walk *walk, uint32_t pc) {
    uint64_t *row = row_of(search, pc), *found = found_half(search, row);
    uint32_t from = walk->at, length = search->length;
    if (has(row, from))
        return walk->looks && has(found, from) ? STEP_LOOKED : STEP_BACK;
    uint32_t met = find_set(row, from + 1, length);
    uint32_t last = reach(search, &search->code[pc], from, met <= length ? met : length);
    charge(walk, (last - from) / 4);
    bool joins = last == met;
    if (joins)
        last--;
    set_range(row, from, last);
    if (joins && walk->looks && has(found, met)) {
        set_range(found, from, last);
        return STEP_LOOKED;
    }
    leave_run(search, walk, pc, from, last);
    return STEP_ON;
}

static inline enum step enter_lazy_run(struct search *search, struct walk *walk, uint32_t pc, uint32_t at) {
    enum step step = enter(search, walk, pc, at);
    if (step == STEP_ON) {
        *walk->top++ = entry(ENTRY_LONGER, pc, at, 0);
        walk->pc = pc + 1;
        walk->at = at;
    }
    return step;
}

/* Instructions. */

static inline bool is_word(unsigned char c) {
    return byte_is_alnum(c) || c == '_';
}

static inline bool at_word_boundary(const struct search *search, uint32_t at) {
    bool before = at > 0 && is_word(search->text[at - 1]);
    bool behind = at < search->length && is_word(search->text[at]);
    return before != behind;
}

static bool take_insert(const struct search *search, struct walk *walk, uint32_t slot, bool caseless) {
    struct slice text = search->inserts[slot];
    const unsigned char *here = search->text + walk->at;
    if (text.len > search->length - walk->at)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        charge(walk, 1);
        if (here[i] != byte && !(caseless && byte_lower(here[i]) == byte_lower(byte)))
            return false;
    }
    walk->at += (uint32_t)text.len;
    return true;
}

static inline void save(struct search *search, struct walk *walk, uint32_t mark) {
    if (!search->groups)
        return;
    int32_t *place = mark % 2 ? &search->groups[mark / 2].end : &search->groups[mark / 2].at;
    *walk->top++ = entry(ENTRY_RESTORE, mark, (uint32_t)(*place + 1), 0);
    *place = (int32_t)walk->at;
}

/* What was found in a look-ahead decides. */
static inline enum step decide_look(const struct search *search, struct walk *walk, uint32_t pc, uint32_t at,
                                    bool found) {
    if (found == search->code[pc].a)
        return STEP_BACK;
    walk->pc = search->code[pc].c;
    walk->at = at;
    return STEP_ON;
}

static inline enum step when(bool holds) {
    return holds ? STEP_ON : STEP_BACK;
}

/* One instruction. */
static inline enum step execute(struct search *search, struct walk *walk) {
    uint32_t pc = walk->pc++, at = walk->at;
    const struct image_rx *code = &search->code[pc];
    bool more = at < search->length;
    switch ((enum rxcode)code->op) {
    case RX_MATCH: return STEP_FOUND;
    case RX_BYTE: walk->at++; return when(more && search->text[at] == code->a);
    case RX_BYTE_CASELESS: walk->at++; return when(more && (search->text[at] | 0x20) == code->a);
    case RX_ANY: walk->at++; return when(more && search->text[at] != '\n');
    case RX_SET: walk->at++; return when(more && in_set(search, code->b, at));
    case RX_RUN:
    case RX_RUN_UNTIL: return enter_run(search, walk, pc);
    case RX_RUN_LAZY: return enter_lazy_run(search, walk, pc, at);
    case RX_SPLIT: *walk->top++ = entry(ENTRY_BRANCH, code->c, at, 0); return STEP_ON;
    case RX_SPLIT_LAZY:
        *walk->top++ = entry(ENTRY_BRANCH, pc + 1, at, 0);
        walk->pc = code->c;
        return STEP_ON;
    case RX_JUMP: walk->pc = code->c; return STEP_ON;
    case RX_JOIN: return enter(search, walk, pc, at);
    case RX_SAVE: save(search, walk, code->b); return STEP_ON;
    case RX_BEGIN: return when(at == 0);
    case RX_END: return when(!more || (at + 1 == search->length && search->text[at] == '\n'));
    case RX_END_ONLY: return when(!more);
    case RX_WORD_BOUNDARY: return when(at_word_boundary(search, at) != code->a);
    case RX_PEEK: return when(more && in_set(search, code->b, at));
    case RX_LOOK:
        *walk->top++ = entry(ENTRY_LOOK, pc, at, 0);
        walk->looks++;
        return STEP_ON;
    case RX_LOOK_END: return STEP_LOOKED;
    case RX_INSERT: return when(take_insert(search, walk, code->b, false));
    case RX_INSERT_CASELESS: return when(take_insert(search, walk, code->b, true));
    case RX_COUNT: break;
    }
    return STEP_BACK;
}

/* The way back. */

static enum step go_back(struct search *search, struct walk *walk) {
    while (walk->top > search->scratch->stack) {
        uint64_t last = *--walk->top;
        uint32_t pc = last >> PC_SHIFT & FIELD, b = last >> B_SHIFT & FIELD, c = last >> C_SHIFT & FIELD;
        enum step step = STEP_BACK;
        switch ((enum entry_kind)(last & ((1 << PC_SHIFT) - 1))) {
        case ENTRY_BRANCH: walk->pc = pc, walk->at = b; return STEP_ON;
        case ENTRY_SHORTER: leave_run(search, walk, pc, b, c); return STEP_ON;
        case ENTRY_LONGER:
            if (b < search->length && in_set(search, search->code[pc].b, b))
                step = enter_lazy_run(search, walk, pc, b + 1);
            break;
        case ENTRY_RESTORE:
            *(pc % 2 ? &search->groups[pc / 2].end : &search->groups[pc / 2].at) = (int32_t)b - 1;
            break;
        case ENTRY_LOOK:
            walk->looks--;
            step = decide_look(search, walk, pc, b, false);
            break;
        case ENTRY_TRAIL: break;
        }
        if (step != STEP_BACK)
            return step;
    }
    return STEP_NONE;
}

/* The way from the innermost LOOK to here is known to lead to its end. */
static enum step finish_look(struct search *search, struct walk *walk) {
    while (walk->top > search->scratch->stack) {
        uint64_t last = *--walk->top;
        uint32_t pc = last >> PC_SHIFT & FIELD, b = last >> B_SHIFT & FIELD, c = last >> C_SHIFT & FIELD;
        enum entry_kind kind = last & ((1 << PC_SHIFT) - 1);
        if (kind == ENTRY_TRAIL)
            set_range(found_half(search, row_of(search, pc)), b, c);
        if (kind != ENTRY_LOOK)
            continue;
        walk->looks--;
        return decide_look(search, walk, pc, b, true);
    }
    return STEP_NONE;
}

/* One attempt, from `start`. */
static enum rx_result attempt(struct search *search, uint32_t start, uint32_t *end, uint64_t *steps) {
    const uint64_t *full = search->scratch->stack + STACK_SIZE - STACK_SPARE;
    struct walk walk = {.at = start, .steps = *steps, .top = search->scratch->stack};
    enum step step = STEP_ON;
    while (step == STEP_ON && walk.steps && walk.top <= full) {
        walk.steps--;
        step = execute(search, &walk);
        while (step == STEP_BACK || step == STEP_LOOKED)
            step = step == STEP_BACK ? go_back(search, &walk) : finish_look(search, &walk);
    }
    *steps = walk.steps;
    *end = walk.at;
    return step == STEP_FOUND ? RX_FOUND : step == STEP_NONE ? RX_NOT_FOUND : RX_NO_STEPS;
}

/* The first position from `from` on where the first instruction lets a match start; behind the end
 * for none. */
static uint32_t next_start(const struct search *search, uint32_t from, uint64_t *steps) {
    const struct image_rx *first = search->code;
    uint32_t at = from, length = search->length;
    switch (first->op) {
    case RX_BEGIN: return from ? length + 1 : 0;
    case RX_BYTE: {
        const unsigned char *hit = memchr(search->text + from, first->a, length - from);
        at = hit ? (uint32_t)(hit - search->text) : length + 1;
        break;
    }
    case RX_BYTE_CASELESS:
        while (at < length && (search->text[at] | 0x20) != first->a)
            at++;
        break;
    case RX_SET:
    case RX_PEEK:
        while (at < length && !in_set(search, first->b, at))
            at++;
        break;
    default: return from;
    }
    uint64_t cost = (at - from) / 4;
    *steps = *steps > cost ? *steps - cost : 0;
    return at < length ? at : length + 1;
}

/* A group took part when both its ends were noted, in order. */
static void settle_groups(struct rx_group *groups, unsigned count, uint32_t start, uint32_t end) {
    groups[0] = (struct rx_group){(int32_t)start, (int32_t)end};
    for (unsigned i = 1; i <= count; i++)
        if (groups[i].at < 0 || groups[i].end < groups[i].at)
            groups[i] = (struct rx_group){-1, -1};
}

static void begin_search(struct rx_scratch *scratch) {
    if (++scratch->search == 0) {
        memset(scratch->touched, 0, sizeof scratch->touched);
        scratch->search = 1;
    }
}

enum rx_result rx_search(const struct rx_program *program, struct slice subject, const struct slice *inserts,
                         struct rx_group *groups, uint64_t *steps, struct rx_scratch *scratch) {
    if (subject.len > RX_SUBJECT_MAX)
        return RX_TOO_LONG;
    struct search search = {
        .code = program->code,
        .sets = program->sets,
        .text = (const unsigned char *)(subject.at ? subject.at : ""),
        .length = (uint32_t)subject.len,
        .row_words = (uint32_t)subject.len / 64 + 1,
        .inserts = inserts,
        .groups = groups,
        .scratch = scratch,
    };
    begin_search(scratch);
    for (unsigned i = 0; groups && i <= program->groups; i++)
        groups[i] = (struct rx_group){-1, -1};
    for (uint32_t start = 0, end;; start++) {
        if (start > search.length || (start = next_start(&search, start, steps)) > search.length)
            return RX_NOT_FOUND;
        enum rx_result result = attempt(&search, start, &end, steps);
        if (result == RX_FOUND && groups)
            settle_groups(groups, program->groups, start, end);
        if (result != RX_NOT_FOUND)
            return result;
    }
}
