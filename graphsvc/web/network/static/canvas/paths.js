import { element } from "../element.js";
import { suggest } from "../suggest.js";
import { count, NARROW, plural } from "../words.js";

// Paths between selected entities: found by the server, listed here, shown on the canvas while the user views them.
const FEWEST = 2;
const MOST = 6;

// Words for the other sources that begin a path: they depend on the same as its first source.
const depending = (others) =>
  others > 0 ? ` and ${others} who ${plural(others, "depends", "depend")} on the same` : "";

class Paths {
  constructor(canvas) {
    this.canvas = canvas;
    this.drawer = document.getElementById("paths");
    this.form = document.getElementById("paths-form");
    this.told = document.getElementById("paths-told");
    this.wrong = document.getElementById("paths-wrong");
    this.found = document.getElementById("paths-found");
    this.ends = new Map();
    this.avoiding = new Map();
    this.asked = null;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.look();
    });
    this.form.addEventListener("change", () => this.tellForm());
    this.drawer.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.close();
    });
    canvas.on("ways", (ids) => this.open(ids));
    const acts = { close: () => this.close(), selected: () => this.take(canvas.selected().nodes) };
    for (const [name, act] of Object.entries(acts))
      this.drawer.querySelector(`[data-paths="${name}"]`).addEventListener("click", act);
    const box = document.getElementById("paths-end");
    suggest(box, {
      twin: this.drawer.dataset.near,
      first: true,
      most: 6,
      note: (one) => (this.ends.has(one.id) ? "chosen" : ""),
      take: (one) => {
        box.value = "";
        this.end(one.id, one.name);
        box.focus();
      },
    });
  }

  open(ids = this.canvas.selected().nodes) {
    if (ids.length) this.take(ids);
    this.drawer.show();
    // Both ends of a path must be visible next to the list.
    const { offsetWidth } = this.drawer;
    this.canvas.cover({ left: offsetWidth < this.canvas.picture.container.clientWidth ? offsetWidth : 0 });
    this.tellForm();
    if (this.ready()) this.look();
    else document.getElementById("paths-end").focus();
  }

  close() {
    this.asked?.abort();
    this.drawer.close();
    this.canvas.cover({ left: 0 });
    this.canvas.picture.container.focus();
  }

  // -- the search ---------------------------------------------------------------------------------------------

  take(ids) {
    if (!ids.length) return this.say("Nothing is selected on the canvas.");
    this.ends = new Map(ids.slice(0, MOST).map((id) => [id, this.canvas.name(id)]));
    if (ids.length > MOST) this.say(`${MOST} at most: the first ${MOST} of what is selected were taken.`);
    else this.say("");
    this.tellForm();
  }

  end(id, name) {
    if (this.ends.size >= MOST && !this.ends.has(id)) return this.say(`${MOST} at most: take one away first.`);
    this.ends.set(id, name);
    this.say("");
    this.tellForm();
  }

  get toOne() {
    return this.form.elements.kind.value === "accounts";
  }

  ready() {
    return this.toOne ? this.ends.size === 1 : this.ends.size >= FEWEST;
  }

  params() {
    const filled = /** @type {[string, string][]} */ ([...new FormData(this.form)]).filter(([, value]) => value !== "");
    const params = new URLSearchParams(filled);
    if (params.get("kind") !== "every") params.delete("steps");
    for (const [place, id] of [...this.ends.keys()].entries()) params.append(place || this.toOne ? "to" : "from", id);
    for (const id of this.avoiding.keys()) params.append("avoid", id);
    return params;
  }

  tellForm() {
    this.chips("paths-ends", this.ends);
    this.chips("paths-avoid", this.avoiding, "avoiding ");
    document.getElementById("paths-avoid").hidden = !this.avoiding.size;
    for (const one of this.form.querySelectorAll("[data-for]"))
      one.hidden = one.dataset.for !== this.form.elements.kind.value;
    document.getElementById("paths-page").href = `${this.drawer.dataset.page}?${this.params()}`;
  }

  chips(id, chosen, before = "") {
    const lines = [...chosen].map(([one, name]) => {
      const off = element("button", { type: "button", className: "off", textContent: "×" });
      off.setAttribute("aria-label", `Without ${name}`);
      off.addEventListener("click", () => {
        chosen.delete(one);
        this.tellForm();
      });
      return element("li", {}, `${before}${name} `, off);
    });
    document.getElementById(id).replaceChildren(...lines);
  }

  // -- the paths found ----------------------------------------------------------------------------------------

  say(words) {
    this.told.textContent = words;
    this.wrong.hidden = true;
  }

  async look(most = "") {
    if (!this.ready())
      return this.say(
        this.toOne
          ? "Choose the one that accounts should lead to."
          : `Choose ${FEWEST} to ${MOST}: on the canvas, or by the box above.`,
      );
    this.asked?.abort();
    const mine = new AbortController();
    this.asked = mine;
    const params = this.params();
    if (most) params.set("most", most);
    this.say("Looking…");
    this.found.replaceChildren();
    try {
      const answer = await this.canvas.json(`${this.drawer.dataset.twin}?${params}`, { signal: mine.signal });
      this.list(answer);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.say("");
      this.wrong.textContent = error.message;
      this.wrong.hidden = false;
    }
  }

  list({ between, names, most }) {
    const ways = between.reduce((sum, pair) => sum + pair.ways.length, 0);
    const rest = between.some((pair) => pair.over) ? ", and more" : "";
    this.say(
      ways
        ? `${count(ways, "way")}${rest}. Point at one to see it on the canvas; Enter adds it.`
        : "No way joins them, as far as the links that count go and you can see.",
    );
    const name = (id) => names[id]?.[0] ?? id;
    this.found.replaceChildren(
      ...between.map((pair) => {
        const heading = pair.first
          ? `${name(pair.first)} and ${name(pair.second)}`
          : `What leads to ${name(pair.second)}`;
        const section = element("section", {}, element("h3", {}, heading));
        section.append(element("ol", { className: "paths-list" }, ...pair.ways.map((way) => this.way(way, name))));
        if (!pair.ways.length)
          section.append(
            element(
              "p",
              { className: "quiet" },
              pair.over
                ? "More than can be looked through: fewer steps, a least belief, or leave somebody out."
                : "None.",
            ),
          );
        if (pair.more || pair.over) {
          const line = element(
            "p",
            { className: "quiet" },
            pair.more ? `${pair.more}${pair.over ? " or more" : ""} more. ` : "There are more. ",
          );
          if (pair.ways.length < most) {
            const more = element("button", {
              type: "button",
              className: "btn btn-sm btn-outline-secondary",
              textContent: `Up to ${most}`,
            });
            more.addEventListener("click", () => this.look(most));
            line.append(more);
          } else line.append(`${NARROW}.`);
          section.append(line);
        }
        return section;
      }),
    );
  }

  way(way, name) {
    const words = `way ${name(way.nodes[0])} – ${name(way.nodes.at(-1))}`;
    const head = element("button", { type: "button", className: "way" });
    head.append(element("strong", {}, count(way.steps.length, "step")), ` · ${way.believed}`);
    if (way.source)
      head.append(element("span", { className: "quiet" }, ` · from ${way.source}${depending(way.group.length - 1)}`));
    const steps = way.steps.map((step, place) => {
      const line = element("li", {}, step.says);
      if (place === way.weakest) line.append(" ", element("span", { className: "tag" }, "weakest"));
      if (step.denying.length || step.contested)
        line.append(" ", element("span", { className: "denial" }, this.drawer.dataset.denied));
      return line;
    });
    head.append(element("ol", {}, ...steps));
    head.addEventListener("click", () => this.canvas.add(way.nodes, words));
    const item = element("li", {}, head);
    const light = () => this.canvas.picture.select(way.nodes);
    item.addEventListener("pointerenter", light);
    item.addEventListener("focusin", light);
    const ends = new Set(this.ends.keys());
    const between = way.nodes.filter((id) => !ends.has(id));
    if (between.length) {
      const avoid = element("p", { className: "avoid" }, "Without: ");
      for (const id of between) {
        const off = element("button", { type: "button", className: "link", textContent: name(id) });
        off.addEventListener("click", () => {
          this.avoiding.set(id, name(id));
          this.tellForm();
          this.look();
        });
        avoid.append(off, " ");
      }
      item.append(avoid);
    }
    return item;
  }
}

export function install(canvas) {
  const paths = new Paths(canvas);
  return { open: (ids) => paths.open(ids), close: () => paths.close() };
}
