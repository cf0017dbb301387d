/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What people type: the first byte says of what kind.  Either it is refused
 * with one line that says why, or it means one thing.
 */
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "cli/select.h"
#include "fuzz.h"
#include "output/listing.h"
#include "output/report.h"

static void one_line(int rc, const struct error *err)
{
	if (rc == 0)
		return;
	PROMISE(rc == -1 && err->kind == EXIT_USAGE && err->text[0]);
	for (const char *p = err->text; *p; p++)
		PROMISE((unsigned char)*p >= ' ' && *p != 0x7f);
}

static void columns(const char *text)
{
	struct report_options options = {
		.format = FORMAT_CSV,
		.schema = "fuzz/1",
		.tool = "fuzz",
		.columns = text,
		.no_headings = 1,
		.levels = { &listing_connection, &listing_subflow },
	};
	struct error err = ERROR_INIT;
	struct report *report = report_open(&options, &err);

	one_line(report ? 0 : -1, &err);
	if (report)
		report_drop(report);
}

static void numbers(const char *text)
{
	size_t n = strlen(text);
	uint64_t u = 0;
	int64_t t = 0;
	double d = 0;

	if (num_u64(text, n, UINT64_MAX, &u) == 0) {
		char *again = mem_printf("%llu", (unsigned long long)u);
		const char *zeros = text + strspn(text, "0");

		PROMISE(strcmp(*zeros ? zeros : "0", again) == 0);
		free(again);
	}
	if (num_real(text, -1e12, 1e12, &d) == 0)
		PROMISE(d >= -1e12 && d <= 1e12);
	(void)!num_hex(text, n, UINT64_MAX, &u);
	(void)!num_nanoseconds(text, n, &t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct select select;
	struct error err = ERROR_INIT;
	char *text = NULL;

	if (size < 1 || size > 4000)
		return 0;
	memset(&select, 0, sizeof(select));
	text = mem_strndup((const char *)data + 1, size - 1);
	switch (data[0] % 5) {
	case 0: one_line(select_add(&select, text, &err), &err); break;
	case 1: one_line(select_add_stream(&select, text, &err), &err); break;
	case 2: one_line(select_set_towards(&select, text, &err), &err); break;
	case 3: columns(text); break;
	default: numbers(text); break;
	}
	select_release(&select);
	free(text);
	return 0;
}
