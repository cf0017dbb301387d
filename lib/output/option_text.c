/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/option_text.h"

#include <inttypes.h>

#include "base/plural.h"
#include "events/event.h"
#include "model/tcpopt.h"

/* MP_CAPABLE's flag A, MP_TCPRST's flag T. */
enum {
	FLAG_CHECKSUMS = 0x80,
	FLAG_TRANSIENT = 1
};

static const struct {
	unsigned flag;
	const char *name;
} flags[] = {
	{ 0x02, "SYN" }, { 0x10, "ACK" }, { 0x01, "FIN" }, { 0x04, "RST" },
	{ 0x08, "PSH" }, { 0x20, "URG" }, { 0x40, "ECE" }, { 0x80, "CWR" },
};

void packet_put(struct strbuf *out, const struct packets *p, uint32_t i)
{
	const char *before = "";

	for (size_t k = 0; k < sizeof(flags) / sizeof(*flags); k++)
		if (p->flags[i] & flags[k].flag) {
			strbuf_printf(out, "%s%s", before, flags[k].name);
			before = ", ";
		}
	strbuf_printf(out, "%sseq 0x%08" PRIx32, before, p->seq[i]);
	if (p->flags[i] & TCP_ACK)
		strbuf_printf(out, ", ack 0x%08" PRIx32, p->ack[i]);
	if (p->len[i])
		strbuf_printf(out, ", %" PRIu32 " byte%s", p->len[i],
			      plural(p->len[i]));
	strbuf_printf(out, ", window %u", (unsigned)p->window[i]);
}

/* ", " and a number in hexadecimal, where it is there. */
static void put_hex(struct strbuf *out, const struct mptcp_option *o,
		    unsigned has, const char *name, int digits, uint64_t n)
{
	if (o->has & has)
		strbuf_printf(out, ", %s 0x%0*" PRIx64, name, digits, n);
}

static void put_number(struct strbuf *out, const struct mptcp_option *o,
		       unsigned has, const char *name, uint64_t n)
{
	if (o->has & has)
		strbuf_printf(out, ", %s %" PRIu64, name, n);
}

static void put_word(struct strbuf *out, bool there, const char *word)
{
	if (there)
		strbuf_printf(out, ", %s", word);
}

static void put_capable(struct strbuf *out, const struct mptcp_option *o)
{
	strbuf_printf(out, "MP_CAPABLE version %u", o->version);
	put_word(out, o->flags & FLAG_CHECKSUMS, "checksums");
	put_hex(out, o, MPTCP_HAS_KEY, "key", 16, o->key);
	put_hex(out, o, MPTCP_HAS_PEER_KEY, "receiver's key", 16, o->peer_key);
	put_number(out, o, MPTCP_HAS_DLL, "data length", o->dll);
}

static void put_join(struct strbuf *out, const struct mptcp_option *o)
{
	strbuf_puts(out, "MP_JOIN");
	put_hex(out, o, MPTCP_HAS_TOKEN, "token", 8, o->token);
	put_number(out, o, MPTCP_HAS_ID, "address id", o->id);
	put_hex(out, o, MPTCP_HAS_NONCE, "nonce", 8, o->nonce);
	put_word(out, o->has & MPTCP_HAS_HMAC, "HMAC");
	put_word(out, o->has & MPTCP_BACKUP, "backup");
}

static void put_dss(struct strbuf *out, const struct mptcp_option *o)
{
	strbuf_puts(out, "DSS");
	put_number(out, o, MPTCP_HAS_DACK, "DATA_ACK", o->dack);
	put_number(out, o, MPTCP_HAS_DSN, "DSN", o->dsn);
	put_number(out, o, MPTCP_HAS_DSN, "subflow sequence number", o->ssn);
	put_number(out, o, MPTCP_HAS_DLL, "data length", o->dll);
	put_hex(out, o, MPTCP_HAS_CHECKSUM, "checksum", 4, o->checksum);
	put_word(out, o->has & MPTCP_DATA_FIN, "DATA_FIN");
}

static void put_add_addr(struct strbuf *out, const struct mptcp_option *o)
{
	strbuf_printf(out, "ADD_ADDR %s id %u, ",
		      o->has & MPTCP_ECHO ? "echo of" : "address", o->id);
	address_append(out, &o->address);
	put_number(out, o, MPTCP_HAS_PORT, "port", o->port);
	put_word(out, o->has & MPTCP_HAS_HMAC, "HMAC");
}

static void put_reset(struct strbuf *out, const struct mptcp_option *o)
{
	const char *name = reset_reason_name(o->reason);

	strbuf_printf(out, "MP_TCPRST reason %u", o->reason);
	if (name)
		strbuf_printf(out, " (%s)", name);
	put_word(out, o->flags & FLAG_TRANSIENT, "transient");
}

static void put_mptcp(struct strbuf *out, const struct mptcp_option *o)
{
	switch (o->subtype) {
	case MP_CAPABLE: put_capable(out, o); break;
	case MP_JOIN: put_join(out, o); break;
	case MP_DSS: put_dss(out, o); break;
	case MP_ADD_ADDR: put_add_addr(out, o); break;
	case MP_REMOVE_ADDR:
		strbuf_puts(out, "REMOVE_ADDR address id");
		for (size_t i = 0; i < o->n_ids; i++)
			strbuf_printf(out, " %u", o->ids[i]);
		break;
	case MP_PRIO:
		strbuf_puts(out, o->has & MPTCP_BACKUP ? "MP_PRIO backup"
						       : "MP_PRIO no backup");
		put_number(out, o, MPTCP_HAS_ID, "address id", o->id);
		break;
	case MP_FAIL: strbuf_printf(out, "MP_FAIL DSN %" PRIu64, o->dsn); break;
	case MP_FASTCLOSE:
		strbuf_puts(out, "MP_FASTCLOSE");
		put_hex(out, o, MPTCP_HAS_KEY, "receiver's key", 16, o->key);
		break;
	case MP_TCPRST: put_reset(out, o); break;
	}
}

static void put_tcp(struct strbuf *out, const struct tcp_options *o)
{
	if (o->has_mss)
		strbuf_printf(out, "; MSS %u", o->mss);
	if (o->has_wscale)
		strbuf_printf(out, "; window scale %u", o->wscale);
	if (o->sack_permitted)
		strbuf_puts(out, "; SACK permitted");
	for (size_t i = 0; i < o->n_sack; i++)
		strbuf_printf(out, "%s0x%08" PRIx32 " to 0x%08" PRIx32,
			      i ? ", " : "; SACK ", o->sack[i][0],
			      o->sack[i][1]);
	if (o->has_ts)
		strbuf_printf(out, "; timestamp %" PRIu32 ", echo %" PRIu32,
			      o->tsval, o->tsecr);
}

void packet_put_options(struct strbuf *out, const struct packets *p, uint32_t i)
{
	struct tcp_options o;

	packets_tcpopt(p, i, &o);
	put_tcp(out, &o);
	for (size_t k = 0; k < o.n_mptcp; k++) {
		strbuf_puts(out, "; ");
		put_mptcp(out, &o.mptcp[k]);
	}
	if (o.bad)
		strbuf_printf(out, "; %u malformed option%s", o.bad,
			      plural(o.bad));
	if (p->mark[i] & PACKET_OPTIONS_CUT)
		strbuf_puts(out, "; more options, not captured");
}
