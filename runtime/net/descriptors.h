/* SPDX-License-Identifier: MIT */
/* The descriptors that a program is started with. */
#ifndef FOV_RUNTIME_NET_DESCRIPTORS_H
#define FOV_RUNTIME_NET_DESCRIPTORS_H

/* Opens what is closed of 0, 1 and 2 on nothing. Whoever starts us may have closed standard error:
 * what is opened first would get its number, and log lines would go into a socket or a file of
 * records. */
void descriptors_hold_standard(void);
/* So many may be open at a time from now on, or as many as the system lets us have: how many that is. */
unsigned descriptors_allow(unsigned count);

#endif
