/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz.h - what the targets share.
 *
 * Each target is a LLVMFuzzerTestOneInput() that calls the library and aborts
 * when what it promises does not hold.  "make fuzz" links them with libFuzzer;
 * driver.c replays corpora where there is none.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PROMISE(x)                                                             \
	do {                                                                   \
		if (!(x)) {                                                    \
			fprintf(stderr, "%s:%d: broken promise: %s\n",         \
				__FILE__, __LINE__, #x);                       \
			abort();                                               \
		}                                                              \
	} while (0)

#endif
