// Comments on an entity or a link: shown in its panel, counted on the canvas and in the tables.
import { count } from "../words.js";
import { ends } from "./panel.js";

const MARK = 8; // pixels on the screen

const key = (edge) => JSON.stringify(Object.values(ends(edge)));
// Return the entity or link that a form is about.
const about = (form) =>
  JSON.stringify(["id", "subject", "relation", "object"].map((name) => form.elements[name]?.value));

class Comments {
  constructor(canvas) {
    this.canvas = canvas;
    this.at = document.getElementById("comments-at").dataset;
    this.counts = new Map();
    this.links = new Map();
    this.shown = 0; // marks that were drawn
    this.begun = new Map(); // what it is about → what is written and not sent
    canvas.on("shown", ({ id, edge, body }) => this.beside(id, edge, body));
    canvas.on("drawn", () => this.canvas.picture.network.redraw());
    canvas.on("tabled", () => this.tell());
    canvas.picture.network.on("afterDrawing", (paint) => this.paint(paint));
    document.getElementById("panel-content").addEventListener("submit", (event) => {
      if (!event.target.matches("[data-comment-form]")) return;
      event.preventDefault();
      this.send(event.target);
    });
    document.getElementById("panel-content").addEventListener("input", ({ target }) => {
      const form = target.closest("[data-comment-form]");
      if (form) this.begun.set(about(form), target.value);
    });
    this.count();
  }

  async count() {
    try {
      const { nodes, links } = await this.canvas.json(this.at.counts);
      this.counts = new Map(Object.entries(nodes));
      this.links = new Map(links.map((one) => [JSON.stringify([one.subject, one.relation, one.object]), one.count]));
      if (this.counts.size || this.links.size || this.shown) this.canvas.picture.network.redraw();
      this.shown = this.counts.size + this.links.size;
      this.tell();
    } catch (error) {
      this.canvas.page.tell(error.message);
    }
  }

  // Draw a small speech bubble with the number, next to the node or in the middle of the link.
  paint(paint) {
    const { picture } = this.canvas;
    const size = MARK / Math.min(picture.network.getScale(), 1);
    const mark = (x, y, number) => {
      paint.fillStyle = picture.palette.chosen;
      paint.beginPath();
      paint.roundRect(x - size, y - size, 2 * size, 1.6 * size, 3);
      paint.moveTo(x - size * 0.5, y + size * 0.6);
      paint.lineTo(x - size * 0.7, y + size * 1.2);
      paint.lineTo(x + size * 0.2, y + size * 0.6);
      paint.fill();
      paint.fillStyle = picture.palette.ground;
      paint.font = `${size * 1.3}px system-ui, sans-serif`;
      paint.textAlign = "center";
      paint.textBaseline = "middle";
      paint.fillText(number > 9 ? "9+" : String(number), x, y - size * 0.15);
    };
    paint.save();
    for (const node of picture.data.nodes) {
      const number = this.counts.get(node.id);
      if (number && picture.nodes.get(node.id) && !picture.look?.gone?.(node))
        mark(node.x - (node.size ?? 12) - size, node.y - (node.size ?? 12) - size, number);
    }
    const places = this.links.size ? new Map(picture.data.nodes.map((node) => [node.id, node])) : new Map();
    for (const edge of this.links.size ? picture.data.edges : []) {
      const number = this.links.get(key(edge));
      const [from, to] = [places.get(edge.from), places.get(edge.to)];
      if (number && from && to && !picture.look?.gone?.(edge)) mark((from.x + to.x) / 2, (from.y + to.y) / 2, number);
    }
    paint.restore();
  }

  // Show the same number in the tables, after the entity's name or the link's words.
  tell() {
    for (const row of document.querySelectorAll("#network-tables tr[data-i]")) {
      const links = row.parentElement.id === "network-links";
      const item = this.canvas.picture.data[links ? "edges" : "nodes"][Number(row.dataset.i)];
      const number = item && (links ? this.links.get(key(item)) : this.counts.get(item.id));
      row.querySelector(".comment-count")?.remove();
      if (!number) continue;
      const mark = document.createElement("span");
      mark.className = "tag comment-count";
      mark.textContent = count(number, "comment");
      row.querySelector("a").after(" ", mark);
    }
  }

  // Add comments to the panel of an entity or link, before its actions, unless the panel already has them.
  async beside(id, edge, body) {
    if (body.querySelector(".comments")) return;
    const params = new URLSearchParams({ panel: "1" });
    if (edge) {
      const link = this.canvas.picture.data.edges.find((one) => one.id === id);
      for (const [name, value] of Object.entries(ends(link))) params.set(name, value);
    } else params.set("id", id);
    const page = await this.canvas.ask(`${this.at.about}?${params}`, { apart: true });
    const section = page?.querySelector(".comments");
    if (!section || !body.isConnected) return;
    body.querySelector(".comments")?.remove();
    body.insertBefore(this.filled(section), body.querySelector(".panel-actions"));
  }

  // Return the section of comments, with any comment that was typed but not sent.
  filled(section) {
    const fresh = document.importNode(section, true);
    const text = fresh.querySelector("[data-comment-form] textarea");
    if (text) text.value = this.begun.get(about(text.form)) ?? "";
    return fresh;
  }

  async send(form) {
    const section = form.closest(".comments");
    const button = form.querySelector("button");
    const fields = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    const written = form.elements.text?.value;
    button.disabled = true;
    try {
      await this.canvas.json(form.action, { method: "POST", body: fields });
      if (fields.has("text") && form.elements.text.value === written) this.begun.delete(about(form));
      const params = new URLSearchParams({ panel: "1" });
      for (const name of ["id", "subject", "relation", "object"])
        if (fields.get(name)) params.set(name, fields.get(name));
      const page = await this.canvas.ask(`${this.at.about}?${params}`, { apart: true });
      const fresh = page?.querySelector(".comments");
      if (fresh) section.replaceWith(this.filled(fresh));
      this.canvas.say(fields.has("text") ? "Comment added" : "Comment taken back");
      await this.count();
    } catch (error) {
      this.canvas.page.tell(error.message);
      button.disabled = false;
    }
  }
}

export function install(canvas) {
  const comments = new Comments(canvas);
  return { open: () => comments.count() };
}
