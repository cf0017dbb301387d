/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * In place of libFuzzer: run the target once over each file named, so that any
 * compiler can replay a corpus.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	static uint8_t data[1 << 20];
	int done = 0;

	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		size_t n = 0;

		if (!f) {
			perror(argv[i]);
			return EXIT_FAILURE;
		}
		n = fread(data, 1, sizeof(data), f);
		fclose(f);
		LLVMFuzzerTestOneInput(data, n);
		done++;
	}
	fprintf(stderr, "%d inputs\n", done);
	return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
