/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets of interfaces: with scripts in place of dumpcap, for what it may do,
   and with dumpcap itself in a network namespace of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "live/dumpcap.h"
#include "live/interfaces.h"
#include "live/source.h"
#include "os/file.h"
#include "os/monotonic.h"
#include "os/proc.h"

static const int64_t long_time = 60 * (int64_t)1000000000;

/* A capture with so many TCP packets, and nothing else. */
#define CAPTURE "testdata/check/backup_unused.pcap"

enum {
	PACKETS = 47
};

static char work[] = "/tmp/mptcp-live.XXXXXX";

static char *in_work(const char *name)
{
	return mem_printf("%s/%s", work, name);
}

/* A script, which is dumpcap from now on. */
static void fake(const char *script)
{
	char *path = in_work("dumpcap");
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700);
	char *text = mem_printf("#!/bin/sh\n%s\n", script);

	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, text, strlen(text)), 0);
	close(fd);
	setenv("MPTCP_DUMPCAP", path, 1);
	free(text);
	free(path);
}

static struct live_source *try_open(struct live_source_options o,
				    const char *first, const char *second,
				    struct error *err)
{
	struct live_source *s = NULL;

	strlist_add(&o.interfaces, first);
	if (second)
		strlist_add(&o.interfaces, second);
	s = live_source_open(&o, err);
	strlist_release(&o.interfaces);
	return s;
}

static struct live_source *open_interface(const char *name)
{
	struct error err = ERROR_INIT;
	struct live_source *s = try_open(
		(struct live_source_options){ .path = NULL }, name, NULL, &err);

	if (!s)
		fail_msg("%s", err.text);
	return s;
}

static void refused(enum exit_status kind, const char *text)
{
	struct error err = ERROR_INIT;

	assert_null(try_open((struct live_source_options){ .path = NULL },
			     "eth7", NULL, &err));
	if (!strstr(err.text, text))
		fail_msg("'%s'", err.text);
	assert_null(strchr(err.text, '\n'));
	assert_int_equal(err.kind, kind);
}

/* The next step is that one; of packets as many as there are, up to "most". */
static enum live_step take(struct live_source *s, size_t most, size_t *n,
			   struct error *err)
{
	const struct row *row = NULL;
	enum live_step step = LIVE_ROW;

	for (*n = 0; *n < most && step == LIVE_ROW; *n += step == LIVE_ROW)
		step = live_source_next(s, &row, monotonic_ns() + long_time,
					err);
	return step;
}

static void expect(struct live_source *s, size_t packets)
{
	struct error err = ERROR_INIT;
	size_t n = 0;

	assert_int_equal(take(s, packets, &n, &err), LIVE_ROW);
}

static void expect_end(struct live_source *s)
{
	struct error err = ERROR_INIT;
	size_t n = 0;

	assert_int_equal(take(s, 1, &n, &err), LIVE_END);
	assert_int_equal(n, 0);
}

/* What it is asked to do. */
static void arguments(void **state)
{
	char *said = in_work("arguments");
	char *script =
		mem_printf("printf '[%%s]' \"$@\" >'%s'; cat " CAPTURE, said);
	struct live_source_options o = { .filter = "tcp port 80",
					 .snaplen = 96 };
	struct error err = ERROR_INIT;
	struct strbuf text = STRBUF_INIT;
	struct live_source *s = NULL;

	(void)state;
	fake(script);
	s = try_open(o, "eth7", "lo", &err);
	assert_non_null(s);
	assert_string_equal(live_source_name(s), "eth7, lo");
	expect(s, PACKETS);
	expect_end(s);
	live_source_close(s);
	assert_int_equal(file_read(&text, said, 10000, &err), 0);
	assert_string_equal(text.text,
			    "[-q][-w][-][-i][eth7][-f][tcp port 80][-s][96]"
			    "[-B][32][-i][lo][-f][tcp port 80][-s][96][-B]["
			    "32]");
	strbuf_clear(&text);

	s = open_interface("eth7");
	expect(s, PACKETS);
	live_source_close(s);
	assert_int_equal(file_read(&text, said, 10000, &err), 0);
	assert_non_null(strstr(text.text, "[-i][eth7][-f][tcp or ip6[6] = 0 "));
	assert_non_null(strstr(text.text, "[-s][256]"));
	strbuf_release(&text);
	free(script);
	free(said);
}

/* Who captures nothing says why, in one line. */
static void does_not_start(void **state)
{
	(void)state;
	fake("echo \"Capturing on 'eth7'\" >&2\n"
	     "echo 'dumpcap: You do not have permission to capture on device "
	     "\"eth7\".' >&2\n"
	     "echo '(socket: Operation not permitted)' >&2; exit 1");
	refused(EXIT_SYSTEM, "no permission to capture packets: capture as "
			     "root, or as a member of the group that may");
	fake("echo 'dumpcap: cap_set_proc() fail return: Operation not "
	     "permitted' >&2\n"
	     "echo 'dumpcap: There is no device named \"eth7\".' >&2\n"
	     "echo '(No such device exists)' >&2; exit 1");
	refused(EXIT_USAGE, "There is no device named \"eth7\": mptcp-live -D");
	fake("echo 'dumpcap: Device \"eth7\" is not up.' >&2; exit 1");
	refused(EXIT_SYSTEM, "cannot capture: Device \"eth7\" is not up");
	fake("echo 'sudo: a password is required' >&2; exit 1");
	refused(EXIT_SYSTEM, "cannot capture: sudo: a password is required");
	fake("exit 0");
	refused(EXIT_SYSTEM,
		"dumpcap, which captures eth7, ended without a message");
	setenv("MPTCP_DUMPCAP", "/nonexistent/dumpcap", 1);
	refused(EXIT_TSHARK, "'/nonexistent/dumpcap' (from MPTCP_DUMPCAP) is "
			     "not a program");
}

/* Packets, and then it dies: what there was is seen, and then why. */
static void dies(void **state)
{
	static const struct {
		const char *script, *text;
	} cases[] = {
		{ "cat " CAPTURE
		  "; echo 'dumpcap: The network adapter \"eth7\" "
		  "is no longer attached; the capture has stopped.' >&2",
		  "cannot capture: The network adapter \"eth7\" is no longer "
		  "attached; the capture has stopped" },
		{ "cat " CAPTURE "; kill -9 $$", "ended without a message" },
		{ "cat " CAPTURE "; exit 1", "ended without a message" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct error err = ERROR_INIT;
		struct live_source *s = NULL;
		size_t n = 0;

		fake(cases[i].script);
		s = open_interface("eth7");
		assert_int_equal(take(s, SIZE_MAX, &n, &err), LIVE_FAILED);
		assert_int_equal(n, PACKETS);
		if (!strstr(err.text, cases[i].text))
			fail_msg("'%s'", err.text);
		live_source_close(s);
	}
}

/* It writes what is no capture: it is ended, and the reason is that. */
static void garbage(void **state)
{
	struct error err = ERROR_INIT;
	struct live_source *s = NULL;
	char *warning = NULL;
	size_t n = 0;

	(void)state;
	fake("echo 'This is a text.'; while :; do sleep 0.1; done");
	s = open_interface("eth7");
	assert_int_equal(take(s, SIZE_MAX, &n, &err), LIVE_FAILED);
	assert_int_equal(n, 0);
	if (!strstr(err.text,
		    "cannot read 'eth7': it is neither pcap nor pcapng"))
		fail_msg("'%s'", err.text);
	live_source_close(s);

	fake("cat " CAPTURE "; yes damaged");
	s = open_interface("eth7");
	assert_int_equal(take(s, SIZE_MAX, &n, &err), LIVE_END);
	assert_int_equal(n, PACKETS);
	warning = live_source_warning(s);
	assert_non_null(warning);
	assert_non_null(strstr(warning, "damaged or corrupt"));
	free(warning);
	live_source_close(s);
}

/* What dumpcap prints at its end, and what it never printed. */
static void numbers_of_drops(void **state)
{
	static const struct {
		const char *text;
		bool has;
		uint64_t dropped;
	} cases[] = {
		{ "Packets received/dropped on interface 'lo': 9/5 "
		  "(pcap:3/dumpcap:1/flushed:0/ps_ifdrop:1) (64.3%)\n",
		  true, 5 },
		{ "Packets received/dropped on interface 'lo': 9/3 (pcap:3)\n"
		  "Packets received/dropped on interface 'w0': 9/1 (pcap:0/"
		  "dumpcap:1/flushed:0/ps_ifdrop:0)\n",
		  true, 4 },
		{ "Packets received/dropped on interface 'lo': 9/5\n", false,
		  0 },
		{ "Packets captured: 9\n", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t dropped = 1;

		assert_int_equal(dumpcap_dropped(cases[i].text, &dropped),
				 cases[i].has);
		assert_int_equal(dropped, cases[i].dropped);
	}
}

/* It is asked to stop, ends its file, and tells what was dropped. */
static void drops(void **state)
{
	struct live_source *s = NULL;
	struct live_source_counts counts;

	(void)state;
	fake("trap 'tail -c +5945 " CAPTURE "; for i in 7 8; do echo \"Packets "
	     "received/dropped on interface '\\''eth$i'\\'': 40/13 "
	     "(pcap:4/dumpcap:2/flushed:7/ps_ifdrop:1) (75.5%)\" >&2; done; "
	     "exit' TERM\n"
	     "head -c 5944 " CAPTURE "; while :; do sleep 0.1; done");
	s = open_interface("eth7");
	expect(s, 40);
	live_source_counts(s, &counts);
	assert_true(counts.is_paced);
	assert_false(counts.has_dropped);
	live_source_stop(s);
	expect(s, PACKETS - (size_t)counts.packets);
	expect_end(s);
	live_source_counts(s, &counts);
	assert_true(counts.has_dropped);
	assert_int_equal(counts.dropped, 14);
	live_source_close(s);
}

/* Who does not listen is killed. */
static void is_killed(void **state)
{
	struct live_source *s = NULL;

	(void)state;
	fake("trap '' TERM; cat " CAPTURE "; while :; do sleep 0.1; done");
	for (int stop = 0; stop < 2; stop++) {
		s = open_interface("eth7");
		expect(s, PACKETS);
		if (stop) {
			live_source_stop(s);
			expect_end(s);
		}
		live_source_close(s);
	}
}

static void run(const char *words)
{
	struct strlist argv = { .n = 0 };
	struct proc p;
	struct proc_status status;
	struct error err = ERROR_INIT;

	strlist_add(&argv, "sh");
	strlist_add(&argv, "-c");
	strlist_add(&argv, words);
	strlist_end(&argv);
	assert_int_equal(proc_start(&p, argv.items, environ, -1, &err), 0);
	proc_finish(&p, &status);
	if (!status.exited || status.code)
		fail_msg("%s: %s", words, p.errors.text);
	proc_release(&p);
	strlist_release(&argv);
}

#define ADD_WIRE "ip link add w0 type veth peer name w1"

/* Why there can be no network of our own; NULL: there can. */
static const char *no_network(void)
{
	int fd = -1, status = 0;
	pid_t child = -1;

	if (geteuid() != 0)
		return "only root may make networks";
	if (access("/usr/bin/dumpcap", X_OK) < 0)
		return "no dumpcap in /usr/bin";
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return "not allowed to capture";
	close(fd);
	child = fork();
	if (child == 0) {
		if (unshare(CLONE_NEWNET) < 0)
			_exit(1);
		execlp("sh", "sh", "-c", ADD_WIRE " 2>/dev/null", NULL);
		_exit(1);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status)
		return "not allowed to make networks, or no ip";
	return NULL;
}

/* A namespace with two ends of a wire, w0 and w1. */
static void make_network(void)
{
	static bool made;

	unsetenv("MPTCP_DUMPCAP");
	if (made)
		return;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	run("ip link set lo up; echo 1 2>/dev/null "
	    ">/proc/sys/net/ipv6/conf/default/disable_ipv6; " ADD_WIRE
	    "; ip link set w0 up; ip link set w1 up");
	made = true;
}

struct frame {
	uint8_t bytes[200];
	size_t n;
};

static void put(struct frame *f, const char *hex)
{
	unsigned byte = 0;
	int used = 0;

	while (sscanf(hex, " %2x%n", &byte, &used) == 1) {
		f->bytes[f->n++] = (uint8_t)byte;
		hex += used;
	}
}

#define ETHERNET "020000000002 020000000001"
#define TCP_BYTES "9c40 0050 00000001 00000000 5002 ffff 0000 0000"
#define V4_TCP "4500 0028 0001 0000 4006 0000 c0000201 c0000202" TCP_BYTES
#define V6 "20010db8000000000000000000000001 20010db8000000000000000000000002"

/* What is captured, and read as TCP; and what is not captured. */
static const struct {
	const char *hex;
	bool captured, is_tcp;
} frames[] = {
	{ "0800" V4_TCP, true, true },
	{ "86dd 60000000 0014 06 40" V6 TCP_BYTES, true, true },
	{ "86dd 60000000 001c 00 40" V6 "06 00 01 04 00000000" TCP_BYTES, true,
	  true },
	{ "86dd 60000000 001c 3c 40" V6 "06 00 01 04 00000000" TCP_BYTES, true,
	  true },
	{ "8100 0005 0800" V4_TCP, true, true },
	{ "8100 0005 86dd 60000000 0014 06 40" V6 TCP_BYTES, true, true },
	{ "88a8 0005 8100 0006 0800" V4_TCP, true, true },
	{ "8100 0005 8100 0006 0800" V4_TCP, true, true },
	{ "8864 11 00 0001 002a 0021" V4_TCP, true, true },
	/* an ICMP error about TCP, and one about UDP */
	{ "0800 4500 0044 0001 0000 4001 0000 c0000202 c0000201"
	  "0301 0000 00000000" V4_TCP,
	  true, false },
	{ "0800 4500 0038 0001 0000 4001 0000 c0000202 c0000201"
	  "0301 0000 00000000"
	  "4500 001c 0001 0000 4011 0000 c0000201 c0000202 9c40 0050 0008 0000",
	  false, false },
	/* a fragment */
	{ "0800 4500 0028 0001 2000 4006 0000 c0000201 c0000202" TCP_BYTES,
	  true, false },
	/* UDP, ARP */
	{ "0800 4500 001c 0001 0000 4011 0000 c0000201 c0000202"
	  "9c40 0050 0008 0000",
	  false, false },
	{ "0806 0001 0800 0604 0001 020000000001 c0000201 000000000000 "
	  "c0000202",
	  false, false },
};

static void send_frames(const char *interface)
{
	const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(interface),
	};

	assert_true(fd >= 0 && to.sll_ifindex > 0);
	for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
		struct frame f = { .n = 0 };

		put(&f, ETHERNET);
		put(&f, frames[i].hex);
		assert_int_equal(sendto(fd, f.bytes, f.n, 0,
					(struct sockaddr *)&to, sizeof(to)),
				 f.n);
	}
	close(fd);
}

/* The usual capture filter, where frames are sent and where they arrive. */
static void filter(void **state)
{
	size_t captured = 0, tcp = 0;

	(void)state;
	make_network();
	for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
		captured += frames[i].captured;
		tcp += frames[i].is_tcp;
	}
	for (int end = 0; end < 2; end++) {
		struct live_source *s = open_interface(end ? "w1" : "w0");
		struct live_source_counts counts;

		send_frames("w0");
		expect(s, tcp);
		do
			live_source_counts(s, &counts);
		while (counts.packets < captured);
		live_source_stop(s);
		expect_end(s);
		live_source_counts(s, &counts);
		assert_int_equal(counts.packets, captured);
		assert_int_equal(counts.odd, 1);
		assert_true(counts.has_dropped);
		assert_int_equal(counts.dropped, 0);
		live_source_close(s);
	}
}

/* So many bytes through TCP on the loopback interface. */
static void talk(size_t n)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(a);
	const int listener = socket(AF_INET, SOCK_STREAM, 0);
	const int client = socket(AF_INET, SOCK_STREAM, 0);
	char bytes[4096] = "";
	int server = -1;

	assert_int_equal(bind(listener, (struct sockaddr *)&a, size), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&a, &size),
			 0);
	assert_int_equal(connect(client, (struct sockaddr *)&a, size), 0);
	server = accept(listener, NULL, NULL);
	assert_true(server >= 0 && n <= sizeof(bytes));
	assert_int_equal(send(client, bytes, n, 0), n);
	assert_int_equal(recv(server, bytes, n, MSG_WAITALL), n);
	close(client);
	assert_int_equal(recv(server, bytes, n, 0), 0);
	close(server);
	close(listener);
}

/* Two interfaces at once, and a file in which everything is kept. */
static void two_interfaces(void **state)
{
	char *file = in_work("kept.pcapng");
	struct live_source_options o = { .write = file };
	struct error err = ERROR_INIT;
	struct live_source *s = NULL;
	const struct row *row = NULL;
	bool lo = false, w1 = false;
	uint64_t bytes = 0, again = 0;

	(void)state;
	make_network();
	s = try_open(o, "lo", "w1", &err);
	assert_non_null(s);
	send_frames("w0");
	talk(3000);
	while (bytes < 3000 || !w1) {
		assert_int_equal(live_source_next(s, &row,
						  monotonic_ns() + long_time,
						  &err),
				 LIVE_ROW);
		bytes += row->len;
		lo |= strcmp(row->interface, "lo") == 0;
		w1 |= strcmp(row->interface, "w1") == 0;
	}
	assert_true(lo && w1);
	live_source_stop(s);
	while (live_source_next(s, &row, monotonic_ns() + long_time, &err) ==
	       LIVE_ROW)
		bytes += row->len;
	live_source_close(s);
	assert_int_equal(bytes, 3000);

	o = (struct live_source_options){ .path = file };
	s = live_source_open(&o, &err);
	assert_non_null(s);
	while (live_source_next(s, &row, monotonic_ns() + long_time, &err) ==
	       LIVE_ROW)
		again += row->len;
	assert_int_equal(again, 3000);
	assert_null(live_source_warning(s));
	live_source_close(s);
	free(file);
}

/* What the real one says. */
static void real_refusals(void **state)
{
	struct live_source_options o = { .filter = "tcp and nonsense" };
	struct error err = ERROR_INIT;
	struct live_source *s = NULL;
	size_t n = 0;

	(void)state;
	make_network();
	refused(EXIT_USAGE, "There is no device named \"eth7\": mptcp-live -D");
	assert_null(try_open(o, "lo", NULL, &err));
	assert_non_null(strstr(err.text, "Invalid capture filter"));
	s = open_interface("w1");
	run("ip link del w0");
	assert_int_equal(take(s, SIZE_MAX, &n, &err), LIVE_FAILED);
	assert_non_null(strstr(err.text, "w1"));
	live_source_close(s);
	run(ADD_WIRE "; ip link set w0 up; ip link set w1 up");
}

/* Small segments, one after the other, for about so long. */
static void talk_on(int64_t ns)
{
	const int64_t until = monotonic_ns() + ns;

	do
		for (int i = 0; i < 100; i++)
			talk(1 + (size_t)i);
	while (monotonic_ns() < until);
}

/* The packets of all files in the directory, each read when it is whole. */
static size_t packets_in(const char *directory)
{
	DIR *dir = opendir(directory);
	const struct dirent *entry = NULL;
	size_t all = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char *path = mem_printf("%s/%s", directory, entry->d_name);
		struct live_source_options o = { .path = path };
		struct error err = ERROR_INIT;
		struct live_source *s = NULL;
		size_t n = 0;

		if (entry->d_name[0] != '.') {
			s = live_source_open(&o, &err);
			assert_non_null(s);
			assert_int_equal(take(s, SIZE_MAX, &n, &err), LIVE_END);
			live_source_close(s);
			unlink(path);
		}
		all += n;
		free(path);
	}
	closedir(dir);
	return all;
}

/* Somebody else captures into files, which are followed from the first on. */
static void follow(const char *program, size_t files)
{
	char *ring = in_work("ring");
	char *words = mem_printf("cd '%s' && exec %s", ring, program);
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, words, NULL };
	struct live_source_options o = { .path = ring, .follow = true };
	struct error err = ERROR_INIT;
	struct live_source *s = NULL;
	struct proc p;
	struct proc_status status;
	size_t n = 0;

	assert_int_equal(mkdir(ring, 0700), 0);
	assert_int_equal(proc_start(&p, argv, environ, -1, &err), 0);
	while (!(s = live_source_open(&o, &err)))
		talk(1);
	for (size_t i = 0; i < files; i++)
		talk_on(1100000000);
	kill(p.pid, SIGTERM);
	proc_finish(&p, &status);
	proc_release(&p);
	live_source_stop(s);
	assert_int_equal(take(s, SIZE_MAX, &n, &err), LIVE_END);
	assert_null(live_source_warning(s));
	live_source_close(s);
	assert_int_equal(n, packets_in(ring));
	assert_int_equal(rmdir(ring), 0);
	free(words);
	free(ring);
}

static void real_rings(void **state)
{
	(void)state;
	make_network();
	follow("dumpcap -q -i lo -s 100 -f tcp -b packets:500 -w a.pcapng", 1);
}

static void tcpdump_rings(void **state)
{
	(void)state;
	make_network();
	follow("tcpdump -Z root -q -i lo -s 100 -U -G 1 -w a-%H%M%S.pcap tcp",
	       3);
	follow("tcpdump -Z root -q -i lo -U -C 1 -w a.pcap tcp", 1);
}

static const struct live_interface *find(const struct live_interfaces *list,
					 const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->items[i].name, name) == 0)
			return &list->items[i];
	return NULL;
}

static void interfaces(void **state)
{
	struct live_interfaces list;
	bool may = true;
	char *text = NULL;

	(void)state;
	live_interfaces_list(&list);
	assert_non_null(find(&list, "lo"));
	assert_string_equal(find(&list, "lo")->kind, "loopback");
	assert_string_equal(list.items[list.n - 1].name, "any");
	if (find(&list, "lo")->is_up)
		assert_non_null(
			strstr(find(&list, "lo")->addresses, "127.0.0.1"));
	live_interfaces_release(&list);
	setenv("MPTCP_DUMPCAP", "/nonexistent/dumpcap", 1);
	text = live_interfaces_permission(&may);
	assert_false(may);
	assert_non_null(strstr(text, "is not a program"));
	free(text);
	fake("exit 0");
	text = live_interfaces_permission(&may);
	assert_non_null(strstr(text, may ? "you may capture: "
					 : "you may not capture: "));
	free(text);
}

/* Until the next seteuid(), even who is not root may capture. */
static void give_capability(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[2];

	assert_int_equal(syscall(SYS_capget, &head, data), 0);
	data[0].effective |= 1u << CAP_NET_RAW;
	assert_int_equal(syscall(SYS_capset, &head, data), 0);
}

static void expect_permission(bool expected, const char *text)
{
	bool may = !expected;
	char *said = live_interfaces_permission(&may);

	assert_int_equal(may, expected);
	if (!strstr(said, text))
		fail_msg("'%s'", said);
	free(said);
}

/* Who is not root needs a capability, or a dumpcap that has it or is root's. */
static void permission_of_users(void **state)
{
	char *path = in_work("dumpcap");

	(void)state;
	fake("exit 0");
	assert_int_equal(chmod(work, 0755), 0);
	assert_int_equal(chmod(path, 0755), 0);
	assert_int_equal(seteuid(65534), 0);
	expect_permission(false, "you may not capture: be root, or give '");
	give_capability();
	expect_permission(true, "you may capture: you have CAP_NET_RAW");
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(path, 04755), 0);
	assert_int_equal(seteuid(65534), 0);
	expect_permission(true, "dumpcap' has the capabilities");
	assert_int_equal(seteuid(0), 0);
	unlink(path);
	free(path);
}

static int begin(void **state)
{
	(void)state;
	return mkdtemp(work) ? 0 : -1;
}

static int end(void **state)
{
	static const char *const names[] = { "dumpcap", "arguments",
					     "kept.pcapng" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *path = in_work(names[i]);

		unlink(path);
		free(path);
	}
	return rmdir(work);
}

static void nothing(void **state)
{
	(void)state;
}

/* skip() is "not ok" in the TAP of cmocka 1.1.5, and has no reason.
 */
static void leave_out(struct CMUnitTest *test, const char *why)
{
	if (why) {
		test->name = mem_printf("%s # SKIP %s", test->name, why);
		test->test_func = nothing;
	}
}

int main(void)
{
	struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments),
		cmocka_unit_test(does_not_start),
		cmocka_unit_test(dies),
		cmocka_unit_test(garbage),
		cmocka_unit_test(numbers_of_drops),
		cmocka_unit_test(drops),
		cmocka_unit_test(is_killed),
		cmocka_unit_test(interfaces),
		cmocka_unit_test(permission_of_users),
		cmocka_unit_test(filter),
		cmocka_unit_test(two_interfaces),
		cmocka_unit_test(real_refusals),
		cmocka_unit_test(real_rings),
		cmocka_unit_test(tcpdump_rings),
	};
	const char *why = no_network();

	for (size_t i = 8; i < sizeof(tests) / sizeof(*tests); i++)
		leave_out(&tests[i], why);
	if (!why && access("/usr/bin/tcpdump", X_OK) < 0)
		leave_out(&tests[13], "no tcpdump in /usr/bin");
	return cmocka_run_group_tests(tests, begin, end);
}
