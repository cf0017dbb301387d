/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_effect.c - options that their receiver has to ignore (model/effect.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "model/effect.h"
#include "model/key.h"
#include "model/packets.h"

#define CLIENT_KEY 0x0123456789abcdefu
#define SERVER_KEY 0xfedcba9876543210u

/* The only MPTCP option of these octets. */
static struct mptcp_option option(const char *hex)
{
	uint8_t bytes[64];
	int n = num_hexbytes(hex, strlen(hex), bytes, sizeof(bytes));
	struct tcp_options o;

	assert_true(n > 0);
	tcpopt_parse(bytes, (size_t)n, &o);
	assert_int_equal(o.bad, 0);
	assert_int_equal(o.n_mptcp, 1);
	return o.mptcp[0];
}

static enum flaw alone(const char *hex, unsigned flags, int version)
{
	struct mptcp_option m = option(hex);

	return effect_option_flaw(&m, flags, version);
}

static struct connection connection(int version)
{
	struct connection c;

	memset(&c, 0, sizeof(c));
	c.version = version;
	c.side[0].has_key = c.side[1].has_key = 1;
	c.side[0].key = CLIENT_KEY;
	c.side[1].key = SERVER_KEY;
	return c;
}

static void capable(void **state)
{
	(void)state;
	assert_int_equal(alone("1e040101", TCP_SYN, 1), FLAW_NONE);
	assert_int_equal(alone("1e040181", TCP_SYN, 1), FLAW_NONE);
	assert_int_equal(alone("1e040141", TCP_SYN, 1), FLAW_CAPABLE_B);
	assert_int_equal(alone("1e040100", TCP_SYN, 1), FLAW_CAPABLE_NO_HMAC);
}

static void data_fin(void **state)
{
	(void)state;
	/* with DATA_ACK and mapping; with DATA_ACK only; no DATA_FIN */
	assert_int_equal(
		alone("1e1220150000000100000002000000000001", TCP_ACK, 1),
		FLAW_NONE);
	assert_int_equal(alone("1e08201100000001", TCP_ACK, 1),
			 FLAW_DATA_FIN_UNMAPPED);
	assert_int_equal(alone("1e08200100000001", TCP_ACK, 1), FLAW_NONE);
}

static void priority(void **state)
{
	(void)state;
	assert_int_equal(alone("1e0351", TCP_ACK, 1), FLAW_NONE);
	assert_int_equal(alone("1e045103", TCP_ACK, 1), FLAW_PRIO_LENGTH);
	assert_int_equal(alone("1e045103", TCP_ACK, 0), FLAW_NONE);
	assert_int_equal(alone("1e045103", TCP_ACK, -1), FLAW_NONE);
}

static void reset_reason(void **state)
{
	(void)state;
	assert_int_equal(alone("1e048001", TCP_RST, 1), FLAW_NONE);
	assert_int_equal(alone("1e048001", TCP_ACK, 1), FLAW_TCPRST_NO_RST);
}

static void announced_address(void **state)
{
	struct connection c = connection(1);
	struct mptcp_option m = option("1e1030020a0002010000000000000000");

	(void)state;
	key_add_addr_hmac(SERVER_KEY, CLIENT_KEY, m.id, m.address, 4, 0,
			  m.hmac);
	assert_int_equal(effect_flaw(&c, 1, &m, TCP_ACK), FLAW_NONE);
	assert_int_equal(effect_flaw(&c, 0, &m, TCP_ACK), FLAW_ADD_ADDR_HMAC);
	m.hmac[7] ^= 1;
	assert_int_equal(effect_flaw(&c, 1, &m, TCP_ACK), FLAW_ADD_ADDR_HMAC);
	/* an echo has none; what cannot be computed is not wrong */
	m.has |= MPTCP_ECHO;
	assert_int_equal(effect_flaw(&c, 1, &m, TCP_ACK), FLAW_NONE);
	m.has &= ~(unsigned)MPTCP_ECHO;
	c.side[0].has_key = 0;
	assert_int_equal(effect_flaw(&c, 1, &m, TCP_ACK), FLAW_NONE);
}

static void fastclose(void **state)
{
	struct connection c = connection(1);
	struct mptcp_option m = option("1e0c7000fedcba9876543210");

	(void)state;
	assert_int_equal(effect_flaw(&c, 0, &m, TCP_RST), FLAW_NONE);
	assert_int_equal(effect_flaw(&c, 1, &m, TCP_RST), FLAW_FASTCLOSE_KEY);
	c.side[0].has_key = 0;
	assert_int_equal(effect_flaw(&c, 1, &m, TCP_RST), FLAW_NONE);
}

static void window(void **state)
{
	(void)state;
	assert_true(effect_is_in_window(7, 7));
	assert_true(effect_is_in_window(8, 7));
	assert_false(effect_is_in_window(6, 7));
	assert_true(effect_is_in_window(3, 0xfffffff0u));
	assert_false(effect_is_in_window(0xfffffff0u, 3));
}

static void every_flaw_has_words(void **state)
{
	(void)state;
	for (int f = 0; f < FLAWS; f++)
		assert_true(strlen(flaw_text((enum flaw)f)) > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capable),
		cmocka_unit_test(data_fin),
		cmocka_unit_test(priority),
		cmocka_unit_test(reset_reason),
		cmocka_unit_test(announced_address),
		cmocka_unit_test(fastclose),
		cmocka_unit_test(window),
		cmocka_unit_test(every_flaw_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
