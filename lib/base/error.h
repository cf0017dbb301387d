/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * error.h - how the library reports that something failed.
 *
 * The library never prints and never exits (out of memory excepted, see
 * mem.h).  A function that can fail returns -1 (or NULL) and fills the struct
 * error of its caller: a kind, which a command turns into its exit status, and
 * one line of text that names the subject and says what to do.
 *
 *	struct error err = ERROR_INIT;
 *	if (thing_open(&thing, path, &err) < 0) {
 *		warnx("%s", err.text);
 *		return (int)err.kind;
 *	}
 *
 * A struct error owns nothing: it may be copied and dropped freely.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

/* The exit statuses of every command; also listed in mptcptools(7). */
enum exit_status {
	EXIT_OK = 0,	  /* done */
	EXIT_NOTHING = 1, /* nothing matched, and -e was given */
	EXIT_USAGE = 2,	  /* the command line or the configuration is wrong */
	EXIT_INPUT = 3,	  /* a capture cannot be read, an ID is unknown */
	EXIT_TSHARK = 4,  /* tshark is missing, too old, or failed */
	EXIT_SYSTEM = 5,  /* the system refused: disk, memory, permission */
};

enum {
	/* room for two paths of PATH_MAX and the message */
	ERROR_TEXT_MAX = 10240
};

struct error {
	enum exit_status kind;
	char text[ERROR_TEXT_MAX];
};

#define ERROR_INIT                                                             \
	{                                                                      \
		.kind = EXIT_OK                                                \
	}

/*
 * Fill "err" (which may be NULL) and return -1, so that a caller can write
 * "return error_set(...)".  Text longer than the buffer is truncated; control
 * characters, which a file name may contain, become question marks.
 */
int error_set(struct error *err, enum exit_status kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same, followed by ": " and strerror(errnum). */
int error_set_errno(struct error *err, enum exit_status kind, int errnum,
		    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
