/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * program.h - find an executable program.
 */
#ifndef OS_PROGRAM_H
#define OS_PROGRAM_H

/*
 * The absolute path of a program, found as execvp(3) would: a name without a
 * slash is looked up in PATH.  The caller frees it; NULL when there is none.
 */
char *program_find(const char *name);

#endif
