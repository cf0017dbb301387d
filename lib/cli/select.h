/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * select.h - the selection of connections, streams and directions: -c ID, -c
 * 0xTOKEN, -t STREAM, --towards END.
 *
 *	struct select select = SELECT_INIT;
 *	if (select_add(&select, "1", &err) < 0) ...
 *	if (select_check(&select, &trace, &err) < 0) ...
 *	if (select_wants(&select, conn)) ...
 *	select_release(&select);
 *
 * A token may be the client's or the server's, as printed by "ip mptcp
 * monitor".  Without a selection everything is selected.
 */
#ifndef CLI_SELECT_H
#define CLI_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/trace.h"

struct selector {
	bool is_token;
	uint32_t number;
};

struct select {
	struct selector *items; /* connections; owned */
	size_t n, cap;
	uint32_t *streams; /* Wireshark's tcp.stream; owned */
	size_t n_streams, cap_streams;
	bool one_way; /* select only this direction: */
	enum direction towards;
};

#define SELECT_INIT                                                            \
	{                                                                      \
		.items = NULL                                                  \
	}

void select_release(struct select *s);

/* -1 and EXIT_USAGE if the text is neither an id nor a token. */
int select_add(struct select *s, const char *text, struct error *err)
	__attribute__((warn_unused_result));

/* The same for a stream number, and for "server" or "client". */
int select_add_stream(struct select *s, const char *text, struct error *err)
	__attribute__((warn_unused_result));
int select_set_towards(struct select *s, const char *text, struct error *err)
	__attribute__((warn_unused_result));

/* The i-th word for a direction; NULL: there are no more. */
const char *select_end_name(int i);

bool select_wants_direction(const struct select *s, enum direction d);

bool select_wants(const struct select *s, const struct connection *conn);

/*
 * One byte for each TCP stream of the trace: whether -c or -t selects it;
 * without either, all are.  The caller frees it.
 */
uint8_t *select_streams(const struct select *s, const struct trace *trace);

/* -1 and EXIT_INPUT if a selector matches nothing in the trace. */
int select_check(const struct select *s, const struct trace *trace,
		 struct error *err) __attribute__((warn_unused_result));

#endif
