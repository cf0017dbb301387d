/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any text (or gzip data) as a capture of mptcp-export: rows that make sense,
 * or an error that says something.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "input/csvfile.h"
#include "model/packets.h"

static int take_row(void *ctx, const struct row *row, struct error *err)
{
	PROMISE((row->present & ROW_HAS_TCP) == ROW_HAS_TCP);
	PROMISE(row->n_options <= ROW_OPTIONS_MAX);
	PROMISE(memchr(row->src, 0, sizeof(row->src)) != NULL);
	PROMISE(memchr(row->dst, 0, sizeof(row->dst)) != NULL);
	PROMISE(memchr(row->interface, 0, sizeof(row->interface)) != NULL);
	return packets_append(ctx, row, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct capture_info info = { .path = NULL };
	struct error err = ERROR_INIT;
	struct packets packets;
	struct tshark_job job = { .path = "fuzz.csv",
				  .fn = take_row,
				  .ctx = &packets };

	packets_init(&packets);
	job.stdin_fd = memfd_create("fuzz", MFD_CLOEXEC);
	PROMISE(job.stdin_fd >= 0);
	PROMISE(write(job.stdin_fd, data, size) == (ssize_t)size);
	PROMISE(lseek(job.stdin_fd, 0, SEEK_SET) == 0);
	(void)csvfile_recognise(job.stdin_fd);
	PROMISE(lseek(job.stdin_fd, 0, SEEK_CUR) == 0);
	if (csvfile_read(&job, &info, &err) < 0)
		PROMISE(err.text[0] && err.kind != EXIT_OK);
	else
		PROMISE(info.tcp_packets >= packets.n);
	packets_sort(&packets);
	packets_release(&packets);
	capture_info_release(&info);
	close(job.stdin_fd);
	return 0;
}
