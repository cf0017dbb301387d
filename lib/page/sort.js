// SPDX-License-Identifier: GPL-3.0-or-later
// Headings of tables become buttons that sort by their column.
document.querySelectorAll("table").forEach(table => {
	const body = table.tBodies[0];
	if (body.rows.length < 2)
		return;
	const heads = [...table.tHead.rows[0].cells];
	const key = (row, i) => {
		const cell = row.cells[i], v = cell.dataset.v;
		return v === undefined ? cell.textContent : v === "" ? NaN : isNaN(v) ? v : Number(v);
	};
	const compare = (a, b) => typeof a === "number" && typeof b === "number" ?
		isNaN(a) - isNaN(b) || a - b : String(a).localeCompare(String(b));
	heads.forEach((head, i) => {
		const button = document.createElement("button");
		button.type = "button";
		button.append(...head.childNodes);
		head.append(button);
		button.addEventListener("click", () => {
			const up = head.getAttribute("aria-sort") !== "ascending";
			heads.forEach(other => other.removeAttribute("aria-sort"));
			head.setAttribute("aria-sort", up ? "ascending" : "descending");
			body.append(...[...body.rows].sort((x, y) => {
				const a = key(x, i), b = key(y, i), order = compare(a, b);
				return Number.isNaN(a) || Number.isNaN(b) || up ? order : -order;
			}));
		});
	});
});
