/* SPDX-License-Identifier: MIT */
#include "runtime/control/arguments.h"

#include "grammar/near.h"

#include <string.h>

const struct command_row command_rows[CONTROL_COMMANDS] = {
#define NOUN(...)
#define COMMAND(ID, noun, verb, arguments, least, most, options, doc)                                                  \
    {noun, verb, arguments, least, most, options, doc, control_##ID},
#define OPTION(...)
#include "grammar/control.def"
};

const struct control_option_row control_option_rows[CONTROL_OPTIONS] = {
#define NOUN(...)
#define COMMAND(...)
#define OPTION(ID, letter, name, argument, doc) {letter, name, argument, doc},
#include "grammar/control.def"
};

struct reading {
    struct control *control;
    char **arguments;
    int at, count;
    const char *words[2 + CONTROL_WORDS + 1]; /* noun, verb, theirs; one too many */
    unsigned word_count;
    bool only_words; /* behind "--" */
};

static enum arguments_result wrong(const char *message, const char *word, const char *dashes, const char *near) {
    fprintf(stderr, "fovctl: %s \"%.80s\"", message, word);
    if (near)
        fprintf(stderr, "; did you mean \"%s%s\"?", dashes, near);
    fputs("\nTry 'fovctl --help'.\n", stderr);
    return ARGUMENTS_WRONG;
}

static enum control_option named(struct slice name) {
    unsigned i = 0;
    while (i < CONTROL_OPTIONS && !slice_equal(name, slice_of(control_option_rows[i].name)))
        i++;
    return (enum control_option)i;
}

static enum control_option lettered(char letter) {
    unsigned i = 0;
    while (i < CONTROL_OPTIONS && control_option_rows[i].letter != letter)
        i++;
    return (enum control_option)i;
}

static enum arguments_result unknown_option(const char *argument) {
    struct slice text = slice_of(argument), name = slice_from(text, slice_starts(text, SLICE("--")) ? 2 : 1);
    struct near near;
    near_start(&near, slice_cut(name, 0, slice_find(name, 0, '=')));
    for (unsigned i = 0; i < CONTROL_OPTIONS; i++)
        near_try(&near, control_option_rows[i].name);
    return wrong("unknown option", argument, "--", near.best);
}

/* The value may stand behind a '=' or a letter, or be the next argument. */
static enum arguments_result read_option(struct reading *reading) {
    const char *argument = reading->arguments[reading->at], *value = NULL;
    struct slice text = slice_of(argument);
    enum control_option option;
    if (argument[1] == '-') {
        size_t equals = slice_find(text, 0, '=');
        option = named(slice_cut(text, 2, equals));
        value = equals < text.len ? argument + equals + 1 : NULL;
    } else {
        option = lettered(argument[1]);
        value = argument[2] ? argument + 2 : NULL;
    }
    if (option == CONTROL_OPTIONS)
        return unknown_option(argument);
    const struct control_option_row *row = &control_option_rows[option];
    if (!row->argument[0] && value)
        return wrong("there is no value for", row->name, "", NULL);
    if (row->argument[0] && !value)
        value = reading->at + 1 < reading->count ? reading->arguments[++reading->at] : NULL;
    if (row->argument[0] && (!value || !value[0]))
        return wrong("there is no value behind", argument, "", NULL);
    if (reading->control->values[option])
        return wrong("given twice:", argument, "", NULL);
    reading->control->values[option] = value ? value : "";
    return ARGUMENTS_RUN;
}

static enum arguments_result read_all(struct reading *reading) {
    for (reading->at = 1; reading->at < reading->count; reading->at++) {
        const char *argument = reading->arguments[reading->at];
        bool option = !reading->only_words && argument[0] == '-' && argument[1];
        if (option && strcmp(argument, "--") == 0)
            reading->only_words = true;
        else if (option && read_option(reading) != ARGUMENTS_RUN)
            return ARGUMENTS_WRONG;
        else if (!option && reading->word_count < sizeof reading->words / sizeof *reading->words)
            reading->words[reading->word_count++] = argument;
    }
    return ARGUMENTS_RUN;
}

static bool is_noun(const char *word, unsigned command) {
    return word && strcmp(word, command_rows[command].noun) == 0;
}

/* The command of these words. No such noun, or no such verb of it: ARGUMENTS_WRONG, and said. */
static enum arguments_result find_command(const struct reading *reading, enum control_command *command) {
    const char *noun = reading->words[0], *verb = reading->word_count > 1 ? reading->words[1] : NULL;
    struct near nouns, verbs;
    bool known = false;
    near_start(&nouns, slice_of(noun));
    near_start(&verbs, slice_of(verb ? verb : ""));
    for (unsigned i = 0; i < CONTROL_COMMANDS; i++) {
        bool its = is_noun(noun, i);
        *command = (enum control_command)i;
        if (its && (!command_rows[i].verb[0] || (verb && strcmp(verb, command_rows[i].verb) == 0)))
            return ARGUMENTS_RUN;
        known = known || its;
        near_try(&nouns, command_rows[i].noun);
        if (its)
            near_try(&verbs, command_rows[i].verb);
    }
    if (!known)
        return wrong("unknown command", noun, "", nouns.best);
    return verb ? wrong("unknown command", verb, "", verbs.best) : wrong("there is no command behind", noun, "", NULL);
}

static bool is_common(enum control_option option) {
    for (unsigned i = 0; i < CONTROL_COMMANDS; i++)
        if (choice_named(command_rows[i].options, slice_of(control_option_rows[option].name)) >= 0)
            return false;
    return true;
}

static enum arguments_result judge(const struct reading *reading, const struct command_row *row) {
    unsigned before = row->verb[0] ? 2 : 1, count = reading->word_count - before;
    for (unsigned i = 0; i < CONTROL_OPTIONS; i++)
        if (reading->control->values[i] && !is_common((enum control_option)i) &&
            choice_named(row->options, slice_of(control_option_rows[i].name)) < 0)
            return wrong("this command has no option", control_option_rows[i].name, "", NULL);
    if (count > row->most)
        return wrong("too many words:", reading->words[before + row->most], "", NULL);
    if (count < row->least) {
        fprintf(stderr, "fovctl: usage: fovctl %s %s %s\n", row->noun, row->verb, row->arguments);
        return ARGUMENTS_WRONG;
    }
    for (unsigned i = 0; i < CONTROL_WORDS; i++)
        reading->control->words[i] = i < count ? reading->words[before + i] : NULL;
    return ARGUMENTS_RUN;
}

enum arguments_result arguments_read(struct control *control, enum control_command *command, int count,
                                     char **arguments) {
    struct reading reading = {.control = control, .arguments = arguments, .count = count};
    *command = CONTROL_COMMANDS;
    if (read_all(&reading) != ARGUMENTS_RUN)
        return ARGUMENTS_WRONG;
    if (control->values[CONTROL_OPTION_VERSION])
        return ARGUMENTS_VERSION;
    bool help = control->values[CONTROL_OPTION_HELP] != NULL;
    if (help && reading.word_count < 2)
        return ARGUMENTS_HELP;
    if (reading.word_count == 0) {
        fputs("fovctl: no command was given\nTry 'fovctl --help'.\n", stderr);
        return ARGUMENTS_WRONG;
    }
    if (find_command(&reading, command) != ARGUMENTS_RUN)
        return ARGUMENTS_WRONG;
    if (!control->values[CONTROL_OPTION_STATE_DIR])
        control->values[CONTROL_OPTION_STATE_DIR] = "/var/lib/fov";
    return help ? ARGUMENTS_HELP : judge(&reading, &command_rows[*command]);
}
