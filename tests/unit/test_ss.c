/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "kernel/ss.h"

#define SECOND INT64_C(1000000000)

static const char header[] =
	"Netid State Recv-Q Send-Q Local Address:Port  Peer Address:Port"
	"Process      \n";
static const char first[] = "tcp   ESTAB 0      288768      10.0.1.1:42970  "
			    "   10.0.1.2:5001 ";
static const char details[] =
	"timer:(on,140ms,0) ino:207552 sk:42 cgroup:unreachable:1 <->\n"
	"\t ts sack bbr wscale:10,10 rto:268 rtt:67.129/0.656 mss:1448 "
	"pmtu:1500 rcvmss:536 advmss:1400 cwnd:57 ssthresh:24 "
	"bytes_sent:294632 bbr:(bw:9752744bps,mrtt:20.257,cwnd_gain:2.8) send "
	"9836107bps lastrcv:212 pacing_rate 27871912bps/55Mbps delivery_rate "
	"9747960bps unacked:57 retrans:2/31 rcv_rtt:66.9 rcv_space:14480 "
	"rcv_ssthresh:64088 notsent:207600 minrtt:20.257 snd_wnd:288768 "
	"tcp-ulp-mptcp flags:Mmec token:0000(id:0)/d3219a4(id:0) "
	"seq:305b22bfce7ee475 sfseq:1 maplen:0   \n";
static const char of_mptcp[] =
	"mptcp ESTAB 0 0 10.0.1.1:42970 10.0.1.2:5001 ino:2 sk:44 <->\n"
	"\t subflows:1 token:d3219a4 cwnd:99 retrans:1/2\n";

/* By value: those of "details". */
static const double said[SS_VALUES] = {
	[SS_CWND] = 57,
	[SS_SSTHRESH] = 24,
	[SS_MSS] = 1448,
	[SS_RTT] = 67.129,
	[SS_RTT_VARIATION] = 0.656,
	[SS_MIN_RTT] = 20.257,
	[SS_RTO] = 268,
	[SS_PACING_RATE] = 27871912,
	[SS_DELIVERY_RATE] = 9747960,
	[SS_UNACKED] = 57,
	[SS_RETRANS] = 2,
	[SS_RETRANS_TOTAL] = 31,
	[SS_NOTSENT] = 207600,
	[SS_SEND_WINDOW] = 288768,
	[SS_RCV_SPACE] = 14480,
};

/* Reads what these texts together are. */
static int read_bytes(struct ss *out, const char *bytes, size_t n,
		      struct error *err)
{
	char path[] = "/tmp/test_ss.XXXXXX";
	const int fd = mkstemp(path);
	int rc = 0;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
	close(fd);
	rc = ss_read(out, path, err);
	unlink(path);
	return rc;
}

static int read_text(struct ss *out, const char *text, struct error *err)
{
	return read_bytes(out, text, strlen(text), err);
}

/* The texts one after the other, of at most 16 kB. */
static const char *joined(const char *a, const char *b, const char *c,
			  const char *d)
{
	static char text[16384];

	snprintf(text, sizeof(text), "%s%s%s%s", a, b, c, d);
	return text;
}

static void assert_is_told(const struct ss_socket *s)
{
	assert_string_equal(address_text(&s->local).text, "10.0.1.1");
	assert_string_equal(address_text(&s->peer).text, "10.0.1.2");
	assert_int_equal(s->local_port, 42970);
	assert_int_equal(s->peer_port, 5001);
	assert_int_equal(s->token, 0xd3219a4);
	for (size_t i = 0; i < SS_VALUES; i++)
		assert_true(fabs(s->value[i] - said[i]) < 1e-9);
}

static void test_a_snapshot(void **state)
{
	const char *text =
		joined("# 1795384670.061085\n", header, first, details);
	struct error err = ERROR_INIT;
	struct ss log;

	(void)state;
	assert_int_equal(read_text(&log, text, &err), 0);
	assert_int_equal(log.n, 1);
	assert_int_equal(log.n_sockets, 1);
	assert_true(log.snapshots[0].stamp.known);
	assert_int_equal(log.snapshots[0].stamp.time,
			 1795384670 * SECOND + 61085000);
	assert_int_equal(log.sockets[0].line, 3);
	assert_is_told(&log.sockets[0]);
	assert_false(log.is_cut);
	ss_release(&log);
}

/* What -M shows besides is no socket of TCP, and its numbers nobody else's. */
static void test_mptcp_is_left_out(void **state)
{
	struct error err = ERROR_INIT;
	struct ss log;

	(void)state;
	assert_int_equal(
		read_text(&log, joined(first, details, of_mptcp, ""), &err), 0);
	assert_int_equal(log.n_sockets, 1);
	assert_is_told(&log.sockets[0]);
	ss_release(&log);
}

/* -O, no -M, a state, -p, and what other versions print. */
static void test_forms_of_lines(void **state)
{
	static const char *const lines[] = {
		"tcp ESTAB 0 0 10.0.1.1:42970 10.0.1.2:5001 bbr cwnd:57\n",
		"ESTAB 0 0 10.0.1.1:42970 10.0.1.2:5001 cwnd:57\n",
		"ESTAB 0 0 10.0.1.1%eth0:42970 10.0.1.2:5001 \n\t cwnd:57\n",
		"0 0 10.0.1.1:42970 10.0.1.2:5001\n\t cwnd:57\n",
		"tcp 0 0 10.0.1.1:42970 10.0.1.2:5001\n\t x:1\n\t cwnd:57\n",
		"ESTAB 0 0 ::ffff:10.0.1.1:42970 ::ffff:10.0.1.2:5001 cwnd:57"
		"\r\n",
		"FIN-WAIT-1 0 1 [::ffff:10.0.1.1]:42970 "
		"[::ffff:10.0.1.2]%c2:5001 cwnd:57\n",
		"ESTAB 0 0 10.0.1.1:42970 10.0.1.2:5001 users:((\"a minrtt:1 "
		"b\",pid=7,fd=3)) cwnd:57\n",
		"ESTAB 0 0 10.0.1.1:42970 10.0.1.2:5001 users:((\"a\",pid=7,"
		"fd=3)) skmem:(r0,rb1,t0,tb2) cwnd:57 (future:1) x y:z\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct error err = ERROR_INIT;
		struct ss log;

		assert_int_equal(read_text(&log, lines[i], &err), 0);
		assert_int_equal(log.n_sockets, 1);
		assert_string_equal(address_text(&log.sockets[0].local).text,
				    "10.0.1.1");
		assert_string_equal(address_text(&log.sockets[0].peer).text,
				    "10.0.1.2");
		assert_int_equal(log.sockets[0].local_port, 42970);
		assert_true(log.sockets[0].value[SS_CWND] == 57);
		/* No minrtt: what was left out need not be 0. */
		assert_true(isnan(log.sockets[0].value[SS_UNACKED]));
		assert_false(log.snapshots[0].stamp.known);
		ss_release(&log);
	}
}

static void test_ipv6(void **state)
{
	static const char *const lines[] = {
		"ESTAB 0 0 [fe80::1]%eth0:80 [2001:db8::2]:443 cwnd:1\n",
		"ESTAB 0 0 [fe80::1%eth0]:80 [2001:db8::2]:443 cwnd:1\n",
		"ESTAB 0 0 fe80::1%eth0:80 2001:db8::2:443 cwnd:1\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct error err = ERROR_INIT;
		struct ss log;

		assert_int_equal(read_text(&log, lines[i], &err), 0);
		assert_string_equal(address_text(&log.sockets[0].local).text,
				    "fe80::1");
		assert_string_equal(address_text(&log.sockets[0].peer).text,
				    "2001:db8::2");
		assert_int_equal(log.sockets[0].local_port, 80);
		assert_int_equal(log.sockets[0].peer_port, 443);
		ss_release(&log);
	}
}

/* What is 0 is not printed; what was never set is no number. */
static void test_what_is_not_said(void **state)
{
	struct error err = ERROR_INIT;
	struct ss log;
	const double *value = NULL;

	(void)state;
	assert_int_equal(
		read_text(&log,
			  joined(first, "\n",
				 "\t cwnd:10 ssthresh:2147483647 rto:1e+06 "
				 "pacing_rate 9.84Mbps delivery_rate 3Kbps "
				 "minrtt:3\n",
				 ""),
			  &err),
		0);
	value = log.sockets[0].value;
	assert_true(isnan(value[SS_SSTHRESH]));
	assert_true(isnan(value[SS_RTT]) && isnan(value[SS_MSS]));
	assert_true(value[SS_UNACKED] == 0 && value[SS_RETRANS] == 0);
	assert_true(value[SS_RETRANS_TOTAL] == 0 && value[SS_NOTSENT] == 0);
	assert_true(value[SS_RTO] == 1e6);
	assert_true(fabs(value[SS_PACING_RATE] - 9.84e6) < 1e-3);
	assert_true(value[SS_DELIVERY_RATE] == 3000);
	assert_int_equal(log.sockets[0].token, 0);
	ss_release(&log);
	assert_int_equal(read_text(&log,
				   joined(first, "\n",
					  "\t cwnd:1 pacing_rate 1.25Gbps "
					  "delivery_rate 2Tbps\n",
					  ""),
				   &err),
			 0);
	value = log.sockets[0].value;
	assert_true(value[SS_PACING_RATE] == 1.25e9);
	assert_true(value[SS_DELIVERY_RATE] == 2e12);
	ss_release(&log);
}

/* Numbers that are none, and rates that are cut, are not known. */
static void test_damaged_numbers(void **state)
{
	struct error err = ERROR_INIT;
	struct ss log;
	const double *value = NULL;

	(void)state;
	assert_int_equal(
		read_text(&log,
			  joined(first, "\n",
				 "\t cwnd:10 mss:-5 rto: rtt:nan/inf "
				 "ssthresh:0x10 minrtt:1e999 retrans:1/ "
				 "snd_wnd:12kB token:1/ffffffffff(id:1) "
				 "delivery_rate 12 pacing_rate\n",
				 ""),
			  &err),
		0);
	value = log.sockets[0].value;
	for (size_t i = 0; i < SS_VALUES; i++)
		assert_true(isnan(value[i]) ==
			    (i != SS_CWND && i != SS_RETRANS));
	assert_int_equal(log.sockets[0].token, 0);
	ss_release(&log);
}

/* Each time is one; a listing without one has none, not that before it. */
static void test_snapshots(void **state)
{
	static const char again[] = "ESTAB 0 0 10.0.1.1:1 10.0.1.2:2 cwnd:1\n"
				    "ESTAB 0 0 10.0.1.1:3 10.0.1.2:2 cwnd:2\n";
	static const size_t with_time[] = { 1, 0, 1, 0 };
	struct error err = ERROR_INIT;
	char text[4096];
	struct ss log;

	(void)state;
	snprintf(text, sizeof(text), "%s%s%s%s%s%s%s%s%s%s",
		 "1796030813\n1796030814\n", header, again, header, again,
		 "---\nMon Nov 30 09:26:53 UTC 2026\n\n", again, again, header,
		 "1796030815\n");
	assert_int_equal(read_text(&log, text, &err), 0);
	assert_int_equal(log.n, 4);
	assert_int_equal(log.n_sockets, 8);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(log.snapshots[i].stamp.known, with_time[i]);
		assert_int_equal(log.snapshots[i].first, 2 * i);
		assert_int_equal(log.snapshots[i].n, 2);
	}
	assert_int_equal(log.snapshots[0].stamp.time, 1796030814 * SECOND);
	assert_int_equal(log.snapshots[2].stamp.time, 1796030813 * SECOND);
	ss_release(&log);
}

/* At any byte: what is left out, or not known, is never another number. */
static void test_cut_anywhere(void **state)
{
	const char *whole =
		joined("# 1795384670.061085\n", header, first, details);
	const size_t n = strlen(whole);

	(void)state;
	for (size_t cut = 0; cut < n; cut++) {
		struct error err = ERROR_INIT;
		struct ss log;

		if (read_bytes(&log, whole, cut, &err) < 0)
			continue;
		assert_int_equal(log.is_cut, cut > 0 && whole[cut - 1] != '\n');
		for (size_t i = 0; i < log.n_sockets; i++)
			assert_true(isnan(log.sockets[i].value[SS_CWND]));
		ss_release(&log);
	}
}

static void test_other_texts(void **state)
{
	static const struct {
		const char *text, *why;
	} texts[] = {
		{ "hello\nworld\n", "has no sockets: " },
		{ "one 1 2 three four\n5 6 a b\n", "has no sockets: " },
		{ "[CREATED] token=1 remid=0\n", "has no sockets: " },
		{ "ESTAB 0 0 10.0.1.1:42970 10.0.1.2:https\n\t cwnd:1\n",
		  "run ss with -n" },
		{ "mptcp ESTAB 0 0 10.0.1.1:1 10.0.1.2:2\n\t subflows:1\n",
		  "run ss with -t" },
		{ "tcp LISTEN 0 0 *:22 *:*\n\t cwnd:1\n", "run ss with -t" },
		{ "u_str ESTAB 0 0 * 123 * 456\n", "run ss with -t" },
		{ "ESTAB 0 0 10.0.1.1:1 10.0.1.2:2\n", "run ss with -i" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct error err = ERROR_INIT;
		struct ss log;

		assert_int_equal(read_text(&log, texts[i].text, &err), -1);
		assert_int_equal(err.kind, EXIT_INPUT);
		assert_non_null(strstr(err.text, texts[i].why));
	}
}

static void test_nothing_happened(void **state)
{
	const char *texts[] = { "", header, "1796030813\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct error err = ERROR_INIT;
		struct ss log;

		assert_int_equal(read_text(&log, texts[i], &err), 0);
		assert_int_equal(log.n + log.n_sockets, 0);
		ss_release(&log);
	}
}

/* Bytes of "details" put elsewhere, and any others. */
static void test_noise(void **state)
{
	const char *whole =
		joined("# 1795384670.061085\n", header, first, details);
	const size_t n = strlen(whole);
	uint32_t seed = 1;

	(void)state;
	for (size_t round = 0; round < 2000; round++) {
		struct error err = ERROR_INIT;
		char text[16384];
		struct ss log;

		memcpy(text, whole, n);
		for (size_t k = 0; k < 1 + round % 50; k++) {
			seed = seed * 1664525 + 1013904223;
			text[(seed >> 8) % n] = seed & 1
							? whole[(seed >> 9) % n]
							: (char)(seed >> 24);
		}
		if (read_bytes(&log, text, n, &err) < 0)
			assert_int_equal(err.kind, EXIT_INPUT);
		else
			ss_release(&log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_snapshot),
		cmocka_unit_test(test_mptcp_is_left_out),
		cmocka_unit_test(test_forms_of_lines),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_what_is_not_said),
		cmocka_unit_test(test_damaged_numbers),
		cmocka_unit_test(test_snapshots),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_other_texts),
		cmocka_unit_test(test_nothing_happened),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
