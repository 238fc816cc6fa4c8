import { makeSortable } from "./table.js";
import { tellExposure } from "./exposure.js";

// The network page: what is clicked, typed and opened. The address holds the state; the server makes every picture.
const root = document.getElementById("network");
const canvas = document.getElementById("canvas");
const panel = document.getElementById("panel");
const panelContent = document.getElementById("panel-content");
const form = document.getElementById("filter-form");
const wrong = document.getElementById("wrong");
const progress = document.getElementById("progress");
// What a new state of the picture replaces on the page.
const PIECES = ["network-state", "network-relations", "network-filtered", "network-count", "network-empty", "network-legend", "network-tables", "network-exposure"];
const SLOW = 300;
const theme = () => document.documentElement.getAttribute("data-bs-theme") ?? "light";

const read = (page) => JSON.parse(page.getElementById("network-data").textContent);
const legend = document.getElementById("legend");
if (matchMedia("(max-width: 48rem)").matches) legend.open = false;
const picture = new NetworkPicture(canvas, read(document), theme(), { top: 64, bottom: legend.offsetHeight });
let chosen = null;
let asked = null;

picture.network.once("afterDrawing", () => requestAnimationFrame(() => root.setAttribute("data-ready", "yes")));
// For tests and the curious: what is on the canvas.
globalThis.networkPicture = picture;
new MutationObserver(() => picture.setTheme(theme())).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
legend.addEventListener("toggle", () => {
  picture.covered.bottom = legend.offsetHeight;
});

// -- asking the server ----------------------------------------------------------------------------------------

// The page at an address. Shows progress when it takes long; a later question ends an earlier one.
async function ask(address) {
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  const timer = setTimeout(() => (progress.hidden = false), SLOW);
  try {
    const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "text/html" } });
    if (answer.redirected && new URL(answer.url).pathname !== new URL(address, location.href).pathname) {
      location.assign(answer.url);
      return null;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok) throw new Error(page.querySelector("main p")?.textContent ?? "The server did not answer as it should.");
    wrong.hidden = true;
    return page;
  } catch (error) {
    if (error.name !== "AbortError") {
      const said = error instanceof TypeError ? "The server cannot be reached. The picture is as it was; try again." : error.message;
      wrong.textContent = said;
      wrong.hidden = false;
    }
    return null;
  } finally {
    clearTimeout(timer);
    if (asked === mine) {
      progress.hidden = true;
      asked = null;
    }
  }
}

// Go to another state of the picture.
async function go(params, { push = true, refit = false } = {}) {
  const address = `${root.dataset.page}?${params}`;
  const page = await ask(address);
  if (!page) return;
  const data = page.getElementById("network-data");
  if (!data) return location.assign(address);
  if (push) history.pushState(null, "", address);
  for (const id of PIECES) {
    const piece = page.getElementById(id);
    const here = document.getElementById(id);
    if (!piece || !here) continue; // not every role has it
    here.replaceChildren(...piece.childNodes);
    here.hidden = piece.hidden;
    if (piece.dataset.address) here.dataset.address = piece.dataset.address;
  }
  const exporting = document.getElementById("network-export");
  if (exporting) exporting.href = page.getElementById("network-export").href;
  tellExposure(document.getElementById("network-exposure"));
  if (root.classList.contains("with-table")) await bringTables();
  for (const select of page.querySelectorAll("#filter-form select")) form.elements[select.name].value = select.value;
  picture.update(read(page));
  if (refit) picture.fit();
  if (chosen && !(chosen.edge ? picture.edges : picture.nodes).get(chosen.id)) close();
}

const state = () => new URLSearchParams(location.search);
addEventListener("popstate", () => go(state(), { push: false, refit: true }));

function expand(id) {
  const params = state();
  params.append("open", id);
  return go(params);
}

function hide(id) {
  const params = state();
  params.append("hide", id);
  close();
  return go(params);
}

function startAt(id) {
  const params = state();
  for (const name of ["id", "open", "hide"]) params.delete(name);
  params.append("id", id);
  return go(params, { refit: true });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  filter();
});
form.addEventListener("change", () => filter());
function filter() {
  const params = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  return go(params, { refit: true });
}
document.getElementById("clear-filters").addEventListener("click", (event) => {
  event.preventDefault();
  const params = new URLSearchParams();
  for (const id of state().getAll("id")) params.append("id", id);
  go(params, { refit: true });
});

// -- what is chosen -------------------------------------------------------------------------------------------

async function show(id, edge, focus = false) {
  chosen = { id, edge };
  picture.choose(id, edge);
  const list = edge ? picture.data.edges : picture.data.nodes;
  const place = list.findIndex((one) => one.id === id);
  for (const row of document.querySelectorAll(".tables-body tr.chosen")) row.classList.remove("chosen");
  document.querySelector(`#network-${edge ? "links" : "nodes"} tr[data-i="${place}"]`)?.classList.add("chosen");
  const params = new URLSearchParams({ panel: "1" });
  if (edge) {
    const { from, relation, to } = list[place];
    for (const [name, value] of Object.entries({ subject: from, relation, object: to })) params.set(name, value);
  } else params.set("id", id);
  const page = await ask(`${edge ? root.dataset.link : root.dataset.node}?${params}`);
  if (!page || chosen?.id !== id) return;
  const body = page.querySelector(".panel-body");
  for (const button of body.querySelectorAll("button[data-act]")) button.hidden = false;
  panelContent.replaceChildren(document.importNode(body, true));
  panel.hidden = false;
  panel.scrollTop = 0;
  if (focus) panel.querySelector("button, a").focus();
}

function close() {
  panel.hidden = true;
  chosen = null;
  picture.network.unselectAll();
  picture.relabelEdges(picture.network.getScale());
}

panelContent.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act]");
  if (!act) return;
  event.preventDefault();
  ({ expand, hide, start: startAt })[act.dataset.act](act.dataset.id);
});

picture.network.on("click", ({ nodes, edges }) => {
  if (nodes.length) show(nodes[0], false);
  else if (edges.length) show(edges[0], true);
  else close();
});
picture.network.on("doubleClick", ({ nodes }) => {
  if (nodes.length) expand(nodes[0]);
});

// -- tables: the same content, and the way to walk it with keys ---------------------------------------------------

const tables = document.getElementById("tables");
const rowOf = (target) => target.closest("tbody tr[data-i]");
const meant = (row) => {
  const edge = row.parentElement.id === "network-links";
  return [(edge ? picture.data.edges : picture.data.nodes)[Number(row.dataset.i)].id, edge];
};
tables.addEventListener("click", (event) => {
  const row = rowOf(event.target);
  if (!row || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  show(...meant(row));
});
tables.addEventListener("focusin", (event) => {
  const row = rowOf(event.target);
  if (!row) return;
  const [id, edge] = meant(row);
  picture.choose(id, edge);
  if (!edge) picture.reveal(id);
});
tables.addEventListener("keydown", (event) => {
  const row = rowOf(event.target);
  if (!row) return;
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  if (step) {
    event.preventDefault();
    row[step]?.querySelector("a").focus();
  } else if (event.key === "Enter") {
    event.preventDefault();
    show(...meant(row), true);
  }
});
// The tables of a large picture come when they are first wanted.
const inside = document.getElementById("network-tables");
async function bringTables() {
  if (!inside.querySelector("table")) {
    const page = await ask(inside.dataset.address);
    if (page) inside.replaceChildren(...page.getElementById("network-tables").childNodes);
  }
  for (const table of inside.querySelectorAll("table[data-sortable]")) makeSortable(table);
}

async function toggleTable() {
  const open = root.classList.toggle("with-table");
  document.querySelector('#tools [data-tool="table"]').setAttribute("aria-expanded", String(open));
  if (open) await bringTables();
  picture.covered.bottom = legend.offsetHeight;
}

// -- tools and keys -------------------------------------------------------------------------------------------

async function copyLink(button) {
  let done = true;
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    // No clipboard without https: by way of a selected field.
    const field = document.createElement("textarea");
    field.value = location.href;
    root.append(field);
    field.select();
    done = document.execCommand("copy");
    field.remove();
  }
  const old = button.textContent;
  button.textContent = done ? "Copied" : "Copy it from the address bar";
  setTimeout(() => (button.textContent = old), 1500);
}

// The canvas on its ground, marked with case and handling code, so that a picture that travels says what it is.
function savePicture() {
  const source = canvas.querySelector("canvas");
  const copy = document.createElement("canvas");
  const strip = Math.round(source.height * 0.03) + 14;
  copy.width = source.width;
  copy.height = source.height + strip;
  const paint = copy.getContext("2d");
  paint.fillStyle = picture.palette.ground;
  paint.fillRect(0, 0, copy.width, copy.height);
  paint.drawImage(source, 0, 0);
  paint.fillStyle = picture.palette.text;
  paint.font = `${strip * 0.5}px system-ui, sans-serif`;
  paint.fillText(`${root.dataset.mark} · intelligence, not evidence · ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`, 12, copy.height - strip * 0.3);
  copy.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `network-${root.dataset.case.replace(/[^\w-]+/g, "_")}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
}

const tools = {
  table: toggleTable,
  in: () => picture.zoom(1.3),
  out: () => picture.zoom(1 / 1.3),
  fit: () => picture.fit(),
  copy: copyLink,
  png: savePicture,
  keys: () => document.getElementById("keys").showModal(),
  close,
  cancel: () => asked?.abort(),
  unhide: () => {
    const params = state();
    params.delete("hide");
    return go(params);
  },
};
root.addEventListener("click", (event) => {
  const tool = event.target.closest("[data-tool]");
  if (!tool) return;
  event.preventDefault();
  tools[tool.dataset.tool](tool);
});

// The nearest node in a direction from the one chosen; from none, the first start.
function neighbour(dx, dy) {
  const from = chosen && !chosen.edge ? picture.data.nodes.find((node) => node.id === chosen.id) : null;
  if (!from) return picture.data.nodes[0];
  let best = null;
  for (const node of picture.data.nodes) {
    const [x, y] = [node.x - from.x, node.y - from.y];
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (along > 1 && (!best || along + 2 * aside < best.cost)) best = { node, cost: along + 2 * aside };
  }
  return best?.node ?? null;
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
canvas.addEventListener("keydown", (event) => {
  if (event.key in ARROWS) {
    event.preventDefault();
    const node = neighbour(...ARROWS[event.key]);
    if (!node) return;
    chosen = { id: node.id, edge: false };
    picture.choose(node.id);
    picture.reveal(node.id);
    canvas.setAttribute("aria-label", node.title);
  } else if (event.key === "Enter" && chosen) {
    event.preventDefault();
    show(chosen.id, chosen.edge, true);
  }
});

const KEYS = { "+": tools.in, "=": tools.in, "-": tools.out, "−": tools.out, 0: tools.fit, t: toggleTable };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const filters = document.getElementById("filters");
  if (event.key === "Escape") {
    if (filters.open) filters.open = false;
    else if (!panel.hidden) {
      close();
      canvas.focus();
    }
  } else if (event.key === "f") filters.open = !filters.open;
  else if (event.key in KEYS) KEYS[event.key]();
  else if (chosen && !chosen.edge && event.key === "e") expand(chosen.id);
  else if (chosen && !chosen.edge && event.key === "h") hide(chosen.id);
});
