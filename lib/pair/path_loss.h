/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * path_loss.h - packets lost on each path, from the captures of both ends.
 *
 *	struct path_part *part = path_part_make(&trace, conn);	// paths.h
 *	path_loss_find(&pairing, part);
 *	paths_add(&paths, part);
 */
#ifndef PAIR_PATH_LOSS_H
#define PAIR_PATH_LOSS_H

#include "model/paths.h"
#include "pair/pairing.h"

/*
 * For each subflow of the part (a connection of the first capture) that the
 * second capture has, too: how many packets that were sent while both captures
 * ran never arrived, counted as in owd.h.
 */
void path_loss_find(const struct pairing *pairing, struct path_part *part);

#endif
