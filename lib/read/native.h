/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * native.h - reads pcap and pcapng itself, and has tshark confirm it.
 *
 * Rows of plain packets (packet.h) are made here.  Odd ones, and a sample of
 * the plain ones (sample.h), are shown to tshark in one run beside
 * (side_run.h): its rows of the former are taken, and those of the latter have
 * to be ours.  When one is not, or when more than a fifth of what may be TCP is
 * odd, tshark has to read the whole capture, which it does from the beginning
 * where there are few packets (input.h), and where the file is damaged.  A file
 * of another format becomes pcapng first (convert.h).
 */
#ifndef READ_NATIVE_H
#define READ_NATIVE_H

#include "read/reader.h"

extern const struct reader native_reader;

#endif
