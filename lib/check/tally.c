/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"

static bool is_alike(const struct tally_kind *a, const struct tally_kind *b)
{
	if (a->is_rule != b->is_rule)
		return false;
	if (a->is_rule)
		return a->rule == b->rule && a->severity == b->severity;
	return a->question == b->question && a->certainty == b->certainty &&
	       strcmp(a->cause, b->cause) == 0;
}

/*
 * There are at most as many kinds as words in the code: a list is sufficient.
 */
static struct tally_item *find_item(struct tally_list *list,
				    const struct tally_kind *kind)
{
	struct tally_item *item = NULL;

	for (size_t i = 0; i < list->n; i++)
		if (is_alike(&list->items[i].kind, kind))
			return &list->items[i];
	item = MEM_PUSH(list->items, list->n, list->cap);
	*item = (struct tally_item){ .kind = *kind };
	return item;
}

static void set_example(struct tally_example *out,
			const struct check_context *c, size_t capture,
			const uint32_t *frames, size_t n_frames,
			const char *text)
{
	const struct capture_info *info = &c->trace->info;
	struct origin origin = { .path = NULL };

	*out = (struct tally_example){ .capture = capture,
				       .path = mem_strdup(info->path),
				       .connection = c->conn->id,
				       .text = mem_strdup(text) };
	if (!n_frames)
		return;
	origin = origins_find(&info->origins, frames[0]);
	out->frame = origin.frame;
	out->file = mem_strdup(origin.path ? origin.path : info->path);
}

/* The item is new if no connection was counted yet. */
static void count(struct tally_item *item, const struct tallies *tally,
		  uint64_t times)
{
	item->connections += item->latest != tally->connections;
	item->latest = tally->connections;
	item->times += times;
}

static void add_verdict(struct tallies *tally, const struct check_context *c,
			size_t capture, const struct verdict *v)
{
	const struct tally_kind kind = { .question = v->question,
					 .cause = v->cause,
					 .certainty = v->certainty };
	struct tally_item *item = find_item(&tally->verdicts, &kind);

	if (!item->connections)
		set_example(&item->example, c, capture, v->frames, v->n_frames,
			    v->text);
	count(item, tally, 1);
}

static void add_finding(struct tallies *tally, const struct check_context *c,
			size_t capture, const struct finding *f)
{
	const struct tally_kind kind = { .is_rule = true,
					 .rule = f->rule,
					 .severity = f->severity };
	struct tally_item *item = find_item(&tally->rules, &kind);

	if (!item->connections)
		set_example(&item->example, c, capture, f->frames, f->n_frames,
			    finding_text(f));
	count(item, tally, f->wrong);
}

void tally_add(struct tallies *tally, const struct check_context *c,
	       size_t capture)
{
	tally->connections++;
	for (size_t k = 0; k < c->verdicts.n; k++)
		add_verdict(tally, c, capture, &c->verdicts.items[k]);
	for (int r = 0; r < RULES; r++)
		if (context_has_rule(c, (enum rule_id)r) &&
		    finding_result(&c->findings[r]) == RESULT_VIOLATED)
			add_finding(tally, c, capture, &c->findings[r]);
}

/* No two are equal. */
static int by_kind(const void *x, const void *y)
{
	const struct tally_item *a = x, *b = y;
	const struct tally_kind *k = &a->kind, *l = &b->kind;
	int order = k->is_rule ? COMPARE(l->severity, k->severity)
			       : COMPARE(k->question, l->question);

	if (!order)
		order = COMPARE(b->connections, a->connections);
	if (!order && k->is_rule)
		return COMPARE(k->rule, l->rule);
	if (!order)
		order = strcmp(k->cause, l->cause);
	return order ? order : COMPARE(k->certainty, l->certainty);
}

void tally_sort(struct tallies *tally)
{
	SORT(tally->verdicts.items, tally->verdicts.n, by_kind);
	SORT(tally->rules.items, tally->rules.n, by_kind);
}

static void release_list(struct tally_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct tally_example *example = &list->items[i].example;

		free(example->path);
		free(example->file);
		free(example->text);
	}
	free(list->items);
}

void tally_release(struct tallies *tally)
{
	release_list(&tally->verdicts);
	release_list(&tally->rules);
	memset(tally, 0, sizeof(*tally));
}
