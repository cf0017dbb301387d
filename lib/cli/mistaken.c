/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/mistaken.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "cli/complete.h"
#include "cli/shared_options.h"

/* Iterates over the options of a command. */
struct known {
	const struct cli_command *command;
	const struct opt_spec *tables[SHARED_GROUPS];
	size_t group, at;
};

static void known_init(struct known *k, const struct cli_command *command)
{
	*k = (struct known){ .command = command };
	shared_options_of(command, k->tables);
}

/* The next documented option; NULL: there are no more. */
static const struct opt_spec *known_next(struct known *k)
{
	for (; k->group < SHARED_GROUPS; k->group++, k->at = 0) {
		const struct opt_spec *table = k->tables[k->group];

		while (table && table[k->at].letter) {
			const struct opt_spec *s = &table[k->at++];

			if (s->help && !cli_is_replaced(k->command, table, s))
				return s;
		}
	}
	return NULL;
}

static const struct opt_spec *find_name(const struct cli_command *command,
					const char *name, size_t n)
{
	const struct opt_spec *s = NULL;
	struct known k;

	known_init(&k, command);
	while ((s = known_next(&k)))
		if (s->name && strlen(s->name) == n &&
		    strncmp(s->name, name, n) == 0)
			return s;
	return NULL;
}

static bool has_word(const struct cli_command *command,
		     const struct opt_spec *s, const char *word, size_t n)
{
	const char *w = NULL;

	for (int i = 0; s->arg && (w = complete_word(command, s, i)); i++)
		if (strlen(w) == n && strncmp(w, word, n) == 0)
			return true;
	return false;
}

/* The only option that accepts "word". */
static const struct opt_spec *find_word(const struct cli_command *command,
					const char *word, size_t n)
{
	const struct opt_spec *s = NULL, *found = NULL;
	struct known k;

	known_init(&k, command);
	while ((s = known_next(&k))) {
		if (!s->name || !has_word(command, s, word, n))
			continue;
		if (found)
			return NULL;
		found = s;
	}
	return found;
}

/* The only option with "part" between dashes in its name. */
static const struct opt_spec *find_part(const struct cli_command *command,
					const char *part, size_t n)
{
	const struct opt_spec *s = NULL, *found = NULL;
	struct known k;

	known_init(&k, command);
	while ((s = known_next(&k))) {
		const char *dash = s->name ? strchr(s->name, '-') : NULL;

		while (dash && strncmp(dash + 1, part, n) != 0)
			dash = strchr(dash + 1, '-');
		if (!dash || !n)
			continue;
		if (found)
			return NULL;
		found = s;
	}
	return found;
}

/* "--csv, --tsv or --json": the options with that prefix; "": none. */
static char *list_beginning(const struct cli_command *command, const char *name,
			    size_t n)
{
	const struct opt_spec *s = NULL, *last = NULL;
	struct strbuf out = STRBUF_INIT;
	struct known k;

	known_init(&k, command);
	while ((s = known_next(&k))) {
		if (!n || !s->name || strncmp(s->name, name, n) != 0)
			continue;
		if (last)
			strbuf_printf(&out, "%s--%s", out.len ? ", " : "",
				      last->name);
		last = s;
	}
	if (last)
		strbuf_printf(&out, "%s--%s", out.len ? " or " : "",
			      last->name);
	return strbuf_detach(&out);
}

static const char *find_nearest(const struct cli_command *command,
				const char *name, size_t n)
{
	struct nearest nearest = NEAREST_INIT(name, n);
	const struct opt_spec *s = NULL;
	struct known k;

	known_init(&k, command);
	while ((s = known_next(&k)))
		if (s->name)
			nearest_offer(&nearest, s->name);
	return nearest.best;
}

/* Letters and names used by other programs for our options. */
enum wish {
	NO_WISH,
	WISH_FORMAT,
	WISH_INPUT,
	WISH_OUTPUT,
	WISH_COLUMNS,
	WISH_HELP
};

static enum wish wish_of(const char *name, size_t n)
{
	static const struct {
		const char *name;
		enum wish wish;
	} wishes[] = {
		{ "format", WISH_FORMAT },  { "output-format", WISH_FORMAT },
		{ "f", WISH_FORMAT },	    { "T", WISH_FORMAT },
		{ "r", WISH_INPUT },	    { "i", WISH_INPUT },
		{ "read", WISH_INPUT },	    { "input", WISH_INPUT },
		{ "file", WISH_INPUT },	    { "pcap", WISH_INPUT },
		{ "capture", WISH_INPUT },  { "w", WISH_OUTPUT },
		{ "write", WISH_OUTPUT },   { "o", WISH_OUTPUT },
		{ "output", WISH_OUTPUT },  { "O", WISH_OUTPUT },
		{ "outfile", WISH_OUTPUT }, { "columns", WISH_COLUMNS },
		{ "fields", WISH_COLUMNS }, { "?", WISH_HELP },
		{ NULL, NO_WISH },
	};
	size_t i = 0;

	while (wishes[i].name && (strlen(wishes[i].name) != n ||
				  strncmp(wishes[i].name, name, n) != 0))
		i++;
	return wishes[i].wish;
}

/* "csv" may be the name of an option; else list options of that kind. */
static const char *format_advice(const struct cli_command *command,
				 const char *word)
{
	const struct opt_spec *s =
		word ? find_name(command, word, strlen(word)) : NULL;

	if (s && !s->arg)
		return s->name;
	if (command->groups & CLI_OUTPUT)
		return "csv, --tsv, --json or --jsonl";
	return command->groups & CLI_JSON ? "json" : NULL;
}

static char *advise_format(const struct cli_command *command, const char *next)
{
	const struct opt_spec *format = find_name(command, "format", 6);
	const char *name = format_advice(command, next);

	if (format)
		return mem_printf("is unknown: use --format %s", format->arg);
	return name ? mem_printf("is unknown: use --%s", name) : NULL;
}

/* NULL: no suggestion. */
static char *advise(const struct cli_command *command, enum wish wish,
		    const char *next)
{
	switch (wish) {
	case WISH_FORMAT: return advise_format(command, next);
	case WISH_INPUT:
		if (command->groups & CLI_INPUT)
			return mem_strdup(
				"is unknown: give captures without an option");
		break;
	case WISH_OUTPUT:
		return mem_strdup("is unknown: results go to standard output; "
				  "use > FILE");
	case WISH_COLUMNS:
		if (command->groups & CLI_OUTPUT)
			return mem_strdup("is unknown: use -o COLUMNS");
		break;
	case WISH_HELP: return mem_strdup("is unknown: use --help");
	case NO_WISH: break;
	}
	return NULL;
}

static char *advise_nearest(const struct cli_command *command, const char *name,
			    size_t n)
{
	const struct opt_spec *s = find_word(command, name, n);
	const char *best = NULL;

	if (s)
		return mem_printf("is unknown: use --%s %.*s", s->name, (int)n,
				  name);
	s = find_part(command, name, n);
	best = s ? s->name : find_nearest(command, name, n);
	return best ? mem_printf("is unknown; perhaps --%s is meant", best)
		    : NULL;
}

char *mistaken_option(const struct cli *cli, const char *word, const char *next)
{
	const struct cli_command *command = cli->command;
	const char *name = word + strspn(word, "-");
	const size_t n = strcspn(name, "=");
	char *several = list_beginning(command, name, n), *text = NULL;

	if (name[n] == '=')
		next = name + n + 1;
	if (*several)
		text = mem_printf("is ambiguous: %s", several);
	free(several);
	if (!text)
		text = advise(command, wish_of(name, n), next);
	if (!text)
		text = advise_nearest(command, name, n);
	return text ? text : mem_strdup("is unknown");
}

char *mistaken_letter(const struct cli *cli, int letter, const char *next)
{
	const char name[] = { (char)letter, '\0' };
	char *text = advise(cli->command, wish_of(name, 1), next);

	return text ? text : mem_strdup("is unknown");
}

bool mistaken_dash(const struct cli *cli, const char *word)
{
	const char *name = word ? word + 1 : "";
	const size_t n = strcspn(name, "=");

	return word && word[0] == '-' && word[1] != '-' && n > 1 &&
	       find_name(cli->command, name, n);
}

char *mistaken_word(const struct cli_command *command, int letter,
		    const char *text, size_t n)
{
	struct nearest nearest = NEAREST_INIT(text, n);
	const char *word = NULL;

	for (int i = 0; (word = command->word(letter, i)); i++)
		nearest_offer(&nearest, word);
	return nearest_clause(&nearest);
}

char *mistaken_choice(const struct cli_command *command, int letter,
		      const char *last)
{
	struct strbuf out = STRBUF_INIT;
	const char *word = NULL;

	for (int i = 0; command->word && (word = command->word(letter, i));
	     i++) {
		if (i && command->word(letter, i + 1))
			strbuf_puts(&out, ", ");
		else if (i)
			strbuf_printf(&out, " %s ", last);
		strbuf_puts(&out, word);
	}
	return strbuf_detach(&out);
}
