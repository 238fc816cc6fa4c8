// The panel: facts about the selected node, link or nodes, and actions on them.
import { count } from "../words.js";

// Return the link that a line draws: for a line to a folded group that contains a single link, that link.
export function ends({ from, relation, to, bundle }) {
  const [subject, name, object] = bundle?.length === 1 ? bundle[0] : [from, relation, to];
  return { subject, relation: name, object };
}

export class Panel {
  constructor(canvas) {
    this.canvas = canvas;
    this.picture = canvas.picture;
    this.sheet = document.getElementById("panel");
    this.content = document.getElementById("panel-content");
    this.chosen = null;
    this.content.addEventListener("click", (event) => {
      const act = event.target.closest("[data-act]");
      if (!act) return;
      event.preventDefault();
      this.acts[act.dataset.act](act.dataset.id ? [act.dataset.id] : canvas.selecting.nodes, act);
    });
    canvas.on("selected", (ids) =>
      ids.length > 1 ? this.several(ids) : ids.length ? this.show(ids[0]) : this.close(),
    );
    canvas.on("drawn", () => {
      if (!this.chosen) return;
      if (this.chosen.several) this.left();
      else if (!(this.chosen.edge ? this.picture.edges : this.picture.nodes).get(this.chosen.id)) this.close();
    });
  }

  acts = {
    expand: ([id]) => this.canvas.expand(id),
    hide: (ids) => this.after(this.canvas.hide(ids)),
    close: (ids) => this.canvas.close(ids),
    only: (ids) =>
      this.after(this.canvas.hide(this.picture.data.nodes.map((node) => node.id).filter((id) => !ids.includes(id)))),
    start: (ids) => this.canvas.startAt(ids),
    behind: (ids) => {
      const { behind, most } = this.canvas.root.dataset;
      if (ids.length > Number(most)) return this.canvas.say(`Select ${most} at most: ${ids.length} are selected.`);
      location.assign(`${behind}?${new URLSearchParams(ids.map((id) => ["id", id]))}`);
    },
    row: () => this.canvas.selecting.align("row"),
    column: () => this.canvas.selecting.align("column"),
    pin: (ids) => this.canvas.pin(ids, true),
    unpin: (ids) => this.canvas.pin(ids, false),
    one: ([id]) => this.show(id),
    ways: (ids) => this.canvas.tell("ways", ids),
    unfold: ([id]) => this.canvas.unfold(this.picture.data.nodes.find((node) => node.id === id).fold),
  };

  // A node that was selected in the meantime stays selected.
  async after(done) {
    const { chosen } = this;
    if ((await done) && this.chosen === chosen) this.close();
  }

  async show(id, edge = false, focus = false) {
    this.chosen = { id, edge };
    this.picture.choose(id, edge);
    const list = edge ? this.picture.data.edges : this.picture.data.nodes;
    const place = list.findIndex((one) => one.id === id);
    for (const row of document.querySelectorAll(".tables-body tr.chosen")) row.classList.remove("chosen");
    document.querySelector(`#network-${edge ? "links" : "nodes"} tr[data-i="${place}"]`)?.classList.add("chosen");
    const item = list[place];
    if (!item) return this.close();
    if (item.fold || item.bundle?.length > 1) return this.gathered(item, focus);
    const params = new URLSearchParams({ panel: "1" });
    if (edge) for (const [name, value] of Object.entries(ends(item))) params.set(name, value);
    else params.set("id", id);
    const { root } = this.canvas;
    const page = await this.canvas.ask(`${edge ? root.dataset.link : root.dataset.node}?${params}`, { lane: "panel" });
    if (!page || this.chosen?.id !== id) return;
    const body = document.importNode(page.querySelector(".panel-body"), true);
    for (const button of body.querySelectorAll("button[data-act]")) button.hidden = false;
    for (const button of body.querySelectorAll("[data-act=pin]")) {
      const pinned = this.canvas.state().pinned.includes(id);
      button.dataset.act = pinned ? "unpin" : "pin";
      button.textContent = pinned ? "Unpin" : "Pin";
    }
    this.fill(body, focus);
    this.canvas.tell("shown", { id, edge, body });
  }

  // Show the contents of a group, or of a line of several links.
  gathered(item, focus) {
    const body = document.getElementById("gathered").content.firstElementChild.cloneNode(true);
    const [title, told, list, act] = [".panel-title", ".told", "ul", "[data-act]"].map((part) =>
      body.querySelector(part),
    );
    title.textContent = item.fold
      ? item.label
      : `${this.canvas.name(item.from)} and ${this.canvas.name(item.to)}: ${count(item.links, "link")}`;
    told.textContent = item.fold
      ? item.title
      : item.links > item.bundle.length
        ? `The ${item.bundle.length} most believed:`
        : "";
    act.hidden = !item.fold;
    act.dataset.id = item.id;
    for (const [subject, relation, object] of item.bundle ?? []) {
      const line = document.createElement("li");
      const link = document.createElement("a");
      link.href = `${this.canvas.root.dataset.link}?${new URLSearchParams({ subject, relation, object })}`;
      const called = (id) => this.picture.data.names[id] ?? this.canvas.name(id);
      link.textContent = `${called(subject)} ${this.picture.data.says[relation] ?? relation} ${called(object)}`;
      line.append(link);
      list.append(line);
    }
    this.fill(body, focus);
  }

  // Show the names of several selected nodes, and actions on all of them.
  several(ids) {
    this.chosen = { several: ids };
    const body = document.getElementById("several").content.firstElementChild.cloneNode(true);
    body.querySelector(".panel-title").textContent = `${ids.length} selected`;
    const list = body.querySelector("ul");
    for (const id of ids.slice(0, 60)) {
      const line = document.createElement("li");
      const link = document.createElement("a");
      link.href = `${this.canvas.root.dataset.node}?${new URLSearchParams({ id })}`;
      Object.assign(link.dataset, { act: "one", id });
      link.textContent = this.canvas.name(id);
      line.append(link);
      list.append(line);
    }
    if (ids.length > 60) {
      const line = document.createElement("li");
      line.className = "quiet";
      line.textContent = `and ${ids.length - 60} more`;
      list.append(line);
    }
    this.fill(body, false);
  }

  // Keep the selected nodes that are still in the picture.
  left() {
    const { several } = this.chosen;
    const left = several.filter((id) => this.picture.nodes.get(id));
    if (left.length === several.length) this.picture.select(left);
    else this.canvas.select(left);
  }

  fill(body, focus) {
    this.content.replaceChildren(body);
    this.sheet.hidden = false;
    this.sheet.scrollTop = 0;
    this.cover();
    if (focus) this.sheet.querySelector("button, a").focus();
  }

  // Tell the canvas which part the panel covers: a side or, on a narrow screen, the lower part.
  cover() {
    const open = !this.sheet.hidden;
    const below = open && this.sheet.offsetWidth >= this.picture.container.clientWidth;
    const { id, edge, several } = this.chosen ?? {};
    this.canvas.cover(
      {
        right: open && !below ? this.sheet.offsetWidth : 0,
        bottom: below ? this.sheet.offsetHeight : this.canvas.legend.offsetHeight,
      },
      open && !edge && !several ? id : null,
    );
  }

  close() {
    this.sheet.hidden = true;
    this.cover();
    this.chosen = null;
    this.picture.network.unselectAll();
    this.picture.relabel(this.picture.network.getScale());
  }
}
