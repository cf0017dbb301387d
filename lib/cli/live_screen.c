/* SPDX-License-Identifier: GPL-3.0-or-later */
#define NCURSES_WIDECHAR 1
#include "cli/live_screen.h"

#include <ncurses.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/terminal.h"

/* The last one: it has macros of many a good name. */
#include <term.h>
#undef columns
#undef lines

struct live_screen {
	struct terminal terminal;
	FILE *in;
	SCREEN *screen;
	bool has_colours;
};

enum {
	PAIR_BAD = 1,
	PAIR_NOTE
};

/* Standard input, unless packets come there. */
static FILE *keyboard(void)
{
	if (isatty(STDIN_FILENO))
		return fdopen(dup(STDIN_FILENO), "r");
	return fopen("/dev/tty", "re");
}

static char *unfit(const char *what)
{
	const char *term = getenv("TERM");

	return mem_printf("%s '%s': printing plain lines instead of a screen",
			  what, term ? term : "");
}

static void start(struct live_screen *s)
{
	set_term(s->screen);
	cbreak();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	set_escdelay(50);
	curs_set(0);
	s->has_colours = s->terminal.colours && has_colors() &&
			 start_color() == OK && use_default_colors() == OK;
	if (s->has_colours) {
		init_pair(PAIR_BAD, COLOR_RED, -1);
		init_pair(PAIR_NOTE, COLOR_YELLOW, -1);
	}
}

struct live_screen *live_screen_open(char **why)
{
	struct live_screen *s = mem_calloc(1, sizeof(*s));

	*why = NULL;
	terminal_look(&s->terminal, STDOUT_FILENO);
	if (!s->terminal.is_one)
		goto fail;
	s->in = keyboard();
	if (!s->in) {
		*why = mem_strdup("no terminal to read keys from: printing "
				  "plain lines instead of a screen");
		goto fail;
	}
	use_tioctl(TRUE);
	s->screen = newterm(NULL, stdout, s->in);
	if (!s->screen) {
		*why = unfit("unknown terminal type");
		goto fail;
	}
	if (!cursor_address || !clear_screen) {
		endwin();
		*why = unfit(
			"the cursor cannot be moved on a terminal of type");
		goto fail;
	}
	start(s);
	return s;
fail:
	live_screen_close(s);
	return NULL;
}

int live_screen_fd(const struct live_screen *s)
{
	return fileno(s->in);
}

void live_screen_size(const struct live_screen *s, int *width, int *height)
{
	(void)s;
	*width = COLS;
	*height = LINES;
}

static attr_t attributes(const struct live_screen *s, char style)
{
	switch (style) {
	case LIVE_BOLD: return A_BOLD;
	case LIVE_DIM: return A_DIM;
	case LIVE_HEADING: return A_REVERSE;
	case LIVE_PICKED: return A_REVERSE | A_BOLD;
	case LIVE_BAD:
		return A_BOLD |
		       (s->has_colours ? COLOR_PAIR(PAIR_BAD) : A_NORMAL);
	case LIVE_NOTE: return s->has_colours ? COLOR_PAIR(PAIR_NOTE) : A_BOLD;
	default: return A_NORMAL;
	}
}

static size_t bytes_of(const char *text)
{
	size_t n = 1;

	while ((text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static void show_line(const struct live_screen *s, const struct page_line *line)
{
	const char *text = line->text.text;

	for (size_t i = 0; i < line->styles.len; i++) {
		const size_t n = bytes_of(text);

		attrset(attributes(s, line->styles.text[i]));
		addnstr(text, (int)n);
		text += n;
	}
	attrset(A_NORMAL);
}

void live_screen_show(struct live_screen *s, const struct live_page *page)
{
	erase();
	for (size_t i = 0; i < page->n && i < (size_t)LINES; i++) {
		move((int)i, 0);
		show_line(s, &page->lines[i]);
	}
	refresh();
}

static int letter(int c)
{
	switch (c) {
	case 'k': return LIVE_KEY_UP;
	case 'j': return LIVE_KEY_DOWN;
	case 'g': return LIVE_KEY_FIRST;
	case 'G': return LIVE_KEY_LAST;
	case '\n':
	case '\r': return LIVE_KEY_ENTER;
	case 27: return LIVE_KEY_BACK;
	case 's': return LIVE_KEY_ORDER;
	case 'p':
	case ' ': return LIVE_KEY_PAUSE;
	case 'e': return LIVE_KEY_EVENTS;
	case 'h':
	case '?': return LIVE_KEY_HELP;
	case 'q': return LIVE_KEY_QUIT;
	case 'r': return LIVE_KEY_BY + LIVE_BY_RATE;
	case 'b': return LIVE_KEY_BY + LIVE_BY_BYTES;
	case 'a': return LIVE_KEY_BY + LIVE_BY_AGE;
	case 't': return LIVE_KEY_BY + LIVE_BY_RTT;
	case 'x': return LIVE_KEY_BY + LIVE_BY_RETRANSMITTED;
	default: return LIVE_KEY_OTHER;
	}
}

int live_screen_key(struct live_screen *s)
{
	const int c = getch();

	(void)s;
	switch (c) {
	case ERR: return LIVE_KEY_NONE;
	case KEY_RESIZE: return LIVE_KEY_RESIZED;
	case KEY_UP: return LIVE_KEY_UP;
	case KEY_DOWN: return LIVE_KEY_DOWN;
	case KEY_HOME: return LIVE_KEY_FIRST;
	case KEY_END: return LIVE_KEY_LAST;
	case KEY_ENTER: return LIVE_KEY_ENTER;
	case KEY_BACKSPACE: return LIVE_KEY_BACK;
	case KEY_F(1): return LIVE_KEY_HELP;
	default: return letter(c);
	}
}

void live_screen_close(struct live_screen *s)
{
	if (!s)
		return;
	if (s->screen) {
		endwin();
		delscreen(s->screen);
	}
	if (s->in)
		fclose(s->in);
	free(s);
}
