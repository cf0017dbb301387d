/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "os/terminal.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/num.h"

enum {
	SIZE_MAX_CELLS = 10000
};

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

/* The size from the environment, else from the terminal. */
static int size_of(const char *name, int measured)
{
	const char *text = getenv(name);
	uint64_t size = 0;

	if (text && num_u64(text, strlen(text), SIZE_MAX_CELLS, &size) == 0 &&
	    size > 0)
		return (int)size;
	return measured;
}

static int colours_of(void)
{
	const char *term = getenv("TERM");

	if (is_set("NO_COLOR") || !term || !*term || strcmp(term, "dumb") == 0)
		return 0;
	return strstr(term, "256color") || is_set("COLORTERM") ? 256 : 16;
}

void terminal_look(struct terminal *t, int fd)
{
	struct winsize size = { .ws_col = 0 };

	*t = (struct terminal){ .is_one = fd >= 0 && isatty(fd) };
	if (t->is_one && ioctl(fd, TIOCGWINSZ, &size) < 0)
		size = (struct winsize){ .ws_col = 0 };
	t->columns = size_of("COLUMNS", size.ws_col);
	t->rows = size_of("LINES", size.ws_row);
	t->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	t->colours = t->is_one ? colours_of() : 0;
}
