/* SPDX-License-Identifier: MIT */
/* The words of one home (words.def). The one file that implements them says
 *
 *      #define HOME_IS_STATE ~,
 *      #include "runtime/plan/home.h"
 *
 * and finds each of them declared, as `static word_call word_ID`. The home's table is made of HOME_ROW: a word without
 * an implementation does not link, and those of other homes are NULL.
 *
 *      const word_table words_state = {
 *      #define FUNCTION(ID, NAME, HOME, ...) HOME_ROW(ID, HOME)
 *      #include "grammar/words.def"
 *      };
 */
#include "runtime/plan/vm.h"

/* HOME_PICK(HOME_IS_X a, b): a when the file has defined HOME_IS_X, else b. */
#define HOME_SECOND(a, b, ...) b
#define HOME_PICK(...)         HOME_SECOND(__VA_ARGS__, ~)
#define HOME_DECLARE(ID, HOME) HOME_PICK(HOME_IS_##HOME static word_call word_##ID;, )
#define HOME_ROW(ID, HOME)     [WORD_##ID] = HOME_PICK(HOME_IS_##HOME word_##ID, NULL),

#define FUNCTION(ID, NAME, HOME, ...) HOME_DECLARE(ID, HOME)
#include "grammar/words.def"

#define HOME_ARGUMENTS struct vm *vm, const struct slice *arguments, unsigned count, struct slice *result

/* The null slice is null. */
static inline enum word_result home_answer(struct slice *result, struct slice text) {
    *result = text;
    return text.at ? WORD_TEXT : WORD_NULL;
}

static inline enum word_result home_truth(struct slice *result, bool value) {
    return home_answer(result, value ? SLICE("true") : SLICE("false"));
}

/* A text made for the answer; NULL: out of memory. */
static inline enum word_result home_made(struct slice *result, const char *text) {
    return text ? home_answer(result, slice_of(text)) : WORD_FAULT;
}
