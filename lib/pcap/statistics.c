/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pcap/statistics.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "pcap/option.h"

enum {
	BLOCK_STATISTICS = 5,
	/* type, length, interface, time: before the options */
	BLOCK_HEADER = 20,
	TRAILER = 4,
	/* dropped by the interface, due to lack of resources */
	OPTION_IFDROP = 5,
	OPTION_OSDROP = 7 /* by the operating system */
};

struct interface_drops {
	char *name; /* owned; NULL: unused */
	uint64_t packets;
};

/* Some programs write this for an unknown number. */
static const uint64_t not_known = UINT64_MAX;

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* Whether the block has a counter of dropped packets. */
static bool count_dropped(const struct pcap_walk *w,
			  const struct pcap_record *r, uint64_t *dropped)
{
	const uint8_t *at = r->raw + BLOCK_HEADER;
	const uint8_t *end = r->raw + r->n_raw - TRAILER;
	struct pcap_option o;
	bool has = false;

	while (pcap_next_option(w->swapped, &at, end, &o) > 0) {
		uint64_t v = 0;

		if ((o.code != OPTION_IFDROP && o.code != OPTION_OSDROP) ||
		    o.n != sizeof(v))
			continue;
		v = pcap_u64(w->swapped, o.value);
		if (v == not_known)
			continue;
		*dropped = sum(*dropped, v);
		has = true;
	}
	return has;
}

static void set_dropped(struct pcap_statistics *s, const struct pcap_walk *w,
			uint32_t interface, uint64_t packets)
{
	if (interface >= s->n) {
		s->of = mem_realloc(s->of, w->n_interfaces, sizeof(*s->of));
		memset(s->of + s->n, 0,
		       (w->n_interfaces - s->n) * sizeof(*s->of));
		s->n = w->n_interfaces;
	}
	if (!s->of[interface].name)
		s->of[interface].name =
			mem_strdup(w->interfaces[interface].name);
	s->of[interface].packets = packets;
}

void pcap_statistics_take(struct pcap_statistics *s, const struct pcap_walk *w,
			  const struct pcap_record *r)
{
	uint64_t dropped = 0;
	uint32_t interface = 0;

	if (r->kind == PCAP_SECTION)
		pcap_statistics_settle(s);
	if (r->kind != PCAP_NOTE || r->n_raw < BLOCK_HEADER + TRAILER ||
	    pcap_u32(w->swapped, r->raw) != BLOCK_STATISTICS)
		return;
	interface = pcap_u32(w->swapped, r->raw + 8);
	if (interface < w->n_interfaces && count_dropped(w, r, &dropped))
		set_dropped(s, w, interface, dropped);
}

bool pcap_statistics_now(const struct pcap_statistics *s, uint64_t *dropped)
{
	bool has = false;

	*dropped = 0;
	for (size_t i = 0; i < s->n; i++) {
		has |= s->of[i].name != NULL;
		*dropped = sum(*dropped, s->of[i].packets);
	}
	return has;
}

void pcap_statistics_settle(struct pcap_statistics *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->of[i].packets)
			capture_info_add_dropped(s->info, s->of[i].name,
						 s->of[i].packets);
		free(s->of[i].name);
	}
	free(s->of);
	s->of = NULL;
	s->n = 0;
}

void pcap_statistics_of_file(int fd, off_t start, struct capture_info *info)
{
	struct pcap_statistics s = { .info = info };
	struct pcap_walk walk;
	struct pcap_record record;
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	if (pcap_walk_open(&walk, fd, start) == 0 && walk.is_pcapng)
		while (pcap_walk_next(&walk, &record) == PCAP_RECORD)
			pcap_statistics_take(&s, &walk, &record);
	pcap_walk_close(&walk);
	pcap_statistics_settle(&s);
}
