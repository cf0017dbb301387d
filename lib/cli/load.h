/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load.h - read a capture, but no more of it than is needed.
 */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H

#include "cli/options.h"
#include "model/portions.h"
#include "model/rawrows.h"
#include "model/trace.h"

enum load {
	LOAD_ALL,
	LOAD_SELECTED, /* packets of the connections of what -c and -t name, if
			  they do */
	LOAD_LISTING   /* no packets */
};

/*
 * trace_load(); only where the cache has what was asked for, packets are
 * missing in the trace.  Streams and connections are all there.
 */
int load_trace(const struct cli *cli, struct input *input, const char *path,
	       enum load what, struct trace *trace, struct error *err)
	__attribute__((warn_unused_result));

/* rawrows_load() in the same way, of what -c and -t name if they do. */
int load_rawrows(const struct cli *cli, struct input *input, const char *path,
		 struct rawrows *raw, struct trace *trace, struct error *err)
	__attribute__((warn_unused_result));

/* portions_open(), for the connections that -c names, if it does. */
int load_portions(const struct cli *cli, struct input *input, const char *path,
		  struct portions *portions, struct trace *trace,
		  struct error *err) __attribute__((warn_unused_result));

/* The same for a trace that has been read. */
void load_whole(const struct cli *cli, struct portions *portions,
		struct trace *trace);

#endif
