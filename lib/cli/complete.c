/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/complete.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "load/session.h"
#include "model/vantage.h"
#include "output/getters.h"

static const char *or_dash(const char *s)
{
	return s ? s : "-";
}

static const char *const captures[] = { "1", "2", NULL };

const char *complete_word(const struct cli_command *command,
			  const struct opt_spec *s, int i)
{
	const int letter = s ? s->letter : 0;

	if (command->word && command->word(letter, 0))
		return command->word(letter, i);
	if (s && s->arg && strcmp(s->arg, "END") == 0)
		return select_end_name(i);
	if (s && s->arg && strcmp(s->arg, "WHERE") == 0)
		return vantage_word(i);
	if (s && s->arg && strcmp(s->arg, "READER") == 0)
		return input_reader_name(i);
	if (s && s->arg && strcmp(s->arg, "1|2") == 0)
		return i < 2 ? captures[i] : NULL;
	return NULL;
}

static void print_words(const struct cli_command *command,
			const struct opt_spec *s)
{
	int n = 0;

	for (const char *w = NULL; (w = complete_word(command, s, n)); n++)
		printf("%c%s", n ? ' ' : '\t', w);
	printf("%s\n", n ? "" : "\t-");
}

void complete_options(const struct cli_command *command,
		      const struct opt_spec *const *tables, size_t n)
{
	printf("command\t%s\t%s\t%s\n", command->name, command->operands,
	       command->summary);
	for (size_t g = 0; g < n; g++)
		for (const struct opt_spec *s = tables[g]; s && s->letter;
		     s++) {
			if (!s->help || cli_is_replaced(command, tables[g], s))
				continue;
			printf("option\t");
			if (s->letter < 256)
				printf("-%c\t", s->letter);
			else
				printf("-\t");
			printf("%s%s\t%s\t%s", s->name ? "--" : "-",
			       s->name ? s->name : "", or_dash(s->arg),
			       s->help);
			print_words(command, s->arg ? s : NULL);
		}
	printf("operand");
	print_words(command, NULL);
}

static void print_ends(void (*client)(const void *, struct value *),
		       void (*server)(const void *, struct value *),
		       const struct listing_row *row)
{
	struct value a = VALUE_INIT, b = VALUE_INIT;

	client(row, &a);
	server(row, &b);
	printf("\t%s > %s\n", a.text.text, b.text.text);
	value_release(&a);
	value_release(&b);
}

static void print_connections(const struct trace *t, bool tokens)
{
	for (size_t i = 0; i < t->n_connections; i++) {
		const struct connection *c = &t->connections[i];
		const struct listing_row row = { .trace = t, .conn = c };

		if (!tokens) {
			printf("%" PRIu32, c->id);
			print_ends(get_conn_client, get_conn_server, &row);
		}
		for (int side = 0; tokens && side < 2; side++)
			if (c->side[side].has_token) {
				printf("0x%08" PRIx32, c->side[side].token);
				print_ends(get_conn_client, get_conn_server,
					   &row);
			}
	}
}

static void print_streams(const struct trace *t)
{
	for (size_t i = 0; i < t->n_streams; i++) {
		const struct listing_row row = { .trace = t,
						 .stream = &t->streams[i] };

		printf("%" PRIu32, t->streams[i].tcp_stream);
		print_ends(get_stream_client, get_stream_server, &row);
	}
}

static bool is_regular(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

void complete_capture(const struct cli *cli, const char *what)
{
	struct input input = { .tshark = NULL };
	struct error ignored = ERROR_INIT;
	struct session_operand operand = { .n = 1 };
	struct session session;
	int i = optind;

	while (i < cli->argc && !is_regular(cli->argv[i]))
		i++;
	if (i >= cli->argc || cli->common.no_cache)
		return;
	cli_input(cli, &input);
	input.only_cached = true;
	operand.paths = (const char *const *)&cli->argv[i];
	if (session_open(&session, &input, &operand, SESSION_OUTLINE,
			 &ignored) == 0) {
		if (strcmp(what, "streams") == 0)
			print_streams(&session.trace);
		else
			print_connections(&session.trace,
					  strcmp(what, "tokens") == 0);
		session_close(&session);
	}
	input_release(&input);
}
