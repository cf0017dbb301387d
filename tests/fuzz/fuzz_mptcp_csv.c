/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any text (or gzip data) as a capture of mptcp-export: rows that make sense,
 * or an error that says something.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "model/packets.h"
#include "read/mptcp_csv.h"
#include "read/source.h"

static int take_row(void *ctx, const struct row *row, struct error *err)
{
	PROMISE((row->present & ROW_HAS_TCP) == ROW_HAS_TCP);
	PROMISE(row->n_options <= ROW_OPTIONS_MAX);
	PROMISE(row->src.size == ADDRESS_V4 || row->src.size == ADDRESS_V6);
	PROMISE(row->dst.size == ADDRESS_V4 || row->dst.size == ADDRESS_V6);
	PROMISE(memchr(row->interface, 0, sizeof(row->interface)) != NULL);
	return packets_append(ctx, row, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct capture_info info = { .path = NULL };
	struct error err = ERROR_INIT;
	struct packets packets;
	struct input in = { .tshark = NULL };
	struct source source = { .path = "fuzz.csv" };
	struct read_job job = {
		.in = &in, .source = &source, .fn = take_row, .ctx = &packets
	};

	packets_init(&packets);
	source.fd = memfd_create("fuzz", MFD_CLOEXEC);
	PROMISE(source.fd >= 0);
	PROMISE(write(source.fd, data, size) == (ssize_t)size);
	PROMISE(lseek(source.fd, 0, SEEK_SET) == 0);
	(void)mptcp_csv_recognise(source.fd);
	PROMISE(lseek(source.fd, 0, SEEK_CUR) == 0);
	if (mptcp_csv_reader.read(&job, &info, &err) < 0)
		PROMISE(err.text[0] && err.kind != EXIT_OK);
	else
		PROMISE(info.tcp_packets >= packets.n);
	packets_sort(&packets);
	packets_release(&packets);
	capture_info_release(&info);
	close(source.fd);
	return 0;
}
