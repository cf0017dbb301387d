/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/field.h"

#include <string.h>

#include "base/num.h"

#define V TSHARK_VERSION

const struct field field_table[FIELD_COUNT] = {
	[FIELD_FRAME] = { "frame.number", "frame", "integer", 1, V(3, 0, 0), 0,
			  0,
			  "number of the packet in the capture file, from 1" },
	[FIELD_TIME] = { "frame.time_epoch", "time", "seconds", 1, V(3, 0, 0),
			 0, 0, "time stamp, seconds.nanoseconds since 1970" },
	[FIELD_INTERFACE] = { "frame.interface_name", "interface", "text", 0,
			      V(3, 0, 0), 0, 0,
			      "interface that captured it, at most 63 bytes" },
	[FIELD_SRC] = { "ip.src or ipv6.src", "src", "address", 1, V(3, 0, 0),
			0, 0, "source address; in a tunnel, the inner one" },
	[FIELD_DST] = { "ip.dst or ipv6.dst", "dst", "address", 1, V(3, 0, 0),
			0, 0,
			"destination address; in a tunnel, the inner one" },
	[FIELD_IP_ID] = { "ip.id", "ip_id", "hex", 0, V(3, 0, 0), 0, 0,
			  "IPv4 identification" },
	[FIELD_SPORT] = { "tcp.srcport", "sport", "integer", 1, V(3, 0, 0), 0,
			  0, "source port" },
	[FIELD_DPORT] = { "tcp.dstport", "dport", "integer", 1, V(3, 0, 0), 0,
			  0, "destination port" },
	[FIELD_STREAM] = { "tcp.stream", "stream", "integer", 1, V(3, 0, 0), 0,
			   0, "Wireshark's number of the TCP stream" },
	[FIELD_FLAGS] = { "tcp.flags", "flags", "hex", 1, V(3, 0, 0), 0, 0,
			  "TCP flags, as Wireshark's tcp.flags" },
	[FIELD_SEQ] = { "tcp.seq", "seq", "integer", 1, V(3, 0, 0), 0, 0,
			"raw sequence number" },
	[FIELD_ACK] = { "tcp.ack", "ack", "integer", 0, V(3, 0, 0), 0, 0,
			"raw acknowledgment number" },
	[FIELD_LEN] = { "tcp.len", "len", "integer", 1, V(3, 0, 0), 0, 0,
			"payload bytes on the wire, captured or not" },
	[FIELD_HDR_LEN] = { "tcp.hdr_len", "hdr_len", "integer", 0, V(3, 0, 0),
			    0, 0, "bytes of the TCP header" },
	[FIELD_WINDOW] = { "tcp.window_size_value", "window", "integer", 0,
			   V(3, 0, 0), 0, 0,
			   "window as on the wire, not scaled" },
	[FIELD_OPTIONS] = { "tcp.options", "options", "hex bytes", 0,
			    V(3, 0, 0), 0, 0,
			    "all TCP options, as far as they were captured" },
	[FIELD_TTL] = { "ip.ttl or ipv6.hlim", "ttl", "integer", 0, V(3, 0, 0),
			0, 1, "time to live, of IPv6 the hop limit" },
	[FIELD_ICMP_TYPE] = { "icmp.type or icmpv6.type", NULL, "integer", 0,
			      V(3, 0, 0), 0, 0, "type of an ICMP message" },
	[FIELD_ICMP_CODE] = { "icmp.code or icmpv6.code", NULL, "integer", 0,
			      V(3, 0, 0), 0, 0, "code of an ICMP message" },
	[FIELD_CAP_LEN] = { "frame.cap_len", NULL, "integer", 0, V(3, 0, 0), 0,
			    0, "bytes of the packet in the capture file" },
	/*
	 * Before 4.4 tshark prints at most 36 bytes in a column.  The last four
	 * of 40 bytes of options are rebuilt from these.
	 */
	[FIELD_TAIL_DLL] = { "tcp.options.mptcp.datalvllen", NULL, "integer", 0,
			     V(3, 0, 0), V(4, 4, 0), 0,
			     "DSS data-level length" },
	[FIELD_TAIL_CHECKSUM] = { "tcp.options.mptcp.checksum", NULL, "hex", 0,
				  V(3, 0, 0), V(4, 4, 0), 0, "DSS checksum" },
	[FIELD_TAIL_SACK] = { "tcp.options.sack_re", NULL, "integer", 0,
			      V(3, 0, 0), V(4, 4, 0), 0,
			      "last right edge of SACK" },
	[FIELD_TAIL_HMAC] = { "tcp.options.mptcp.addaddrtrunchmac", NULL, "hex",
			      0, V(3, 0, 0), V(4, 4, 0), 0, "ADD_ADDR HMAC" },
	[FIELD_TAIL_DACK] = { "tcp.options.mptcp.rawdataack", NULL, "integer",
			      0, V(3, 0, 0), V(4, 4, 0), 0, "DSS DATA_ACK" },
	[FIELD_TAIL_KEY] = { "tcp.options.mptcp.recvkey", NULL, "integer", 0,
			     V(3, 0, 0), V(4, 4, 0), 0,
			     "MP_CAPABLE, the receiver's key" },
	[FIELD_TAIL_ID] = { "tcp.options.mptcp.addrid", NULL, "integer", 0,
			    V(3, 0, 0), V(4, 4, 0), 0, "address id" },
	[FIELD_TAIL_SUBTYPE] = { "tcp.options.mptcp.subtype", NULL, "integer",
				 0, V(3, 0, 0), V(4, 4, 0), 0,
				 "subtype of the last MPTCP option" },
};

int field_wanted(const struct field *field, unsigned version)
{
	return version >= field->since &&
	       (field->until == 0 || version < field->until);
}

/* "outer,inner" of a tunnel: the packet proper is the inner one. */
static int last_value(const char **text, size_t *n)
{
	const char *comma = memrchr(*text, ',', *n);

	if (!comma)
		return 0;
	*n -= (size_t)(comma + 1 - *text);
	*text = comma + 1;
	return 1;
}

static int parse_text(const char *text, size_t n, char *out, size_t max)
{
	if (n >= max || memchr(text, '\0', n))
		return -1;
	memcpy(out, text, n);
	out[n] = '\0';
	return 0;
}

static int parse_hex16(const char *text, size_t n, uint16_t *out)
{
	const char *also = memmem(text, n, " (", 2); /* 3.4: "0x0001 (1)" */
	uint64_t v = 0;

	if (also)
		n = (size_t)(also - text);
	if (num_hex(text, n, UINT16_MAX, &v) < 0)
		return -1;
	*out = (uint16_t)v;
	return 0;
}

static int parse_u8(const char *text, size_t n, uint8_t *out)
{
	uint64_t v = 0;

	if (num_u64(text, n, UINT8_MAX, &v) < 0)
		return -1;
	*out = (uint8_t)v;
	return 0;
}

/*
 * Differences of times, and twice those, have to fit into 64 bits: what lies
 * outside of 1970 to 2116 is no time.
 */
static int parse_time(const char *text, size_t n, struct row *row)
{
	const int64_t max = (int64_t)1 << 62;

	if (n == 0 || num_nanoseconds(text, n, &row->time) < 0 ||
	    row->time < 0 || row->time >= max)
		return -1;
	return 0;
}

static int is_decimal(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strchr("-.0123456789", text[i]) || !text[i])
			return 0;
	return n > 0;
}

static int parse_options(const char *text, size_t n, struct row *row)
{
	int bytes = num_hexbytes(text, n, row->options, ROW_OPTIONS_MAX);

	if (bytes < 0)
		return -1;
	row->n_options = (uint8_t)bytes;
	return 0;
}

static int parse_one(enum field_id id, const char *text, size_t n,
		     struct row *row)
{
	switch (id) {
	case FIELD_FRAME: return num_u32(text, n, &row->frame);
	case FIELD_TIME: return parse_time(text, n, row);
	case FIELD_SRC: return parse_text(text, n, row->src, sizeof(row->src));
	case FIELD_DST: return parse_text(text, n, row->dst, sizeof(row->dst));
	case FIELD_IP_ID: return parse_hex16(text, n, &row->ip_id);
	case FIELD_SPORT: return num_u16(text, n, &row->sport);
	case FIELD_DPORT: return num_u16(text, n, &row->dport);
	case FIELD_STREAM: return num_u32(text, n, &row->stream);
	case FIELD_FLAGS: return parse_hex16(text, n, &row->flags);
	case FIELD_SEQ: return num_u32(text, n, &row->seq);
	case FIELD_ACK: return num_u32(text, n, &row->ack);
	case FIELD_LEN: return num_u32(text, n, &row->len);
	case FIELD_HDR_LEN: return parse_u8(text, n, &row->hdr_len);
	case FIELD_WINDOW: return num_u16(text, n, &row->window);
	case FIELD_OPTIONS: return parse_options(text, n, row);
	case FIELD_TTL: return parse_u8(text, n, &row->ttl);
	case FIELD_ICMP_TYPE: return parse_u8(text, n, &row->icmp_type);
	case FIELD_ICMP_CODE: return parse_u8(text, n, &row->icmp_code);
	case FIELD_CAP_LEN: return num_u32(text, n, &row->cap_len);
	case FIELD_INTERFACE:
	case FIELD_TAIL_DLL:
	case FIELD_TAIL_CHECKSUM:
	case FIELD_TAIL_SACK:
	case FIELD_TAIL_HMAC:
	case FIELD_TAIL_DACK:
	case FIELD_TAIL_KEY:
	case FIELD_TAIL_ID:
	case FIELD_TAIL_SUBTYPE:
	case FIELD_COUNT: break;
	}
	return -1;
}

static const unsigned present_bit[FIELD_COUNT] = {
	[FIELD_FRAME] = ROW_HAS_FRAME,	 [FIELD_TIME] = ROW_HAS_TIME,
	[FIELD_SRC] = ROW_HAS_SRC,	 [FIELD_DST] = ROW_HAS_DST,
	[FIELD_IP_ID] = ROW_HAS_IP_ID,	 [FIELD_SPORT] = ROW_HAS_SPORT,
	[FIELD_DPORT] = ROW_HAS_DPORT,	 [FIELD_STREAM] = ROW_HAS_STREAM,
	[FIELD_FLAGS] = ROW_HAS_FLAGS,	 [FIELD_SEQ] = ROW_HAS_SEQ,
	[FIELD_ACK] = ROW_HAS_ACK,	 [FIELD_LEN] = ROW_HAS_LEN,
	[FIELD_WINDOW] = ROW_HAS_WINDOW, [FIELD_HDR_LEN] = ROW_HAS_HDR_LEN,
	[FIELD_TTL] = ROW_HAS_TTL,	 [FIELD_ICMP_TYPE] = ROW_HAS_ICMP_TYPE,
};

unsigned field_present(enum field_id id)
{
	return present_bit[id];
}

/* At most n bytes of a longer text, and no half character of UTF-8. */
static size_t cut_text(const char *text, size_t n)
{
	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/*
 * "sender,quoted": what stands before the last value sent the ICMP error that
 * the row may be.
 */
static void note_sender(const char *text, size_t n, struct row *row)
{
	size_t quoted = n;
	const char *last = text;

	row->icmp_from[0] = '\0';
	if (!last_value(&last, &quoted))
		return;
	n -= quoted + 1;
	last_value(&text, &n);
	if (n < sizeof(row->icmp_from) && !memchr(text, '\0', n)) {
		memcpy(row->icmp_from, text, n);
		row->icmp_from[n] = '\0';
	}
}

int field_parse(enum field_id id, const char *text, size_t n, struct row *row)
{
	if (n == 0)
		return 0;
	if (id == FIELD_SRC)
		note_sender(text, n, row);
	if (id == FIELD_INTERFACE) { /* a name, which may hold a comma */
		if (n >= sizeof(row->interface))
			n = cut_text(text, sizeof(row->interface) - 1);
		return parse_text(text, n, row->interface,
				  sizeof(row->interface));
	}
	int tunnel = last_value(&text, &n);

	if (n == 0)
		return 0;
	if (tunnel && id <= FIELD_STREAM)
		row->present |= ROW_TUNNEL;
	if (parse_one(id, text, n, row) < 0)
		return id == FIELD_TIME && is_decimal(text, n) ? 0 : -1;
	row->present |= present_bit[id];
	return 0;
}

static void print_hex16(struct strbuf *out, uint16_t value)
{
	const uint8_t bytes[2] = { (uint8_t)(value >> 8), (uint8_t)value };

	strbuf_puts(out, "0x");
	strbuf_hex(out, bytes, sizeof(bytes));
}

void field_print(enum field_id id, const struct row *row, struct strbuf *out)
{
	if (present_bit[id] && !(row->present & present_bit[id]))
		return;
	switch (id) {
	case FIELD_FRAME: strbuf_decimal(out, row->frame); break;
	case FIELD_TIME: strbuf_nanoseconds(out, row->time); break;
	case FIELD_INTERFACE: strbuf_puts(out, row->interface); break;
	case FIELD_SRC: strbuf_puts(out, row->src); break;
	case FIELD_DST: strbuf_puts(out, row->dst); break;
	case FIELD_IP_ID: print_hex16(out, row->ip_id); break;
	case FIELD_SPORT: strbuf_decimal(out, row->sport); break;
	case FIELD_DPORT: strbuf_decimal(out, row->dport); break;
	case FIELD_STREAM: strbuf_decimal(out, row->stream); break;
	case FIELD_FLAGS: print_hex16(out, row->flags); break;
	case FIELD_SEQ: strbuf_decimal(out, row->seq); break;
	case FIELD_ACK: strbuf_decimal(out, row->ack); break;
	case FIELD_LEN: strbuf_decimal(out, row->len); break;
	case FIELD_HDR_LEN: strbuf_decimal(out, row->hdr_len); break;
	case FIELD_WINDOW: strbuf_decimal(out, row->window); break;
	case FIELD_OPTIONS:
		strbuf_hex(out, row->options, row->n_options);
		break;
	case FIELD_TTL: strbuf_decimal(out, row->ttl); break;
	case FIELD_ICMP_TYPE:
	case FIELD_ICMP_CODE:
	case FIELD_CAP_LEN:
	case FIELD_TAIL_DLL:
	case FIELD_TAIL_CHECKSUM:
	case FIELD_TAIL_SACK:
	case FIELD_TAIL_HMAC:
	case FIELD_TAIL_DACK:
	case FIELD_TAIL_KEY:
	case FIELD_TAIL_ID:
	case FIELD_TAIL_SUBTYPE:
	case FIELD_COUNT: break;
	}
}
