/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nearest.h - find the known word that is closest to a misspelt one, for "did
 * you mean" hints.
 *
 *	struct nearest nearest = NEAREST_INIT(text, strlen(text));
 *
 *	for (int i = 0; words[i]; i++)
 *		nearest_offer(&nearest, words[i]);
 *	clause = nearest_clause(&nearest);
 *	printf("'%s' is unknown%s\n", text, clause);
 *	free(clause);
 * The distance between two words is the number of letters to insert, delete,
 * replace, or exchange with the next one (optimal string alignment distance).
 * A word that begins with the text has distance 1.  Only words at a distance
 * of at most a third of the text's length are taken; of equally near ones the
 * first that was offered.  Words longer than 64 bytes are ignored.
 * of words that are equally far away the first is the best.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *text; /* the caller's, "n" bytes */
	size_t n;
	/* the nearest word offered so far; NULL: none is near */
	const char *best;
	size_t best_n; /* length of "best" */
	size_t distance;
};

#define NEAREST_INIT(text, n)                                                  \
	{                                                                      \
		(text), (n), NULL, 0, 0                                        \
	}

/* Offer a candidate.  "word" must remain valid as long as "nearest" is used. */
void nearest_offer(struct nearest *nearest, const char *word);

/* Offer each of the words in "words", which are separated by blanks. */
void nearest_offer_all(struct nearest *nearest, const char *words);

/*
 * A clause for an error message that suggests the nearest word and begins with
 * ";", or "" when there is none.  The caller frees it.
 */
char *nearest_clause(const struct nearest *nearest);

#endif
