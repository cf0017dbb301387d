/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/nstat.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/strbuf.h"
#include "os/file.h"

enum {
	MOST = 4 * 1024 * 1024 /* bytes; a kernel prints about 100 kB */
};

static const char blanks[] = " \t\r";

static void add(struct nstat *s, const char *prefix, size_t n_prefix,
		const char *name, size_t n_name, uint64_t value)
{
	struct strbuf whole = STRBUF_INIT;

	strbuf_append(&whole, prefix, n_prefix);
	strbuf_append(&whole, name, n_name);
	s->has_zeros |= value == 0;
	*MEM_PUSH(s->items, s->n, s->cap) =
		(struct nstat_counter){ .name = strbuf_detach(&whole),
					.value = value };
}

static bool take_number(const char *text, size_t n, uint64_t *value)
{
	return num_u64(text, n, UINT64_MAX, value) == 0;
}

/* "MPTcpExtMPCapableSYNRX          1                  0.0" */
static void take_line(struct nstat *s, const char *line)
{
	const size_t n_name = strcspn(line, blanks);
	const char *number = line + n_name + strspn(line + n_name, blanks);
	const size_t n = strcspn(number, blanks);
	uint64_t value = 0;

	if (*line != '#' && n_name && take_number(number, n, &value))
		add(s, line, 0, line, n_name, value);
}

/* "MPTcpExt: NAME NAME ..." and "MPTcpExt: 1 2 ...", word by word. */
static void take_pair(struct nstat *s, const char *names, const char *values)
{
	const size_t n_prefix = strcspn(names, ":");
	const char *name = names + n_prefix + 1, *value = values + n_prefix + 1;

	if (strncmp(names, values, n_prefix + 1) != 0)
		return;
	while (*(name += strspn(name, blanks)) &&
	       *(value += strspn(value, blanks))) {
		const size_t n_name = strcspn(name, blanks);
		const size_t n_value = strcspn(value, blanks);
		uint64_t number = 0;

		if (take_number(value, n_value, &number))
			add(s, names, n_prefix, name, n_name, number);
		name += n_name;
		value += n_value;
	}
}

/* Parse the lines of nstat or of /proc/net/netstat; modifies "text". */
static void take_text(struct nstat *s, char *text)
{
	const char *names = NULL;
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (!strstr(line, ": ")) {
			take_line(s, line);
		} else if (!names) {
			names = line;
		} else {
			take_pair(s, names, line);
			names = NULL;
		}
	}
}

/* False: not JSON.  "said": it contains a list of counters, even if empty. */
static bool take_json(struct nstat *s, const char *text, size_t n, bool *said)
{
	json_t *document = json_loadb(text, n, JSON_DISABLE_EOF_CHECK, NULL);
	json_t *counters = json_object_get(document, "kernel");
	const char *name = NULL;
	json_t *value = NULL;
	const bool good = document != NULL;

	*said = json_is_object(counters);
	json_object_foreach (counters, name, value) {
		const json_int_t number = json_integer_value(value);

		if (json_is_integer(value) && number >= 0)
			add(s, name, 0, name, strlen(name), (uint64_t)number);
	}
	json_decref(document);
	return good;
}

static int read_file(struct strbuf *out, const char *path, struct error *err)
{
	if (file_read(out, path, MOST, err) < 0)
		return -1;
	if (out->len > MOST)
		return error_set(err, EXIT_INPUT,
				 "'%s' is too large: give counters as nstat "
				 "-asz prints them",
				 path);
	return 0;
}

int nstat_read(struct nstat *out, const char *path, struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	bool said = false;
	int rc = 0;

	*out = (struct nstat){ .n = 0 };
	rc = read_file(&text, path, err);
	if (rc == 0 && text.len &&
	    !take_json(out, text.text, text.len, &said)) {
		said = strncmp(text.text, "#kernel", 7) == 0;
		take_text(out, text.text);
	}
	strbuf_release(&text);
	if (rc == 0 && !out->n && !said)
		rc = error_set(err, EXIT_INPUT,
			       "'%s' has no counters: give the output of nstat "
			       "-asz or nstat -asj, or /proc/net/netstat",
			       path);
	return rc;
}

void nstat_release(struct nstat *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->items[i].name);
	free(s->items);
	*s = (struct nstat){ .n = 0 };
}

/* A missing counter may mean 0. */
static bool find(const struct nstat *s, const char *name, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->items[i].name, name) == 0) {
			*value = s->items[i].value;
			return true;
		}
	return !s->has_zeros;
}

bool nstat_is_mptcp(const char *name)
{
	return strncmp(name, NSTAT_MPTCP, strlen(NSTAT_MPTCP)) == 0;
}

const char *nstat_decrease(const struct nstat *before,
			   const struct nstat *after)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct nstat_counter *was = &before->items[i];
		uint64_t is = 0;

		if (nstat_is_mptcp(was->name) &&
		    strcmp(was->name, NSTAT_MPTCP "MPCurrEstab") != 0 &&
		    find(after, was->name, &is) && is < was->value)
			return was->name;
	}
	return NULL;
}

bool nstat_growth(const struct nstat *before, const struct nstat *after,
		  const char *name, uint64_t *growth)
{
	uint64_t was = 0, is = 0;

	if (!find(after, name, &is) || (before && !find(before, name, &was)) ||
	    is < was)
		return false;
	*growth = is - was;
	return true;
}
