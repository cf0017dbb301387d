/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sequence_fallback.h - for sequence.h: how data goes on without mappings and
 * DATA_ACKs, after a fallback (RFC 8684 3.7)
 */
#ifndef MODEL_SEQUENCE_FALLBACK_H
#define MODEL_SEQUENCE_FALLBACK_H

#include "model/sequence.h"

/* The mapping without end that each flow has then. */
void sequence_go_on_after_fallback(struct sequence *q);

/* TCP's acknowledgments behind lost options, which are those of the data. */
void sequence_collect_late_acks(struct sequence *q);

/* The same of a connection that never had mappings. */
void sequence_collect_tcp_acks(struct sequence *q);

/* Of sequence.c: one more mapping of a flow; a higher acknowledgment; it is
   noted in the ledger, if there is one. */
void sequence_add_mapping(struct flow *f, const struct dss_mapping *map);
void sequence_raise_ack(struct data_line *line, int64_t dsn);
void sequence_note_ack(struct sequence *q, const struct segment *v,
		       int64_t dsn);

#endif
