/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "row/info_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/strbuf.h"
#include "base/text.h"

static json_t *time_text(const struct capture_info *info, int64_t time)
{
	struct strbuf text = STRBUF_INIT;
	json_t *o = NULL;

	if (!info->has_time)
		return json_null();
	strbuf_nanoseconds(&text, time);
	o = json_string(text.text);
	strbuf_release(&text);
	return o;
}

/* A warning may quote tshark, whose output need not be UTF-8. */
static json_t *warning_text(const char *warning)
{
	json_t *o = json_string(warning);
	char *plain = NULL;

	if (o)
		return o;
	plain = mem_strdup(warning);
	text_make_ascii(plain);
	o = json_string(plain);
	free(plain);
	return o;
}

/* frame, time, from, type, code, source, port, destination, port, seq */
static const char icmp_form[] = "[I, s, s, i, i, s, i, s, i, I]";

static json_t *icmp_list(const struct icmp_errors *list)
{
	json_t *all = json_array();

	for (size_t i = 0; i < list->n; i++) {
		const struct icmp_error *e = &list->items[i];
		struct strbuf time = STRBUF_INIT;

		strbuf_nanoseconds(&time, e->time);
		json_array_append_new(
			all,
			json_pack(icmp_form, (json_int_t)e->frame, time.text,
				  address_text(&e->from).text, e->type, e->code,
				  address_text(&e->src).text, e->sport,
				  address_text(&e->dst).text, e->dport,
				  (json_int_t)e->seq));
		strbuf_release(&time);
	}
	return all;
}

/* The sender may be unknown. */
static int take_sender(struct address *to, const char *text)
{
	return *text ? address_parse(to, text, strlen(text)) : 0;
}

static bool is_within(int value, int max)
{
	return value >= 0 && value <= max;
}

static int get_icmp(json_t *o, struct icmp_errors *list)
{
	const char *time = NULL, *from = NULL, *src = NULL, *dst = NULL;
	int type = 0, code = 0, sport = 0, dport = 0;
	json_int_t frame = 0, seq = 0;
	struct icmp_error e = { .frame = 0 };

	if (json_unpack(o, icmp_form, &frame, &time, &from, &type, &code, &src,
			&sport, &dst, &dport, &seq) < 0 ||
	    frame < 0 || frame > UINT32_MAX || seq < 0 || seq > UINT32_MAX ||
	    !is_within(type, UINT8_MAX) || !is_within(code, UINT8_MAX) ||
	    !is_within(sport, UINT16_MAX) || !is_within(dport, UINT16_MAX) ||
	    num_nanoseconds(time, strlen(time), &e.time) < 0 ||
	    take_sender(&e.from, from) < 0 ||
	    address_parse(&e.src, src, strlen(src)) < 0 ||
	    address_parse(&e.dst, dst, strlen(dst)) < 0)
		return -1;
	e.frame = (uint32_t)frame;
	e.seq = (uint32_t)seq;
	e.type = (uint8_t)type;
	e.code = (uint8_t)code;
	e.sport = (uint16_t)sport;
	e.dport = (uint16_t)dport;
	icmp_errors_add(list, &e);
	return 0;
}

/* If it is missing there are none: exports of 0.1.0 lack it. */
static int get_icmp_list(json_t *o, struct icmp_errors *list)
{
	json_t *all = json_object_get(o, "icmp"), *one = NULL;
	size_t i = 0;

	if (all && !json_is_array(all))
		return -1;
	json_array_foreach (all, i, one)
		if (get_icmp(one, list) < 0)
			return -1;
	return 0;
}

static json_t *text_list(const struct strlist *list)
{
	json_t *all = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(all, warning_text(list->items[i]));
	return all;
}

/* Missing: none, as in exports of 0.1.0. */
static int get_texts(json_t *o, const char *name, struct strlist *list)
{
	json_t *all = json_object_get(o, name), *one = NULL;
	size_t i = 0;

	if (all && !json_is_array(all))
		return -1;
	json_array_foreach (all, i, one) {
		if (!json_is_string(one))
			return -1;
		strlist_add(list, json_string_value(one));
	}
	return 0;
}

/* packet, seconds, streams */
static const char jump_form[] = "[I, s, I]";

static json_t *jump_list(const struct capture_info *info)
{
	json_t *all = json_array();

	for (size_t i = 0; i < info->n_jumps; i++) {
		struct strbuf by = STRBUF_INIT;

		strbuf_nanoseconds(&by, info->jumps[i].by);
		json_array_append_new(
			all,
			json_pack(jump_form, (json_int_t)info->jumps[i].packet,
				  by.text, (json_int_t)info->jumps[i].streams));
		strbuf_release(&by);
	}
	return all;
}

/* Missing: none, as in exports of 0.1.0; the same below. */
static int get_jumps(json_t *o, struct capture_info *info)
{
	json_t *all = json_object_get(o, "clock_jumps"), *one = NULL;
	size_t i = 0;

	if (all && !json_is_array(all))
		return -1;
	json_array_foreach (all, i, one) {
		json_int_t packet = 0, streams = 0;
		const char *by = NULL;
		struct clock_jump jump = { .packet = 0 };

		if (json_unpack(one, jump_form, &packet, &by, &streams) < 0 ||
		    packet < 0 || packet > UINT32_MAX || streams < 0 ||
		    streams > UINT32_MAX ||
		    num_nanoseconds(by, strlen(by), &jump.by) < 0)
			return -1;
		jump.packet = (uint32_t)packet;
		jump.streams = (uint32_t)streams;
		*MEM_PUSH(info->jumps, info->n_jumps, info->cap_jumps) = jump;
	}
	return 0;
}

/* interface, packets */
static const char dropped_form[] = "[s, s]";

static json_t *dropped_list(const struct capture_info *info)
{
	json_t *all = json_array();

	for (size_t i = 0; i < info->n_dropped; i++) {
		const struct dropped *d = &info->dropped[i];
		json_t *one = json_array();
		struct strbuf packets = STRBUF_INIT;

		strbuf_decimal(&packets, d->packets);
		json_array_append_new(one, warning_text(d->interface));
		json_array_append_new(one, json_string(packets.text));
		json_array_append_new(all, one);
		strbuf_release(&packets);
	}
	return all;
}

static int get_dropped(json_t *o, struct capture_info *info)
{
	json_t *all = json_object_get(o, "dropped"), *one = NULL;
	size_t i = 0;

	if (all && !json_is_array(all))
		return -1;
	json_array_foreach (all, i, one) {
		const char *interface = NULL, *packets = NULL;
		uint64_t n = 0;

		if (json_unpack(one, dropped_form, &interface, &packets) < 0 ||
		    num_u64(packets, strlen(packets), UINT64_MAX, &n) < 0)
			return -1;
		capture_info_add_dropped(info, interface, n);
	}
	return 0;
}

/* What was truncated by the snapshot length, if anything. */
static json_t *snapped(const struct capture_info *info)
{
	return json_pack("{s:I, s:I, s:I}", "packets",
			 (json_int_t)info->snapped, "snaplen",
			 (json_int_t)info->snaplen, "needed",
			 (json_int_t)info->needed);
}

static int get_snapped(json_t *o, struct capture_info *info)
{
	json_t *s = json_object_get(o, "snapped");
	uint64_t snaplen = 0, needed = 0;

	if (!s)
		return 0;
	if (info_json_count(s, "packets", &info->snapped) < 0 ||
	    info_json_count(s, "snaplen", &snaplen) < 0 ||
	    info_json_count(s, "needed", &needed) < 0 || snaplen > UINT32_MAX ||
	    needed > UINT32_MAX)
		return -1;
	info->snaplen = (uint32_t)snaplen;
	info->needed = (uint32_t)needed;
	return 0;
}

json_t *info_json_encode(const struct capture_info *info, uint64_t rows)
{
	return json_pack(
		"{s:I, s:I, s:I, s:o, s:o, s:b, s:o, s:o*, s:o*, s:o*, s:o*, "
		"s:o*}",
		"packets", (json_int_t)info->packets, "rows", (json_int_t)rows,
		"malformed", (json_int_t)info->malformed, "first_time",
		time_text(info, info->first_time), "last_time",
		time_text(info, info->last_time), "complete", info->complete,
		"warnings", text_list(&info->warnings), "icmp",
		info->icmp.n ? icmp_list(&info->icmp) : NULL, "interfaces",
		info->interfaces.n ? text_list(&info->interfaces) : NULL,
		"snapped", info->snapped ? snapped(info) : NULL, "clock_jumps",
		info->n_jumps ? jump_list(info) : NULL, "dropped",
		info->n_dropped ? dropped_list(info) : NULL);
}

int info_json_count(json_t *o, const char *name, uint64_t *out)
{
	json_t *v = json_object_get(o, name);

	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return -1;
	*out = (uint64_t)json_integer_value(v);
	return 0;
}

static int get_time(json_t *o, const char *name, bool *has, int64_t *out)
{
	json_t *v = json_object_get(o, name);

	*has = json_is_string(v);
	if (!*has)
		return json_is_null(v) ? 0 : -1;
	return num_nanoseconds(json_string_value(v), json_string_length(v),
			       out);
}

int info_json_decode(json_t *o, struct capture_info *info, uint64_t *rows)
{
	json_t *complete = json_object_get(o, "complete");
	bool has_last = false;

	if (info_json_count(o, "packets", &info->packets) < 0 ||
	    info_json_count(o, "rows", rows) < 0 ||
	    info_json_count(o, "malformed", &info->malformed) < 0 ||
	    get_time(o, "first_time", &info->has_time, &info->first_time) < 0 ||
	    get_time(o, "last_time", &has_last, &info->last_time) < 0 ||
	    has_last != info->has_time || !json_is_boolean(complete) ||
	    !json_is_array(json_object_get(o, "warnings")) ||
	    get_texts(o, "warnings", &info->warnings) < 0 ||
	    get_texts(o, "interfaces", &info->interfaces) < 0)
		return -1;
	info->complete = json_is_true(complete);
	return get_icmp_list(o, &info->icmp) < 0 || get_snapped(o, info) < 0 ||
			       get_jumps(o, info) < 0 ||
			       get_dropped(o, info) < 0
		       ? -1
		       : 0;
}
