/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * raw_role.h - for streams.h: what is known of one of Wireshark's TCP streams
 * before the streams are made of them.
 */
#ifndef MODEL_RAW_ROLE_H
#define MODEL_RAW_ROLE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/packets.h"

/* How sure we are of who the TCP client is. */
enum role_evidence {
	BY_PORT,   /* the lower port is taken for the server's */
	BY_OPTION, /* the third ACK's MP_CAPABLE or MP_JOIN */
	BY_SYNACK,
	BY_SYN
};

#define RAW_ROLE_NONE UINT32_MAX

struct raw_role {
	uint32_t raw; /* index in packets.streams */
	uint32_t tcp_stream;
	uint32_t first[2]; /* packets, from "a" and from "b"; RAW_ROLE_NONE */
	enum role_evidence evidence;
	bool client_is_b;
	bool has_isn; /* the client's */
	uint32_t isn;
	/* The stream that it belongs to: its ends, its number. */
	const struct endpoint *client, *server;
	bool has_other_name; /* it is called as another raw stream is */
	uint32_t stream;
};

#endif
