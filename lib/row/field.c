/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "row/field.h"

#include <string.h>

#include "base/digits.h"
#include "base/num.h"

#define V TSHARK_VERSION

#define AT(member) offsetof(struct row, member)

const struct field field_table[FIELD_COUNT] = {
	[FIELD_FRAME] = { "frame.number", "frame", FIELD_U32, AT(frame),
			  ROW_HAS_FRAME, true, 0, false,
			  "number of the packet in the capture file, from 1" },
	[FIELD_TIME] = { "frame.time_epoch", "time", FIELD_SECONDS, AT(time),
			 ROW_HAS_TIME, true, 0, false,
			 "time stamp, seconds.nanoseconds since 1970" },
	[FIELD_INTERFACE] = { "frame.interface_name", "interface", FIELD_TEXT,
			      AT(interface), 0, false, 0, false,
			      "interface that captured it, at most 63 bytes" },
	[FIELD_SRC] = { "ip.src or ipv6.src", "src", FIELD_ADDRESS, AT(src),
			ROW_HAS_SRC, true, 0, false,
			"source address; in a tunnel, the inner one" },
	[FIELD_DST] = { "ip.dst or ipv6.dst", "dst", FIELD_ADDRESS, AT(dst),
			ROW_HAS_DST, true, 0, false,
			"destination address; in a tunnel, the inner one" },
	[FIELD_IP_ID] = { "ip.id", "ip_id", FIELD_HEX16, AT(ip_id),
			  ROW_HAS_IP_ID, false, 0, false,
			  "IPv4 identification" },
	[FIELD_SPORT] = { "tcp.srcport", "sport", FIELD_U16, AT(sport),
			  ROW_HAS_SPORT, true, 0, false, "source port" },
	[FIELD_DPORT] = { "tcp.dstport", "dport", FIELD_U16, AT(dport),
			  ROW_HAS_DPORT, true, 0, false, "destination port" },
	[FIELD_STREAM] = { "tcp.stream", "stream", FIELD_U32, AT(stream),
			   ROW_HAS_STREAM, true, 0, false,
			   "Wireshark's number of the TCP stream" },
	[FIELD_FLAGS] = { "tcp.flags", "flags", FIELD_HEX16, AT(flags),
			  ROW_HAS_FLAGS, true, 0, false,
			  "TCP flags, as Wireshark's tcp.flags" },
	[FIELD_SEQ] = { "tcp.seq", "seq", FIELD_U32, AT(seq), ROW_HAS_SEQ, true,
			0, false, "raw sequence number" },
	[FIELD_ACK] = { "tcp.ack", "ack", FIELD_U32, AT(ack), ROW_HAS_ACK,
			false, 0, false, "raw acknowledgment number" },
	[FIELD_LEN] = { "tcp.len", "len", FIELD_U32, AT(len), ROW_HAS_LEN, true,
			0, false,
			"payload bytes on the wire, captured or not" },
	[FIELD_HDR_LEN] = { "tcp.hdr_len", "hdr_len", FIELD_U8, AT(hdr_len),
			    ROW_HAS_HDR_LEN, false, 0, false,
			    "bytes of the TCP header" },
	[FIELD_WINDOW] = { "tcp.window_size_value", "window", FIELD_U16,
			   AT(window), ROW_HAS_WINDOW, false, 0, false,
			   "window as on the wire, not scaled" },
	[FIELD_OPTIONS] = { "tcp.options", "options", FIELD_OCTETS, AT(options),
			    0, false, 0, false,
			    "all TCP options, as far as they were captured" },
	[FIELD_TTL] = { "ip.ttl or ipv6.hlim", "ttl", FIELD_U8, AT(ttl),
			ROW_HAS_TTL, false, 0, true,
			"time to live, of IPv6 the hop limit" },
	[FIELD_PACKET_TYPE] = { "sll.pkttype", "packet_type", FIELD_U16,
				AT(packet_type), ROW_HAS_PACKET_TYPE, false, 0,
				true,
				"of a Linux cooked capture (any): 0 came to "
				"this host, 4 was sent by it, others neither" },
	[FIELD_ICMP_TYPE] = { "icmp.type or icmpv6.type", NULL, FIELD_U8,
			      AT(icmp_type), ROW_HAS_ICMP_TYPE, false, 0, false,
			      "type of an ICMP message" },
	[FIELD_ICMP_CODE] = { "icmp.code or icmpv6.code", NULL, FIELD_U8,
			      AT(icmp_code), 0, false, 0, false,
			      "code of an ICMP message" },
	[FIELD_CAP_LEN] = { "frame.cap_len", NULL, FIELD_U32, AT(cap_len), 0,
			    false, 0, false,
			    "bytes of the packet in the capture file" },
	/*
	 * Before 4.4 tshark prints at most 36 bytes in a column.  The last
	 * four of 40 bytes of options are reconstructed from these.
	 */
	[FIELD_TAIL_DLL] = { "tcp.options.mptcp.datalvllen", NULL, FIELD_TAIL,
			     0, 0, false, V(4, 4, 0), false,
			     "DSS data-level length" },
	[FIELD_TAIL_CHECKSUM] = { "tcp.options.mptcp.checksum", NULL,
				  FIELD_TAIL, 0, 0, false, V(4, 4, 0), false,
				  "DSS checksum" },
	[FIELD_TAIL_SACK] = { "tcp.options.sack_re", NULL, FIELD_TAIL, 0, 0,
			      false, V(4, 4, 0), false,
			      "last right edge of SACK" },
	[FIELD_TAIL_HMAC] = { "tcp.options.mptcp.addaddrtrunchmac", NULL,
			      FIELD_TAIL, 0, 0, false, V(4, 4, 0), false,
			      "ADD_ADDR HMAC" },
	[FIELD_TAIL_DACK] = { "tcp.options.mptcp.rawdataack", NULL, FIELD_TAIL,
			      0, 0, false, V(4, 4, 0), false, "DSS DATA_ACK" },
	[FIELD_TAIL_KEY] = { "tcp.options.mptcp.recvkey", NULL, FIELD_TAIL, 0,
			     0, false, V(4, 4, 0), false,
			     "MP_CAPABLE, the receiver's key" },
	[FIELD_TAIL_ID] = { "tcp.options.mptcp.addrid", NULL, FIELD_TAIL, 0, 0,
			    false, V(4, 4, 0), false, "address id" },
	[FIELD_TAIL_SUBTYPE] = { "tcp.options.mptcp.subtype", NULL, FIELD_TAIL,
				 0, 0, false, V(4, 4, 0), false,
				 "subtype of the last MPTCP option" },
};

bool field_wanted(const struct field *field, unsigned version)
{
	return field->until == 0 || version < field->until;
}

static const struct {
	const char *name; /* for people */
	size_t size;	  /* bytes in struct row */
	uint64_t max;	  /* of numbers; 0 for others */
} kinds[] = {
	[FIELD_U8] = { "integer", 1, UINT8_MAX },
	[FIELD_U16] = { "integer", 2, UINT16_MAX },
	[FIELD_U32] = { "integer", 4, UINT32_MAX },
	[FIELD_HEX16] = { "hex", 2, UINT16_MAX },
	[FIELD_SECONDS] = { "seconds", 8, 0 },
	[FIELD_ADDRESS] = { "address", sizeof(struct address), 0 },
	[FIELD_TEXT] = { "text", ROW_INTERFACE_TEXT, 0 },
	[FIELD_OCTETS] = { "hex bytes", ROW_OPTIONS_MAX, 0 },
	[FIELD_TAIL] = { "integer", 0, 0 },
};

const char *field_type_name(enum field_kind kind)
{
	return kinds[kind].name;
}

static char *place(const struct field *field, struct row *row)
{
	return (char *)row + field->at;
}

static void store(const struct field *field, uint64_t value, struct row *row)
{
	const uint32_t u32 = (uint32_t)value;
	const uint16_t u16 = (uint16_t)value;
	const uint8_t u8 = (uint8_t)value;

	switch (kinds[field->kind].size) {
	case 1: memcpy(place(field, row), &u8, 1); break;
	case 2: memcpy(place(field, row), &u16, 2); break;
	default: memcpy(place(field, row), &u32, 4); break;
	}
}

/* "outer,inner" for a tunnel: the inner packet is the relevant one. */
static bool last_value(const char **text, size_t *n)
{
	const char *comma = memrchr(*text, ',', *n);

	if (!comma)
		return false;
	*n -= (size_t)(comma + 1 - *text);
	*text = comma + 1;
	return true;
}

static int parse_number(const struct field *field, const char *text, size_t n,
			struct row *row)
{
	const char *also = NULL;
	uint64_t v = 0, max = kinds[field->kind].max;

	if (field->kind == FIELD_HEX16) { /* 3.4: "0x0001 (1)" */
		also = memmem(text, n, " (", 2);
		n = also ? (size_t)(also - text) : n;
	}
	if ((field->kind == FIELD_HEX16 ? num_hex(text, n, max, &v)
					: num_u64(text, n, max, &v)) < 0)
		return -1;
	store(field, v, row);
	return 0;
}

/*
 * Differences of times, and twice those, must fit into 64 bits: times outside
 * of 1970 to 2116 are rejected.
 */
static int parse_time(const char *text, size_t n, struct row *row)
{
	const int64_t max = (int64_t)1 << 62;

	if (n == 0 || num_nanoseconds(text, n, &row->time) < 0 ||
	    row->time < 0 || row->time >= max)
		return -1;
	return 0;
}

/* "1.5"; or "1.(1500000000 nanoseconds)" in Wireshark 4.4. */
static bool is_decimal(const char *text, size_t n)
{
	if (n > 1 && text[0] >= '0' && text[0] <= '9' &&
	    memmem(text, n, ".(", 2))
		return true;
	for (size_t i = 0; i < n; i++)
		if (!strchr("-.0123456789", text[i]) || !text[i])
			return false;
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

static int parse_one(const struct field *field, const char *text, size_t n,
		     struct row *row)
{
	switch (field->kind) {
	case FIELD_U8:
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_HEX16: return parse_number(field, text, n, row);
	case FIELD_SECONDS: return parse_time(text, n, row);
	case FIELD_ADDRESS:
		return address_parse((struct address *)place(field, row), text,
				     n);
	case FIELD_OCTETS: return parse_options(text, n, row);
	case FIELD_TEXT:
	case FIELD_TAIL: break;
	}
	return -1;
}

static int parse_interface(const char *text, size_t n, struct row *row)
{
	if (memchr(text, '\0', n))
		return -1;
	row_set_interface(row, text, n);
	return 0;
}

/*
 * "sender,quoted": the value before the last one is the sender, if the row is
 * an ICMP error.
 */
static void note_sender(const char *text, size_t n, struct row *row)
{
	size_t quoted = n;
	const char *last = text;

	row->icmp_from = (struct address)ADDRESS_NONE;
	if (!last_value(&last, &quoted))
		return;
	n -= quoted + 1;
	last_value(&text, &n);
	if (address_parse(&row->icmp_from, text, n) < 0)
		return; /* not an address */
}

/* Whether there are addresses of both families. */
static bool is_mixed(const char *text, size_t n)
{
	bool v4 = false, v6 = false;

	for (const char *end = text + n; text < end;) {
		const char *comma = memchr(text, ',', (size_t)(end - text));
		size_t length = (size_t)((comma ? comma : end) - text);

		v6 |= memchr(text, ':', length) != NULL;
		v4 |= length > 0 && !memchr(text, ':', length);
		text = comma ? comma + 1 : end;
	}
	return v4 && v6;
}

int field_parse(enum field_id id, const char *text, size_t n, struct row *row)
{
	const struct field *field = &field_table[id];

	if (n == 0)
		return 0;
	if (id == FIELD_SRC && is_mixed(text, n))
		row->present |= ROW_MIXED;
	if (id == FIELD_SRC)
		note_sender(text, n, row);
	if (id == FIELD_INTERFACE) /* a name, which may contain a comma */
		return parse_interface(text, n, row);
	bool tunnel = last_value(&text, &n);

	if (n == 0)
		return 0;
	if (tunnel && id <= FIELD_STREAM)
		row->present |= ROW_TUNNEL;
	if (parse_one(field, text, n, row) < 0)
		return id == FIELD_TIME && is_decimal(text, n) ? 0 : -1;
	row->present |= field->present;
	return 0;
}

char *field_put(const struct field *field, const struct row *row, char *to)
{
	const void *from = (const char *)row + field->at;

	if (field->present && !(row->present & field->present))
		return to;
	switch (field->kind) {
	case FIELD_U8: return digits_decimal(to, *(const uint8_t *)from);
	case FIELD_U16: return digits_decimal(to, *(const uint16_t *)from);
	case FIELD_U32: return digits_decimal(to, *(const uint32_t *)from);
	case FIELD_HEX16: return digits_hex16(to, *(const uint16_t *)from);
	case FIELD_SECONDS: return digits_nanoseconds(to, row->time);
	case FIELD_ADDRESS: return address_put(to, from);
	case FIELD_TEXT: return stpcpy(to, row->interface);
	case FIELD_OCTETS: return digits_hex(to, row->options, row->n_options);
	case FIELD_TAIL: break;
	}
	return to;
}

void field_print(enum field_id id, const struct row *row, struct strbuf *out)
{
	char *to = strbuf_room(out, FIELD_PUT_MAX);

	strbuf_end(out, field_put(&field_table[id], row, to));
}
