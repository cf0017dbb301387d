/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "row/capture_info.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	DROPPED_MAX = 64 /* interfaces by name; all others share the name "" */
};

const char *capture_reader_name(enum capture_reader reader)
{
	static const char *const names[] = { [CAPTURE_BY_TSHARK] = "tshark",
					     [CAPTURE_BY_NATIVE] = "native",
					     [CAPTURE_BY_CSV] = "csv" };

	return names[reader];
}

void capture_info_add_time(struct capture_info *info, int64_t time)
{
	if (!info->has_time || time < info->first_time)
		info->first_time = time;
	if (!info->has_time || time > info->last_time)
		info->last_time = time;
	info->has_time = true;
}

void capture_info_add(struct capture_info *all, const struct capture_info *part)
{
	all->odd_packets += part->odd_packets;
	all->compared_packets += part->compared_packets;
	all->packets += part->packets;
	all->tcp_packets += part->tcp_packets;
	all->malformed += part->malformed;
	all->options_cut += part->options_cut;
	all->snapped += part->snapped;
	if (part->snaplen > all->snaplen)
		all->snaplen = part->snaplen;
	if (part->needed > all->needed)
		all->needed = part->needed;
	if (part->has_time) {
		capture_info_add_time(all, part->first_time);
		capture_info_add_time(all, part->last_time);
	}
	for (size_t i = 0; i < part->n_dropped; i++)
		capture_info_add_dropped(all, part->dropped[i].interface,
					 part->dropped[i].packets);
	all->complete &= part->complete;
	all->from_cache &= part->from_cache;
}

static struct dropped *dropped_on(const struct capture_info *info,
				  const char *interface)
{
	for (size_t i = 0; i < info->n_dropped; i++)
		if (strcmp(info->dropped[i].interface, interface) == 0)
			return &info->dropped[i];
	return NULL;
}

void capture_info_add_dropped(struct capture_info *info, const char *interface,
			      uint64_t packets)
{
	struct dropped *of = dropped_on(info, interface);

	if (!of && info->n_dropped >= DROPPED_MAX) {
		interface = "";
		of = dropped_on(info, interface);
	}
	if (!of) {
		of = MEM_PUSH(info->dropped, info->n_dropped,
			      info->cap_dropped);
		*of = (struct dropped){ .interface = mem_strdup(interface) };
	}
	of->packets = packets > UINT64_MAX - of->packets
			      ? UINT64_MAX
			      : of->packets + packets;
}

const char *capture_info_warning(const struct capture_info *info, size_t i)
{
	if (i < info->warnings.n)
		return info->warnings.items[i];
	i -= info->warnings.n;
	return i < info->n_shortcomings ? info->shortcomings[i].sentence : NULL;
}

void capture_info_release(struct capture_info *info)
{
	for (size_t i = 0; i < info->n_dropped; i++)
		free(info->dropped[i].interface);
	for (size_t i = 0; i < info->n_shortcomings; i++) {
		free(info->shortcomings[i].sentence);
		free(info->shortcomings[i].advice);
	}
	free(info->dropped);
	free(info->shortcomings);
	free(info->jumps);
	free(info->path);
	origins_release(&info->origins);
	strlist_release(&info->warnings);
	icmp_errors_release(&info->icmp);
	strlist_release(&info->interfaces);
	*info = (struct capture_info){ .path = NULL };
}
