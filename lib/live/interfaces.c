/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live/interfaces.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/capability.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "live/dumpcap.h"

static const struct {
	int type; /* hardware type of the kernel */
	const char *name;
} kinds[] = {
	{ ARPHRD_ETHER, "Ethernet" }, { ARPHRD_LOOPBACK, "loopback" },
	{ ARPHRD_PPP, "PPP" },	      { ARPHRD_NONE, "tunnel" },
	{ ARPHRD_TUNNEL, "tunnel" },  { ARPHRD_TUNNEL6, "tunnel" },
	{ ARPHRD_SIT, "tunnel" },     { ARPHRD_IPGRE, "tunnel" },

	{ ARPHRD_RAWIP, "raw IP" },   { ARPHRD_INFINIBAND, "InfiniBand" },
};

static const char *kind_of(int fd, struct ifreq *request)
{
	if (ioctl(fd, SIOCGIFHWADDR, request) == 0)
		for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
			if (kinds[i].type == request->ifr_hwaddr.sa_family)
				return kinds[i].name;
	return "-";
}

static bool is_up(int fd, struct ifreq *request)
{
	return ioctl(fd, SIOCGIFFLAGS, request) == 0 &&
	       (request->ifr_flags & IFF_UP);
}

static void add_address(struct strbuf *out, const struct sockaddr *a)
{
	char text[INET6_ADDRSTRLEN];
	const void *bytes = NULL;

	if (a && a->sa_family == AF_INET)
		bytes = &((const struct sockaddr_in *)a)->sin_addr;
	else if (a && a->sa_family == AF_INET6)
		bytes = &((const struct sockaddr_in6 *)a)->sin6_addr;
	if (bytes && inet_ntop(a->sa_family, bytes, text, sizeof(text)))
		strbuf_printf(out, "%s%s", out->len ? ", " : "", text);
}

static char *addresses_of(const struct ifaddrs *all, const char *name)
{
	struct strbuf out = STRBUF_INIT;

	for (const struct ifaddrs *a = all; a; a = a->ifa_next)
		if (strcmp(a->ifa_name, name) == 0)
			add_address(&out, a->ifa_addr);
	return strbuf_detach(&out);
}

static void add(struct live_interfaces *list, const char *name, int fd,
		const struct ifaddrs *all)
{
	struct ifreq request = { .ifr_flags = 0 };
	struct live_interface i = { .name = mem_strdup(name) };
	const size_t n = strlen(name);

	if (n < sizeof(request.ifr_name))
		memcpy(request.ifr_name, name, n);
	i.kind = kind_of(fd, &request);
	i.is_up = is_up(fd, &request);
	i.addresses = addresses_of(all, name);
	*MEM_PUSH(list->items, list->n, list->cap) = i;
}

void live_interfaces_list(struct live_interfaces *list)
{
	struct if_nameindex *names = if_nameindex();
	struct ifaddrs *all = NULL;
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*list = (struct live_interfaces){ .n = 0 };
	(void)!getifaddrs(&all); /* on errors without addresses */
	for (const struct if_nameindex *i = names; i && i->if_name; i++)
		add(list, i->if_name, fd, all);
	*MEM_PUSH(list->items, list->n, list->cap) =
		(struct live_interface){ .name = mem_strdup("any"),
					 .kind = "all",
					 .is_up = true,
					 .addresses = mem_strdup("") };
	if (names)
		if_freenameindex(names);
	if (all)
		freeifaddrs(all);
	if (fd >= 0)
		close(fd);
}

void live_interfaces_release(struct live_interfaces *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->items[i].name);
		free(list->items[i].addresses);
	}
	free(list->items);
	*list = (struct live_interfaces){ .n = 0 };
}

/* Whether this process has the required capability, as root has. */
static bool has_capability(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	return syscall(SYS_capget, &head, data) == 0 &&
	       (data[0].effective >> CAP_NET_RAW & 1);
}

/* Whether the program has file capabilities, or runs as root. */
static bool is_capable(const char *program)
{
	struct stat st;

	return getxattr(program, "security.capability", NULL, 0) > 0 ||
	       (stat(program, &st) == 0 && st.st_uid == 0 &&
		(st.st_mode & S_ISUID));
}

char *live_interfaces_permission(bool *may)
{
	struct error err = ERROR_INIT;
	char *program = dumpcap_find(&err), *text = NULL;

	*may = program && (has_capability() || is_capable(program));
	if (!program)
		text = mem_strdup(err.text);
	else if (*may && geteuid() == 0)
		text = mem_strdup("you may capture: you are root");
	else if (*may && has_capability())
		text = mem_strdup("you may capture: you have CAP_NET_RAW");
	else if (*may)
		text = mem_printf("you may capture: '%s' has the capabilities",
				  program);
	else if (geteuid() == 0)
		text = mem_strdup("you may not capture: this root has no "
				  "CAP_NET_RAW, which a container may have to "
				  "be given");
	else
		text = mem_printf("you may not capture: be root, or give '%s' "
				  "the capabilities (Debian: dpkg-reconfigure "
				  "wireshark-common, then usermod -a -G "
				  "wireshark USER, then log in again; "
				  "elsewhere: setcap cap_net_raw,cap_net_admin"
				  "=eip '%s')",
				  program, program);
	free(program);
	return text;
}
