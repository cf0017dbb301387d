/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/pcapng.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
	SECTION_HEADER = 0x0a0d0d0a, /* the same in both byte orders */
	BYTE_ORDER_MAGIC = 0x1a2b3c4d,
	PACKET = 2, /* obsolete */
	SIMPLE_PACKET = 3,
	ENHANCED_PACKET = 6,
	LEAST = 12 /* bytes of a block */
};

static uint32_t number(const uint8_t *bytes, int swapped)
{
	uint32_t v = 0;

	memcpy(&v, bytes, sizeof(v));
	return swapped ? __builtin_bswap32(v) : v;
}

static int damaged(const char *path, struct error *err)
{
	return error_set(err, EXIT_SYSTEM, "'%s' was not written well", path);
}

int pcapng_count(const char *path, uint64_t *packets, struct error *err)
{
	FILE *file = fopen(path, "rbe");
	uint8_t head[LEAST];
	struct stat st = { .st_size = 0 };
	int swapped = 0, any = 0, rc = -1;
	uint64_t at = 0;
	size_t n = 0;

	*packets = 0;
	if (!file)
		return error_set_errno(err, EXIT_SYSTEM, errno,
				       "cannot read '%s'", path);
	(void)!fstat(fileno(file), &st);
	while ((n = fread(head, 1, LEAST, file)) == LEAST) {
		uint32_t type = number(head, swapped), size = 0;

		if (type == SECTION_HEADER)
			swapped = number(head + 8, 0) != BYTE_ORDER_MAGIC;
		size = number(head + 4, swapped);
		at += size;
		if (size < LEAST || size % 4 != 0 ||
		    at > (uint64_t)st.st_size ||
		    (!any && type != SECTION_HEADER) ||
		    fseek(file, (long)size - LEAST, SEEK_CUR) != 0) {
			damaged(path, err);
			goto out;
		}
		any = 1;
		*packets += type == PACKET || type == SIMPLE_PACKET ||
			    type == ENHANCED_PACKET;
	}
	rc = n == 0 && !ferror(file) && any ? 0 : damaged(path, err);
out:
	fclose(file);
	return rc;
}
