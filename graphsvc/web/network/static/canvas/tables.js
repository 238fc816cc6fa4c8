// The picture as tables: they can be sorted, walked with keys, and share the picture's selection.
import { makeSortable } from "../table.js";

export class Tables {
  constructor(canvas, panel) {
    this.canvas = canvas;
    this.panel = panel;
    this.inside = document.getElementById("network-tables");
    const tables = document.getElementById("tables");
    tables.addEventListener("click", (event) => {
      const row = this.rowOf(event.target);
      if (!row || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      panel.show(...this.meant(row));
    });
    tables.addEventListener("focusin", (event) => {
      const row = this.rowOf(event.target);
      if (!row) return;
      const [id, edge] = this.meant(row);
      canvas.picture.choose(id, edge);
      if (!edge) canvas.picture.reveal(id);
    });
    tables.addEventListener("keydown", (event) => this.walk(event));
    canvas.on("drawn", () => canvas.root.classList.contains("with-table") && this.bring());
  }

  rowOf(target) {
    return target.closest("tbody tr[data-i]");
  }

  meant(row) {
    const edge = row.parentElement.id === "network-links";
    const { edges, nodes } = this.canvas.picture.data;
    return [(edge ? edges : nodes)[Number(row.dataset.i)].id, edge];
  }

  walk(event) {
    const row = this.rowOf(event.target);
    if (!row) return;
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (step) {
      event.preventDefault();
      let next = row[step];
      while (next?.hidden) next = next[step];
      next?.querySelector("a").focus();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.panel.show(...this.meant(row), true);
    }
  }

  // The tables of a large picture are fetched when first needed.
  async bring() {
    if (!this.inside.querySelector("table")) {
      const { address } = this.inside.dataset;
      const page = await this.canvas.ask(address, { lane: "tables" });
      if (page && address === this.inside.dataset.address)
        this.inside.replaceChildren(...page.getElementById("network-tables").childNodes);
      await this.canvas.relook();
    }
    for (const table of this.inside.querySelectorAll("table[data-sortable]")) makeSortable(table);
    this.canvas.tell("tabled");
  }

  async toggle() {
    const open = this.canvas.root.classList.toggle("with-table");
    document.querySelector('#tools [data-tool="table"]').setAttribute("aria-expanded", String(open));
    if (open) await this.bring();
    this.canvas.picture.covered.bottom = this.canvas.legend.offsetHeight;
  }
}
