/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/reader.h"

#include <stddef.h>

#include "read/mptcp_csv.h"
#include "read/native.h"
#include "read/side_run.h"
#include "read/tshark.h"

enum {
	PROGRESS_EVERY = 4096 /* packets; a power of two */
};

const struct reader *const readers[] = { &mptcp_csv_reader, &native_reader,
					 &tshark_reader, NULL };

const struct reader *reader_of(int fd, enum reader_choice choice)
{
	size_t i = 0;

	while (readers[i + 1] && ((readers[i] == &native_reader &&
				   choice == READER_CHOICE_TSHARK) ||
				  !readers[i]->recognise(fd)))
		i++;
	return readers[i];
}

void reader_progress(const struct read_job *job, uint64_t packets)
{
	if (job->in->progress && packets % PROGRESS_EVERY == 0)
		job->in->progress(job->in->progress_ctx, packets);
}
