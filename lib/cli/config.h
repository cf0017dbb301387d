/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config.h - parse the user's configuration file: "name = value" in sections.
 *
 *	# for all commands
 *	cache-dir = ~/scratch/mptcp
 *
 *	[mptcp-plot]
 *	theme = dark
 *
 * The meaning of names, sections and values is defined by defaults.h.
 *
 *	struct config config = CONFIG_INIT;
 *	if (config_find(&config, &err) == 0)
 *		for (size_t i = 0; i < config.n; i++) ... config.lines[i] ...
 *	config_release(&config);
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include <stddef.h>

#include "base/error.h"

enum {
	CONFIG_SIZE_MAX = 64 * 1024, /* bytes of a file */
	CONFIG_LINE_MAX = 4096	     /* of a line */
};

/* A line that is not empty and not a comment. */
struct config_line {
	unsigned number;     /* from 1 */
	const char *section; /* NULL: before the first section */
	const char *name;    /* NULL: the line begins the section */
	const char *value;   /* not empty; NULL if "name" is NULL */
};

/* It owns its strings. */
struct config {
	char *path;	     /* the file; NULL: there is no place for one */
	const char *absence; /* why no file was read, as text; NULL: it was
				read */
	char *text;
	struct config_line *lines;
	size_t n, cap;
};

#define CONFIG_INIT                                                            \
	{                                                                      \
		.path = NULL                                                   \
	}

/*
 * Read the file named by MPTCP_CONFIG (empty: read none), else
 * $XDG_CONFIG_HOME/mptcptools/config, else ~/.config/mptcptools/config; the
 * latter two need not exist.  Rejects lines of any other form, and those that a
 * shell or another program would interpret differently: quotes, variables,
 * comments after a value.  Errors are EXIT_USAGE.
 */
int config_find(struct config *config, struct error *err)
	__attribute__((warn_unused_result));

/* Set "err" to "PATH:LINE: " and the message; returns -1. */
int config_error(const struct config *config, unsigned line, struct error *err,
		 const char *fmt, ...) __attribute__((format(printf, 4, 5)));

void config_release(struct config *config);

#endif
