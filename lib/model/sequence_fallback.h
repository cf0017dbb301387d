/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sequence_fallback.h - for sequence.h: positions of data and acknowledgments
 * after a fallback, without mappings and DATA_ACKs (RFC 8684 3.7)
 */
#ifndef MODEL_SEQUENCE_FALLBACK_H
#define MODEL_SEQUENCE_FALLBACK_H

#include "model/sequence.h"

/* Add the infinite mapping that each flow then has. */
void sequence_go_on_after_fallback(struct sequence *q);

/* Take TCP's acknowledgments after options were lost as those of the data. */
void sequence_collect_late_acks(struct sequence *q);

/* The same for a connection that never had mappings. */
void sequence_collect_tcp_acks(struct sequence *q);

/*
 * Provided by sequence.c: add a mapping to a flow; raise the highest
 * acknowledgment; record it in the ledger, if there is one.
 */
void sequence_add_mapping(struct flow *f, const struct dss_mapping *map);
void sequence_raise_ack(struct data_line *line, int64_t dsn);
void sequence_note_ack(struct sequence *q, const struct segment *v,
		       int64_t dsn);

#endif
