/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/infojson.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/strbuf.h"

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

/* A warning may quote tshark, whose bytes need not be UTF-8. */
static json_t *warning_text(const char *warning)
{
	json_t *o = json_string(warning);
	char *plain = NULL;

	if (o)
		return o;
	plain = mem_strdup(warning);
	for (char *p = plain; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	o = json_string(plain);
	free(plain);
	return o;
}

json_t *infojson_encode(const struct capture_info *info, uint64_t rows)
{
	json_t *warnings = json_array();

	for (size_t i = 0; i < info->warnings.n; i++)
		json_array_append_new(warnings,
				      warning_text(info->warnings.items[i]));
	return json_pack("{s:I, s:I, s:I, s:o, s:o, s:b, s:o}", "packets",
			 (json_int_t)info->packets, "rows", (json_int_t)rows,
			 "malformed", (json_int_t)info->malformed, "first_time",
			 time_text(info, info->first_time), "last_time",
			 time_text(info, info->last_time), "complete",
			 info->complete, "warnings", warnings);
}

int infojson_count(json_t *o, const char *name, uint64_t *out)
{
	json_t *v = json_object_get(o, name);

	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return -1;
	*out = (uint64_t)json_integer_value(v);
	return 0;
}

static int get_time(json_t *o, const char *name, int *has, int64_t *out)
{
	json_t *v = json_object_get(o, name);

	*has = json_is_string(v);
	if (!*has)
		return json_is_null(v) ? 0 : -1;
	return num_nanoseconds(json_string_value(v), json_string_length(v),
			       out);
}

int infojson_decode(json_t *o, struct capture_info *info, uint64_t *rows)
{
	json_t *complete = json_object_get(o, "complete");
	json_t *warnings = json_object_get(o, "warnings"), *one = NULL;
	int has_last = 0;
	size_t i = 0;

	if (infojson_count(o, "packets", &info->packets) < 0 ||
	    infojson_count(o, "rows", rows) < 0 ||
	    infojson_count(o, "malformed", &info->malformed) < 0 ||
	    get_time(o, "first_time", &info->has_time, &info->first_time) < 0 ||
	    get_time(o, "last_time", &has_last, &info->last_time) < 0 ||
	    has_last != info->has_time || !json_is_boolean(complete) ||
	    !json_is_array(warnings))
		return -1;
	info->complete = json_is_true(complete);
	json_array_foreach (warnings, i, one) {
		if (!json_is_string(one))
			return -1;
		strlist_add(&info->warnings, json_string_value(one));
	}
	return 0;
}
