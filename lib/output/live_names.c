/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/live_names.h"

#include <inttypes.h>

#include "output/live_table.h"

static void put_end(struct strbuf *out, const struct endpoint *end, bool port)
{
	if (port)
		address_append_endpoint(out, &end->address, end->port);
	else
		address_append(out, &end->address);
}

static void put_ends(struct strbuf *out, const struct live_line *l, bool port)
{
	put_end(out, &l->client, port);
	strbuf_puts(out, " > ");
	put_end(out, &l->server, port);
}

void live_name_connection(struct strbuf *out, const struct live_line *l,
			  enum live_name_form form)
{
	if (form == NAME_SHORTER)
		strbuf_puts(out, "connection ");
	strbuf_printf(out, "%" PRIu64, l->id);
	if (form == NAME_PORTS || form == NAME_ENDS) {
		strbuf_putc(out, ' ');
		put_ends(out, l, form == NAME_PORTS);
	} else if (form == NAME_SHORT) {
		strbuf_puts(out, " > ");
		put_end(out, &l->server, true);
	}
}

static void put_subflow_name(struct strbuf *out, const struct live_line *l,
			     enum live_name_form form)
{
	const bool has_interface = *l->interface != '\0';

	strbuf_printf(out, "%" PRIu64, l->id);
	if (has_interface && form != NAME_NUMBER)
		strbuf_printf(out, " %s", l->interface);
	if (form == NAME_PORTS || form == NAME_ENDS) {
		strbuf_putc(out, ' ');
		put_ends(out, l, form == NAME_PORTS);
	} else if (form == NAME_SHORT ||
		   (form == NAME_SHORTER && !has_interface)) {
		strbuf_putc(out, ' ');
		put_end(out, &l->client, false);
	}
}

void live_name_put(struct strbuf *out, const struct live_table_row *r,
		   bool is_last, bool ascii, enum live_name_form form)
{
	if (!r->is_subflow) {
		live_name_connection(out, r->line, form);
		return;
	}
	if (ascii)
		strbuf_puts(out, is_last ? "`-" : "|-");
	else
		strbuf_puts(out, is_last ? "\u2514 " : "\u251c ");
	put_subflow_name(out, r->line, form);
}

/* The longest form that there is room for. */
void live_name_fit(struct strbuf *out, const struct live_table_row *r,
		   bool is_last, bool ascii, size_t room)
{
	for (int form = 0; form < NAME_FORMS; form++) {
		strbuf_clear(out);
		live_name_put(out, r, is_last, ascii,
			      (enum live_name_form)form);
		if (page_length(out->text) <= room)
			return;
	}
}
