/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * raw_role.h - for streams.h: what is known of one of Wireshark's TCP streams
 * before streams are built from them.
 */
#ifndef MODEL_RAW_ROLE_H
#define MODEL_RAW_ROLE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/packets.h"

/* How certain it is which end is the TCP client, in ascending order. */
enum role_evidence {
	BY_PORT,   /* the end with the lower port is the server */
	BY_OPTION, /* the third ACK's MP_CAPABLE or MP_JOIN */
	BY_SYNACK,
	BY_SYN
};

#define RAW_ROLE_NONE UINT32_MAX

struct raw_role {
	uint32_t raw; /* index in packets.streams */
	uint32_t tcp_stream;
	/* first packets from "a" and "b", or RAW_ROLE_NONE */
	uint32_t first[2];
	enum role_evidence evidence;
	bool client_is_b;
	bool has_isn; /* the client's */
	uint32_t isn;
	/* The stream that it will be part of. */
	const struct endpoint *client, *server;
	bool has_other_name; /* same packets as another raw stream: renamed.h */
	uint32_t stream;
};

#endif
