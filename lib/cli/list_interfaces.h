/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * list_interfaces.h - the option "-D": list the network interfaces, and
 * whether the user may capture
 */
#ifndef CLI_LIST_INTERFACES_H
#define CLI_LIST_INTERFACES_H

/* Print the list for people on standard output. */
void list_interfaces(void);

#endif
