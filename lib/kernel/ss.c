/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/ss.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "kernel/log_lines.h"

static const char blanks[] = " \t\r\n";

static const double most = 1e18; /* upper limit for any number */

/* State while a log is read. */
struct reading {
	struct ss *out;
	size_t line;
	struct stamp stamp;  /* of the current snapshot */
	bool is_new;	     /* the next socket begins a snapshot */
	bool in_socket;	     /* in the details of the last socket of "out" */
	size_t listings;     /* number of headers */
	size_t others;	     /* sockets that are ignored */
	size_t names;	     /* of these, because a port is shown by name */
	size_t with_details; /* sockets with values */
};

/* The next word of a text, which is cut there; "" at the end. */
static char *take_word(char **text)
{
	char *word = *text + strspn(*text, blanks);

	*text = word + strcspn(word, blanks);
	if (**text)
		*(*text)++ = '\0';
	return word;
}

static bool starts_with(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

/* ---------------------------------------------------------- its numbers */

/* "name:number" and "name:number/number" */
static const struct {
	const char *name;
	enum ss_value value, second; /* SS_VALUES: none */
} numbers[] = {
	{ "cwnd:", SS_CWND, SS_VALUES },
	{ "ssthresh:", SS_SSTHRESH, SS_VALUES },
	{ "mss:", SS_MSS, SS_VALUES },
	{ "rtt:", SS_RTT, SS_RTT_VARIATION },
	{ "minrtt:", SS_MIN_RTT, SS_VALUES },
	{ "rto:", SS_RTO, SS_VALUES },
	{ "unacked:", SS_UNACKED, SS_VALUES },
	{ "retrans:", SS_RETRANS, SS_RETRANS_TOTAL },
	{ "notsent:", SS_NOTSENT, SS_VALUES },
	{ "snd_wnd:", SS_SEND_WINDOW, SS_VALUES },
	{ "rcv_space:", SS_RCV_SPACE, SS_VALUES },
};

/* "name numberbps" */
static const struct {
	const char *name;
	enum ss_value value;
} rates[] = {
	{ "pacing_rate", SS_PACING_RATE },
	{ "delivery_rate", SS_DELIVERY_RATE },
};

static double number_of(const char *text)
{
	double number = NAN;

	return num_real(text, 0, most, &number) < 0 ? NAN : number;
}

static double factor_of(char unit)
{
	switch (unit) {
	case 'k':
	case 'K': return 1e3;
	case 'M': return 1e6;
	case 'G': return 1e9;
	case 'T': return 1e12;
	default: return 1;
	}
}

/* "9836107bps", "9.84Mbps", also with "/" and a limit, in bit/s. */
static double rate_of(char *text)
{
	char *unit = text + strspn(text, "0123456789.e+");
	const double factor = factor_of(*unit);

	if (!starts_with(unit + (factor > 1), "bps"))
		return NAN;
	*unit = '\0';
	return number_of(text) * factor;
}

static void take_number(struct ss_socket *s, char *word)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		char *text = word + strlen(numbers[i].name);
		char *slash = NULL;

		if (!starts_with(word, numbers[i].name))
			continue;
		if (numbers[i].second != SS_VALUES)
			slash = strchr(text, '/');
		if (slash) {
			*slash = '\0';
			s->value[numbers[i].second] = number_of(slash + 1);
		}
		s->value[numbers[i].value] = number_of(text);
	}
}

/* "token:0(id:0)/d3219a4(id:1)": the peer's and the local token. */
static void take_token(struct ss_socket *s, const char *word)
{
	const char *own = strchr(word, '/');
	uint64_t token = 0;

	if (starts_with(word, "token:") && own &&
	    num_hex(own + 1, strcspn(own + 1, "("), UINT32_MAX, &token) == 0)
		s->token = (uint32_t)token;
}

/* Names of processes may contain blanks. */
static bool skip_processes(const char *word, char **text)
{
	char *end = NULL;

	if (!starts_with(word, "users:(("))
		return false;
	end = strstr(word, "))") ? NULL : strstr(*text, "))");
	if (end)
		*text = end + 2;
	return true;
}

static void take_details(struct ss_socket *s, char *text)
{
	for (char *word = take_word(&text); *word; word = take_word(&text)) {
		if (skip_processes(word, &text))
			continue;
		take_number(s, word);
		take_token(s, word);
		for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++)
			if (strcmp(word, rates[i].name) == 0)
				s->value[rates[i].value] =
					rate_of(take_word(&text));
	}
}

/* Complete values that kernels and ss omit, and remove meaningless ones. */
static void settle(struct ss_socket *s)
{
	static const enum ss_value may_be_0[] = { SS_UNACKED, SS_RETRANS,
						  SS_RETRANS_TOTAL,
						  SS_NOTSENT };

	if (s->value[SS_SSTHRESH] >= INT32_MAX)
		s->value[SS_SSTHRESH] = NAN;
	if (isnan(s->value[SS_MIN_RTT]))
		return;
	for (size_t i = 0; i < sizeof(may_be_0) / sizeof(*may_be_0); i++)
		if (isnan(s->value[may_be_0[i]]))
			s->value[may_be_0[i]] = 0;
}

static void end_socket(struct reading *r)
{
	struct ss_socket *s = NULL;

	if (!r->in_socket)
		return;
	s = &r->out->sockets[r->out->n_sockets - 1];
	settle(s);
	r->with_details += !isnan(s->value[SS_CWND]);
	r->in_socket = false;
}

/* ------------------------------------------------------------ its first line
 */

static bool is_state(const char *word)
{
	static const char *const states[] = {
		"ESTAB",      "SYN-SENT",   "SYN-RECV", "FIN-WAIT-1",
		"FIN-WAIT-2", "TIME-WAIT",  "UNCONN",	"CLOSE-WAIT",
		"LAST-ACK",   "LISTEN",	    "CLOSING",	"UNDEF",
		"UNKNOWN",    "SYN-RECV/1",
	};

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		if (strcmp(word, states[i]) == 0)
			return true;
	return false;
}

static bool is_number(const char *word)
{
	return *word && !word[strspn(word, "0123456789")];
}

enum end_kind {
	END_OF_SOCKET,
	END_WITH_NAME, /* its port is shown by name */
	END_OTHER      /* of a listening socket, or not TCP */
};

/*
 * Parse "10.0.2.1%eth0:5001", "[2001:db8::1]:5001", or of old versions
 * "::ffff:10.0.1.2:5001"; modifies "text".
 */
static enum end_kind take_end(char *text, struct address *address,
			      uint16_t *port)
{
	char *colon = strrchr(text, ':');
	uint64_t number = 0;

	if (!colon)
		return END_OTHER;
	*colon = '\0';
	text += *text == '[';
	text[strcspn(text, "]%")] = '\0';
	if (strcmp(colon + 1, "*") == 0 ||
	    address_parse(address, text, strlen(text)) < 0)
		return END_OTHER;
	if (num_u64(colon + 1, strlen(colon + 1), UINT16_MAX, &number) < 0)
		return END_WITH_NAME;
	address_unmap(address);
	*port = (uint16_t)number;
	return END_OF_SOCKET;
}

/* A host has one socket per connection. */
static bool is_same(const struct ss_socket *a, const struct ss_socket *b)
{
	return address_is_equal(&a->local, &b->local) &&
	       address_is_equal(&a->peer, &b->peer) &&
	       a->local_port == b->local_port && a->peer_port == b->peer_port;
}

/*
 * The snapshot for a socket; a socket that occurs again begins another
 * listing, as when there are no headers.
 */
static struct ss_snapshot *find_snapshot(struct reading *r,
					 const struct ss_socket *s)
{
	struct ss *out = r->out;
	struct ss_snapshot *last = out->n ? &out->snapshots[out->n - 1] : NULL;

	if (last && !r->is_new && !is_same(s, &out->sockets[last->first]))
		return last;
	if (!r->is_new)
		r->stamp.known = false;
	r->is_new = false;
	last = MEM_PUSH(out->snapshots, out->n, out->cap);
	*last = (struct ss_snapshot){ .stamp = r->stamp,
				      .first = out->n_sockets };
	return last;
}

static void begin_socket(struct reading *r, char *local, char *peer)
{
	struct ss *out = r->out;
	struct ss_socket s = { .line = r->line };
	const enum end_kind here = take_end(local, &s.local, &s.local_port);
	const enum end_kind there = take_end(peer, &s.peer, &s.peer_port);

	if (here != END_OF_SOCKET || there != END_OF_SOCKET) {
		r->others++;
		r->names += here == END_WITH_NAME || there == END_WITH_NAME;
		return;
	}
	for (size_t i = 0; i < SS_VALUES; i++)
		s.value[i] = NAN;
	r->in_socket = true;
	find_snapshot(r, &s)->n++;
	*MEM_PUSH(out->sockets, out->n_sockets, out->cap_sockets) = s;
}

/* The words of a line that begins a socket. */
struct words {
	bool is_tcp; /* false: another protocol in NETID */
	char *local, *peer;
	char *details;
};

/*
 * Parse [NETID] [STATE] RECV-Q SEND-Q LOCAL PEER [DETAILS]; false: it has
 * another form.  Modifies the text.
 */
static bool split(char *text, struct words *out)
{
	char *word = take_word(&text);
	bool is_sure = false, good = false;

	out->is_tcp = true;
	if (!is_state(word) && !is_number(word)) {
		out->is_tcp = strcmp(word, "tcp") == 0;
		is_sure = out->is_tcp || strcmp(word, "mptcp") == 0;
		word = take_word(&text);
	}
	if (is_state(word)) {
		is_sure = true;
		word = take_word(&text);
	}
	good = is_number(word) && is_number(take_word(&text));
	out->local = take_word(&text);
	out->peer = take_word(&text);
	out->details = text;
	return good && *out->peer &&
	       (is_sure || (strchr(out->local, ':') && strchr(out->peer, ':')));
}

/* False: this line does not begin a socket. */
static bool take_socket(struct reading *r, const char *line)
{
	char *copy = mem_strdup(line);
	struct words words;
	const bool good = split(copy, &words);

	if (good) {
		end_socket(r);
		if (words.is_tcp)
			begin_socket(r, words.local, words.peer);
		else
			r->others++;
	}
	if (good && r->in_socket)
		take_details(&r->out->sockets[r->out->n_sockets - 1],
			     words.details);
	free(copy);
	return good;
}

/* ------------------------------------------------------------------ a log */

static void take_header(struct reading *r)
{
	end_socket(r);
	r->listings++;
	if (r->is_new)
		return;
	r->stamp.known = false; /* the time belonged to the previous listing */
	r->is_new = true;
}

static void take_time(struct reading *r, const char *line)
{
	struct stamp stamp = { .known = false };

	stamp_of_date(line, &stamp);
	if (!stamp.known)
		return;
	end_socket(r);
	r->stamp = stamp;
	r->is_new = true;
}

static void take_line(struct reading *r, char *line)
{
	if (*line == ' ' || *line == '\t') {
		if (r->in_socket)
			take_details(&r->out->sockets[r->out->n_sockets - 1],
				     line);
	} else if (strstr(line, "Recv-Q")) {
		take_header(r);
	} else if (!take_socket(r, line)) {
		take_time(r, line);
	}
}

static void take(void *ctx, size_t number, char *line)
{
	struct reading *r = ctx;

	r->line = number;
	take_line(r, line);
}

/* Check that it is the expected kind of log. */
static int check(const struct reading *r, bool has_lines, const char *path,
		 struct error *err)
{
	if (!r->out->n_sockets && r->names)
		return error_set(err, EXIT_INPUT,
				 "the ports in '%s' are names, not numbers: "
				 "run ss with -n, as in ss -tinM",
				 path);
	if (!r->out->n_sockets && r->others)
		return error_set(err, EXIT_INPUT,
				 "'%s' has no connected TCP socket: run ss "
				 "with -t, as in ss -tinM",
				 path);
	if (!r->out->n_sockets && has_lines && !r->listings && !r->stamp.known)
		return error_set(
			err, EXIT_INPUT,
			"'%s' has no sockets: give the output of \"ss -tinM\"",
			path);
	if (r->out->n_sockets && !r->with_details)
		return error_set(err, EXIT_INPUT,
				 "no socket in '%s' has a cwnd: run ss with "
				 "-i, as in ss -tinM",
				 path);
	return 0;
}

int ss_read(struct ss *out, const char *path, struct error *err)
{
	struct reading r = { .out = out };
	ptrdiff_t lines = 0;
	int rc = -1;

	*out = (struct ss){ .n = 0 };
	lines = log_lines_read(path, take, &r, &out->is_cut, err);
	end_socket(&r);
	if (lines >= 0)
		rc = check(&r, lines > 0, path, err);
	if (rc < 0)
		ss_release(out);
	return rc;
}

void ss_release(struct ss *s)
{
	free(s->snapshots);
	free(s->sockets);
	*s = (struct ss){ .n = 0 };
}
