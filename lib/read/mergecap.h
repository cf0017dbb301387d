/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mergecap.h - several captures as one, in order of time, by the program of
 * Wireshark that does it.
 */
#ifndef READ_MERGECAP_H
#define READ_MERGECAP_H

#include "base/strlist.h"
#include "read/input.h"

/*
 * Write the packets of the captures to "file" as pcapng.  The mergecap that is
 * beside tshark is taken, else the one in PATH.  -1, and EXIT_TSHARK (it is
 * missing), EXIT_INPUT (it does not take them) or EXIT_SYSTEM.
 */
int mergecap_write(struct input *in, const struct strlist *paths, int file,
		   struct error *err) __attribute__((warn_unused_result));

#endif
