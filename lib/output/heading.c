/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/heading.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"

char *heading_make(const struct pick *pick, bool one_level)
{
	const struct column *c = pick_column(pick);
	/* A name that was made longer says more than the heading. */
	const bool own = one_level || strcmp(pick->name, c->name) == 0;
	char *heading = mem_strdup(own && c->heading ? c->heading
				   : own	     ? c->name
						     : pick->name);

	for (char *s = heading; !(own && c->heading) && *s; s++)
		*s = *s == '_' ? '-' : (char)toupper((unsigned char)*s);
	return heading;
}
