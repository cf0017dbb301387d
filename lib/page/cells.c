/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page/cells.h"

#include "page/html.h"

static const struct column *column_of(const struct cells_column *c)
{
	return c->name ? row_type_find(c->type, c->name) : NULL;
}

static bool is_right(const struct cells_column *c)
{
	const struct column *column = column_of(c);

	return column && column_is_right(column);
}

void cells_begin(struct strbuf *out, const char *caption,
		 const struct cells_column *columns, size_t n, bool is_long)
{
	strbuf_printf(out,
		      "<div class=\"%s\" tabindex=\"0\" role=\"region\" "
		      "aria-label=\"",
		      is_long ? "wide long" : "wide");
	html_text(out, caption);
	strbuf_puts(out, "\"><table>\n<caption>");
	html_text(out, caption);
	strbuf_puts(out, "</caption>\n<thead><tr>");
	for (size_t i = 0; i < n; i++) {
		const struct column *c = column_of(&columns[i]);

		strbuf_printf(out, "<th scope=\"col\"%s",
			      is_right(&columns[i]) ? " class=\"n\"" : "");
		if (c) {
			strbuf_puts(out, " title=\"");
			html_text(out, c->help);
			strbuf_putc(out, '"');
		}
		strbuf_putc(out, '>');
		html_text(out, columns[i].heading);
		strbuf_puts(out, "</th>");
	}
	strbuf_puts(out, "</tr></thead>\n<tbody>\n");
}

void cells_begin_row(struct strbuf *out)
{
	strbuf_puts(out, "<tr>");
}

void cells_put(struct strbuf *out, const struct cells_column *column,
	       const void *row)
{
	const struct column *c = column_of(column);
	struct value value = VALUE_INIT;
	struct strbuf shown = STRBUF_INIT;
	struct strbuf plain = STRBUF_INIT;

	c->get(row, &value);
	column_plain(c, &value, &plain);
	if (c->get_table) {
		value_release(&value);
		value = (struct value)VALUE_INIT;
		c->get_table(row, &value);
	}
	column_human(c, &value, &shown);
	strbuf_puts(out, is_right(column) ? "<td class=\"n\"" : "<td");
	if (is_right(column)) {
		strbuf_puts(out, " data-v=\"");
		html_text(out, plain.text);
		strbuf_putc(out, '"');
	}
	strbuf_putc(out, '>');
	html_text(out, shown.text);
	strbuf_puts(out, "</td>");
	value_release(&value);
	strbuf_release(&shown);
	strbuf_release(&plain);
}

void cells_put_text(struct strbuf *out, const char *text)
{
	strbuf_puts(out, "<td>");
	html_text(out, text);
	strbuf_puts(out, "</td>");
}

void cells_put_link(struct strbuf *out, const char *text, const char *place)
{
	strbuf_puts(out, "<td><a href=\"#");
	html_text(out, place);
	strbuf_puts(out, "\">");
	html_text(out, text);
	strbuf_puts(out, "</a></td>");
}

void cells_end_row(struct strbuf *out)
{
	strbuf_puts(out, "</tr>\n");
}

void cells_end(struct strbuf *out)
{
	strbuf_puts(out, "</tbody></table></div>\n");
}

void cells_value(struct strbuf *out, const struct row_type *type,
		 const char *name, const void *row)
{
	const struct column *c = row_type_find(type, name);
	struct value value = VALUE_INIT;

	(c->get_table ? c->get_table : c->get)(row, &value);
	column_human(c, &value, out);
	value_release(&value);
}
