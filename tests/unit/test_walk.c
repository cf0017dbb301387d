/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Capture files from record to record: both formats in both byte orders, whole
   and cut, from files, pipes and gzip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <zlib.h>

#include "craft_file.h"

static const int64_t second = 1000000000;

static void make_pcap(struct file *f, uint32_t magic)
{
	put_header(f, magic, RAW, 65535);
	put_record(f, 5, 999999, 0);
	put_record(f, UINT32_MAX, 7, 201);
	put_record(f, 6, 0, 400);
	put_record(f, 6, 1, 1);
}

static void pcap(void **state)
{
	struct seen s;

	(void)state;
	for (int swapped = 0; swapped < 2; swapped++) {
		struct file f = { .swapped = swapped };
		const struct pcap_record *r = s.records;

		make_pcap(&f, us);
		assert_string_equal(walk_once(&s, &f), "SPPPP.");
		assert_int_equal(r[1].link, RAW);
		assert_int_equal(r[2].captured, 201);
		assert_int_equal(r[2].length, 301);
		assert_string_equal(s.names[1], "");
		assert_false(r[1].is_odd);
		assert_true(r[1].has_time && r[2].has_time);
		assert_int_equal(r[1].time, 5 * second + 999999000);
		assert_int_equal(r[2].time, UINT32_MAX * second + 7000);

		make_pcap(&f, ns);
		assert_string_equal(walk_once(&s, &f), "SPPPP.");
		assert_int_equal(r[1].time, 5 * second + 999999);
	}
}

/* The steps of one record behind "before" others that are sound. */
static const char *behind(struct seen *s, uint32_t before, uint32_t magic,
			  const struct pcap_record *r, uint32_t fraction)
{
	struct file f = { .n = 0 };

	put_header(&f, magic, RAW, 1000);
	for (uint32_t i = 0; i < before; i++)
		put_record(&f, 1, 1, 4);
	put32(&f, 7);
	put32(&f, fraction);
	put32(&f, r->captured);
	put32(&f, r->length);
	put_zeros(&f, r->captured);
	walk_once(s, &f);
	assert_int_equal(strspn(s->steps + 1, "P"), s->n - 1);
	return s->steps + 1 + before;
}

/*
 * What makes no sense in one of the first records may be another format; later
 * it is what it is.
 */
static void first_records(void **state)
{
	static const struct {
		uint32_t magic, captured, length, fraction;
		bool sound, has_time;
	} cases[] = {
		{ 0xa1b2c3d4, 1000, 1000, 999999, true, true },
		{ 0xa1b2c3d4, 1, 128 << 20, 0, true, true },
		{ 0xa1b2c3d4, 1, (128 << 20) + 1, 0, false, true },
		{ 0xa1b2c3d4, 1001, 1001, 0, false, true },
		{ 0xa1b2c3d4, 10, 9, 0, false, true },
		{ 0xa1b2c3d4, 10, 10, 1000000, false, false },
		{ 0xa1b2c3d4, 10, 10, UINT32_MAX, false, false },
		{ 0xa1b23c4d, 10, 10, 999999999, true, true },
		{ 0xa1b23c4d, 10, 10, 1000000000, false, false },
	};
	struct seen s;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (uint32_t before = 0; before < 25; before++) {
			const struct pcap_record r = {
				.captured = cases[i].captured,
				.length = cases[i].length
			};
			const bool well = cases[i].sound || before >= 20;

			assert_string_equal(behind(&s, before, cases[i].magic,
						   &r, cases[i].fraction),
					    well ? "P." : "~");
			if (well)
				assert_int_equal(s.records[s.n - 1].has_time,
						 cases[i].has_time);
		}
}

/* Three interfaces, two sections, and all that no packet depends on. */
static void make_pcapng(struct file *f)
{
	put_section(f);
	put_named(f, ETHERNET, 2, "eth0");
	put_packet(f, 0, 1500000, 8, NULL);
	put_named(f, RAW, 3, "a tunnel");
	put_words(f, 4, 1);
	put_packet(f, 1, 2500001, 203, NULL);
	put_packet(f, 0, 0, 0, NULL);
	put_words(f, 5, 3);
	put_words(f, 10, 2);
	put_section(f);
	put_interface(f, RAW, NULL);
	put_packet(f, 0, 1, 1, NULL);
}

static void pcapng(void **state)
{
	struct seen s;

	(void)state;
	for (int swapped = 0; swapped < 2; swapped++) {
		struct file f = { .swapped = swapped };
		const struct pcap_record *r = s.records;

		make_pcapng(&f);
		assert_string_equal(walk_once(&s, &f), "SIPINPPNNSIP.");
		assert_int_equal(r[2].link, ETHERNET);
		assert_string_equal(s.names[2], "eth0");
		assert_int_equal(r[2].time, 1500000000);
		assert_int_equal(r[5].link, RAW);
		assert_string_equal(s.names[5], "a tunnel");
		assert_int_equal(r[5].captured, 203);
		assert_int_equal(r[5].length, 303);
		assert_int_equal(r[5].time, 2500001000);
		assert_string_equal(s.names[6], "eth0");
		/* The interfaces of another section are gone. */
		assert_int_equal(r[11].link, RAW);
		assert_string_equal(s.names[11], "");
		assert_int_equal(r[11].number, 4);
	}
}

/* Each section says in which order its bytes are. */
static void both_orders_in_one(void **state)
{
	struct file f = { .swapped = false };
	struct seen s;

	(void)state;
	make_pcapng(&f);
	f.swapped = true;
	make_pcapng(&f);
	assert_string_equal(walk_once(&s, &f), "SIPINPPNNSIPSIPINPPNNSIP.");
	assert_int_equal(s.records[17].captured, 203);
	assert_int_equal(s.records[17].time, 2500001000);
}

static void names(void **state)
{
	char text[5001];
	struct file f = { .n = 0 }, o = { .n = 0 };
	struct seen s;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	put_section(&f);
	put_option(&o, 3, "described", 9);
	put_option(&o, 2, "name", 4);
	put_option(&o, 3, "again", 5);
	put_interface(&f, RAW, &o);
	put_packet(&f, 0, 0, 0, NULL);
	text[4096] = '\0';
	put_named(&f, RAW, 2, text);
	put_packet(&f, 1, 0, 0, NULL);
	text[4096] = 'x';
	put_named(&f, RAW, 2, text); /* too long to be one */
	assert_string_equal(walk_once(&s, &f), "SIPIP~");
	assert_string_equal(s.names[2], "name");
	assert_int_equal(strspn(s.names[4], "x"), sizeof(*s.names) - 1);
}

/* As Wireshark shows them: escapes, and a mark for what is no UTF-8. */
static void names_to_print(void **state)
{
	static const struct {
		const char *name, *shown;
	} cases[] = {
		{ "a\tb\nc\rd", "a\\tb\\nc\\rd" },
		{ "a\x01\x7f", "a\\001\\177" },
		{ "\xc3\xa9", "\xc3\xa9" },
		{ "cut \xc3", "cut \xef\xbf\xbd" },
		{ "cut \xe2\x82", "cut \xef\xbf\xbd\xef\xbf\xbd" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct file f = { .n = 0 };
		struct seen s;

		put_section(&f);
		put_named(&f, RAW, 2, cases[i].name);
		put_packet(&f, 0, 0, 0, NULL);
		assert_string_equal(walk_once(&s, &f), "SIP.");
		assert_string_equal(s.names[2], cases[i].shown);
	}
}

/* A packet of an interface with these options, as they are or twice. */
static const struct pcap_record *packet_of(struct seen *s, uint16_t code,
					   const char *value, size_t n,
					   bool twice)
{
	struct file f = { .n = 0 }, o = { .n = 0 };

	put_section(&f);
	for (int i = 0; i <= twice; i++)
		put_option(&o, code, value, (uint16_t)n);
	put_interface(&f, RAW, &o);
	put_packet(&f, 0, 0, 0, NULL);
	assert_string_equal(walk_once(s, &f), "SIP.");
	return &s->records[2];
}

/* Where Wireshark's versions differ the packets are odd. */
static void odd_interfaces(void **state)
{
	struct seen s;

	(void)state;
	for (uint16_t code = 2; code <= 3; code++) {
		assert_false(packet_of(&s, code, "eth0", 4, false)->is_odd);
		assert_false(packet_of(&s, code, " ~", 2, false)->is_odd);
		assert_true(packet_of(&s, code, "eth\t", 4, false)->is_odd);
		assert_true(packet_of(&s, code, "\303\244", 2, false)->is_odd);
		assert_true(packet_of(&s, code, "a\177", 2, false)->is_odd);
		assert_true(packet_of(&s, code, "a\0b", 3, false)->is_odd);
		assert_string_equal(s.names[2], "a");
		assert_true(packet_of(&s, code, "", 0, false)->is_odd);
		/* So Wireshark calls what has no name. */
		assert_false(packet_of(&s, code, "unknown", 7, false)->is_odd);
		assert_string_equal(s.names[2], "");
		/* And that is what tshark prints of no name. */
		packet_of(&s, code, "<MISSING>", 9, false);
		assert_string_equal(s.names[2], "");
	}
	assert_true(packet_of(&s, 2, "eth0", 4, true)->is_odd);
	assert_false(packet_of(&s, 9, "\6", 1, false)->is_odd);
	assert_true(packet_of(&s, 9, "\6", 1, true)->is_odd);
}

/* The stamp of a packet with these options of its interface; -1: no time. */
static int64_t time_of(bool swapped, int resolution, int64_t offset,
		       uint64_t stamp)
{
	struct file f = { .swapped = swapped }, o = f, eight = f;
	struct seen s;

	put_section(&f);
	put64(&eight, (uint64_t)offset);
	if (resolution >= 0)
		put_option(&o, 9, &(uint8_t){ (uint8_t)resolution }, 1);
	if (offset)
		put_option(&o, 14, eight.bytes, 8);
	put_interface(&f, RAW, &o);
	put_packet(&f, 0, stamp, 4, NULL);
	free(eight.bytes);
	assert_string_equal(walk_once(&s, &f), "SIP.");
	return s.records[2].has_time ? s.records[2].time : -1;
}

static void times(void **state)
{
	/* Seconds of which twice the ns fit into 64 bits. */
	static const uint64_t last = ((uint64_t)1 << 62) / 1000000000 - 1;
	static const struct {
		int resolution; /* -1: none is said */
		int64_t offset;
		uint64_t stamp;
		int64_t time;
	} cases[] = {
		{ -1, 0, 1234567, 1234567000 },
		{ 6, 0, 1234567, 1234567000 },
		{ 9, 0, 1234567, 1234567 },
		{ 3, 0, 1234567, 1234567000000 },
		{ 0, 0, 1234567, 1234567000000000 },
		{ 7, 0, 12345678, 1234567800 },
		{ 10, 0, 12345678, -1 },
		{ 19, 0, 12345678, -1 },
		{ 20, 0, 12345678, -1 },
		{ 127, 0, 12345678, -1 },
		{ 0x80, 0, 3, 3000000000 },
		{ 0x80 | 1, 0, 3, 1500000000 },
		{ 0x80 | 20, 0, 1, 953 }, /* 953.67 ns */
		{ 0x80 | 29, 0, 3, 5 },	  /* 5.59 ns */
		{ 0x80 | 30, 0, 3, -1 },
		{ 0x80 | 63, 0, 3, -1 },
		{ 0x80 | 64, 0, 3, -1 },
		{ 0xff, 0, 3, -1 },
		{ -1, 1, 1, 1000001000 },
		{ -1, -1, 1000001, 1000 },
		{ -1, -1, 999999, -1 },
		{ 0, 1700000000, 5, 1700000005000000000 },
		{ 0, 0, last, (int64_t)last * 1000000000 },
		{ 0, 0, last + 1, -1 },
		{ 0, (int64_t)last, 0, (int64_t)last * 1000000000 },
		{ 0, (int64_t)last, 1, -1 },
		{ 0, -(int64_t)last, last, 0 },
		{ 0, INT64_MIN, 0, -1 },
		{ 0, INT64_MAX, 0, -1 },
		{ 0, INT64_MAX, UINT64_MAX, -1 },
		{ 0, 0, UINT64_MAX, -1 },
		{ 0, 5, UINT64_MAX, -1 },
		{ -1, 0, UINT64_MAX, -1 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		const int64_t got =
			time_of(i & 1, cases[i / 2].resolution,
				cases[i / 2].offset, cases[i / 2].stamp);

		if (got != cases[i / 2].time)
			fail_msg("case %zu: %lld", i / 2, (long long)got);
	}
}

/*
 * The end of a file that is cut when so many bytes of a record are there. In a
 * pcapng it is told only of packets, which are not read when bytes are missing;
 * but the options are looked at before the length behind them.  In a pcap the
 * first records may be of another format, whose headers are longer.
 */
static char end_when_cut(bool ng, const struct pcap_record *r, size_t n)
{
	const bool in_packet = r->kind == PCAP_PACKET && n < r->n_raw - 4;

	if (n == 0)
		return '.';
	if (!ng)
		return r->kind == PCAP_SECTION || r->number > 20 ? '/' : '~';
	return n < 8 || in_packet ? '/' : '~';
}

/* What is before the cut is there, and that there is one is said. */
static void cut_anywhere(void **state)
{
	struct seen whole, s;

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct file f = { .swapped = i & 1 };
		size_t records = 0;

		if (i & 2)
			make_pcapng(&f);
		else
			make_pcap(&f, us);
		for (uint32_t k = 0; !(i & 2) && k < 20; k++)
			put_record(&f, 7, k, 3);
		walk(&whole, &f);
		for (size_t n = 0; n <= f.n; n++) {
			const struct pcap_record *r = &whole.records[records];

			if (records < whole.n && n == r->at + r->n_raw)
				r = &whole.records[++records];
			walk_some(&s, &f, n);
			if (n < 4) {
				assert_string_equal(s.steps, "?");
				continue;
			}
			assert_int_equal(s.n, records);
			assert_memory_equal(s.steps, whole.steps, records);
			assert_int_equal(
				s.steps[records],
				records == whole.n
					? '.'
					: end_when_cut(i & 2, r, n - r->at));
		}
		assert_int_equal(records, whole.n);
		free(f.bytes);
	}
}

static void large(void **state)
{
	struct seen s;

	(void)state;
	for (int ng = 0; ng < 2; ng++) {
		struct file f = { .n = 0 };

		if (ng) {
			put_section(&f);
			put_interface(&f, RAW, NULL);
		} else {
			put_header(&f, us, RAW, 262144);
		}
		for (int i = 0; i < 12; i++) /* more than can be seen at once */
			if (ng)
				put_packet(&f, 0, 0, 262144 - i % 2, NULL);
			else
				put_record(&f, 0, 0, 262144 - i % 2);
		assert_string_equal(walk_once(&s, &f),
				    ng ? "SIPPPPPPPPPPPP." : "SPPPPPPPPPPPP.");
	}
}

/* It begins somewhere in the file, where the descriptor need not be. */
/* From any record to any later one that needs nothing of what is between them.
 */
static void raw(void **state)
{
	struct file f = { .n = 0 };
	struct seen s;
	int fd = -1;

	(void)state;
	make_pcapng(&f);
	assert_string_equal(walk(&s, &f), "SIPINPPNNSIP.");
	fd = file_with(f.bytes, f.n);
	for (size_t from = 4; from < 9; from++)
		for (size_t to = from; to < 10; to++) {
			const uint64_t at = s.records[to].at;
			uint64_t here = s.records[from].at;
			const uint8_t *bytes = NULL;
			struct pcap_walk w;
			struct pcap_record r;
			size_t n = 0;

			assert_int_equal(pcap_walk_open(&w, fd, 0), 0);
			while (pcap_walk_at(&w) < here)
				assert_int_equal(pcap_walk_next(&w, &r),
						 PCAP_RECORD);
			while ((n = pcap_walk_raw(&w, at, &bytes)) > 0) {
				assert_memory_equal(bytes, f.bytes + here, n);
				here += n;
				assert_int_equal(pcap_walk_at(&w), here);
			}
			assert_int_equal(here, at);
			assert_true(pcap_walk_go(&w, at, 99));
			assert_int_equal(pcap_walk_next(&w, &r), PCAP_RECORD);
			assert_int_equal(r.kind, s.records[to].kind);
			assert_int_equal(r.at, at);
			pcap_walk_close(&w);
		}
	close(fd);
	free(f.bytes);
}

/* What lies behind the end is not reached, and what lies before not either. */
static void raw_to_nowhere(void **state)
{
	struct file f = { .n = 0 };
	const uint8_t *bytes = NULL;
	struct pcap_record r;
	struct pcap_walk w;
	size_t n = 0, sum = 0;
	int fd = -1;

	(void)state;
	make_pcap(&f, us);
	fd = file_with(f.bytes, f.n);
	assert_int_equal(pcap_walk_open(&w, fd, 0), 0);
	assert_int_equal(pcap_walk_next(&w, &r), PCAP_RECORD);
	assert_int_equal(pcap_walk_raw(&w, r.n_raw, &bytes), 0);
	assert_int_equal(pcap_walk_raw(&w, 0, &bytes), 0);
	while ((n = pcap_walk_raw(&w, UINT64_MAX, &bytes)) > 0)
		sum += n;
	assert_int_equal(r.n_raw + sum, f.n);
	assert_int_equal(pcap_walk_at(&w), f.n);
	pcap_walk_close(&w);
	close(fd);
	free(f.bytes);
}

static void from_offset(void **state)
{
	struct file f = { .n = 0 }, rest;
	struct seen s;
	int fd = -1;

	(void)state;
	put_bytes(&f, 100);
	make_pcapng(&f);
	fd = file_with(f.bytes, f.n);
	rest = (struct file){ .bytes = f.bytes + 100, .n = f.n - 100 };
	walk_fd(&s, fd, 100, &rest);
	assert_string_equal(s.steps, "SIPINPPNNSIP.");
	walk_fd(&s, fd, 0, &f);
	assert_string_equal(s.steps, "?");
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
	close(fd);
	free(f.bytes);
}

static void from_pipe(void **state)
{
	struct file f = { .n = 0 };
	struct seen s;
	int ends[2];

	(void)state;
	make_pcap(&f, ns);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], f.bytes, f.n), f.n);
	close(ends[1]);
	walk_fd(&s, ends[0], 0, &f);
	assert_string_equal(s.steps, "SPPPP.");
	close(ends[0]);
	free(f.bytes);
}

/* Of a long packet only the head is wanted, which is there or is not. */
static void head_only(void **state)
{
	enum {
		HEAD = 10,
		BEFORE = SECTION + INTERFACE + 28 /* bytes of the packet */
	};
	struct file f = { .n = 0 };

	(void)state;
	put_section(&f);
	put_interface(&f, RAW, NULL);
	put_packet(&f, 0, 0, 200, NULL);
	for (size_t n = BEFORE + HEAD - 1; n <= BEFORE + HEAD; n++) {
		const int fd = file_with(f.bytes, n);
		const bool is_there = n == BEFORE + HEAD;
		struct pcap_record r;
		struct pcap_walk w;

		assert_int_equal(pcap_walk_open(&w, fd, 0), 0);
		w.head = HEAD;
		assert_int_equal(pcap_walk_next(&w, &r), PCAP_RECORD);
		assert_int_equal(pcap_walk_next(&w, &r), PCAP_RECORD);
		assert_int_equal(pcap_walk_next(&w, &r),
				 is_there ? PCAP_RECORD : PCAP_CUT);
		if (is_there)
			assert_memory_equal(r.bytes, f.bytes + BEFORE, HEAD);
		pcap_walk_close(&w);
		close(fd);
	}
	free(f.bytes);
}

/* Another member of gzip for some bytes. */
static void put_gzip(struct file *to, const uint8_t *bytes, size_t n)
{
	uint8_t out[8192];
	z_stream z = { .next_in = (uint8_t *)bytes, .avail_in = (unsigned)n };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8,
				      Z_DEFAULT_STRATEGY),
			 Z_OK);
	z.next_out = out;
	z.avail_out = sizeof(out);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	put(to, out, sizeof(out) - z.avail_out);
	deflateEnd(&z);
}

static void in_gzip(void **state)
{
	struct file f = { .n = 0 }, packed = { .n = 0 };
	struct seen s;
	size_t first = 0;
	int fd = -1;

	(void)state;
	make_pcapng(&f);
	put_gzip(&packed, f.bytes, 201);
	first = packed.n;
	put_gzip(&packed, f.bytes + 201, f.n - 201);
	fd = file_with(packed.bytes, packed.n);
	walk_fd(&s, fd, 0, &f);
	assert_string_equal(s.steps, "SIPINPPNNSIP.");
	close(fd);
	/* Without its end it is no gzip, however whole the capture is. */
	fd = file_with(packed.bytes, packed.n - 1);
	walk_fd(&s, fd, 0, &f);
	assert_string_equal(s.steps, "SIPINPPNNSIP!");
	close(fd);
	/* The second member, which is not there, has the rest of a packet. */
	fd = file_with(packed.bytes, first + 5);
	walk_fd(&s, fd, 0, &f);
	assert_string_equal(s.steps, "SIPIN!");
	close(fd);
	free(f.bytes);
	free(packed.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcap),
		cmocka_unit_test(first_records),
		cmocka_unit_test(pcapng),
		cmocka_unit_test(both_orders_in_one),
		cmocka_unit_test(names),
		cmocka_unit_test(names_to_print),
		cmocka_unit_test(odd_interfaces),
		cmocka_unit_test(times),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(large),
		cmocka_unit_test(raw),
		cmocka_unit_test(raw_to_nowhere),
		cmocka_unit_test(from_offset),
		cmocka_unit_test(from_pipe),
		cmocka_unit_test(head_only),
		cmocka_unit_test(in_gzip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
