/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config.h - the configuration of a user: a file of "name = value" in sections.
 *
 *	# for all commands
 *	cache-dir = ~/scratch/mptcp
 *
 *	[mptcp-plot]
 *	theme = dark
 *
 * What names, sections and values mean is the matter of defaults.h.
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

/* A line that is neither empty nor a comment. */
struct config_line {
	unsigned number;     /* from 1 */
	const char *section; /* NULL: above all of them */
	const char *name;    /* NULL: the line is the head of the section */
	const char *value;   /* not empty; NULL with the name */
};

/* It owns its strings. */
struct config {
	char *path;	     /* the file; NULL: there cannot be one */
	const char *absence; /* why there is none, in words; NULL: it was
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
 * Read the file that MPTCP_CONFIG names (nothing: none is read), else
 * $XDG_CONFIG_HOME/mptcptools/config, else ~/.config/mptcptools/config, where
 * there need not be one.  Errors are EXIT_USAGE.
 */
int config_find(struct config *config, struct error *err)
	__attribute__((warn_unused_result));

/*
 * The lines of "text", of "len" bytes; config->path is its name.  Not allowed
 * are lines that are not of that form, and those that a shell or another
 * program would understand differently: quotes, variables, comments behind a
 * value.
 */
int config_parse(struct config *config, const char *text, size_t len,
		 struct error *err) __attribute__((warn_unused_result));

/* Fill "err" with "PATH:LINE: " and what is wrong there; returns -1. */
int config_error(const struct config *config, unsigned line, struct error *err,
		 const char *fmt, ...) __attribute__((format(printf, 4, 5)));

void config_release(struct config *config);

#endif
