/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * manifest.h - read and write KEY.json of the cache, which describes the other
 * files of an entry.
 *
 *	struct manifest m;
 *	if (manifest_read(&m, "KEY.json") == MANIFEST_READ)
 *		... m.capture, m.info ...
 *	manifest_release(&m);
 *
 * A manifest owns what it points to.
 */
#ifndef CACHE_MANIFEST_H
#define CACHE_MANIFEST_H

#include "base/error.h"
#include "cache/capture.h"
#include "os/file.h"

struct manifest {
	char *capture;	   /* its real path */
	struct file_id id; /* of the capture */
	char *toolkit;	   /* version of this program */
	char *tshark;	   /* version of tshark */
	uint64_t fields;   /* FIELD_TABLE_VERSION */
	/* all but the path; tcp_packets: number of rows */
	struct capture_info info;
	uint64_t csv_size, places_size; /* bytes of the files */
	uint64_t csv_hash;		/* see manifest_digest() */
};

enum manifest_result {
	MANIFEST_NONE,	/* no file, or not a manifest */
	MANIFEST_OTHER, /* of another version, or damaged */
	MANIFEST_READ
};

/* "m" need not be initialised, and must be released whatever the result. */
enum manifest_result manifest_read(struct manifest *m, const char *path);

/* Replace the file. */
int manifest_write(const struct manifest *m, const char *path,
		   struct error *err) __attribute__((warn_unused_result));

/*
 * The value of csv_hash: XXH3-64 of the identity, the counts and the text of
 * the index, which itself contains hashes of rows and places.
 */
uint64_t manifest_digest(const struct manifest *m, const char *index, size_t n);

void manifest_release(struct manifest *m);

#endif
