/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * doctor.h - the checks of mptcp-doctor(1): is everything needed installed and
 * usable?
 *
 *	struct doctor doctor = DOCTOR_INIT;
 *	doctor_options(&doctor, &cli);
 *	doctor_installation(&doctor, &input);
 *	doctor_capture(&doctor, &trace);
 *	for (size_t i = 0; i < doctor.n; i++) ... doctor.checks[i] ...
 *	doctor_release(&doctor);
 *
 * The doctor owns its checks.
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include <stddef.h>

#include "base/error.h"
#include "cli/options.h"
#include "model/trace.h"
#include "output/column.h"
#include "read/input.h"

enum doctor_result {
	DOCTOR_OK,
	DOCTOR_WARN, /* usable, but some results may be missing */
	DOCTOR_FAIL  /* not usable */
};

struct check {
	const char *name;
	enum doctor_result result;
	char *text;
	char *advice;		 /* or NULL */
	enum exit_status status; /* exit status of the command if it fails */
};

struct doctor {
	struct check *checks;
	size_t n, cap;
};

#define DOCTOR_INIT                                                            \
	{                                                                      \
		.checks = NULL                                                 \
	}

void doctor_release(struct doctor *d);

/*
 * Report the configuration and the options in effect with their origin; for
 * other commands only their configuration.
 */
void doctor_options(struct doctor *d, const struct cli *cli);

/* Check tshark, its fields, the cache and the libraries. */
void doctor_installation(struct doctor *d, struct input *input);

/* Report on a capture that was loaded, ... */
void doctor_capture(struct doctor *d, const struct trace *trace);

/* ... or could not be loaded. */
void doctor_unreadable(struct doctor *d, const struct error *err);

/* EXIT_OK, or the worst status of the failed checks. */
enum exit_status doctor_status(const struct doctor *d);

/* The row type for struct check. */
extern const struct row_type doctor_check;

#endif
