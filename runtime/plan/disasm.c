/* SPDX-License-Identifier: MIT */
#include "runtime/plan/disasm.h"

#include "grammar/source.h"
#include "grammar/codes.h"
#include "grammar/protocol.h"
#include "grammar/words.h"
#include "runtime/plan/piece.h"

#include <inttypes.h>
#include <string.h>

/* As it stands, but for what would not print, and for the bytes of `escape`, which get a backslash.
 */
static void print_text(FILE *out, struct slice text, const char *escape) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        uint32_t point;
        unsigned length = c < 0x80 ? 0 : utf8_read(text, i, &point);
        if (length && !utf8_is_control(point)) {
            fwrite(text.at + i, 1, length, out);
            i += length - 1;
        } else if (c == '\t' || c == '\n' || c == '\r') {
            fprintf(out, "\\%c", c == '\t' ? 't' : c == '\n' ? 'n' : 'r');
        } else if (c < ' ' || c >= 0x7f) {
            fprintf(out, "\\x%02x", c);
        } else {
            fprintf(out, "%s%c", strchr(escape, c) ? "\\" : "", c);
        }
    }
}

static void print_quoted(FILE *out, struct slice text) {
    putc('"', out);
    print_text(out, text, "\"\\");
    putc('"', out);
}

static void print_byte(FILE *out, unsigned char c, const char *escape) {
    char byte = (char)c;
    print_text(out, (struct slice){&byte, 1}, escape);
}

static bool has_byte(const struct image_set *set, unsigned c) {
    return set->bits[c / 32] >> c % 32 & 1;
}

/* As a class of a pattern: [0-9A-F], or what it leaves out when that is less. */
static void print_set(FILE *out, const struct image_set *set) {
    unsigned members = 0;
    for (unsigned c = 0; c < 256; c++)
        members += has_byte(set, c);
    bool inverse = members > 128;
    fputs(inverse ? "[^" : "[", out);
    for (unsigned c = 0; c < 256; c++) {
        unsigned last = c;
        if (has_byte(set, c) == inverse)
            continue;
        while (last < 255 && has_byte(set, last + 1) != inverse)
            last++;
        print_byte(out, (unsigned char)c, "[]\\^-");
        if (last > c + 1)
            putc('-', out);
        if (last > c)
            print_byte(out, (unsigned char)last, "[]\\^-");
        c = last;
    }
    putc(']', out);
}

static void print_pattern_name(FILE *out, const struct image *image, uint32_t pattern) {
    fprintf(out, "#%" PRIu32 " /", pattern);
    print_text(out, image_text(image, image->patterns[pattern].text), "");
    putc('/', out);
}

static void print_name(FILE *out, const struct image *image, uint32_t name) {
    fputs(image->names[name].flags & IMAGE_NAME_ENV ? "&" : "", out);
    print_text(out, image_name_text(image, name), "");
}

/* The place and, in small letters, the name of an instruction; answers the blanks up to its
 * operands. */
static unsigned print_code_name(FILE *out, uint32_t pc, const char *name) {
    unsigned gap = 18;
    fprintf(out, "  %5" PRIu32 "  ", pc);
    for (; *name; name++, gap -= gap > 1)
        putc(byte_lower((unsigned char)*name), out);
    return gap;
}

/* In front of an operand. */
static void print_gap(FILE *out, unsigned *gap) {
    fprintf(out, "%*s", (int)*gap, "");
    *gap = 1;
}

static void print_number(FILE *out, enum failover_setting setting, uint32_t number) {
    const struct variable_row *row = &failover_settings[setting];
    if (row->kind == KIND_DURATION) {
        fprintf(out, "%" PRIu32 " ms", number);
    } else if (row->kind == KIND_CHOICE) {
        const char *choice = row->choices;
        while (number--)
            choice += strcspn(choice, "|") + 1;
        fprintf(out, "%.*s", (int)strcspn(choice, "|"), choice);
    } else {
        fputs(number ? "true" : "false", out);
    }
}

/* The slots that a KEEP fills, or the one that another instruction names. */
static void print_slots(FILE *out, const struct image_instruction *at) {
    unsigned count = opcodes[at->op].a == OPERAND_GROUPS ? at->a : 1;
    if (count == 0)
        fputs("none", out);
    else
        fprintf(out, "%%%u", at->b + 1u);
    if (count > 1)
        fprintf(out, "..%%%u", at->b + count);
}

/* What goes without saying: "not" that is not, no transport, no arguments; GROUPS stand with their
 * SLOT. */
static bool is_silent(enum operand kind, uint32_t value) {
    return kind == OPERAND_NONE || kind == OPERAND_GROUPS ||
           (value == 0 && (kind == OPERAND_NEGATE || kind == OPERAND_TRANSPORT || kind == OPERAND_COUNT));
}

static void print_operand(FILE *out, const struct image *image, const struct image_instruction *at, enum operand kind,
                          uint32_t value, unsigned *gap) {
    if (is_silent(kind, value))
        return;
    print_gap(out, gap);
    switch (kind) {
    case OPERAND_NEGATE: fputs(opcodes[at->op].pushes ? "not" : "off", out); break;
    case OPERAND_COUNT: fprintf(out, "%" PRIu32, value); break;
    case OPERAND_PIECE: fputs(piece_name(value), out); break;
    case OPERAND_SLOT: print_slots(out, at); break;
    case OPERAND_NAME_H:
    case OPERAND_NAME_E:
    case OPERAND_NAME_SET:
    case OPERAND_NAME_REPLY: print_name(out, image, value); break;
    case OPERAND_WORD: fprintf(out, "$%s", words[value].name); break;
    case OPERAND_VARIABLE: fprintf(out, "$%s", variables[value].name); break;
    case OPERAND_FAILOVER: fprintf(out, "&failover.%s", failover_settings[value].name); break;
    case OPERAND_TRANSPORT: fputs(transports[value - 1].name, out); break;
    case OPERAND_TEXT: print_quoted(out, image_text(image, value)); break;
    case OPERAND_PATTERN: print_pattern_name(out, image, value); break;
    case OPERAND_JUMP: fprintf(out, "-> %" PRIu32, value); break;
    case OPERAND_NUMBER: print_number(out, at->b, value); break;
    case OPERAND_NONE:
    case OPERAND_GROUPS:
    case OPERAND_BYTE: /* of patterns */
    case OPERAND_SET:
    case OPERAND_SAVE:
    case OPERAND_HERE: break;
    }
}

/* "not" first, then what the instruction is about, then the rest. */
static void print_instruction(FILE *out, const struct image *image, uint32_t pc, const struct image_instruction *at) {
    const struct opcode_row *op = &opcodes[at->op];
    unsigned gap = print_code_name(out, pc, op->name);
    if (op->a == OPERAND_NEGATE)
        print_operand(out, image, at, op->a, at->a, &gap);
    print_operand(out, image, at, op->b, at->b, &gap);
    if (op->a != OPERAND_NEGATE)
        print_operand(out, image, at, op->a, at->a, &gap);
    print_operand(out, image, at, op->c, at->c, &gap);
    putc('\n', out);
}

/* A line of the plan's own text, or of a file that it includes. */
static void print_place(FILE *out, const struct image *image, struct image_text file, uint32_t line) {
    if (file.length == 0) {
        fprintf(out, "line %" PRIu32, line);
        return;
    }
    print_text(out, image_layout_text(image, file), "");
    fprintf(out, ":%" PRIu32, line);
}

static void print_count(FILE *out, uint32_t count, const char *noun) {
    fprintf(out, "%" PRIu32 " %s%s", count, noun, count == 1 ? "" : "s");
}

static void print_rule_head(FILE *out, const struct image *image, uint32_t rule) {
    const struct image_rule *row = &image->rules[rule];
    const struct image_label *label = &image->labels[rule];
    fprintf(out, "\n%srule %" PRIu32, row->flags & IMAGE_RULE_PRELIMINARY ? "preliminary " : "", label->number);
    if (label->name.length) {
        putc(' ', out);
        print_quoted(out, image_layout_text(image, label->name));
    }
    fputs(", ", out);
    print_place(out, image, label->file, label->line);
    if (row->slots) {
        fputs(", ", out);
        print_count(out, row->slots, "slot");
    }
    fputs(row->flags & IMAGE_RULE_DISABLED ? ", disabled" : "", out);
    fputs(row->flags & IMAGE_RULE_EMPTY ? ", without deploy lines\n" : "\n", out);
    if (label->description.length) {
        fputs("  ", out);
        print_text(out, image_layout_text(image, label->description), "");
        putc('\n', out);
    }
}

static void print_rules(FILE *out, const struct image *image) {
    uint32_t line = 0;
    for (uint32_t rule = 0; rule < image->rule_count; rule++) {
        const struct image_rule *row = &image->rules[rule];
        print_rule_head(out, image, rule);
        for (uint32_t pc = 0; pc < row->count; pc++) {
            for (; line < image->line_count && image->lines[line].pc == row->start + pc; line++) {
                fputs("  ", out);
                print_place(out, image, image->lines[line].file, image->lines[line].line);
                putc('\n', out);
            }
            print_instruction(out, image, pc, &image->code[row->start + pc]);
        }
    }
}

static void print_rx_operand(FILE *out, const struct image *image, enum operand kind, uint32_t value, unsigned *gap) {
    if (is_silent(kind, value))
        return;
    print_gap(out, gap);
    if (kind == OPERAND_BYTE) {
        putc('\'', out);
        print_byte(out, (unsigned char)value, "'\\");
        putc('\'', out);
    } else if (kind == OPERAND_SET) {
        print_set(out, &image->sets[value]);
    } else if (kind == OPERAND_SAVE) {
        fprintf(out, "%s of %" PRIu32, value % 2 ? "end" : "start", value / 2);
    } else if (kind == OPERAND_HERE) {
        fprintf(out, "-> %" PRIu32, value);
    } else if (kind == OPERAND_SLOT) {
        fprintf(out, "%%%" PRIu32, value + 1);
    } else {
        fputs("not", out); /* OPERAND_NEGATE: rxcodes.def has no other kinds */
    }
}

static void print_patterns(FILE *out, const struct image *image) {
    for (uint32_t pattern = 0; pattern < image->pattern_count; pattern++) {
        const struct image_pattern *row = &image->patterns[pattern];
        fputs("\npattern ", out);
        print_pattern_name(out, image, pattern);
        if (row->groups) {
            fputs(", ", out);
            print_count(out, row->groups, "group");
        }
        putc('\n', out);
        for (uint32_t pc = 0; pc < row->count; pc++) {
            const struct image_rx *at = &image->rxcode[row->start + pc];
            const struct rxcode_row *rx = &rxcodes[at->op];
            unsigned gap = print_code_name(out, pc, rx->name);
            print_rx_operand(out, image, rx->a, at->a, &gap);
            print_rx_operand(out, image, rx->b, at->b, &gap);
            print_rx_operand(out, image, rx->c, at->c, &gap);
            putc('\n', out);
        }
    }
}

static void print_names(FILE *out, const struct image *image) {
    if (image->name_count)
        fputs("\nnames\n", out);
    for (uint32_t name = 0; name < image->name_count; name++) {
        fputs("  ", out);
        print_name(out, image, name);
        fputs(image->names[name].flags & IMAGE_NAME_READ ? ", read\n" : "\n", out);
    }
}

void disasm_image(FILE *out, const struct image *image) {
    fprintf(out, "plan %016" PRIx64 ": ", image_plan_hash(image));
    if (image->preliminary_count) {
        print_count(out, image->preliminary_count, "preliminary rule");
        fputs(", ", out);
    }
    print_count(out, image->rule_count - image->preliminary_count, "rule");
    fputs(", ", out);
    print_count(out, image->code_count, "instruction");
    fputs(", ", out);
    print_count(out, image->pattern_count, "pattern");
    putc('\n', out);
    print_rules(out, image);
    print_patterns(out, image);
    print_names(out, image);
}
