/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was made of packets, as the cache keeps it, after somebody wrote into
 * it: it is refused, or whatever it says about the packets does no harm.  The
 * input is 2 octets n, n octets of packets (rows.h), and changes to the text:
 * offset (2), n, n octets that come over what is there.
 */
#include "fuzz.h"
#include "load/outline.h"
#include "model/account.h"
#include "model/streams.h"
#include "model/summary.h"
#include "rows.h"

/* The rows again, as the cache would give them: not in order of time. */
static void take_rows(struct trace *t, const uint8_t *b, size_t n)
{
	struct row row = { .time = (int64_t)1700000000 * 1000000000 };
	size_t used = 0;

	for (size_t at = 0; t->packets.n < ROWS_MAX; at += used) {
		used = take_record(b + at, n - at, &row);
		if (!used)
			break;
		PROMISE(packets_append(&t->packets, &row, NULL) == 0);
	}
	packets_sort(&t->packets);
}

static int change(struct strbuf *text, const uint8_t *b, size_t n)
{
	int changed = 0;

	while (n > 3 && text->len > 0) {
		size_t at = take_number(b, 2) % text->len;
		size_t count = b[2] < n - 3 ? b[2] : n - 3;

		if (count > text->len - at)
			count = text->len - at;
		changed |= memcmp(text->text + at, b + 3, count) != 0;
		memcpy(text->text + at, b + 3, count);
		b += 3 + count;
		n -= 3 + count;
	}
	return changed;
}

static void look(struct trace *t)
{
	for (size_t i = 0; i < t->n_connections; i++) {
		struct summary s;

		summary_make(t, &t->connections[i], &s);
		summary_release(&s);
		free(trace_filter(t, &t->connections[i]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = size < 2 ? 0 : take_number(data, 2);
	struct strbuf text = STRBUF_INIT, again = STRBUF_INIT;
	struct trace t, stored;
	int changed = 0, rc = 0;

	if (size < 2)
		return 0;
	if (n > size - 2)
		n = size - 2;
	rows_load(&t, data + 2, n);
	account_all(&t);
	outline_print(&t, &text);
	changed = change(&text, data + 2 + n, size - 2 - n);
	memset(&stored, 0, sizeof(stored));
	packets_init(&stored.packets);
	rc = outline_parse(&stored, text.text, text.len);
	PROMISE(changed || rc == 0);
	if (rc == 0) {
		outline_print(&stored, &again);
		PROMISE(changed || strcmp(text.text, again.text) == 0);
		take_rows(&stored, data + 2, n);
		rc = streams_attach(&stored);
		PROMISE(changed || rc == 0);
		if (rc == 0)
			look(&stored);
		trace_release(&stored);
	}
	strbuf_release(&text);
	strbuf_release(&again);
	trace_release(&t);
	return 0;
}
