/* SPDX-License-Identifier: MIT */
#include "compiler/parse.h"

#include "compiler/file.h"
#include "compiler/scan.h"
#include "grammar/lines.h"
#include "grammar/plan.tab.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { INCLUDE_DEPTH_MAX = 16, INCLUDES_MAX = 1000 };

/* A file that is being read, and the one that includes it. */
struct reading {
    struct source source;
    struct file_identity identity;
    struct span include; /* the [Include] that brought us here */
    struct reading *outer;
    struct reading *before; /* the file read before this one, whoever included it */
    unsigned depth;
};

struct parser {
    struct build build; /* first: an include comes back with it */
    struct reading *reading;
    struct reading *last;
    uint32_t sources;
};

/* A file that is included again says the same of the same places. */
static uint32_t order_of(const struct parser *parser, const char *name) {
    const struct reading *same = parser->last;
    while (same && strcmp(same->source.name, name) != 0)
        same = same->before;
    return same ? same->source.order : parser->sources;
}

/* The text is no larger than SOURCE_SIZE_MAX. */
static void read_text(struct parser *parser, struct reading *reading, const char *name, const char *path,
                      struct slice text) {
    struct memory *memory = parser->build.memory;
    if (source_open(&reading->source, &memory->arena, name, text, order_of(parser, name)) ||
        lines_read(&reading->source, &memory->arena, parser->build.diags))
        memory_out(memory);
    reading->source.path = path;
    reading->before = parser->last;
    parser->last = reading;
    parser->sources++;
    struct reading *outer = parser->reading;
    reading->outer = outer;
    reading->depth = outer ? outer->depth + 1 : 0;
    parser->reading = reading;
    struct slice lines = reading->source.text;
    struct scan scan = {
        .build = &parser->build,
        .text = {lines, {&reading->source, 0, (uint32_t)lines.len}, NULL},
        .start = PLAN,
    };
    scan_run(&scan);
    build_end(&parser->build);
    parser->reading = outer;
}

/* `path` as seen from the directory that `from` stands in. */
static const char *beside(struct memory *memory, const char *from, const char *path) {
    const char *slash = strrchr(from, '/');
    if (path[0] == '/' || !slash)
        return path;
    return memory_printf(memory, "%.*s/%s", (int)(slash - from), from, path);
}

static const struct reading *already_open(const struct reading *reading, struct file_identity identity) {
    while (reading && !(reading->identity.known && reading->identity.device == identity.device &&
                        reading->identity.node == identity.node))
        reading = reading->outer;
    return reading;
}

static const char *problem_text(int result) {
    switch (-result) {
    case EFBIG: return "it is larger than 256 MiB";
    case EISDIR: return "it is a directory";
    case EINVAL: return "it is not a regular file";
    default: return strerror(-result);
    }
}

static void include(struct build *build, const struct text *argument) {
    struct parser *parser = (struct parser *)build;
    struct memory *memory = build->memory;
    struct diag_list *diags = build->diags;
    char *path = memory_printf(memory, "%.*s", SLICE_ARG(argument->s));
    if (parser->reading->depth >= INCLUDE_DEPTH_MAX || parser->sources >= INCLUDES_MAX) {
        diag_report(diags, DIAG_INCLUDE_FILE, argument->span, "'%s' is included too deep: %d files at most", path,
                    parser->sources >= INCLUDES_MAX ? INCLUDES_MAX : INCLUDE_DEPTH_MAX);
        return;
    }
    struct reading *reading = memory_new(memory, sizeof *reading);
    const char *name = beside(memory, parser->reading->source.name, path);
    struct slice text = SLICE_EMPTY;
    int result = path[0] ? file_read(&text, &memory->arena, name, SOURCE_SIZE_MAX, true, &reading->identity) : -ENOENT;
    if (result == -ENOMEM)
        memory_out(memory);
    if (result) {
        diag_report(diags, DIAG_INCLUDE_FILE, argument->span, "cannot read '%s': %s", name, problem_text(result));
        return;
    }
    const struct reading *same = already_open(parser->reading, reading->identity);
    if (same) {
        struct diag *diag = diag_report(diags, DIAG_INCLUDE_FILE, argument->span, "'%s' includes itself", name);
        for (const struct reading *at = parser->reading; at && at->include.source; at = at->outer)
            diag_note(diags, diag, at->include, "'%s' is included from here", at->source.name);
        return;
    }
    reading->include = argument->span;
    read_text(parser, reading, name, beside(memory, parser->reading->source.path, path), text);
}

void parse_plan(struct plan *plan, struct memory *memory, struct diag_list *diags, const char *name,
                struct slice text) {
    *plan = (struct plan){.last_rule = &plan->rules};
    struct parser parser = {.build = {.memory = memory, .diags = diags, .plan = plan, .include = include}};
    struct reading *reading = memory_new(memory, sizeof *reading);
    struct stat status; /* so that a plan which includes itself is found out at once */
    if (stat(name, &status) == 0 && S_ISREG(status.st_mode))
        reading->identity = (struct file_identity){(uint64_t)status.st_dev, (uint64_t)status.st_ino, true};
    read_text(&parser, reading, name, "", text);
}

struct condition *parse_condition(struct memory *memory, struct diag_list *diags, const struct text *text,
                                  unsigned nesting) {
    struct build build = {.memory = memory, .diags = diags};
    /* The same bytes with an LF behind them, each at its place in the file. */
    size_t length = text->s.len;
    char *bytes = memory_new(memory, length + 1);
    uint32_t *map = memory_new(memory, (length + 2) * sizeof *map);
    for (size_t i = 0; i < length; i++) {
        bytes[i] = text->s.at[i];
        map[i] = text_span(text, i, 1).start;
    }
    bytes[length] = '\n';
    map[length] = map[length + 1] = text->span.end;
    struct scan scan = {
        .build = &build,
        .text = {{bytes, length + 1}, text->span, map},
        .start = CONDITION,
        .depth = nesting,
        .outer = nesting,
    };
    scan_run(&scan);
    return build.condition;
}
