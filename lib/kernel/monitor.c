/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/monitor.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "kernel/log_lines.h"
#include "kernel/stamp.h"

static const char *const names[] = {
	[MONITOR_CREATED] = "CREATED",
	[MONITOR_ESTABLISHED] = "ESTABLISHED",
	[MONITOR_CLOSED] = "CLOSED",
	[MONITOR_ANNOUNCED] = "ANNOUNCED",
	[MONITOR_REMOVED] = "REMOVED",
	[MONITOR_SF_ESTABLISHED] = "SF_ESTABLISHED",
	[MONITOR_SF_CLOSED] = "SF_CLOSED",
	[MONITOR_SF_PRIO] = "SF_PRIO",
};

/* "[   SF_CLOSED]": find the text within the brackets. */
struct bracket {
	const char *name;
	size_t n;
	const char *behind;
};

/* The name of an event, also of an unknown one: "UNKNOWN 15". */
static bool is_name(const struct bracket *b)
{
	if (!b->n)
		return false;
	for (size_t i = 0; i < b->n; i++)
		if (!isupper((unsigned char)b->name[i]) &&
		    !strchr("_ 0123456789", b->name[i]))
			return false;
	return isupper((unsigned char)b->name[0]);
}

/* The first name in a line that may be from the program; false: none. */
static bool find_bracket(const char *line, struct bracket *out)
{
	for (const char *at = line; (at = strchr(at, '[')); at++) {
		out->name = at + 1 + strspn(at + 1, " ");
		out->n = strcspn(out->name, "]");
		if (!out->name[out->n])
			return false;
		out->behind = out->name + out->n + 1;
		if (is_name(out))
			return true;
	}
	return false;
}

static enum monitor_kind find_kind(const struct bracket *b)
{
	size_t kind = 0;

	while (kind < MONITOR_KINDS &&
	       (strlen(names[kind]) != b->n ||
		strncasecmp(names[kind], b->name, b->n)))
		kind++;
	return (enum monitor_kind)kind;
}

/* As packets have it. */
static void take_address(struct monitor_event *e, struct address *out,
			 unsigned flag, const char *value, size_t n)
{
	if (address_parse(out, value, n))
		return;
	e->has |= flag;
	address_unmap(out);
}

/* Fields that are decimal numbers. */
static const struct number {
	const char *key;
	size_t at; /* offset in struct monitor_event of an uint32_t */
	uint32_t max;
	unsigned flag;
} numbers[] = {
#define NUMBER(key, name, max, flag)                                           \
	{                                                                      \
		key, offsetof(struct monitor_event, name), max, flag           \
	}
	NUMBER("remid", remote_id, UINT8_MAX, MONITOR_HAS_REMOTE_ID),
	NUMBER("locid", local_id, UINT8_MAX, MONITOR_HAS_LOCAL_ID),
	NUMBER("sport", source_port, UINT16_MAX, 0),
	NUMBER("dport", destination_port, UINT16_MAX, 0),
	NUMBER("backup", backup, 1, MONITOR_HAS_BACKUP),
	NUMBER("error", error, UINT32_MAX, MONITOR_HAS_ERROR),
	NUMBER("reset_reason", reason, UINT32_MAX, MONITOR_HAS_REASON),
	NUMBER("ifindex", interface, INT32_MAX, MONITOR_HAS_INTERFACE),
#undef NUMBER
};

static bool is_key(const char *key, size_t n, const char *word)
{
	return n == strlen(word) && !strncmp(key, word, n);
}

static void take_number(struct monitor_event *e, const struct number *number,
			const char *value, size_t n)
{
	uint64_t parsed = 0;

	if (num_u64(value, n, number->max, &parsed))
		return;
	*(uint32_t *)(void *)((char *)e + number->at) = (uint32_t)parsed;
	e->has |= number->flag;
}

/*
 * "key=value", with n characters of value.  Unknown keys of later kernels are
 * ignored.
 */
static void take_field(struct monitor_event *e, const char *key, size_t n_key,
		       const char *value, size_t n)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (is_key(key, n_key, numbers[i].key))
			take_number(e, &numbers[i], value, n);
	if (is_key(key, n_key, "saddr4") || is_key(key, n_key, "saddr6"))
		take_address(e, &e->source, MONITOR_HAS_SOURCE, value, n);
	else if (is_key(key, n_key, "daddr4") || is_key(key, n_key, "daddr6"))
		take_address(e, &e->destination, MONITOR_HAS_DESTINATION, value,
			     n);
}

/* False: there is no token, so the connection is unknown. */
static bool take_fields(struct monitor_event *e, const char *text)
{
	bool has_token = false;

	while (*(text += strspn(text, " \t\r\n"))) {
		const size_t n_key = strcspn(text, "= \t\r\n");
		const char *value = text + n_key + 1;
		size_t n = 0;
		uint64_t token = 0;

		if (text[n_key] != '=') {
			text += n_key;
			continue;
		}
		n = strcspn(value, " \t\r\n");
		if (is_key(text, n_key, "token")) {
			has_token = !num_hex(value, n, UINT32_MAX, &token);
			e->token = (uint32_t)token;
		} else {
			take_field(e, text, n_key, value, n);
		}
		text = value + n;
	}
	return has_token;
}

/* State while a log is read. */
struct reading {
	struct monitor *out;
	size_t line;
	size_t events; /* from the program, including those that are ignored */
	struct stamp last; /* of a line that "ip -t" printed before an event */
};

static void take_line(struct reading *r, const char *line)
{
	struct monitor_event e = { .line = r->line };
	struct bracket b;
	struct stamp stamp = { .known = false };

	if (stamp_of_line(line, &r->last))
		return;
	if (!find_bracket(line, &b))
		return;
	r->events++;
	stamp = r->last;
	r->last.known = false;
	e.kind = find_kind(&b);
	if (e.kind == MONITOR_KINDS || !take_fields(&e, b.behind))
		return;
	if (!stamp.known)
		stamp_before(line, (size_t)(b.name - line), &stamp);
	if (stamp.known) {
		e.time = stamp.time;
		e.has |= MONITOR_HAS_TIME;
		e.has |= stamp.has_zone ? MONITOR_HAS_ZONE : 0;
		e.has |= stamp.no_year ? MONITOR_NO_YEAR : 0;
	}
	*MEM_PUSH(r->out->events, r->out->n, r->out->cap) = e;
}

static void take(void *ctx, size_t number, char *line)
{
	struct reading *r = ctx;

	r->line = number;
	take_line(r, line);
}

int monitor_read(struct monitor *out, const char *path, struct error *err)
{
	struct reading r = { .out = out };
	ptrdiff_t lines = 0;

	*out = (struct monitor){ .n = 0 };
	lines = log_lines_read(path, take, &r, &out->is_cut, err);
	if (lines < 0) {
		monitor_release(out);
		return -1;
	}
	if (!r.events && lines)
		return error_set(err, EXIT_INPUT,
				 "'%s' has no line that \"ip mptcp monitor\" "
				 "prints, as [CREATED] token=...",
				 path);
	return 0;
}

void monitor_release(struct monitor *m)
{
	free(m->events);
	*m = (struct monitor){ .n = 0 };
}
