/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * convert.h - convert captures in other formats than pcap and pcapng, using
 * tshark.
 */
#ifndef READ_CONVERT_H
#define READ_CONVERT_H

#include "read/input.h"
#include "read/source.h"

/*
 * Write the packets of the source as pcapng ("tshark -w") to a file without a
 * name.  Returns its descriptor, at the beginning of the file, which the
 * caller closes; or -1 and EXIT_INPUT (the capture), EXIT_TSHARK or
 * EXIT_SYSTEM.  It also fails when the capture is cut short or damaged.
 */
int convert_to_pcapng(struct input *in, const struct source *source,
		      struct error *err) __attribute__((warn_unused_result));

#endif
