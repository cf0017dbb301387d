/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/nearest.h"

#include <string.h>

#include "base/strbuf.h"

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

/* Whether the text is the beginning of a part, which "_" or "-" separate. */
static bool has_part(const struct nearest *nearest, const char *word, size_t n)
{
	for (size_t at = 0; at + nearest->n <= n; at++)
		if ((!at || word[at - 1] == '_' || word[at - 1] == '-') &&
		    strncmp(word + at, nearest->text, nearest->n) == 0)
			return true;
	return false;
}

/* Keep a word that has such a part, behind those that are as good. */
static void add_part(struct nearest *nearest, const char *word, size_t n)
{
	const struct nearest_word new = {
		.text = word,
		.n = n,
		.is_begun = strncmp(word, nearest->text, nearest->n) == 0
	};
	size_t at = nearest->n_parts;

	while (at && new.is_begun && !nearest->parts[at - 1].is_begun)
		at--;
	if (at == NEAREST_PARTS)
		return;
	if (nearest->n_parts < NEAREST_PARTS)
		nearest->n_parts++;
	for (size_t i = nearest->n_parts - 1; i > at; i--)
		nearest->parts[i] = nearest->parts[i - 1];
	nearest->parts[at] = new;
}

static void offer(struct nearest *nearest, const char *word, size_t n)
{
	size_t far = 0;
	bool is_begun = false;

	if (nearest->n > LONGEST || n > LONGEST)
		return;
	if (nearest->n >= RIGHT && has_part(nearest, word, n))
		add_part(nearest, word, n);
	far = distance(nearest->text, nearest->n, word, n);
	if (far > 1 && strncmp(word, nearest->text, nearest->n) == 0) {
		is_begun = true;
		far = 1;
	}
	if (far > nearest->n / RIGHT ||
	    (nearest->best && far > nearest->distance))
		return;
	if (nearest->best && far == nearest->distance &&
	    (is_begun || !nearest->is_begun))
		return;
	nearest->best = word;
	nearest->best_n = n;
	nearest->distance = far;
	nearest->is_begun = is_begun;
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
	const bool is_typo = nearest->best && !nearest->is_begun;
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; !is_typo && i < nearest->n_parts; i++)
		strbuf_printf(&out, "%s%.*s",
			      !i			 ? "; perhaps "
			      : i + 1 < nearest->n_parts ? ", "
							 : " or ",
			      (int)nearest->parts[i].n, nearest->parts[i].text);
	if (is_typo)
		strbuf_printf(&out, "; perhaps %.*s", (int)nearest->best_n,
			      nearest->best);
	if (out.len)
		strbuf_puts(&out, " is meant");
	return strbuf_detach(&out);
}
