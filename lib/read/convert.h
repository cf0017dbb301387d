/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * convert.h - captures of formats that walk.h does not know, by tshark.
 */
#ifndef READ_CONVERT_H
#define READ_CONVERT_H

#include "read/input.h"
#include "read/source.h"

/*
 * A file without a name with the packets of the source, to be read from its
 * beginning, and closed: pcapng, as "tshark -w" writes it.  The caller's, until
 * it is closed.  -1, and EXIT_INPUT (the capture), EXIT_TSHARK or EXIT_SYSTEM;
 * also when the capture is cut short or damaged.
 */
int convert_to_pcapng(struct input *in, const struct source *source,
		      struct error *err) __attribute__((warn_unused_result));

#endif
