/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two captures of any packets: which is which, delays, verdicts, the checks
 * that need both.  The first four bytes say how much is the first capture; the
 * second is the rest, or, when there is none, the first again.
 */
#include "check/examine.h"
#include "check/token_index.h"
#include "fuzz.h"
#include "model/account.h"
#include "pair/owd.h"
#include "pair/pairing.h"
#include "pair/usefulness.h"
#include "rows.h"

static void check_pairing(struct trace t[2], const struct pairing *p)
{
	struct arrivals arrivals = { .fate = NULL };
	struct token_index tokens;

	token_index_make(&tokens, &t[0]);
	arrivals_find(p, &arrivals);
	for (size_t i = 0; i < t[0].n_connections; i++) {
		struct connection *conn = &t[0].connections[i];
		struct ledger ledger;
		struct repetitions list;
		struct check_context c, other;
		int both = 0;

		ledger_init(&ledger);
		account_connection(&t[0], conn, &ledger);
		repetitions_list(&t[0], &ledger, &list);
		for (int d = 0; d < 2; d++) {
			struct usefulness_totals totals;

			struct kept kept;

			usefulness_total(&arrivals, &list, (enum direction)d,
					 BYTES_REINJECTED, &totals);
			kept_find(&arrivals, conn, (enum direction)d, &kept);
			kept_release(&kept);
		}
		repetitions_release(&list);
		ledger_release(&ledger);
		context_init(&c, &t[0], conn, &tokens, p, NULL);
		both = context_add_other(&c, &t[1], &other);
		examine(&c);
		if (both)
			context_release(&other);
		context_release(&c);
	}
	arrivals_release(&arrivals);
	token_index_release(&tokens);
	for (size_t i = 0; i < p->n_streams; i++) {
		const struct paired_stream *s = &p->streams[i];

		PROMISE(pairing_stream(p, s->stream[0]) == s);
		for (size_t k = 0; k < s->match.end[0].n; k++) {
			struct crossing x;

			if (pairing_crossing(p, s, k, &x))
				PROMISE(x.packet[1] < t[1].packets.n);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct pairing_options how = { .client_end = 0 };
	struct trace t[2];
	struct pairing p;
	struct error err = ERROR_INIT;
	size_t first = 0;

	if (size < 4)
		return 0;
	first = take_number(data, 4) % 65536;
	data += 4;
	size -= 4;
	first = first < size ? first : size;
	rows_load(&t[0], data, first);
	if (first == size)
		rows_load(&t[1], data, first);
	else
		rows_load(&t[1], data + first, size - first);
	if (pairing_make(&p, &t[0], &t[1], &how, &err) == 0) {
		check_pairing(t, &p);
		pairing_release(&p);
	} else {
		PROMISE(err.kind == EXIT_INPUT && err.text[0]);
	}
	trace_release(&t[0]);
	trace_release(&t[1]);
	return 0;
}
