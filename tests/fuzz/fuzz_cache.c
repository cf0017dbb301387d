/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A cache that somebody wrote into: either it is as it was, or it is not
 * there.  The input is changes: file (0 manifest, 1 rows, 2 places, 3 index),
 * what (0 overwrite, 1 insert, 2 cut, 3 replace all), offset (2), n, n bytes.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cache/cache_write.h"
#include "fuzz.h"
#include "read/tshark.h"

enum {
	FILE_MAX = 1 << 16,
	ROWS = 3,
	BEHIND_HEADER = 24,
	RECORD = 56,
	PACKET = 40
};

static char directory[64];

static void remove_directory(void)
{
	char *path = mem_printf("%s/capture", directory);

	unlink(path);
	rmdir(directory);
	free(path);
}

/* Of raw IPv4, in pcap; the row of the second packet is another one. */
static void write_capture(FILE *f)
{
	const uint32_t header[] = { 0xa1b2c3d4, 0x40002, 0, 0, 65535, 101 };

	PROMISE(fwrite(header, sizeof(header), 1, f) == 1);
	for (uint32_t i = 1; i <= ROWS; i++) {
		const uint32_t record[] = { i, 0, PACKET, PACKET };
		uint8_t packet[PACKET] = { 0x45, [3] = PACKET, [9] = 6 };

		packet[26] = (uint8_t)(i * 1000 >> 8);
		packet[27] = (uint8_t)(i * 1000);
		packet[32] = 0x50;
		PROMISE(fwrite(record, sizeof(record), 1, f) == 1);
		PROMISE(fwrite(packet, PACKET, 1, f) == 1);
	}
}

static void make_directory(void)
{
	char *path = NULL;
	FILE *f = NULL;

	snprintf(directory, sizeof(directory), "/tmp/fuzz-cache-XXXXXX");
	PROMISE(mkdtemp(directory));
	path = mem_printf("%s/capture", directory);
	f = fopen(path, "w");
	PROMISE(f != NULL);
	write_capture(f);
	PROMISE(fclose(f) == 0);
	free(path);
	atexit(remove_directory);
}

static void write_cache(struct cache *c)
{
	struct capture_info info = { .packets = ROWS,
				     .tcp_packets = ROWS,
				     .has_time = 1,
				     .complete = 1 };
	struct row row = { .present = ROW_HAS_TCP | ROW_HAS_ACK,
			   .src = { { 10, 0, 0, 1 }, 4 },
			   .dst = { { 10, 0, 0, 2 }, 4 },
			   .interface = "a,\"b",
			   .sport = 1,
			   .dport = 2 };
	struct error err = ERROR_INIT;

	PROMISE(cache_begin(c, &err) == 0);
	for (uint32_t i = 1; i <= ROWS; i++) {
		row.frame = i;
		row.seq = i * 1000;
		row.time = i;
		row.at = i == 2 ? 0 : BEHIND_HEADER + (i - 1) * RECORD;
		cache_put(c, &row);
	}
	PROMISE(cache_commit(c, &info, &err) == 0);
}

static size_t slurp(const char *path, uint8_t *out)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, out, FILE_MAX);

	if (fd >= 0)
		close(fd);
	return n < 0 ? 0 : (size_t)n;
}

/* One change to a file; how many bytes of the input it took. */
static size_t change(const struct cache *c, const uint8_t *b, size_t n)
{
	static uint8_t old[FILE_MAX], new[2 * FILE_MAX];
	const char *const paths[] = { c->json, c->csv, c->places, c->index };
	const char *path = paths[b[0] & 3];
	size_t have = slurp(path, old), at = (size_t)b[2] << 8 | b[3];
	size_t count = b[4] < n - 5 ? b[4] : n - 5, len = 0;
	int fd = -1;

	at = have ? at % (have + 1) : 0;
	switch (b[1] & 3) {
	case 0: /* overwrite */
		memcpy(new, old, have);
		memcpy(new + at, b + 5, count);
		len = at + count > have ? at + count : have;
		break;
	case 1: /* insert */
		memcpy(new, old, at);
		memcpy(new + at, b + 5, count);
		memcpy(new + at + count, old + at, have - at);
		len = have + count;
		break;
	case 2: /* cut */
		memcpy(new, old, at);
		len = at;
		break;
	default:
		memcpy(new, b + 5, count);
		len = count;
		break;
	}
	fd = open(path, O_WRONLY | O_TRUNC);
	if (fd >= 0) {
		PROMISE(write(fd, new, len) == (ssize_t)len);
		close(fd);
	}
	return 5 + count;
}

static int take_row(void *ctx, const struct row *row, struct error *err)
{
	uint32_t *n = ctx;

	(void)err;
	++*n;
	PROMISE(row->frame == *n && row->seq == *n * 1000);
	PROMISE(strcmp(row->interface, *n == 2 ? "a,\"b" : "") == 0);
	return 0;
}

static void take_place(void *ctx, const struct packet_place *place)
{
	uint32_t *n = ctx;

	++*n;
	PROMISE(place->frame == *n);
	PROMISE(place->at == (*n == 2 ? 0 : BEHIND_HEADER + (*n - 1) * RECORD));
}

static void tell_places(const struct cache *c, bool changed)
{
	const uint32_t stream = 0;
	struct cache_rows rows;
	enum cache_result result = CACHE_MISS;
	uint32_t n = 0;

	if (cache_open_rows(c, c->rows_id, &rows)) {
		result = cache_rows_places(&rows, &stream, 1, take_place, &n);
		cache_rows_close(&rows);
	}
	PROMISE(changed || result == CACHE_HIT);
	PROMISE(result == CACHE_MISS || n == ROWS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct capture_info info = { .path = NULL };
	struct tshark tshark = { .version_text = (char[]){ "4.0.17" } };
	struct input in = { .directory = directory, .found = &tshark };
	struct source source = { .fd = -1 };
	struct stat st;
	struct error err = ERROR_INIT;
	struct cache c;
	char *path = NULL;
	const bool changed = size > 5;
	enum cache_result result = CACHE_MISS;
	uint32_t rows = 0;

	if (!directory[0])
		make_directory();
	path = mem_printf("%s/capture", directory);
	source.path = path;
	source.fd = open(path, O_RDONLY | O_CLOEXEC);
	PROMISE(fstat(source.fd, &st) == 0);
	file_id_from_stat(&source.id, &st);
	PROMISE(cache_open(&c, &in, &source, &err) == 0);
	write_cache(&c);
	while (size > 5) {
		size_t used = change(&c, data, size);

		data += used;
		size -= used;
	}
	tell_places(&c, changed);
	result = cache_read(&c, take_row, &rows, &info, &err);
	PROMISE(changed || result == CACHE_HIT);
	if (result == CACHE_HIT)
		PROMISE(rows == ROWS && info.tcp_packets == ROWS &&
			info.packets == ROWS && info.complete);
	strlist_release(&info.warnings);
	unlink(c.csv);
	unlink(c.places);
	unlink(c.index);
	unlink(c.json);
	cache_release(&c);
	close(source.fd);
	free(path);
	return 0;
}
