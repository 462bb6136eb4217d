/* SPDX-License-Identifier: MIT */
/* The verifier: an image is hostile until it has passed. Linear in its length (names: n log n), in
 * 256 KB of memory; afterwards neither the plan machine nor the matcher nor the disassembler
 * checks anything but the step budget. It is no judge of sense: a plan that was verified may still
 * be a useless one.
 *
 * The invariants, each checked in one place and refused under its number:
 *
 * Frame (image.c)
 *   1. The image lies at a multiple of 8, is as long as its header and section table at least and
 *      IMAGE_LENGTH_MAX at most.
 *   2. It begins with IMAGE_MAGIC.
 *   3. Its version is IMAGE_VERSION.
 *   4. The header's length is the image's.
 *   5. The checksum is right.
 *   6. The table hash is this program's: words and instructions mean what they meant to fovc.
 *   7. There are IMAGE_SECTIONS sections.
 *   8. Reserved bytes of the header are zero.
 *   9. Sections stand in the order of their kinds, each kind once.
 *  10. Reserved bytes of a section's entry are zero.
 *  11. A section begins where the one before ends, at the next multiple of 8.
 *  12. It lies inside the image, and its length is a multiple of its record's size.
 *  13. Bytes between sections are zero.
 *  14. The last section ends where the image ends.
 *  15. The plan hash is right.
 *
 * Texts and names (verify.c)
 *  16. A text lies inside BYTES.
 *  17. BYTES holds no control character but TAB: no value breaks a line of a message or a log.
 *  18. There are at most IMAGE_NAMES_MAX names.
 *  19. A name has no flags but those of enum image_name_flags.
 *  20. Its text is in TEXTS.
 *  21. Its text is a token (RFC 3261 25.1).
 *  22. Its header is the row of headers.def that has its text as name or compact form, IMAGE_NONE
 *      when there is none, and for an environment variable.
 *  23. No header and no environment variable has two names.
 *
 * Rules (verify.c)
 *  24. Their code tiles CODE in their order, without gap or rest.
 *  25. A rule has 1 to IMAGE_RULE_MAX instructions.
 *  26. It has no flags but those of enum image_rule_flags.
 *  27. Preliminary rules stand before the regular ones.
 *  28. A rule has at most IMAGE_SLOTS_MAX slots.
 *
 * Operands of instructions, by their kinds in opcodes.def (verify_rules.c)
 *  29. The instruction is in opcodes.def.
 *  30. NONE: the operand is zero.
 *  31. NEGATE: 0 or 1.
 *  32. PIECE: one of enum image_piece.
 *  33. SLOT: the rule has it; with GROUPS, it has all of them.
 *  34. NAME_*: in NAMES, and a header or an environment variable as its kind says.
 *  35. NAME_H, which reads: the name is marked IMAGE_NAME_READ.
 *  36. NAME_SET, NAME_REPLY: the header is one that a plan may set there.
 *  37. WORD: in words.def, with as many arguments as it takes (all of them when it has a default).
 *  38. VARIABLE: in words.def, and read from a value.
 *  39. FAILOVER: in words.def, and a pattern exactly when the instruction brings one.
 *  40. NUMBER: one that the setting's kind has.
 *  41. TRANSPORT: none, or one of transports.def.
 *  42. TEXT: in TEXTS.
 *  43. PATTERN: in PATTERNS.
 *  44. The slots that the pattern inserts are the rule's; a failover setting's inserts none.
 *  45. JUMP: forward, inside the rule.
 *
 * Flow of a rule (verify_rules.c)
 *  46. The stack holds what an instruction pops.
 *  47. The stack never holds more than IMAGE_STACK_MAX texts.
 *  48. All ways to an instruction bring a stack of the same depth.
 *  49. Some way leads to every instruction.
 *  50. The rule's last instruction is one of flow END.
 *  51. The stack is empty at an END.
 *  52. GROUPS: the instruction before is a BRANCH, the one before that a match that is not negated
 *      and whose pattern has that many groups.
 *  53. No jump leads to an instruction with GROUPS or to the BRANCH before it.
 *
 * Patterns (verify_patterns.c; what rxcodes.def calls a valid program)
 *  54. Their code tiles RXCODE in their order, without gap or rest.
 *  55. A pattern has 1 to IMAGE_RX_MAX instructions.
 *  56. Its text is in TEXTS.
 *  57. It has at most IMAGE_GROUPS_MAX groups.
 *  58. `inserts` is the highest slot that its code names + 1, or 0; at most IMAGE_SLOTS_MAX.
 *  59. The instruction is in rxcodes.def.
 *  60. NONE: the operand is zero.
 *  61. NEGATE: 0 or 1.
 *  62. SET: in SETS.
 *  63. SAVE: a mark of one of the pattern's groups.
 *  64. HERE: inside the pattern.
 *  65. The last instruction is MATCH.
 *  66. A LOOK's target lies behind it, and the instruction before the target is a LOOK_END.
 *  67. A LOOK_END stands nowhere else.
 *  68. At most IMAGE_LOOKS_MAX look-aheads are nested, and one inside another ends inside it.
 *  69. No jump leads into a look-ahead or out of it.
 *  70. Inside a look-ahead there is neither SAVE nor MATCH.
 *  71. Every way from an instruction back to itself consumes a byte of the subject.
 *
 * Layout (verify.c)
 *  72. There is one label for each rule.
 *  73. The texts of a label lie inside LAYOUT.
 *  74. A label's number is the rule's place in its list, from 1.
 *  75. The text of a line lies inside LAYOUT.
 *  76. Lines stand by rising pc, each inside CODE.
 *  77. LAYOUT holds no control character but TAB.
 *
 * Not guaranteed, and looked after where it matters: that a group's marks are set in order (the
 * matcher takes such a group for one that took no part), and that texts are UTF-8.
 */
#ifndef FOV_RUNTIME_PLAN_VERIFY_H
#define FOV_RUNTIME_PLAN_VERIFY_H

#include "runtime/plan/image.h"

enum { VERIFY_INVARIANTS = 77 };

/* 0, or -EINVAL with the refusal, or -ENOMEM. Opens (image_open) and verifies. */
int verify_image(struct image *image, const void *bytes, size_t length, struct image_refusal *refusal);

#endif
