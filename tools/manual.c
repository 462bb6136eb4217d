/* SPDX-License-Identifier: MIT */
/* Makes a manual page from its template: a line "@name@" becomes the list of that name, expanded
 * from the tables of grammar/, so that the manual cannot lag behind them. manual TEMPLATE >page.
 * Pages are mdoc(7). */
#include "grammar/protocol.h"
#include "grammar/value.h"
#include "grammar/words.h"

#include <stdio.h>
#include <string.h>

/* A text as roff shows it: nothing in it is an escape or a request. */
static void put_text(const char *text) {
    for (const char *c = text; *c; c++)
        switch (*c) {
        case '\\': fputs("\\e", stdout); break;
        case '-': fputs("\\-", stdout); break;
        case '"': fputs("\\(dq", stdout); break;
        case '\'': fputs("\\(aq", stdout); break;
        case '`': fputs("\\(ga", stdout); break;
        case '^': fputs("\\(ha", stdout); break;
        case '~': fputs("\\(ti", stdout); break;
        case ' ': putchar(c > text && c[-1] == '.' ? '\n' : ' '); break; /* a new sentence, a new line */
        default: putchar(*c);
        }
}

static void put_item(const char *prefix, const char *name) {
    fputs(".It Li \"", stdout);
    put_text(prefix);
    put_text(name);
    fputs("\"\n", stdout);
}

/* A sentence of its own lines: a full stop is added. */
static void put_doc(const char *doc, bool extension) {
    put_text(doc);
    fputs(extension ? " (extension).\n" : ".\n", stdout);
}

static void put_sections(void) {
    enum { B = false, X = true }; /* the tags of the table */
    fputs(".Bl -tag -width indent\n", stdout);
#define SECTION(ID, name, ARGUMENT, tag, doc)                                                                          \
    put_item("", "[" name "]");                                                                                        \
    put_doc(doc, tag);
#include "grammar/sections.def"
    fputs(".El\n", stdout);
}

static void put_functions(void) {
    fputs(".Bl -tag -width indent\n", stdout);
    for (unsigned i = 0; i < WORD_COUNT; i++) {
        put_item("", words[i].usage);
        put_doc(words[i].doc, words[i].extension);
    }
    fputs(".El\n", stdout);
}

static void put_rows(const char *prefix, const struct variable_row *rows, unsigned count) {
    fputs(".Bl -tag -width indent\n", stdout);
    for (unsigned i = 0; i < count; i++) {
        put_item(prefix, rows[i].name);
        put_doc(rows[i].doc, rows[i].extension);
        if (rows[i].choices[0]) {
            fputs("Words: ", stdout);
            put_doc(rows[i].choices, false);
        }
        if (rows[i].fallback[0]) {
            fputs("Default: ", stdout);
            put_text(rows[i].fallback);
            fputs(".\n", stdout);
        }
    }
    fputs(".El\n", stdout);
}

static void put_variables(void) {
    put_rows("$", variables, VARIABLE_COUNT);
}

static void put_failover(void) {
    put_rows("&failover.", failover_settings, FAILOVER_COUNT);
}

/* The names of the headers that have all these flags, in one sentence. */
static void put_headers(unsigned flags) {
    const char *comma = "";
    for (unsigned i = 0; i < HEADER_COUNT; i++)
        if ((headers[i].flags & flags) == flags) {
            fputs(comma, stdout);
            put_text(headers[i].name);
            comma = ",\n";
        }
    fputs(".\n", stdout);
}

static void put_protected(void) {
    put_headers(HEADER_KEEP);
}

static void put_staying(void) {
    put_headers(HEADER_STAY);
}

static void put_transports(void) {
    const char *comma = "";
    for (unsigned i = 0; i < TRANSPORT_COUNT; i++, comma = ", ")
        printf("%s%s", comma, transports[i].name);
    fputs(".\n", stdout);
}

static void put_option(char letter, const char *name, const char *argument, const char *fallback, const char *doc) {
    fputs(".It ", stdout);
    if (letter)
        printf("Fl %c , ", letter);
    fputs("Fl \\-", stdout);
    put_text(name);
    if (argument[0]) {
        fputs(" Ar \"", stdout);
        put_text(argument);
        fputs("\"", stdout);
    }
    putchar('\n');
    put_doc(doc, false);
    if (fallback[0]) {
        fputs("Default: ", stdout);
        put_text(fallback);
        fputs(".\n", stdout);
    }
}

static void put_options(void) {
    fputs(".Bl -tag -width indent\n", stdout);
#define OPTION(ID, letter, name, KIND, argument, fallback, VALUE, doc)                                                 \
    put_option(letter, name, argument, fallback, doc);
#include "grammar/options.def"
    fputs(".El\n", stdout);
}

static void put_row(const char *name, const char *doc) {
    put_item("", name);
    put_doc(doc, false);
}

static void put_diagnostic(const char *code, const char *severity, const char *doc) {
    put_item("", code);
    fputs(severity, stdout);
    put_doc(doc, false);
}

static void put_diagnostics(void) {
    fputs(".Bl -tag -width indent\n", stdout);
#define ERROR                         "Error: "
#define WARNING                       "Warning: "
#define QUIET                         "Warning, off by default: "
#define DIAG(ID, code, SEVERITY, doc) put_diagnostic(code, SEVERITY, doc);
#include "grammar/diags.def"
    fputs(".El\n", stdout);
}

static void put_causes(void) {
    fputs(".Bl -tag -width indent\n", stdout);
#define CAUSE(ID, name, KIND, doc) put_row(name, doc);
#include "grammar/causes.def"
    fputs(".El\n", stdout);
}

static void put_counters(void) {
    fputs(".Bl -tag -width indent\n", stdout);
#define COUNTER(ID, name, doc) put_row(name, doc);
#include "grammar/counters.def"
    fputs(".El\n", stdout);
}

/* The options of a command, as its row names them: "a|b". */
static void put_own_options(const char *options) {
#define NOUN(...)
#define COMMAND(...)
#define OPTION(ID, letter, name, argument, doc)                                                                        \
    if (choice_named(options, SLICE(name)) >= 0)                                                                       \
        printf(" Oo Fl \\-" name "%s Oc", argument[0] ? " Ar " argument : "");
#include "grammar/control.def"
}

static void put_commands(void) {
    fputs(".Bl -tag -width indent\n", stdout);
#define NOUN(...)
#define COMMAND(ID, noun, verb, arguments, least, most, options, doc)                                                  \
    fputs(".It Cm " noun, stdout);                                                                                     \
    fputs(verb[0] ? " " verb : "", stdout);                                                                            \
    fputs(arguments[0] ? " Ar " arguments : "", stdout);                                                               \
    put_own_options(options);                                                                                          \
    putchar('\n');                                                                                                     \
    put_doc(doc, false);
#define OPTION(...)
#include "grammar/control.def"
    fputs(".El\n", stdout);
}

static void put_control_options(void) {
    fputs(".Bl -tag -width indent\n", stdout);
#define NOUN(...)
#define COMMAND(...)
#define OPTION(ID, letter, name, argument, doc) put_option(letter, name, argument, "", doc);
#include "grammar/control.def"
    fputs(".El\n", stdout);
}

static void put_version(void) {
    puts(".Os fov " FOV_VERSION);
}

static const struct {
    const char *name;
    void (*put)(void);
} lists[] = {
    {"@sections@\n", put_sections},       {"@functions@\n", put_functions},
    {"@variables@\n", put_variables},     {"@failover@\n", put_failover},
    {"@protected@\n", put_protected},     {"@staying@\n", put_staying},
    {"@transports@\n", put_transports},   {"@options@\n", put_options},
    {"@causes@\n", put_causes},           {"@counters@\n", put_counters},
    {"@diagnostics@\n", put_diagnostics}, {"@version@\n", put_version},
    {"@commands@\n", put_commands},       {"@control-options@\n", put_control_options},
};

/* False: the template names a list that there is none of. */
static bool put_line(const char *line) {
    if (line[0] != '@')
        return fputs(line, stdout) >= 0;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (strcmp(line, lists[i].name) == 0) {
            lists[i].put();
            return true;
        }
    return false;
}

int main(int count, char **arguments) {
    char line[1024];
    FILE *template = count == 2 ? fopen(arguments[1], "r") : NULL;
    if (!template) {
        fprintf(stderr, "usage: manual TEMPLATE >page\n");
        return 2;
    }
    while (fgets(line, sizeof line, template))
        if (!put_line(line)) {
            fprintf(stderr, "manual: %s: no list is called %s", arguments[1], line);
            return 1;
        }
    fclose(template);
    return fflush(stdout) == 0 ? 0 : 1;
}
