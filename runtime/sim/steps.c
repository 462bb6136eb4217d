/* SPDX-License-Identifier: MIT */
#include "runtime/sim/reader.h"

#include <string.h>

static const struct slice AGAIN = SLICE("again"), AT = SLICE("at"), AFTER = SLICE("after"), QUOTING = SLICE("quoting");

static bool is_method(struct slice word) {
    for (size_t i = 0; i < word.len; i++)
        if (!byte_is_token((unsigned char)word.at[i]))
            return false;
    return word.len > 0;
}

static bool is_suffix(struct slice word) {
    return slice_equal(word, AGAIN) || slice_equal(word, AT) || slice_equal(word, AFTER) || slice_equal(word, QUOTING);
}

/* The next word unless it belongs to the line's tail (again, at, after, quoting). */
static bool word_before_tail(struct slice *rest, struct slice *word, bool *quoted) {
    struct slice ahead = *rest;
    if (!reader_word(&ahead, word, quoted) || (!*quoted && is_suffix(*word)))
        return false;
    *rest = ahead;
    return true;
}

static void read_times(struct reader *reader, struct slice *rest) {
    struct story_step *step = reader->step;
    struct slice word;
    bool quoted;
    while (word_before_tail(rest, &word, &quoted)) {
        if (step->time_count == STORY_TIMES_MAX || !duration_parse(&step->times[step->time_count], word)) {
            reader_wrong(reader, "'%.*s' is no time (10s, 0.5s, 500ms, 2m)", SLICE_ARG(word));
            return;
        }
        step->time_count++;
    }
    if (step->time_count == 0)
        reader_wrong(reader, "a time must follow 'at' or 'after'");
    if (step->kind != STEP_EXPECT && step->time_count > 1)
        reader_wrong(reader, "only what must leave can have several times");
}

static void read_tail(struct reader *reader, struct slice rest) {
    struct story_step *step = reader->step;
    struct slice word;
    uint64_t number;
    bool quoted;
    while (reader_word(&rest, &word, &quoted)) {
        if (slice_equal(word, AGAIN)) {
            step->again = true;
        } else if (slice_equal(word, AT) || slice_equal(word, AFTER)) {
            step->when = slice_equal(word, AT) ? WHEN_AT : WHEN_AFTER;
            read_times(reader, &rest);
        } else if (slice_equal(word, QUOTING) && step->kind == STEP_ICMP && reader_word(&rest, &word, &quoted) &&
                   slice_number(word, 65535, &number)) {
            step->quoting = (uint32_t)number;
        } else {
            reader_wrong(reader, "'%.*s' has no meaning here", SLICE_ARG(word));
            return;
        }
    }
}

/* METHOD [URI], CODE ["reason"] [METHOD], raw */
static void read_what(struct reader *reader, struct slice *rest) {
    struct story_step *step = reader->step;
    struct slice word;
    uint64_t code;
    bool quoted;
    if (!word_before_tail(rest, &word, &quoted)) {
        reader_wrong(reader, "a method or a response code must follow");
        return;
    }
    step->raw = slice_equal(word, SLICE("raw"));
    if (step->raw)
        return;
    if (slice_number(word, 699, &code) && code >= 100) {
        step->code = (unsigned)code;
        while (word_before_tail(rest, &word, &quoted))
            *(quoted ? &step->reason : &step->method) = word;
        return;
    }
    if (!is_method(word))
        reader_wrong(reader, "'%.*s' is neither a method nor a response code", SLICE_ARG(word));
    step->method = word;
    if (word_before_tail(rest, &word, &quoted))
        step->uri = word;
}

static void read_icmp(struct reader *reader, struct slice *rest) {
    static const char *const kinds[] = {"port-unreachable", "host-unreachable", "net-unreachable",
                                        "protocol-unreachable"};
    struct slice word = SLICE_EMPTY;
    bool quoted;
    reader->step->kind = STEP_ICMP;
    reader->step->quoting = UINT32_MAX;
    word_before_tail(rest, &word, &quoted);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (slice_equal(word, slice_of(kinds[i])))
            return;
    reader_wrong(reader,
                 "'%.*s' is no ICMP message: port-unreachable, host-unreachable, net-unreachable, "
                 "protocol-unreachable",
                 SLICE_ARG(word));
}

/* who refuses, who ignores, who accepts, who closes: connections. */
static bool read_connections(struct story_step *step, struct slice word) {
    static const struct {
        struct slice word;
        enum step_kind kind;
        enum sim_manner manner;
    } rows[] = {{SLICE("refuses"), STEP_MEET, SIM_REFUSES},
                {SLICE("ignores"), STEP_MEET, SIM_IGNORES},
                {SLICE("accepts"), STEP_MEET, SIM_ACCEPTS},
                {SLICE("closes"), STEP_CLOSE, SIM_ACCEPTS}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (slice_equal(word, rows[i].word)) {
            step->kind = rows[i].kind;
            step->manner = rows[i].manner;
            return true;
        }
    return false;
}

/* who tls fails, who tls names NAME */
static void read_tls(struct reader *reader, struct slice *rest) {
    struct story_step *step = reader->step;
    struct slice word = SLICE_EMPTY;
    bool quoted;
    step->kind = STEP_MEET;
    reader_word(rest, &word, &quoted);
    step->manner = slice_equal(word, SLICE("fails")) ? SIM_FAILS : SIM_ACCEPTS;
    if (step->manner == SIM_ACCEPTS &&
        (!slice_equal(word, SLICE("names")) || !reader_word(rest, &step->identity, &quoted)))
        reader_wrong(reader, "behind 'tls' stands 'fails', or 'names' and whom the certificate names");
}

/* who > what, who < what, who icmp what, who refuses ... */
static void read_party_step(struct reader *reader, struct slice who, struct slice rest) {
    struct story_step *step = reader->step;
    struct slice sign = SLICE_EMPTY;
    size_t slash = slice_find(who, 0, '/');
    bool quoted;
    step->party = story_party_named(reader->story, slice_cut(who, 0, slash));
    step->call = slash < who.len ? slice_from(who, slash + 1) : SLICE_EMPTY;
    if (!step->party) {
        reader_wrong(reader, "'%.*s' is neither a party nor a word that a line starts with", SLICE_ARG(who));
        return;
    }
    reader_word(&rest, &sign, &quoted);
    if (slice_equal(sign, SLICE("icmp"))) {
        read_icmp(reader, &rest);
    } else if (slice_equal(sign, SLICE(">")) || slice_equal(sign, SLICE("<"))) {
        step->kind = sign.at[0] == '>' ? STEP_SEND : STEP_EXPECT;
        read_what(reader, &rest);
    } else if (slice_equal(sign, SLICE("tls"))) {
        read_tls(reader, &rest);
    } else if (!read_connections(step, sign)) {
        reader_wrong(reader, "behind a party stands '>' (it sends), '<' (it gets), 'icmp', or what it does with "
                             "connections: 'refuses', 'ignores', 'accepts', 'closes', 'tls'");
        return;
    }
    read_tail(reader, rest);
}

static void read_wait(struct reader *reader, struct slice rest) {
    struct story_step *step = reader->step;
    struct slice word = SLICE_EMPTY;
    bool quoted;
    step->when = WHEN_AFTER;
    reader_word(&rest, &word, &quoted);
    if (slice_equal(word, SLICE("until"))) {
        step->when = WHEN_AT;
        reader_word(&rest, &word, &quoted);
    }
    step->time_count = 1;
    if (!duration_parse(&step->times[0], word) || slice_trim(rest).len)
        reader_wrong(reader, "it is written: wait 3s, or: wait until 12s");
}

static void read_jump(struct reader *reader, struct slice rest) {
    struct story_step *step = reader->step;
    struct slice word = SLICE_EMPTY, time = SLICE_EMPTY;
    bool quoted;
    reader_word(&rest, &word, &quoted);
    step->negated = slice_equal(word, SLICE("back"));
    if (!reader_word(&rest, &time, &quoted) || !duration_parse(&step->jump, time) ||
        (!step->negated && !slice_equal(word, SLICE("ahead"))))
        reader_wrong(reader, "it is written: jump ahead 1h, or: jump back 1h");
    read_tail(reader, rest);
}

static void read_log(struct reader *reader, struct slice rest) {
    struct story_step *step = reader->step;
    struct slice sign = SLICE_EMPTY;
    bool quoted;
    reader_word(&rest, &sign, &quoted);
    step->negated = slice_equal(sign, SLICE("!~"));
    step->pattern = slice_trim(rest);
    if ((!step->negated && !slice_equal(sign, SLICE("~"))) || step->pattern.len == 0)
        reader_wrong(reader, "it is written: log ~ pattern, or: log !~ pattern");
}

void reader_step(struct reader *reader) {
    static const struct {
        struct slice name;
        enum step_kind kind;
        bool negated;
        void (*read)(struct reader *, struct slice);
    } plain[] = {
        {SLICE("wait"), STEP_WAIT, false, read_wait},     {SLICE("log"), STEP_LOG, false, read_log},
        {SLICE("drain"), STEP_DRAIN, false, read_tail},   {SLICE("restart"), STEP_RESTART, false, read_tail},
        {SLICE("record"), STEP_RECORD, false, read_tail}, {SLICE("idle"), STEP_IDLE, false, read_tail},
        {SLICE("busy"), STEP_IDLE, true, read_tail},      {SLICE("stop"), STEP_STOP, false, read_tail},
        {SLICE("jump"), STEP_JUMP, false, read_jump},
    };
    struct story_step *step = arena_alloc(reader->arena, sizeof *step);
    struct slice rest = reader->line, word;
    bool quoted;
    if (!step) {
        reader->out_of_memory = true;
        return;
    }
    step->line = reader->number;
    step->text = reader->line;
    *reader->story->steps_end = step;
    reader->story->steps_end = &step->next;
    reader->step = step;
    page_init(&reader->body, reader->arena);
    reader_word(&rest, &word, &quoted);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (slice_equal(word, plain[i].name)) {
            step->kind = plain[i].kind;
            step->negated = plain[i].negated;
            plain[i].read(reader, rest);
            return;
        }
    read_party_step(reader, word, rest);
}

/* `| text`: one line with its CRLF, escapes read. */
static void read_body_line(struct reader *reader, struct slice text) {
    static const char letters[] = "rnt0\\", bytes[] = "\r\n\t\0\\";
    bool open = false;
    if (text.len && text.at[0] == ' ')
        text = slice_from(text, 1);
    for (size_t i = 0; i < text.len; i++) {
        const char *letter = i + 1 < text.len ? strchr(letters, text.at[i + 1]) : NULL;
        if (text.at[i] != '\\') {
            page_add(&reader->body, slice_cut(text, i, i + 1));
        } else if (letter && *letter) {
            page_add(&reader->body, (struct slice){&bytes[letter - letters], 1});
            i++;
        } else if (i + 2 == text.len && text.at[i + 1] == 'c') {
            open = true;
            i++;
        } else if (i + 3 < text.len && text.at[i + 1] == 'x' && byte_is_hex((unsigned char)text.at[i + 2]) &&
                   byte_is_hex((unsigned char)text.at[i + 3])) {
            char byte = (char)(byte_hex_value((unsigned char)text.at[i + 2]) * 16 +
                               byte_hex_value((unsigned char)text.at[i + 3]));
            page_add(&reader->body, (struct slice){&byte, 1});
            i += 3;
        } else {
            reader_wrong(reader, "behind '\\' stands r, n, t, 0, \\, xHH, or c at the end of the line");
        }
    }
    if (!open)
        page_add(&reader->body, SLICE("\r\n"));
    reader->step->body = page_slice(&reader->body);
}

static bool sign_is(struct slice *rest, struct slice sign) {
    if (!slice_starts(*rest, sign))
        return false;
    *rest = slice_trim(slice_from(*rest, sign.len));
    return true;
}

static bool is_sending(const struct story_step *step) {
    return step->kind == STEP_SEND;
}

static const char *what_stands_below(enum step_kind kind) {
    if (kind == STEP_SEND)
        return "below a line that sends stand 'Name: value', '! Name', '+ line', '| body'";
    if (kind == STEP_RECORD)
        return "below 'record' stand 'path = value', 'path ~ pattern', 'path !~ pattern', '! path'";
    return "below what must leave stand 'Name: value', 'Name ~ pattern', 'Name !~ pattern', '! Name', 'Name count 2', "
           "'| body'";
}

/* NAME sign value, by the kind of the step above. */
static void read_named_field(struct reader *reader, struct story_field *field, struct slice line) {
    const struct story_step *step = reader->step;
    size_t end = 0;
    while (end < line.len && byte_is_token((unsigned char)line.at[end]) && line.at[end] != '~')
        end++;
    field->name = slice_cut(line, 0, end);
    struct slice rest = slice_trim(slice_from(line, end));
    if (step->kind == STEP_RECORD ? sign_is(&rest, SLICE("=")) : sign_is(&rest, SLICE(":")))
        field->kind = FIELD_IS;
    else if (!is_sending(step) && sign_is(&rest, SLICE("~")))
        field->kind = FIELD_MATCHES;
    else if (!is_sending(step) && sign_is(&rest, SLICE("!~")))
        field->kind = FIELD_DIFFERS;
    else if (step->kind == STEP_EXPECT && sign_is(&rest, SLICE("count")))
        field->kind = FIELD_COUNT;
    else
        reader_wrong(reader, "%s", what_stands_below(step->kind));
    if (end == 0)
        reader_wrong(reader, "this line must start with a name");
    field->value = rest.at ? rest : SLICE_EMPTY;
}

void reader_field(struct reader *reader) {
    struct story_step *step = reader->step;
    struct slice line = slice_trim(reader->line);
    bool message = step->kind == STEP_SEND || step->kind == STEP_EXPECT;
    if (!message && step->kind != STEP_RECORD) {
        reader_wrong(reader, "this line is indented, but the line above takes none");
        return;
    }
    if (message && line.at[0] == '|') {
        read_body_line(reader, slice_from(line, 1));
        return;
    }
    struct story_field *field = arena_alloc(reader->arena, sizeof *field), **end = &step->fields;
    if (!field) {
        reader->out_of_memory = true;
        return;
    }
    field->line = reader->number;
    if (line.at[0] == '!' && line.len > 1 && line.at[1] == ' ') {
        field->kind = FIELD_ABSENT;
        field->name = slice_trim(slice_from(line, 1));
    } else if (line.at[0] == '+' && is_sending(step)) {
        field->kind = FIELD_ADDED;
        field->value = slice_trim(slice_from(line, 1));
    } else {
        read_named_field(reader, field, line);
    }
    while (*end)
        end = &(*end)->next;
    *end = field;
}
