/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mergecap.h - merge captures into one in order of time, by running
 * Wireshark's mergecap.
 */
#ifndef READ_MERGECAP_H
#define READ_MERGECAP_H

#include "base/strlist.h"
#include "os/outfile.h"
#include "read/input.h"

/*
 * Write the packets of the captures to "out" as pcapng, without mergecap's
 * comment that lists the files, so that their names do not matter.  Uses the
 * mergecap next to tshark, else the one in PATH.  -1 and EXIT_TSHARK (it is
 * missing), EXIT_INPUT (it cannot read the captures) or EXIT_SYSTEM; errors in
 * writing are those of outfile_commit().
 */
int mergecap_write(struct input *in, const struct strlist *paths,
		   struct outfile *out, struct error *err)
	__attribute__((warn_unused_result));

#endif
