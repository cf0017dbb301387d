/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utc.h"

#include <time.h>

struct utc_text utc_text(int64_t ns)
{
	const time_t seconds = (time_t)(ns / 1000000000);
	struct utc_text out = { .text = "" };
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(out.text, sizeof(out.text), "%Y-%m-%d %H:%M:%S", &tm);
	return out;
}
