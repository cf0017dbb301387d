/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interfaces.h - list the network interfaces for capturing, and tell whether
 * the user may capture.
 *
 *	struct live_interfaces list;
 *	live_interfaces_list(&list);
 *	... list.items[i].name ...
 *	live_interfaces_release(&list);
 */
#ifndef LIVE_INTERFACES_H
#define LIVE_INTERFACES_H

#include <stdbool.h>
#include <stddef.h>

struct live_interface {
	char *name;
	const char *kind; /* "Ethernet", "loopback", ...; "all" for "any"; "-":
			     others */
	bool is_up;	  /* dumpcap captures only on these */
	char *addresses;  /* separated by ", "; may be "" */
};

/* It owns what it points to. */
struct live_interfaces {
	struct live_interface *items;
	size_t n, cap;
};

/* The interfaces of this network namespace, then "any". */
void live_interfaces_list(struct live_interfaces *list);
void live_interfaces_release(struct live_interfaces *list);

/*
 * Whether this user may capture, as far as can be told without trying.
 * Returns a sentence for the user, which also says what to do if not; the
 * caller frees it.
 */
char *live_interfaces_permission(bool *may);

#endif
