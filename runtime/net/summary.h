/* SPDX-License-Identifier: MIT */
/* What a start would be: the options as they are in force, and where a plan asks for what they, or
 * this server, do not do. */
#ifndef FOV_RUNTIME_NET_SUMMARY_H
#define FOV_RUNTIME_NET_SUMMARY_H

#include "runtime/net/options.h"
#include "runtime/plan/image.h"

/* The plan as a comment, then every option that has a value: a configuration file that says the same. */
void summary_print(FILE *out, const struct options *options, const struct image *image);
/* Does the plan ask for what nobody could give its calls? Then a line says what and where, and there is no start. */
bool summary_refuse(FILE *out, const struct options *options, const struct image *image);
/* A line for each thing in the plan that will have no effect, or none that was meant. */
void summary_warn(FILE *out, const struct options *options, const struct image *image);

#endif
