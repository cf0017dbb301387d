/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live/dumpcap.h"

#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"
#include "os/monotonic.h"
#include "os/program.h"
#include "read/tshark.h"

enum {
	BUFFER = 32 /* MiB in the kernel per interface: a third of a second at
		       200000 packets/s */
};

/* Time limit until it captures, or reports an error. */
static const int64_t patience = 10 * (int64_t)1000000000;

/*
 * IPv6 with an extension header; and errors as in packet.h, which quote an IP
 * header with TCP directly after it.
 */
#define TCP                                                                    \
	"tcp or ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 60 or "                  \
	"(icmp[17] = 6 and (icmp[0] = 3 or icmp[0] = 4 or icmp[0] = 11 or "    \
	"icmp[0] = 12)) or (ip6[6] = 58 and ip6[40] < 128 and ip6[54] = 6)"

/*
 * "vlan" shifts all following offsets, so what follows is relative to the
 * begin of the frame.
 */
#define ETHERNET                                                               \
	TCP " or (ether[12:2] = 0x8864 and "                                   \
	    "((ether[20:2] = 0x21 and ether[31] = 6) or "                      \
	    "(ether[20:2] = 0x57 and ether[28] = 6))) or "                     \
	    "(vlan and (" TCP " or (vlan and (" TCP "))))"

static char *beside_tshark(void)
{
	const char *tshark = getenv("MPTCP_TSHARK");
	const char *slash = tshark ? strrchr(tshark, '/') : NULL;
	char *path = NULL, *found = NULL;

	if (!slash)
		return NULL;
	path = mem_printf("%.*s/dumpcap", (int)(slash - tshark), tshark);
	found = program_find(path);
	free(path);
	return found;
}

/*
 * Debian allows it for root and one group only: it exists, but may not be run.
 */
static const char *forbidden(void)
{
	static const char *const places[] = { "/usr/bin/dumpcap",
					      "/usr/sbin/dumpcap",
					      "/usr/local/bin/dumpcap" };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (access(places[i], F_OK) == 0 && access(places[i], X_OK) < 0)
			return places[i];
	return NULL;
}

static int not_allowed(const char *what, struct error *err)
{
	return error_set(
		err, EXIT_SYSTEM,
		"no permission to %s: capture as root, or as a member of the "
		"group that may (Debian: dpkg-reconfigure wireshark-common, "
		"then usermod -a -G wireshark USER, then log in again)",
		what);
}

char *dumpcap_find(struct error *err)
{
	const char *wanted = getenv("MPTCP_DUMPCAP");
	char *path = NULL, *what = NULL;

	if (wanted && *wanted) {
		path = program_find(wanted);
		if (!path)
			error_set(err, EXIT_TSHARK,
				  "dumpcap not found: '%s' (from "
				  "MPTCP_DUMPCAP) is not a program",
				  wanted);
		return path;
	}
	path = beside_tshark();
	if (!path)
		path = program_find("dumpcap");
	if (!path && forbidden()) {
		what = mem_printf("run '%s'", forbidden());
		not_allowed(what, err);
		free(what);
	} else if (!path) {
		error_set(err, EXIT_TSHARK,
			  "dumpcap, which captures packets, not found: install "
			  "it (Debian: apt install wireshark-common) or set "
			  "MPTCP_DUMPCAP to it");
	}
	return path;
}

static bool is_ethernet(const char *interface)
{
	struct ifreq request = { .ifr_flags = 0 };
	const size_t n = strlen(interface);
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool is = false;

	if (fd < 0)
		return false;
	if (n < sizeof(request.ifr_name)) {
		memcpy(request.ifr_name, interface, n);
		is = ioctl(fd, SIOCGIFHWADDR, &request) == 0 &&
		     request.ifr_hwaddr.sa_family == ARPHRD_ETHER;
	}
	close(fd);
	return is;
}

/*
 * The default capture filter for an interface: TCP, IPv6 with extension
 * headers (which may contain TCP) and ICMP errors about TCP; on Ethernet also
 * within up to two VLAN tags, and in PPPoE.
 */
static const char *filter_for(const char *interface)
{
	return is_ethernet(interface) ? ETHERNET : TCP;
}

static void add_arguments(struct strlist *argv,
			  const struct live_source_options *o)
{
	static const char *const usual[] = { "-q", "-w", "-" };

	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		strlist_add(argv, usual[i]);
	for (size_t i = 0; i < o->interfaces.n; i++) {
		const char *name = o->interfaces.items[i];

		strlist_add(argv, "-i");
		strlist_add(argv, name);
		strlist_add(argv, "-f");
		strlist_add(argv, o->filter ? o->filter : filter_for(name));
		strlist_add(argv, "-s");
		strlist_addf(argv, "%u",
			     o->snaplen ? o->snaplen : LIVE_SNAPLEN);
		strlist_add(argv, "-B");
		strlist_addf(argv, "%d", BUFFER);
	}
	strlist_end(argv);
}

/* Whether it has begun to write; false: it ended before. */
static bool has_begun(struct proc *p)
{
	const int64_t until = monotonic_ns() + patience;

	for (;;) {
		struct pollfd fds[2] = { { .fd = p->out, .events = POLLIN },
					 { .fd = p->err, .events = POLLIN } };
		const int64_t left = until - monotonic_ns();

		if (left <= 0)
			return true;
		poll(fds, 2, (int)(left / 1000000) + 1);
		if (fds[1].revents)
			proc_take_errors(p);
		if (fds[0].revents)
			return fds[0].revents & POLLIN;
	}
}

static char *joined(const struct strlist *list)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < list->n; i++)
		strbuf_printf(&text, "%s%s", i ? ", " : "", list->items[i]);
	return strbuf_detach(&text);
}

int dumpcap_start(struct proc *p, const struct live_source_options *options,
		  struct error *err)
{
	struct strlist argv = { .n = 0 }, env = { .n = 0 };
	struct proc_status status;
	char *program = dumpcap_find(err), *names = NULL;
	int rc = -1;

	if (!program)
		return -1;
	strlist_add(&argv, program);
	add_arguments(&argv, options);
	tshark_environment(&env);
	rc = proc_start(p, argv.items, env.items, -1, err);
	p->deadline = 0; /* no time limit from now on */
	if (rc == 0 && !has_begun(p)) {
		proc_finish(p, &status);
		names = joined(&options->interfaces);
		rc = dumpcap_failed(p->errors.text, names, err);
	}
	if (rc < 0)
		proc_release(p);
	free(names);
	free(program);
	strlist_release(&argv);
	strlist_release(&env);
	return rc;
}

/* The line with the reason, after the name of the program; NULL: none. */
static const char *complaint(const char *errors)
{
	static const char prefix[] = "dumpcap: ";
	const char *at = errors;

	while ((at = strstr(at, prefix))) {
		at += sizeof(prefix) - 1;
		/* Printed if there are no capabilities to drop. */
		if (strncmp(at, "cap_set_proc", 12) != 0)
			return at;
	}
	return NULL;
}

/* The first line that is not a report; for programs with another name. */
static const char *any_line(const char *errors)
{
	static const char *const reports[] = { "Capturing on ",
					       "File: ", "Packets",
					       "dumpcap: cap_set" };

	for (const char *at = errors; *at; at += strcspn(at, "\n")) {
		size_t i = 0;

		at += strspn(at, "\n\r ");
		while (i < sizeof(reports) / sizeof(*reports) &&
		       strncmp(at, reports[i], strlen(reports[i])) != 0)
			i++;
		if (*at && i == sizeof(reports) / sizeof(*reports))
			return at;
	}
	return NULL;
}

bool dumpcap_complained(const char *errors)
{
	return complaint(errors) != NULL;
}

int dumpcap_failed(const char *errors, const char *interfaces,
		   struct error *err)
{
	const char *said = complaint(errors);
	const char *why = said ? said : any_line(errors);
	char *text = why ? mem_strndup(why, strcspn(why, "\n")) : NULL;
	size_t n = text ? strlen(text) : 0;
	int rc = -1;

	if (n && text[n - 1] == '.')
		text[n - 1] = '\0';
	if (text)
		text_make_plain(text);
	if (!text)
		error_set(err, EXIT_SYSTEM,
			  "dumpcap, which captures %s, ended without a message",
			  interfaces);
	else if (strstr(text, "permission"))
		not_allowed("capture packets", err);
	else if (strstr(errors, "No such device exists"))
		error_set(err, EXIT_USAGE,
			  "%s: mptcp-live -D lists the interfaces", text);
	else
		error_set(err, EXIT_SYSTEM, "cannot capture: %s", text);
	free(text);
	return rc;
}

/* The number after "word:" on the line, e.g. "dumpcap:0/". */
static uint64_t number_behind(const char *line, const char *word)
{
	const char *at = strstr(line, word);
	uint64_t v = 0;

	if (!at || at > line + strcspn(line, "\n"))
		return 0;
	at += strlen(word);
	return num_u64(at, strspn(at, "0123456789"), UINT32_MAX, &v) < 0 ? 0
									 : v;
}

bool dumpcap_dropped(const char *errors, uint64_t *dropped)
{
	bool has = false;

	*dropped = 0;
	for (const char *at = errors;
	     (at = strstr(at, "Packets received/dropped on interface "));) {
		at = strstr(at, "(pcap:");
		if (!at)
			break;
		*dropped += number_behind(at, "(pcap:") +
			    number_behind(at, "/dumpcap:") +
			    number_behind(at, "/ps_ifdrop:");
		has = true;
	}
	return has;
}
