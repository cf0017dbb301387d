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
 * first that was offered, of those that begin with the text after the others.
 * Words longer than 64 bytes are ignored.
 *
 * If no word is written so similarly, those are suggested of which a part
 * begins with the text ("goodput": goodput_share and flow_goodput_bps), first
 * those that begin with it.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

enum {
	NEAREST_PARTS = 3 /* so many words are suggested at most */
};

struct nearest_word {
	const char *text; /* "n" bytes */
	size_t n;
	bool is_begun; /* it begins with what was misspelt */
};

struct nearest {
	const char *text; /* the caller's, "n" bytes */
	size_t n;
	/* the nearest word offered so far; NULL: none is near */
	const char *best;
	size_t best_n; /* length of "best" */
	size_t distance;
	bool is_begun; /* "best" begins with the text and is much longer */
	/* words of which a part begins with the text, best first */
	struct nearest_word parts[NEAREST_PARTS];
	size_t n_parts;
};

#define NEAREST_INIT(word, length)                                             \
	{                                                                      \
		.text = (word), .n = (length)                                  \
	}

/* Offer a candidate.  "word" must remain valid as long as "nearest" is used. */
void nearest_offer(struct nearest *nearest, const char *word);

/* Offer each of the words in "words", which are separated by blanks. */
void nearest_offer_all(struct nearest *nearest, const char *words);

/*
 * A clause for an error message that suggests the nearest word, or those with
 * such parts, and begins with ";", or "" when there is none.  The caller frees
 * it.
 */
char *nearest_clause(const struct nearest *nearest);

#endif
