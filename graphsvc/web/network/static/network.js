import { install as adding } from "./canvas/adding.js";
import { Canvas } from "./canvas/canvas.js";
import { install as comments } from "./canvas/comments.js";
import { install as find } from "./canvas/find.js";
import { FilterForm } from "./canvas/form.js";
import { install as grow } from "./canvas/grow.js";
import { install as takeOut } from "./canvas/out.js";
import { install as menu } from "./canvas/menu.js";
import { Panel } from "./canvas/panel.js";
import { install as paths } from "./canvas/paths.js";
import { install as pictures } from "./canvas/pictures.js";
import { savePicture } from "./canvas/png.js";
import { Tables } from "./canvas/tables.js";
import { Time } from "./canvas/time.js";
import { Walk } from "./canvas/walk.js";
import { copy } from "./copying.js";
import { tellExposure } from "./exposure.js";

// The network page: clicks and keys. The address contains what is shown; the server makes every picture.
const root = document.getElementById("network");
const legend = document.getElementById("legend");
if (matchMedia("(max-width: 48rem)").matches) legend.open = false;
const canvas = new Canvas(root);
const { picture, selecting, steps } = canvas;
const panel = new Panel(canvas);
const tables = new Tables(canvas, panel);
menu(canvas, panel);
const walk = new Walk(canvas, panel);
const form = new FilterForm(canvas);
const time = new Time(canvas);
const exposure = document.getElementById("network-exposure");
// Further tools of the canvas: tool → module; each opens when its tool is chosen.
// Adding by hand comes first: it reads the added entities from the address before anything else changes the address.
const parts = {
  adding: adding(canvas),
  find: find(canvas),
  grow: grow(canvas),
  take: takeOut(canvas),
  comments: comments(canvas),
  pictures: pictures(canvas),
};
if (document.getElementById("paths")) parts.paths = paths(canvas);

// For tests and debugging: the picture and the canvas.
Object.assign(globalThis, { networkPicture: picture, networkCanvas: canvas });
legend.addEventListener("toggle", () => {
  picture.covered.bottom = legend.offsetHeight;
});

// -- selection ------------------------------------------------------------------------------------------------

// A tip describes the item under the pointer; once the item is selected, the panel does.
const tips = (on) => root.classList.toggle("untipped", !on);
for (const event of ["hoverNode", "hoverEdge"]) picture.network.on(event, () => tips(true));
for (const event of ["dragStart", "zoom"]) picture.network.on(event, () => tips(false));
picture.network.on("click", ({ nodes, edges, event }) => {
  tips(false);
  const more = event.srcEvent.ctrlKey || event.srcEvent.metaKey || nodes.length > 1;
  if (more && nodes.length) canvas.select(nodes);
  else if (nodes.length) panel.show(nodes[0]);
  else if (edges.length) panel.show(edges[0], true);
  else panel.close();
});
picture.network.on("hold", ({ nodes }) => nodes.length > 1 && canvas.select(nodes));
picture.network.on("doubleClick", ({ nodes }) => {
  if (nodes.length === 1) canvas.expand(nodes[0]);
});

// -- tools and keys -------------------------------------------------------------------------------------------

function lasso() {
  const on = selecting.toggle();
  document.querySelector('[data-tool="lasso"]').setAttribute("aria-pressed", String(on));
  canvas.say(on ? "Draw around what you want to select" : "");
}

const tools = {
  table: () => tables.toggle(),
  time: () => time.toggle(),
  in: () => picture.zoom(1.3),
  out: () => picture.zoom(1 / 1.3),
  fit: () => picture.fit(),
  copy: (button) => copy(button, location.href, "Copy it from the address bar"),
  png: () => savePicture(canvas),
  keys: () => document.getElementById("keys").showModal(),
  close: () => panel.close(),
  cancel: () => canvas.page.cancel(),
  undo: () => steps.undo(),
  redo: () => steps.redo(),
  layout: (button) => canvas.layout(button.dataset.word),
  fold: (button) => canvas.fold(button.dataset.by),
  forget: () => canvas.forget(),
  lasso,
  all: () => selecting.all(),
  invert: () => selecting.invert(),
  without: (button) => canvas.without(button.dataset.word, button.textContent.trim()),
  presence: () => {
    const there = canvas.params.get("presence");
    return canvas.set(
      "presence",
      there ? "" : "yes",
      there ? "put aside who was there" : "brought in who was there",
      true,
    );
  },
  unhide: () => canvas.set("hide", "", "showed what was hidden"),
};
root.addEventListener("click", (event) => {
  const tool = event.target.closest("[data-tool]");
  for (const menu of root.querySelectorAll("details.menu[open]"))
    if (!menu.contains(event.target) || tool) menu.open = false;
  if (!tool) return;
  event.preventDefault();
  const { tool: name } = tool.dataset;
  if (name in tools) tools[name](tool);
  else parts[name]?.open();
});
// Followed as a link, it would add a step to the browser's history that is not a step of the canvas.
for (const skip of document.querySelectorAll("a.skip"))
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById(skip.getAttribute("href").slice(1)).focus();
  });
for (const choice of root.querySelectorAll("#looks select, #looks input")) {
  choice.addEventListener("change", () => {
    const value = choice.type === "checkbox" ? (choice.checked ? "" : "no") : choice.value;
    canvas.set(choice.name, value, `${choice.dataset.words}`);
  });
}

// Update the buttons and choices to match the canvas.
function tellState() {
  const params = canvas.params;
  for (const [name, words] of [
    ["undo", steps.undoes],
    ["redo", steps.redoes],
  ]) {
    const button = document.querySelector(`[data-tool="${name}"]`);
    button.disabled = words === null;
    button.title = words ? `${name === "undo" ? "Undo" : "Redo"}: ${words}` : "";
  }
  for (const choice of root.querySelectorAll("#looks select")) choice.value = params.get(choice.name) ?? "";
  root.querySelector('#looks [name="labels"]').checked = params.get("labels") !== "no";
  for (const button of root.querySelectorAll('[data-tool="fold"]'))
    button.setAttribute("aria-pressed", String(params.getAll("fold").includes(button.dataset.by)));
  for (const button of root.querySelectorAll('[data-tool="layout"]'))
    button.setAttribute("aria-pressed", String((params.get("layout") ?? "") === button.dataset.word));
}
canvas.on("drawn", () => {
  tellState();
  if (exposure) tellExposure(exposure);
});
canvas.on("changed", tellState);

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
picture.container.addEventListener("keydown", (event) => {
  if (event.key in ARROWS) {
    event.preventDefault();
    if (event.shiftKey) return selecting.nudge(...ARROWS[event.key]);
    walk.step(event.key);
  } else if (event.key === "Enter" && panel.chosen && !panel.chosen.several) {
    event.preventDefault();
    panel.show(panel.chosen.id, panel.chosen.edge, true);
  }
});

const KEYS = {
  "+": tools.in,
  "=": tools.in,
  "-": tools.out,
  "−": tools.out,
  0: tools.fit,
  t: tools.table,
  d: tools.time,
  l: lasso,
  i: tools.invert,
};
const chosenOnes = () => panel.chosen?.several ?? (panel.chosen && !panel.chosen.edge ? [panel.chosen.id] : []);
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select, dialog[open]")) return;
  if (event.ctrlKey || event.metaKey) {
    const key = event.key.toLowerCase();
    const done = { z: event.shiftKey ? tools.redo : tools.undo, y: tools.redo, a: tools.all }[key];
    if (!done) return;
    event.preventDefault();
    return done();
  }
  if (event.altKey) return;
  const filters = document.getElementById("filters");
  if (event.key === "Escape") {
    if (filters.open) filters.open = false;
    else if (selecting.on) lasso();
    else if (!panel.sheet.hidden) {
      panel.close();
      picture.container.focus();
    }
  } else if (event.key === "f") filters.open = !filters.open;
  else if (event.key in KEYS) KEYS[event.key]();
  else if (event.key === "e" && chosenOnes().length === 1) canvas.expand(chosenOnes()[0]);
  else if (event.key === "h" && chosenOnes().length) panel.acts.hide(chosenOnes());
  else if (event.key === "p" && chosenOnes().length)
    canvas.pin(chosenOnes(), !chosenOnes().every((id) => steps.state.pinned.includes(id)));
});

picture.network.once("afterDrawing", () =>
  requestAnimationFrame(() => {
    performance.mark("usable");
    root.setAttribute("data-ready", "yes");
  }),
);
form.sync();
tellState();
await canvas.relook();
// The legend may have grown.
if (picture.covered.bottom !== legend.offsetHeight) {
  picture.covered.bottom = legend.offsetHeight;
  picture.fit();
}
