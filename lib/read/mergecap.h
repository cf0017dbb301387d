/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mergecap.h - merge captures into one in order of time, by running
 * Wireshark's mergecap.
 */
#ifndef READ_MERGECAP_H
#define READ_MERGECAP_H

#include "base/strlist.h"
#include "read/input.h"

/*
 * Write the packets of the captures to the descriptor "file" as pcapng.  Uses
 * the mergecap next to tshark, else the one in PATH. -1 and EXIT_TSHARK (it is
 * missing), EXIT_INPUT (it cannot read the captures) or EXIT_SYSTEM.
 */
int mergecap_write(struct input *in, const struct strlist *paths, int file,
		   struct error *err) __attribute__((warn_unused_result));

#endif
