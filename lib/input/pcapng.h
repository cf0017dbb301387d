/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pcapng.h - how many packets a file in pcapng has.
 *
 * Walks from block to block (draft-ietf-opsawg-pcapng section 3.1) and looks at
 * nothing else: to check what another program wrote.
 */
#ifndef INPUT_PCAPNG_H
#define INPUT_PCAPNG_H

#include <stdint.h>

#include "base/error.h"

/* -1 and EXIT_SYSTEM when it cannot be read or is not whole. */
int pcapng_count(const char *path, uint64_t *packets, struct error *err)
	__attribute__((warn_unused_result));

#endif
