/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/nearest.h"

#include <string.h>

#include "base/mem.h"

enum {
	LONGEST = 64, /* maximum length of words that are compared */
	RIGHT = 3     /* one letter of so many may be wrong */
};

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The optimal string alignment distance, of words up to LONGEST. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t d[3][LONGEST + 1]; /* two rows before, one before, this */

	for (size_t k = 0; k <= nb; k++)
		d[0][k] = d[1][k] = k;
	for (size_t i = 1; i <= na; i++) {
		size_t *row = d[2];

		row[0] = i;
		for (size_t k = 1; k <= nb; k++) {
			row[k] = d[1][k - 1] + (a[i - 1] != b[k - 1]);
			row[k] = least(row[k], d[1][k] + 1);
			row[k] = least(row[k], row[k - 1] + 1);
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] &&
			    a[i - 2] == b[k - 1])
				row[k] = least(row[k], d[0][k - 2] + 1);
		}
		memcpy(d[0], d[1], sizeof(d[0]));
		memcpy(d[1], d[2], sizeof(d[1]));
	}
	return d[1][nb];
}

static void offer(struct nearest *nearest, const char *word, size_t n)
{
	size_t far = 0;

	if (nearest->n > LONGEST || n > LONGEST)
		return;
	far = distance(nearest->text, nearest->n, word, n);
	if (far > 1 && strncmp(word, nearest->text, nearest->n) == 0)
		far = 1;
	if (far > nearest->n / RIGHT ||
	    (nearest->best && far >= nearest->distance))
		return;
	nearest->best = word;
	nearest->best_n = n;
	nearest->distance = far;
}

void nearest_offer(struct nearest *nearest, const char *word)
{
	offer(nearest, word, strlen(word));
}

void nearest_offer_all(struct nearest *nearest, const char *words)
{
	while (*words) {
		const size_t n = strcspn(words, " ");

		if (n)
			offer(nearest, words, n);
		words += n + (words[n] == ' ');
	}
}

char *nearest_clause(const struct nearest *nearest)
{
	return nearest->best ? mem_printf("; perhaps %.*s is meant",
					  (int)nearest->best_n, nearest->best)
			     : mem_strdup("");
}
