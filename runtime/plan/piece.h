/* SPDX-License-Identifier: MIT */
/* Whether a text that a caller sent may stand where a plan inserts it (language.md 4: legal where
 * it stands, nothing that ends the part of a URI it is in). It judges the piece alone; the value as
 * a whole is the host's to judge. */
#ifndef FOV_RUNTIME_PLAN_PIECE_H
#define FOV_RUNTIME_PLAN_PIECE_H

#include "grammar/image.h"
#include "grammar/slice.h"

/* NULL when it may; else why it may not, for the log. IMAGE_PIECE_TAIL cuts the text first. */
const char *piece_judge(enum image_piece piece, struct slice *text);
/* No control character, DEL included; TAB may be allowed. */
bool piece_is_plain(struct slice text, bool tab);
/* Its name in listings. */
const char *piece_name(enum image_piece piece);

#endif
