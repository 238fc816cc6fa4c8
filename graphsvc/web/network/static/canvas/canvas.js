// The canvas: its picture, its earlier states, and the actions that other parts of the page may use.
import { count } from "../words.js";
import { FILTERS, LOOK, Look } from "./look.js";
import { Page } from "./page.js";
import { Selecting } from "./selecting.js";
import { Steps } from "./steps.js";
import { Turns } from "./turns.js";

// Parameters that only grow or shrink the picture: nodes that stay in it keep their places.
const GROWTH = ["open", "add", "hide", "fold", "without"];
// The parameters among these that a new start removes.
const GROWN = ["open", "add", "hide", "fold"];
// Parameters that name the saved view or draft that the canvas began as.
const BEGAN = ["picture", "version", "sitting", "offer"];
const GRADES = ["source_grade", "assessment"];
// Ids of the elements that a new state of the picture replaces on the page.
const PIECES = [
  "network-relations",
  "network-count",
  "network-empty",
  "network-legend",
  "network-tables",
  "network-exposure",
];
const theme = () => document.documentElement.getAttribute("data-bs-theme") ?? "light";
const read = (page) => JSON.parse(page.getElementById("network-data").textContent);

// Return the parameters of an address that decide what the server draws.
function served(params) {
  const kept = new URLSearchParams(params);
  for (const name of LOOK) kept.delete(name);
  if (kept.get("fade")) {
    // Asking for one relation that is left out by default brings in all of them, faint or not.
    const { aside } = document.getElementById("network").dataset;
    if (kept.get("ticked") !== "out" && kept.getAll("relation").some((name) => aside.split(" ").includes(name)))
      kept.set("presence", "yes");
    // The server decides which links pass a filter by grade: the browser does not know the grades.
    for (const name of FILTERS) if (!GRADES.includes(name)) kept.delete(name);
  }
  for (const name of BEGAN) kept.delete(name);
  return kept;
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const without = (params, names) => String(new URLSearchParams([...params].filter(([name]) => !names.includes(name))));

// Return a state with a changed address: `change` edits its parameters.
function readdressed(state, change) {
  const params = new URLSearchParams(state.asked);
  change(params);
  return { ...state, asked: [...params] };
}

function put(params, name, values) {
  params.delete(name);
  for (const value of values) params.append(name, value);
}

function append(params, name, values) {
  for (const value of values) if (!params.getAll(name).includes(value)) params.append(name, value);
}

// Return the id in an opening: `~PAID~P1`, or the id alone.
const openedNode = (text) => /^~[^~]*~(.+)$/.exec(text)?.[1] ?? text;

// Return the places of the pinned nodes.
const pinnedPlaces = ({ pinned, arranged }) =>
  Object.fromEntries(pinned.filter((id) => arranged[id]).map((id) => [id, arranged[id]]));

export class Canvas {
  constructor(root) {
    this.root = root;
    this.page = new Page();
    this.heard = { changed: [], selected: [], drawn: [], shown: [], ways: [], tabled: [] };
    const given = document.getElementById("network-kept");
    const start = given
      ? JSON.parse(given.textContent)
      : { asked: [...new URLSearchParams(location.search)], arranged: {}, pinned: [], look: {} };
    this.steps = new Steps(
      start,
      root.dataset.by,
      (state) => this.address(state),
      (state) => this.fetched(state),
      (state, data, words) => this.arrive(state, data, words),
    );
    this.turns = new Turns();
    this.came = 0; // with the last step
    const { arranged } = this.steps.state;
    this.legend = document.getElementById("legend");
    this.picture = new NetworkPicture(
      document.getElementById("canvas"),
      read(document),
      theme(),
      { top: 84, bottom: this.legend.offsetHeight },
      arranged,
    );
    this.drawnFor = String(served(this.params));
    this.measured = null;
    this.look = new Look(
      this.picture,
      () => this.measures(),
      () => this.groups(),
    );
    this.selecting = new Selecting(this, this.picture);
    this.picture.pinned = new Set(this.steps.state.pinned);
    new MutationObserver(() => this.picture.setTheme(theme())).observe(document.documentElement, {
      attributeFilter: ["data-bs-theme"],
    });
  }

  on(event, heard) {
    this.heard[event].push(heard);
  }

  tell(event, ...what) {
    for (const heard of this.heard[event]) heard(...what);
  }

  // Something covers a side of the canvas, or no longer does: keep visible nodes visible or, zoomed in, the selected
  // one.
  cover(sides, chosen = null) {
    const { nodes } = this.picture.data;
    const seen = nodes.filter(({ id }) => this.picture.inSight(id));
    Object.assign(this.picture.covered, sides);
    if (seen.every(({ id }) => this.picture.inSight(id))) return;
    if (seen.length === nodes.length) this.picture.fit();
    else if (chosen) this.picture.reveal(chosen);
  }

  // -- its state --------------------------------------------------------------------------------------------

  get params() {
    return new URLSearchParams(this.steps.state.asked);
  }

  state() {
    return structuredClone(this.steps.state);
  }

  address(state) {
    return `${this.root.dataset.page}?${new URLSearchParams(state.asked)}`;
  }

  // Change the address as one step: `change` edits its parameters.
  go(change, words = "changed the picture", how = {}) {
    return this.to((state) => readdressed(state, change), words, how);
  }

  restore(state, words = "went back to a saved view") {
    return this.to(() => ({ arranged: {}, pinned: [], look: {}, ...state }), words, { refit: true, alone: true });
  }

  // Take one step: `change` returns the new state. A step that needs no new data is done immediately. Others wait for
  // earlier steps, and are dropped if one of them fails; for `again` and `alone`, which replace steps, see turns.js.
  to(change, words, { refit = false, from = null, again = false, alone = false } = {}) {
    const how = { refit, from };
    const ahead = this.turns.ahead(this.state());
    const asks = ({ asked }) => String(served(new URLSearchParams(asked)));
    // Undoing a step that is still waiting also needs another picture.
    const dresses = asks(change(ahead)) === asks(ahead) && this.drawn(change(this.state()));
    if (dresses && !alone) return this.step(change, words, how);
    if (alone) this.page.cancel(["picture"]);
    return this.turns.take(
      change,
      // If a user asks for the same twice, the second step changes nothing.
      (stands) => same(change(this.state()), this.state()) || this.step(change, words, how, stands),
      { again, alone },
    );
  }

  async step(change, words, { refit, from }, stands = () => true) {
    const before = this.params;
    const data = await this.fetched(change(this.state()));
    if (!data || !stands()) return false;
    // Nodes that were moved, pinned or coloured during the fetch stay so.
    const state = change(this.state());
    const settled = data === this.picture.data ? state : this.settled(state, data, before, from);
    const was = new Set(this.picture.data.nodes.map((node) => node.id));
    this.came = data.nodes.length - was.size;
    this.steps.push(settled, words);
    await this.show(settled, data, refit);
    // New nodes must be visible.
    if (!refit && this.picture.data.nodes.some(({ id }) => !was.has(id) && !this.picture.inSight(id)))
      this.picture.fit();
    this.tell("changed", words);
    return true;
  }

  async arrive(state, data, words) {
    await this.show(state, data, data !== this.picture.data);
    this.page.say(words);
    this.tell("changed", words);
  }

  // Whether the data on the canvas is that of a state.
  drawn({ asked }) {
    return String(served(new URLSearchParams(asked))) === this.drawnFor;
  }

  // Return a state's data, from the server unless it is already on the canvas; null if it is not available, undefined
  // if the browser leaves the page.
  async fetched(state) {
    if (this.drawn(state)) return this.picture.data;
    const address = this.address(state);
    const page = await this.page.ask(address);
    if (!page) return page;
    if (!page.getElementById("network-data")) {
      location.assign(address);
      return undefined;
    }
    this.fresh = page;
    return read(page);
  }

  // Nodes on the canvas keep their places when others are added; nodes added next to a moved node are moved by the same
  // distance.
  settled(state, data, before, from) {
    const [old, now] = [served(before), served(new URLSearchParams(state.asked))];
    if (without(old, GROWTH) !== without(now, GROWTH)) return state;
    const arranged = { ...state.arranged };
    const was = new Map(this.picture.data.nodes.map((node) => [node.id, node]));
    const source = from ? was.get(from) : null;
    const at = source ? (arranged[from] ?? source.home) : null;
    const shift = source ? [at[0] - source.home[0], at[1] - source.home[1]] : [0, 0];
    for (const node of data.nodes) {
      const known = was.get(node.id);
      if (arranged[node.id]) continue;
      if (known && (known.home[0] !== node.x || known.home[1] !== node.y)) arranged[node.id] = known.home;
      else if (!known && (shift[0] || shift[1])) arranged[node.id] = [node.x + shift[0], node.y + shift[1]];
    }
    return { ...state, arranged };
  }

  async show(state, data, refit) {
    const params = new URLSearchParams(state.asked);
    this.picture.arranged = state.arranged;
    this.picture.pinned = new Set(state.pinned);
    if (data === this.picture.data) {
      this.picture.update(data);
    } else {
      this.drawnFor = String(served(params));
      this.measured = null;
      this.replace(this.fresh);
      this.picture.update(data);
    }
    await this.relook(params);
    this.picture.covered.bottom = Math.max(this.picture.covered.bottom, this.legend.offsetHeight);
    if (refit) this.picture.fit();
    this.tell("drawn");
  }

  replace(page) {
    // An element in focus stays in focus if it is drawn again.
    const { tool, word } = document.activeElement?.dataset ?? {};
    for (const id of PIECES) {
      const piece = page.getElementById(id);
      const here = document.getElementById(id);
      if (!piece || !here) continue; // not every role has it
      here.replaceChildren(...piece.childNodes);
      here.hidden = piece.hidden;
      if (piece.dataset.address) here.dataset.address = piece.dataset.address;
    }
    if (tool && !document.activeElement?.dataset.tool) {
      const again = [...this.root.querySelectorAll(`[data-tool="${CSS.escape(tool)}"]`)];
      again.find((one) => one.dataset.word === word)?.focus();
    }
    const exporting = document.getElementById("network-export");
    if (exporting) exporting.href = page.getElementById("network-export").href;
  }

  async relook(params = this.params) {
    try {
      const { shown, links, narrowed } = await this.look.apply(params);
      const told = document.getElementById("network-narrowed");
      told.hidden = !narrowed;
      told.textContent = narrowed ? `${count(shown, "entity")} and ${count(links, "link")} pass the filters` : "";
    } catch (error) {
      this.page.tell(error.message);
    }
  }

  // The groups of the picture, by kind of group.
  async groups() {
    return (await this.page.json(`${this.root.dataset.groups}?${served(this.params)}`)).groups;
  }

  // The measures that nodes can be coloured and sized by (id → name → number), and whether anyone stands out as a lead.
  async measures() {
    this.measured ??= this.page.json(`${this.root.dataset.measures}?${served(this.params)}`);
    try {
      return await this.measured;
    } catch (error) {
      this.measured = null;
      throw error;
    }
  }

  // -- what users do with it ----------------------------------------------------------------------------------

  // Record that nodes were moved.
  arranged(words) {
    this.steps.push({ ...this.state(), arranged: { ...this.picture.arranged } }, words);
    this.tell("changed", words);
  }

  pin(ids, on) {
    const change = (state) => {
      const pinned = new Set(state.pinned);
      const arranged = { ...state.arranged };
      for (const node of this.picture.data.nodes) {
        if (!ids.includes(node.id)) continue;
        if (on) {
          pinned.add(node.id);
          arranged[node.id] = this.picture.turned([node.x, node.y]);
        } else pinned.delete(node.id);
      }
      return { ...state, arranged, pinned: [...pinned] };
    };
    return this.to(change, `${on ? "pinned" : "unpinned"} ${ids.length}`);
  }

  // Change the layout: pinned nodes stay, the layout places the others.
  layout(word) {
    const change = (state) => ({
      ...readdressed(state, (params) => put(params, "layout", word ? [word] : [])),
      arranged: pinnedPlaces(state),
    });
    return this.to(change, `laid out ${word || "by forces"}`, { refit: true });
  }

  forget() {
    const change = (state) => ({ ...state, arranged: pinnedPlaces(state) });
    return this.to(change, "put everything back", { refit: true });
  }

  append(name, ids, words, how) {
    return this.go((params) => append(params, name, ids), words, how);
  }

  async add(ids, words) {
    const here = new Set(this.picture.data.nodes.map((node) => node.id));
    const fresh = ids.filter((id) => !here.has(id));
    if (fresh.length) {
      const change = (params) => {
        const hidden = params.getAll("hide").filter((id) => !fresh.includes(id));
        put(params, "hide", hidden);
        append(params, "add", fresh);
      };
      if (!(await this.go(change, words ?? `added ${fresh.length}`))) return false;
    }
    this.select(ids);
    if (ids.length === 1 && this.picture.nodes.get(ids[0])) this.picture.reveal(ids[0]);
    this.page.say(fresh.length ? `${fresh.length} added` : "On the canvas already");
    return true;
  }

  async expand(id) {
    const group = this.picture.data.nodes.find((node) => node.id === id)?.fold;
    if (group) return this.unfold(group);
    if (await this.append("open", [id], `expanded ${this.name(id)}`, { from: id })) this.page.say(`${this.came} added`);
  }

  // Whether a node was expanded.
  opened(id) {
    return this.params.getAll("open").some((one) => openedNode(one) === id);
  }

  // Take back what expanding some nodes added.
  close(ids) {
    const kept = (params) => params.getAll("open").filter((one) => !ids.includes(openedNode(one)));
    const words = `removed what ${ids.length === 1 ? this.name(ids[0]) : ids.length} added`;
    return this.go((params) => put(params, "open", kept(params)), words);
  }

  // Fold all groups of a kind into one node each; without a kind, unfold all.
  fold(by) {
    // In a large picture the server folds those who were only there, unless the address names a group of them.
    const none = this.params.get("presence") ? "presence:" : "";
    return this.set("fold", by || none, by ? `folded by ${by}` : "unfolded all");
  }

  // Unfold one group; if all groups of its kind were folded, the address now names the others.
  async unfold(group) {
    const by = group.split(":")[0];
    const change = (params) => {
      const named = params.getAll("fold");
      let kept = named.filter((one) => one !== group);
      const unnamed = by === "presence" && !named.some((one) => one.startsWith(by));
      if (named.includes(by) || unnamed) {
        const others = this.picture.data.nodes
          .map((node) => node.fold)
          .filter((one) => one?.startsWith(`${by}:`) && one !== group);
        kept = [...named.filter((one) => one !== by), ...others];
      }
      if (by === "presence" && !kept.some((one) => one.startsWith(by))) kept.push("presence:");
      put(params, "fold", kept);
    };
    return this.go(change, `unfolded ${this.picture.data.nodes.find((node) => node.fold === group)?.label ?? group}`);
  }

  hide(ids) {
    return this.append("hide", ids, ids.length === 1 ? `hid ${this.name(ids[0])}` : `hid ${ids.length}`);
  }

  async startAt(ids) {
    const address = (params) => {
      for (const name of GROWN) params.delete(name);
      put(params, "id", ids);
    };
    const change = (state) => ({ ...readdressed(state, address), arranged: {}, pinned: [] });
    // Select only now, so that the panel shows nodes of the new picture.
    if (await this.to(change, "started somewhere else", { refit: true, alone: true })) this.select(ids);
  }

  set(name, value, words, refit = false) {
    return this.go((params) => put(params, name, value ? [value] : []), words, { refit });
  }

  // Leave a kind of entity or a family of lines out of the picture, or bring it back.
  without(word, words) {
    const back = this.params.getAll("without").includes(word);
    const change = (params) => {
      const left = params.getAll("without").filter((one) => one !== word);
      put(params, "without", back ? left : [...left, word]);
    };
    return this.go(change, `${back ? "brought back" : "left out"} ${words}`);
  }

  name(id) {
    return this.picture.data.nodes.find((node) => node.id === id)?.label ?? id;
  }

  selected() {
    const links = this.picture.data.edges.filter((edge) => this.picture.network.getSelectedEdges().includes(edge.id));
    return {
      nodes: this.selecting.nodes,
      links: this.selecting.nodes.length
        ? []
        : links.map(({ from, relation, to }) => ({ subject: from, relation, object: to })),
    };
  }

  select(ids) {
    this.picture.select(ids);
    this.tell("selected", this.selecting.nodes);
  }

  ask(address, options) {
    return this.page.ask(address, options);
  }

  json(address, options) {
    return this.page.json(address, options);
  }

  say(words) {
    this.page.say(words);
  }
}
