/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/list_interfaces.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "live/interfaces.h"
#include "output/human.h"

/* Of the longest of them, and the heading. */
static int width_of(const struct live_interfaces *list, bool kind,
		    const char *heading)
{
	size_t most = strlen(heading);

	for (size_t i = 0; i < list->n; i++) {
		const size_t n = strlen(kind ? list->items[i].kind
					     : list->items[i].name);

		most = n > most ? n : most;
	}
	return (int)most;
}

static void print_line(const char *const cells[4], const int widths[2])
{
	struct strbuf line = STRBUF_INIT;

	strbuf_printf(&line, "%-*s  %-*s  %-5s  %s", widths[0], cells[0],
		      widths[1], cells[1], cells[2], cells[3]);
	while (line.len && line.text[line.len - 1] == ' ')
		line.text[--line.len] = '\0';
	text_make_plain(line.text);
	puts(line.text);
	strbuf_release(&line);
}

void list_interfaces(void)
{
	static const char *const headings[] = { "INTERFACE", "KIND", "STATE",
						"ADDRESSES" };
	struct live_interfaces list = { .n = 0 };
	struct strbuf sentence = STRBUF_INIT;
	int widths[2];
	bool may = false;
	char *permission = live_interfaces_permission(&may);

	live_interfaces_list(&list);
	widths[0] = width_of(&list, false, headings[0]);
	widths[1] = width_of(&list, true, headings[1]);
	print_line(headings, widths);
	for (size_t i = 0; i < list.n; i++) {
		const struct live_interface *one = &list.items[i];
		const char *const cells[] = { one->name, one->kind,
					      one->is_up ? "up" : "down",
					      one->addresses };

		print_line(cells, widths);
	}
	putchar('\n');
	strbuf_puts(&sentence, permission);
	human_say(&sentence, 0);
	strbuf_release(&sentence);
	free(permission);
	live_interfaces_release(&list);
}
