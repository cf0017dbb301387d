/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/tshark.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "os/file.h"
#include "os/proc.h"
#include "os/program.h"
#include "os/tempfile.h"
#include "row/field.h"

static const char version_file[] = "tshark-version.json";
static const char version_schema[] = "mptcptools-tshark/1";

enum {
	VERSION_FILE_MAX = 64 * 1024,
	OLDEST = TSHARK_VERSION(3, 0, 0)
};

/* Environment variables for tshark, replacing the user's. */
static const char *const settings[] = {
	"LC_ALL=C",
	/* /nonexistent may exist without access, which crashes tshark. */
	"WIRESHARK_CONFIG_DIR=/proc/mptcptools",
	"MALLOC_TRIM_THRESHOLD_=1000000000",
	"MALLOC_TOP_PAD_=67108864",
	"MALLOC_MMAP_THRESHOLD_=1000000000",
};

static bool is_replaced(const char *variable)
{
	if (strncmp(variable, "LANGUAGE=", 9) == 0)
		return true;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		size_t n = strcspn(settings[i], "=") + 1;

		if (strncmp(variable, settings[i], n) == 0)
			return true;
	}
	return false;
}

void tshark_environment(struct strlist *env)
{
	for (char **e = environ; e && *e; e++)
		if (!is_replaced(*e))
			strlist_add(env, *e);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		strlist_add(env, settings[i]);
	strlist_end(env);
}

static const char *const arguments[] = {
	"-n",
	"-o",
	"tcp.relative_sequence_numbers:FALSE",
	"-o",
	"tcp.analyze_sequence_numbers:FALSE",
	"-o",
	"tcp.desegment_tcp_streams:FALSE",
	"-o",
	"tcp.track_bytes_in_flight:FALSE",
	"-o",
	"tcp.calculate_timestamps:FALSE",
	"-o",
	"mptcp.analyze_mptcp:FALSE",
	"-o",
	"mptcp.analyze_mappings:FALSE",
	"-o",
	"mptcp.intersubflows_retransmission:FALSE",
};

void tshark_arguments(struct strlist *argv, const struct tshark *t)
{
	strlist_add(argv, t->path);
	for (size_t i = 0; i < sizeof(arguments) / sizeof(*arguments); i++)
		strlist_add(argv, arguments[i]);
	/* Before 4.4 the FIELD_TAIL_ columns need the MPTCP dissector. */
	if (t->version >= TSHARK_VERSION(4, 4, 0)) {
		strlist_add(argv, "--disable-protocol");
		strlist_add(argv, "mptcp");
	}
	/* Disable application dissectors; older versions lack the option. */
	if (t->version >= TSHARK_VERSION(3, 6, 0)) {
		strlist_add(argv, "-d");
		strlist_add(argv, "tcp.port==1-65535,data");
	}
}

void tshark_argument_file(struct strlist *argv, const char *path)
{
	strlist_add(argv, "-r");
	if (path)
		strlist_addf(argv, "%s%s", path[0] == '-' ? "./" : "", path);
	else
		strlist_add(argv, "-");
	strlist_end(argv);
}

/* Find the version number in "TShark (Wireshark) 4.0.17 (Git v4.0.17 ...". */
static int parse_version(struct tshark *t, const char *text)
{
	uint64_t part[3] = { 0, 0, 0 };
	const char *p = strcasestr(text, "tshark");
	size_t line = p ? strcspn(p, "\n") : 0, n = 0, i = 0;
	const char *end = p + line;

	while (p < end && !isdigit((unsigned char)*p))
		p++;
	if (!p || p == end)
		return -1;
	n = strcspn(p, " \n\t");
	while (n > 0 && p[n - 1] == '.')
		n--;
	t->version_text = mem_strndup(p, n);
	for (i = 0; i < 3; i++) {
		size_t digits = strspn(p, "0123456789");

		if (num_u64(p, digits, 99, &part[i]) < 0)
			break;
		p += digits;
		if (*p != '.')
			break;
		p++;
	}
	t->version = TSHARK_VERSION((unsigned)part[0], (unsigned)part[1],
				    (unsigned)part[2]);
	return 0;
}

static int ask_version(struct tshark *t, struct error *err)
{
	char *argv[] = { t->path, (char[]){ "--version" }, NULL };
	struct strbuf text = STRBUF_INIT;
	struct strlist env = { .n = 0 };
	struct proc_status status = { .exited = 0 };
	struct proc p;
	char buf[4096];
	ssize_t n = 0;
	int rc = -1;

	tshark_environment(&env);
	if (proc_start(&p, argv, env.items, -1, err) < 0) {
		err->kind = EXIT_TSHARK;
		goto out;
	}
	while ((n = proc_read(&p, buf, sizeof(buf), err)) > 0)
		if (text.len < sizeof(buf))
			strbuf_append(&text, buf, (size_t)n);
	if (n < 0)
		goto out;
	proc_finish(&p, &status);
	if (!status.exited || status.code != 0)
		error_set(err, EXIT_TSHARK, "'%s --version' failed (%s %d)",
			  t->path, status.exited ? "exit status" : "signal",
			  status.code);
	else if (parse_version(t, text.text) < 0)
		error_set(err, EXIT_TSHARK,
			  "'%s --version' does not print a version of tshark",
			  t->path);
	else
		rc = 0;
out:
	proc_release(&p);
	strlist_release(&env);
	strbuf_release(&text);
	return rc;
}

/* Data that must match for a cached version to be used; or NULL. */
static json_t *identity(const struct tshark *t)
{
	struct stat st;
	struct file_id id;
	json_t *o = NULL;
	char *size = NULL, *mtime = NULL;

	if (stat(t->path, &st) < 0)
		return NULL;
	file_id_from_stat(&id, &st);
	size = mem_printf("%llu", (unsigned long long)id.size);
	mtime = mem_printf("%lld", (long long)id.mtime_ns);
	o = json_pack("{s:s, s:s, s:s, s:s}", "schema", version_schema, "path",
		      t->path, "size", size, "mtime_ns", mtime);
	free(size);
	free(mtime);
	return o;
}

static int recall(struct tshark *t, const char *file, json_t *known)
{
	size_t len = 0;
	char *text = file_slurp(file, VERSION_FILE_MAX, &len);
	json_t *o = text ? json_loadb(text, len, 0, NULL) : NULL;
	const char *said = json_string_value(json_object_get(o, "said"));
	const char *key = NULL;
	json_t *value = NULL;
	int rc = -1;

	if (!said)
		goto out;
	json_object_foreach (known, key, value)
		if (!json_equal(value, json_object_get(o, key)))
			goto out;
	rc = parse_version(t, said);
out:
	json_decref(o);
	free(text);
	return rc;
}

/* Errors are ignored: the version is determined again next time. */
static void remember(const struct tshark *t, const char *file, json_t *known)
{
	struct error ignored = ERROR_INIT;
	struct tempfile tmp;
	char *said = mem_printf("TShark %s", t->version_text);

	if (json_object_set_new(known, "said", json_string(said)) == 0 &&
	    tempfile_create(&tmp, file, &ignored) == 0) {
		if (json_dumpf(known, tmp.stream, JSON_INDENT(2)) < 0 ||
		    fputc('\n', tmp.stream) == EOF)
			tempfile_drop(&tmp);
		else
			(void)!tempfile_commit(&tmp, TEMPFILE_NOSYNC, &ignored);
	}
	free(said);
}

static int find_version(struct tshark *t, const char *cache_dir,
			struct error *err)
{
	json_t *known = cache_dir ? identity(t) : NULL;
	char *file =
		known ? mem_printf("%s/%s", cache_dir, version_file) : NULL;
	int rc = 0;

	if (!known || recall(t, file, known) < 0) {
		rc = ask_version(t, err);
		if (rc == 0 && known)
			remember(t, file, known);
	}
	json_decref(known);
	free(file);
	return rc;
}

int tshark_find(struct tshark *t, const char *wanted, const char *cache_dir,
		struct error *err)
{
	const char *from = "--tshark";

	*t = (struct tshark){ .path = NULL };
	if (!wanted) {
		from = "MPTCP_TSHARK";
		wanted = getenv("MPTCP_TSHARK");
	}
	if (!wanted || !*wanted) {
		from = NULL;
		wanted = "tshark";
	}
	t->path = program_find(wanted);
	if (!t->path && from)
		return error_set(err, EXIT_TSHARK,
				 "tshark not found: '%s' (from %s) is not a "
				 "program",
				 wanted, from);
	if (!t->path)
		return error_set(err, EXIT_TSHARK,
				 "tshark not found: install it (Debian: apt "
				 "install tshark) or name it with --tshark");
	if (find_version(t, cache_dir, err) < 0)
		goto fail;
	if (t->version < OLDEST) {
		error_set(err, EXIT_TSHARK,
			  "'%s' is version %s: tshark 3.0 or later is needed",
			  t->path, t->version_text);
		goto fail;
	}
	return 0;
fail:
	tshark_release(t);
	return -1;
}

void tshark_release(struct tshark *t)
{
	free(t->path);
	free(t->version_text);
	*t = (struct tshark){ .path = NULL };
}

enum numbering_rule tshark_numbering(const struct tshark *t)
{
	return t && t->version < TSHARK_VERSION(4, 4, 0) ? NUMBERING_4_0
							 : NUMBERING_4_4;
}

char *tshark_complaint(const char *errors)
{
	const char *best = strstr(errors, "tshark: "), *quote = NULL;
	char *text = NULL;

	for (const char *p = errors; !best && *p; p += strcspn(p, "\n")) {
		p += strspn(p, "\n");
		if (*p && strncmp(p, "Running as user", 15) != 0)
			best = p;
	}
	if (!best)
		return mem_strdup("");
	if (strncmp(best, "tshark: ", 8) == 0)
		best += 8;
	text = mem_strndup(best, strcspn(best, "\n"));
	quote = strncmp(text, "The file \"", 10) == 0 ? strrchr(text, '"')
						      : NULL;
	if (quote && quote[1] == ' ')
		memmove(text, quote + 2, strlen(quote + 2) + 1);
	text_make_ascii(text);
	for (size_t n = strlen(text); n > 0 && text[n - 1] == '.'; n--)
		text[n - 1] = '\0';
	return text;
}
