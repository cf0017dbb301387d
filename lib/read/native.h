/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * native.h - the built-in reader of pcap and pcapng files, whose results
 * tshark confirms.
 *
 * Rows of plain packets (packet.h) are made here.  Odd packets, and a sample
 * of the plain ones (sample.h), are given to one tshark that runs at the same
 * time (side_run.h): for odd packets its rows are used, for the sample its
 * rows must equal ours.  If one differs, or if more than a fifth of the
 * packets that may be TCP are odd, tshark has to read the whole capture.  It
 * also does so when the capture has few packets (input.h) or the file is
 * damaged.  Files in other formats are converted to pcapng first (convert.h).
 */
#ifndef READ_NATIVE_H
#define READ_NATIVE_H

#include "read/reader.h"

extern const struct reader native_reader;

#endif
