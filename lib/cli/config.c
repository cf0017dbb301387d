/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "os/file.h"

static const char blanks[] = " \t\r";

int config_error(const struct config *config, unsigned line, struct error *err,
		 const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	error_set(err, EXIT_USAGE, "%s:%u: %s", config->path, line, text);
	free(text);
	return -1;
}

/* Strip surrounding blanks; modifies "text". */
static char *trim(char *text)
{
	size_t n = 0;

	text += strspn(text, blanks);
	n = strlen(text);
	while (n && strchr(blanks, text[n - 1]))
		text[--n] = '\0';
	return text;
}

/* Whether "${NAME" or "$NAME" occurs. */
static bool has_variable(const char *s)
{
	while ((s = strchr(s, '$'))) {
		s++;
		if (*s == '{' || *s == '_' || (*s >= 'A' && *s <= 'Z') ||
		    (*s >= 'a' && *s <= 'z'))
			return true;
	}
	return false;
}

static bool is_quoted(const char *s)
{
	const size_t n = strlen(s);

	return n > 1 && (*s == '"' || *s == '\'') && s[n - 1] == *s;
}

/* Why a value would differ from what its author expects, or NULL. */
static const char *misunderstood(const char *value)
{
	if (strstr(value, " #") || strstr(value, "\t#"))
		return "a comment needs a line of its own";
	if (is_quoted(value))
		return "remove the quotes: the value is everything after the "
		       "'='";
	if (has_variable(value))
		return "variables are not expanded: write the value itself";
	if (*value == '~' && value[1] && value[1] != '/')
		return "write the whole path: only ~/ is expanded";
	return NULL;
}

static int take_section(struct config *config, unsigned number, char *line,
			const char **section, struct error *err)
{
	const size_t n = strlen(line);

	if (line[n - 1] != ']')
		return config_error(config, number, err,
				    "'%s' should be the name of a command in "
				    "brackets, alone on the line",
				    line);
	line[n - 1] = '\0';
	*section = trim(line + 1);
	*MEM_PUSH(config->lines, config->n, config->cap) =
		(struct config_line){ .number = number, .section = *section };
	return 0;
}

static int take_value(struct config *config, unsigned number, char *line,
		      const char *section, struct error *err)
{
	char *equals = strchr(line, '=');
	const char *why = NULL;
	struct config_line new = { .number = number, .section = section };

	if (equals)
		*equals = '\0';
	new.name = trim(line);
	new.value = equals ? trim(equals + 1) : "";
	if (!equals || !*new.name)
		return config_error(config, number, err,
				    "'%s%s' is not NAME = VALUE", new.name,
				    equals ? "=" : "");
	if (!*new.value)
		return config_error(
			config, number, err,
			"'%s' has no value: give one, or remove the line",
			new.name);
	why = misunderstood(new.value);
	if (why)
		return config_error(config, number, err, "%s: '%s': %s",
				    new.name, new.value, why);
	*MEM_PUSH(config->lines, config->n, config->cap) = new;
	return 0;
}

/* Check that the "n" bytes of a line are text of acceptable length. */
static int check_line(const struct config *config, unsigned number,
		      const char *line, size_t n, struct error *err)
{
	if (n > CONFIG_LINE_MAX)
		return config_error(config, number, err,
				    "the line has more than %d bytes",
				    CONFIG_LINE_MAX);
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)line[i] < ' ' && line[i] != '\t' &&
		     !(line[i] == '\r' && i == n - 1)) ||
		    line[i] == 0x7f)
			return config_error(config, number, err,
					    "the line has a byte 0x%02x: "
					    "this is not text, or not UTF-8",
					    (unsigned)(unsigned char)line[i]);
	return 0;
}

static int take_line(struct config *config, unsigned number, char *line,
		     const char **section, struct error *err)
{
	line = trim(line);
	if (!*line || *line == '#')
		return 0;
	if (*line == '[')
		return take_section(config, number, line, section, err);
	return take_value(config, number, line, *section, err);
}

/* "len" bytes of text; config->path is used in messages. */
static int parse(struct config *config, const char *text, size_t len,
		 struct error *err)
{
	/* some editors write a byte order mark */
	static const char mark[] = "\xef\xbb\xbf";
	const size_t n_mark = strlen(mark);
	const char *section = NULL, *end = NULL;
	char *line = mem_calloc(len + 1, 1), *next = NULL;
	unsigned number = 0;

	config->text = memcpy(line, text, len);
	end = line + len;
	if (len >= n_mark && memcmp(line, mark, n_mark) == 0)
		line += n_mark;
	for (; line < end; line = next + 1) {
		const size_t left = (size_t)(end - line);

		next = memchr(line, '\n', left);
		next = next ? next : line + left;
		if (check_line(config, ++number, line, (size_t)(next - line),
			       err) < 0)
			return -1;
		*next = '\0';
		if (take_line(config, number, line, &section, err) < 0)
			return -1;
	}
	return 0;
}

/* The path from MPTCP_CONFIG. */
static char *given(struct config *config, const char *name)
{
	if (!*name)
		config->absence = "MPTCP_CONFIG is empty";
	return *name ? mem_strdup(name) : NULL;
}

/* The default path. */
static char *usual(struct config *config)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (xdg && *xdg == '/')
		return mem_printf("%s/mptcptools/config", xdg);
	if (home && *home)
		return mem_printf("%s/.config/mptcptools/config", home);
	config->absence = "HOME is not set";
	return NULL;
}

/*
 * The file need not exist, and its directory may be inaccessible, such as the
 * home of another user.
 */
static bool is_missing(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 &&
	       (errno == ENOENT || errno == ENOTDIR || errno == EACCES);
}

static int read_and_parse(struct config *config, struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	struct error why = ERROR_INIT;
	int rc = file_read(&text, config->path, CONFIG_SIZE_MAX, &why);

	if (rc < 0)
		error_set(err, EXIT_USAGE, "the configuration: %s", why.text);
	else if (text.len > CONFIG_SIZE_MAX)
		rc = error_set(err, EXIT_USAGE,
			       "'%s' has more than %d bytes: this is not a "
			       "configuration",
			       config->path, CONFIG_SIZE_MAX);
	else
		rc = parse(config, text.text, text.len, err);
	strbuf_release(&text);
	return rc;
}

int config_find(struct config *config, struct error *err)
{
	const char *name = getenv("MPTCP_CONFIG");

	config->path = name ? given(config, name) : usual(config);
	if (!config->path)
		return 0;
	if (!name && is_missing(config->path)) {
		config->absence = "does not exist";
		return 0;
	}
	return read_and_parse(config, err);
}

void config_release(struct config *config)
{
	free(config->path);
	free(config->text);
	free(config->lines);
	*config = (struct config){ .path = NULL };
}
