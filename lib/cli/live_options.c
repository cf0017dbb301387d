/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/live_options.h"

#include <getopt.h>
#include <string.h>

#include "base/num.h"
#include "read/tshark.h"

enum {
	OPT_FILTER = 0x1800,
	OPT_SNAPLEN,
	SNAPLEN_LEAST = 64, /* bytes: addresses, ports, and hardly an option */
	SNAPLEN_MOST = 262144
};

const struct opt_spec live_options_specs[] = {
	{ 'i', "interface", "NAME",
	  "capture on this interface; may be repeated" },
	{ OPT_FILTER, "capture-filter", "FILTER",
	  "capture what FILTER matches, not all TCP" },
	{ OPT_SNAPLEN, "snaplen", "BYTES",
	  "capture only BYTES of each packet" },
	{ 'w', "write", "FILE", "write the packets to FILE" },
	{ 'f', "force", NULL, "replace an existing file" },
	{ 0, NULL, NULL, NULL },
};

static int refuse(struct cli *cli, enum exit_status status)
{
	cli->status = status;
	return -1;
}

static bool has(const struct strlist *list, const char *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->items[i], s) == 0)
			return true;
	return false;
}

static int take_interface(struct cli *cli)
{
	struct strlist *names = &cli->common.live.interfaces;

	if (!*optarg)
		return refuse(
			cli, cli_usage(cli, "invalid value '' for --interface: "
					    "give the name of an interface"));
	if (has(names, optarg))
		return refuse(cli,
			      cli_usage(cli, "interface '%s' is given twice",
					optarg));
	strlist_add(names, optarg);
	return 1;
}

static int take_snaplen(struct cli *cli)
{
	uint32_t bytes = 0;

	if (num_u32(optarg, strlen(optarg), &bytes) < 0 ||
	    bytes < SNAPLEN_LEAST || bytes > SNAPLEN_MOST)
		return refuse(cli,
			      cli_usage(cli,
					"invalid value '%s' for --snaplen: "
					"give bytes from %d to %d",
					optarg, SNAPLEN_LEAST, SNAPLEN_MOST));
	cli->common.live.snaplen = bytes;
	return 1;
}

static int take_write(struct cli *cli)
{
	if (!*optarg || strcmp(optarg, "-") == 0)
		return refuse(cli,
			      cli_usage(cli, "-w needs a file name: standard "
					     "output is used for results"));
	cli->common.live.write = optarg;
	return 1;
}

int live_options_take(struct cli *cli, int letter)
{
	switch (letter) {
	case 'i': return take_interface(cli);
	case OPT_FILTER: cli->common.live.filter = optarg; return 1;
	case OPT_SNAPLEN: return take_snaplen(cli);
	case 'w': return take_write(cli);
	case 'f': cli->common.live.force = true; return 1;
	default: return 0;
	}
}

bool live_options_are_given(const struct cli *cli)
{
	const struct live_source_options *o = &cli->common.live;

	return o->interfaces.n || o->filter || o->snaplen || o->write;
}

/* NULL: they make sense together. */
static const char *contradiction(const struct live_source_options *o,
				 int operands)
{
	if (o->interfaces.n && operands)
		return "-i cannot be used with a file or pipe";
	if (operands > 1)
		return "more than one source given";
	if (!o->interfaces.n && !operands)
		return "no source given: use -i INTERFACE, a file, or - for "
		       "standard input";
	if (!o->interfaces.n && o->filter)
		return "--capture-filter can only be used with -i";
	if (!o->interfaces.n && o->snaplen)
		return "--snaplen can only be used with -i";
	return NULL;
}

/* As the tshark that is there numbers them, so that numbers are the same in the
   file afterwards. */
static enum numbering_rule numbering_of(const struct cli *cli)
{
	struct error err = ERROR_INIT;
	struct input in = { .tshark = NULL };
	enum numbering_rule rule = NUMBERING_4_4;

	cli_input(cli, &in);
	rule = tshark_numbering(input_tshark(&in, &err));
	input_release(&in);
	return rule;
}

bool live_options_source(struct cli *cli, bool follow,
			 struct live_source_options *out)
{
	const int operands = cli->argc - optind;
	const char *wrong = contradiction(&cli->common.live, operands);

	*out = cli->common.live;
	out->follow = follow;
	out->path = operands == 1 ? cli->argv[optind] : NULL;
	if (!wrong)
		out->numbering = numbering_of(cli);
	return !wrong || cli_stop(cli, cli_usage(cli, "%s", wrong));
}
