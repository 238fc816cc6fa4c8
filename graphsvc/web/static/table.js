// Tables with data-sortable sort by their headers; rows with data-href open on a click.
const number = (text) => {
  if (/^\d{4}-\d\d/.test(text)) return null; // a date, which sorts as it is written
  const found = Number.parseFloat(text.replace(/,/g, ""));
  return Number.isNaN(found) ? null : found;
};

function sort(table, column, header) {
  const rising = header.getAttribute("aria-sort") === "descending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", rising ? "ascending" : "descending");
  const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
  const rows = [...table.tBodies[0].rows].map((row) => [value(row), row]);
  const numeric = rows.every(([text]) => text === "" || number(text) !== null);
  const order = (a, b) => (numeric ? (number(a) ?? -Infinity) - (number(b) ?? -Infinity) : a.localeCompare(b));
  rows.sort(([a], [b]) => (rising ? order(a, b) : order(b, a)));
  table.tBodies[0].append(...rows.map(([, row]) => row));
}

// Add sort buttons to the headers; a second call for the same table does nothing.
export function makeSortable(table) {
  if (table.querySelector("button.sort")) return;
  [...table.tHead.rows[0].cells].forEach((header, column) => {
    if (header.hasAttribute("data-plain") || header.querySelector("a:not(.hint)")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...[...header.childNodes].filter((node) => !node.classList?.contains("hint")));
    header.prepend(button);
    button.addEventListener("click", () => sort(table, column, header));
  });
}

for (const table of document.querySelectorAll("table[data-sortable]")) makeSortable(table);

// A box that shows only rows with all its words; ticked rows stay, so that no user asks about rows they cannot see.
export const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function makeFiltered(box) {
  const input = box.querySelector("input");
  const form = box.closest("form");
  const rows = [...form.querySelectorAll("table tbody tr")];
  const status = form.querySelector("[data-filtered]");
  const texts = new Map(rows.map((row) => [row, folded(row.textContent)]));
  const filter = () => {
    const words = folded(input.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => texts.get(row).includes(word)) && !row.querySelector("input:checked");
      shown += row.hidden ? 0 : 1;
    }
    status.textContent = words.length ? `${shown} of ${rows.length} shown` : "";
  };
  box.hidden = false;
  input.addEventListener("input", filter);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  filter();
}

for (const box of document.querySelectorAll("div[data-filter]")) makeFiltered(box);
