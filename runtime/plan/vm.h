/* SPDX-License-Identifier: MIT */
/* The plan machine: runs the rules of a verified image for one request and fills an outcome. It
 * knows no SIP: headers and words come from the host. It can be stopped by a word that has to wait
 * and resumed where it stood. */
#ifndef FOV_RUNTIME_PLAN_VM_H
#define FOV_RUNTIME_PLAN_VM_H

#include "runtime/plan/outcome.h"

/* Steps that evaluating a request may take: instructions of rules and patterns, and what copies
 * text. 4 million are about 10 ms. A plan pays for its own length with VM_STEPS_RULE for each of
 * its rules. */
enum { VM_STEPS = 4 * 1000 * 1000, VM_STEPS_RULE = 64 };

struct vm;

enum word_result {
    WORD_TEXT,        /* *result is the text */
    WORD_NULL,        /* no result */
    WORD_WAIT,        /* asked somebody; vm_resume() later */
    WORD_FAULT,       /* out of memory: 500 */
    WORD_BAD_REQUEST, /* the request cannot be judged: 400 */
};

/* One implementation of a word. Arguments may be null slices. Results must live until the
 * evaluation ends: in the message, the image or vm->outcome->arena. */
typedef enum word_result word_call(struct vm *vm, const struct slice *arguments, unsigned count, struct slice *result);

/* Rows of other homes are NULL. */
typedef word_call *word_table[WORD_COUNT];
extern const word_table words_text; /* HOME_TEXT */

struct vm_host {
    const word_table *homes[HOME_COUNT]; /* every one of them */
    /* Line `index` (from 0) of a header of the request as it was received: value unfolded and
     * trimmed. 1, 0: there is none, or -ENOMEM. The vm lays the outcome's changes over it. The
     * value lives until the evaluation ends. */
    int (*header)(struct vm *vm, enum header header, struct slice name, unsigned index, struct slice *value);
    /* A To line's value (language.md 4, Destination) as a whole header value in the outcome's arena, and its
     * URI in there, which may be sip:user@. 0, -EINVAL: it holds no URI, -ENOMEM. */
    int (*to)(struct vm *vm, struct slice value, struct slice *header_value, struct slice *uri);
    bool (*is_uri)(struct slice text);    /* of $request and of an alternate; sip:user@ is one */
    bool (*is_target)(struct slice text); /* of $target: host, host:port or URI; sip:user@ is one */
    /* A rule was deployed, and authentication is demanded: false ends the evaluation (VM_ENDED), the host has answered.
     * NULL for a host that does not ask. */
    bool (*deployed)(struct vm *vm);
    void *context; /* of `deployed` */
    void *message; /* for words of HOME_MESSAGE: struct sip_facts */
    void *state;   /* for words of HOME_STATE: struct proxy_facts */
};

enum vm_result {
    VM_DONE,        /* evaluation ended; see outcome->matched */
    VM_ENDED,       /* the host ended it */
    VM_WAITING,     /* vm_resume() when the word's answer is there */
    VM_BAD_REQUEST, /* 400: subject too long, or an inserted text that may not stand where the plan
                       puts it */
    VM_FAULT,       /* 500: budget, memory, or a value that turned out to be none */
};

/* About 6 KB; nothing in it but `image` and `host` outlives an evaluation. */
struct vm {
    const struct image *image;
    const struct vm_host *host;
    struct outcome *outcome;
    struct rx_scratch *scratch;
    uint64_t steps;     /* left */
    uint32_t rule, end; /* the one being judged, and the end of the list */
    uint32_t pc;        /* in CODE: for image_line_at */
    unsigned depth;
    struct slice stack[IMAGE_STACK_MAX];
    unsigned kept; /* slots from here on are empty */
    struct slice slots[IMAGE_SLOTS_MAX];
    /* The last match that a KEEP follows. */
    struct slice subject;
    struct rx_group groups[IMAGE_GROUPS_MAX + 1];
    /* Why BAD_REQUEST or FAULT, for the log: no full stop. */
    const char *why;
    int capture; /* %n concerned, 0 for none */
};

/* Evaluates one list; `outcome` (after outcome_init) carries what the other list set. */
enum vm_result vm_run(struct vm *vm, const struct image *image, const struct vm_host *host, struct outcome *outcome,
                      struct rx_scratch *scratch, bool preliminary);
/* After VM_WAITING: the waiting word is called again. Neither the vm nor its outcome may have
 * moved. */
enum vm_result vm_resume(struct vm *vm);
/* For words whose work grows with something: steps beside the one of the CALL. What is too much
 * shows at the next instruction. */
void vm_spend(struct vm *vm, uint64_t steps);
/* A pattern of the image against a text of the proxy's (pattern.response, redirection.hosts). False
 * as well when the subject is too long or the budget of VM_STEPS runs out. */
bool vm_matches(const struct image *image, uint32_t pattern, struct slice subject, struct rx_scratch *scratch);

#endif
