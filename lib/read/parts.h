/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parts.h - where a capture file can be cut into runs of packets.
 *
 * Only files are cut where each packet can be understood without those before
 * it: pcap, and pcapng of one section, without compression or damage, with link
 * layers that are known here, and with neither fragments nor tunnels (RFC 791,
 * RFC 8200; pcap and pcapng as of draft-ietf-opsawg).  Of such a file every
 * part, with the file's headers before it, is a capture, too.
 *
 *	struct parts parts;
 *	if (parts_find(&parts, fd, 4, 25000) > 1)
 *		for (size_t i = 0; i < parts.n; i++)
 *			... parts_write(&parts, i, fd, out) ...
 *	parts_release(&parts);
 *
 * A struct parts owns what it points to.
 */
#ifndef READ_PARTS_H
#define READ_PARTS_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the file. */
struct extent {
	uint64_t from, to;
};

struct part {
	uint64_t before;  /* packets of the parts before it */
	uint64_t packets; /* in it */
	struct extent extent;
};

struct parts {
	struct part *items;
	size_t n;
	struct extent *headers; /* sections and interfaces */
	size_t n_headers, cap_headers;
};

/*
 * Cut the regular file "fd" into at most "wanted" parts of about "least"
 * packets or more.  Each is a little larger than the one before it, for whoever
 * takes the rows of one part after the other while all are being made.  Returns
 * their number; 1: do not cut it, or it is damaged, cannot be read, or is of a
 * kind that is not known here.
 */
size_t parts_find(struct parts *parts, int fd, size_t wanted, uint64_t least);

void parts_release(struct parts *parts);

/* Write part i as a capture; -1 and errno when that fails. */
int parts_write(const struct parts *parts, size_t i, int fd, int out)
	__attribute__((warn_unused_result));

#endif
