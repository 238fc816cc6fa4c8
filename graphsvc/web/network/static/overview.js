// A whole case as points on a canvas: tens of thousands, painted once and moved as an image while the user drags.
// vis-network takes seconds for a few thousand nodes, and its frames then last longer than a blink.
import { count } from "./words.js";

const root = document.getElementById("overview");
const canvas = document.getElementById("overview-canvas");
const paint = canvas.getContext("2d");
const told = document.getElementById("overview-told");
const filters = document.getElementById("overview-filters");
const palettes = JSON.parse(document.getElementById("overview-palettes").textContent);
const KINDS = ["person", "boat", "crossing", "gang", "workplace", "thing"];
const REST = 140;
const MOST_NAMED = 40;
const NEAR = 12;
const theme = () => document.documentElement.getAttribute("data-bs-theme") ?? "light";

// -- the data -------------------------------------------------------------------------------------------------

// See views/picture/overview.py, which writes this data.
function unpack(buffer) {
  const [count, ties] = new Uint32Array(buffer, 0, 4);
  let at = 16;
  const take = (kind, length) => {
    const found = new kind(buffer, at, length);
    at += length * kind.BYTES_PER_ELEMENT;
    return found;
  };
  return {
    count,
    ties,
    points: take(Float32Array, 2 * count),
    pairs: take(Uint32Array, 2 * ties),
    degree: take(Uint16Array, count),
    group: take(Uint16Array, count),
    kind: take(Uint8Array, count),
  };
}

async function fetched(address, read) {
  const answer = await fetch(address);
  if (!answer.ok)
    throw new Error("The picture could not be fetched. The groups are in the table below; reload to try again.");
  return read(answer);
}

let data = {
  count: 0,
  ties: 0,
  points: new Float32Array(),
  pairs: new Uint32Array(),
  degree: new Uint16Array(),
  group: new Uint16Array(),
  kind: new Uint8Array(),
};
let named = { ids: [], names: {}, groups: [] };
let grid = new Map();
const CELL = 60;

function index() {
  grid = new Map();
  for (let at = 0; at < data.count; at += 1) {
    const key = `${Math.floor(data.points[2 * at] / CELL)},${Math.floor(data.points[2 * at + 1] / CELL)}`;
    if (!grid.has(key)) grid.set(key, []);
    grid.get(key).push(at);
  }
}

const nameOf = (at) => named.names[at] ?? named.ids[at] ?? "";

// -- painting -------------------------------------------------------------------------------------------------

const view = { scale: 1, x: 0, y: 0 }; // the middle of the screen in points, and pixels a point
let image = null; // what was painted last, and from where
let resting = 0;
let marked = -1;

function size() {
  const { clientWidth, clientHeight } = canvas;
  const ratio = Math.min(devicePixelRatio || 1, 2);
  if (canvas.width !== Math.round(clientWidth * ratio) || canvas.height !== Math.round(clientHeight * ratio)) {
    [canvas.width, canvas.height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
  }
  return [clientWidth, clientHeight, ratio];
}

function render() {
  const [wide, high, ratio] = size();
  const palette = palettes[theme()];
  const { scale, x, y } = view;
  paint.setTransform(1, 0, 0, 1, 0, 0);
  paint.fillStyle = palette.ground;
  paint.fillRect(0, 0, canvas.width, canvas.height);
  paint.setTransform(
    ratio * scale,
    0,
    0,
    ratio * scale,
    ratio * (wide / 2 - x * scale),
    ratio * (high / 2 - y * scale),
  );
  const [left, right, top, bottom] = [
    x - wide / 2 / scale,
    x + wide / 2 / scale,
    y - high / 2 / scale,
    y + high / 2 / scale,
  ];
  const { points, pairs, kind, degree } = data;
  paint.strokeStyle = palette.tied;
  paint.globalAlpha = data.ties > 20000 ? 0.12 : 0.3;
  paint.lineWidth = 0.7 / scale;
  paint.beginPath();
  for (let at = 0; at < pairs.length; at += 2) {
    const [one, other] = [2 * pairs[at], 2 * pairs[at + 1]];
    const [ax, ay, bx, by] = [points[one], points[one + 1], points[other], points[other + 1]];
    if (
      (ax < left && bx < left) ||
      (ax > right && bx > right) ||
      (ay < top && by < top) ||
      (ay > bottom && by > bottom)
    )
      continue;
    paint.moveTo(ax, ay);
    paint.lineTo(bx, by);
  }
  paint.stroke();
  paint.globalAlpha = 1;
  for (let one = 0; one < KINDS.length; one += 1) {
    paint.fillStyle = palette[KINDS[one]];
    paint.beginPath();
    for (let at = 0; at < data.count; at += 1) {
      if (kind[at] !== one) continue;
      const [px, py] = [points[2 * at], points[2 * at + 1]];
      if (px < left - 9 || px > right + 9 || py < top - 9 || py > bottom + 9) continue;
      const radius = Math.max(Math.min(1.6 + 0.35 * Math.sqrt(degree[at]), 5), 0.9 / scale);
      // When small on the screen, a square looks like a circle, and is painted much faster.
      if (radius * scale < 2.2) paint.rect(px - radius, py - radius, 2 * radius, 2 * radius);
      else {
        paint.moveTo(px + radius, py);
        paint.arc(px, py, radius, 0, 2 * Math.PI);
      }
    }
    paint.fill();
  }
  if (!data.count) {
    paint.strokeStyle = palette.tied;
    paint.lineWidth = 1.2 / scale;
    for (const group of named.groups) {
      paint.beginPath();
      paint.arc(group.x, group.y, group.radius, 0, 2 * Math.PI);
      paint.stroke();
    }
  }
  label(palette, wide, high, ratio);
  image = { from: { ...view }, bitmap: copy() };
  root.dataset.painted = String(Number(root.dataset.painted ?? 0) + 1);
}

function copy() {
  const kept = document.createElement("canvas");
  [kept.width, kept.height] = [canvas.width, canvas.height];
  kept.getContext("2d").drawImage(canvas, 0, 0);
  return kept;
}

// Paint the names of groups and, when zoomed in enough, of nodes; no name covers another.
function label(palette, wide, high, ratio) {
  paint.setTransform(ratio, 0, 0, ratio, 0, 0);
  paint.textAlign = "center";
  paint.lineJoin = "round";
  paint.lineWidth = 4;
  paint.strokeStyle = palette.ground;
  paint.fillStyle = palette.text;
  const taken = [];
  const write = (words, x, y, font) => {
    paint.font = font;
    const half = paint.measureText(words).width / 2 + 3;
    const middle = Math.min(Math.max(x, half), wide - half); // whole, at the edge too
    const box = [middle - half, y - 12, middle + half, y + 5];
    if (
      x < 0 ||
      y < 0 ||
      x > wide ||
      y > high ||
      taken.some((other) => box[2] > other[0] && box[0] < other[2] && box[3] > other[1] && box[1] < other[3])
    )
      return false;
    taken.push(box);
    paint.strokeText(words, middle, y);
    paint.fillText(words, middle, y);
    return true;
  };
  const screen = (x, y) => [(x - view.x) * view.scale + wide / 2, (y - view.y) * view.scale + high / 2];
  if (marked >= 0) {
    const [x, y] = screen(data.points[2 * marked], data.points[2 * marked + 1]);
    paint.beginPath();
    paint.arc(x, y, 9, 0, 2 * Math.PI);
    paint.save();
    paint.lineWidth = 2;
    paint.strokeStyle = palette.chosen;
    paint.stroke();
    paint.restore();
    write(nameOf(marked), x, y - 14, "600 13px system-ui, sans-serif");
  }
  let count = 0;
  for (const group of named.groups) {
    if (count >= MOST_NAMED || group.size < 2) break;
    const [x, y] = screen(group.x, group.y - group.radius);
    if (write(group.title, x, y - 2, "600 12px system-ui, sans-serif")) count += 1;
  }
  if (view.scale > 1.6 && named.ids.length) {
    for (const at of around(view.x, view.y, Math.max(wide, high) / 2 / view.scale).slice(0, 250)) {
      const [x, y] = screen(data.points[2 * at], data.points[2 * at + 1]);
      write(nameOf(at), x, y + 18, "11px system-ui, sans-serif");
    }
  }
}

// During a move, show the last painting moved and scaled; paint again when the move ends.
function moved() {
  const [wide, high, ratio] = size();
  if (image) {
    const grows = view.scale / image.from.scale;
    const [dx, dy] = [
      (image.from.x - view.x) * view.scale + (wide / 2) * (1 - grows),
      (image.from.y - view.y) * view.scale + (high / 2) * (1 - grows),
    ];
    paint.setTransform(1, 0, 0, 1, 0, 0);
    paint.fillStyle = palettes[theme()].ground;
    paint.fillRect(0, 0, canvas.width, canvas.height);
    paint.drawImage(image.bitmap, dx * ratio, dy * ratio, image.bitmap.width * grows, image.bitmap.height * grows);
  }
  clearTimeout(resting);
  resting = setTimeout(render, REST);
}

function fit() {
  const [wide, high] = size();
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y, radius } of named.groups) {
    [left, right, top, bottom] = [
      Math.min(left, x - radius),
      Math.max(right, x + radius),
      Math.min(top, y - radius),
      Math.max(bottom, y + radius),
    ];
  }
  for (let at = 0; at < data.count && !named.groups.length; at += 1) {
    const [x, y] = [data.points[2 * at], data.points[2 * at + 1]];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  }
  if (left > right) return;
  // Between the filters above and the words below; names are above their groups.
  const [above, below] = [filters.offsetTop + filters.offsetHeight + 24, 40];
  const scale = Math.max(Math.min(wide / (right - left + 60), (high - above - below) / (bottom - top), 2.5), 0.005);
  Object.assign(view, { scale, x: (left + right) / 2, y: (top + bottom + (below - above) / scale) / 2 });
  render();
}

function zoom(factor, px = canvas.clientWidth / 2, py = canvas.clientHeight / 2) {
  const scale = Math.min(Math.max(view.scale * factor, 0.005), 12);
  const [dx, dy] = [px - canvas.clientWidth / 2, py - canvas.clientHeight / 2];
  view.x += dx / view.scale - dx / scale;
  view.y += dy / view.scale - dy / scale;
  view.scale = scale;
  moved();
}

// -- pointing and selecting -------------------------------------------------------------------------------------

const place = (event) => {
  const box = canvas.getBoundingClientRect();
  return [
    (event.clientX - box.x - box.width / 2) / view.scale + view.x,
    (event.clientY - box.y - box.height / 2) / view.scale + view.y,
  ];
};

// Numbers of the points within a reach, nearest first.
function around(x, y, reach) {
  const found = [];
  for (let column = Math.floor((x - reach) / CELL); column <= Math.floor((x + reach) / CELL); column += 1) {
    for (let row = Math.floor((y - reach) / CELL); row <= Math.floor((y + reach) / CELL); row += 1) {
      for (const at of grid.get(`${column},${row}`) ?? []) {
        const away = Math.hypot(data.points[2 * at] - x, data.points[2 * at + 1] - y);
        if (away <= reach) found.push([away, at]);
      }
    }
  }
  return found.sort((a, b) => a[0] - b[0]).map(([, at]) => at);
}

const groupAt = (x, y) => named.groups.find((group) => Math.hypot(group.x - x, group.y - y) <= group.radius);

function hover(event) {
  const [x, y] = place(event);
  const [at] = NEAR / view.scale < CELL * 3 ? around(x, y, NEAR / view.scale) : [];
  const group = groupAt(x, y);
  canvas.title =
    at !== undefined && nameOf(at)
      ? `${nameOf(at)} · ${KINDS[data.kind[at]]} · ${data.degree[at]} ties`
      : group
        ? `${group.title}: ${count(group.size, "entity")}`
        : "";
}

// Select a node, or the group around the clicked point; a link leads to the canvas.
function choose(event) {
  const [x, y] = place(event);
  const [at] = view.scale > 0.5 ? around(x, y, NEAR / view.scale) : [];
  const group = at === undefined ? groupAt(x, y) : named.groups[data.group[at]];
  marked = at ?? -1;
  told.replaceChildren();
  told.hidden = !group;
  if (group) {
    if (at !== undefined)
      told.append(open(nameOf(at), `${root.dataset.network}?${new URLSearchParams({ id: named.ids[at] })}`), " in ");
    told.append(
      `the group around ${group.title}: ${count(group.size, "entity")}, ${count(group.ties, "link")} within, ${group.out} to others. `,
      open("Work on it", group.href),
    );
  }
  render();
}

function open(words, address) {
  const link = document.createElement("a");
  link.href = address;
  link.textContent = words;
  return link;
}

let held = null;
canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  held = { x: event.clientX, y: event.clientY, far: 0 };
});
canvas.addEventListener("pointermove", (event) => {
  if (!held) return hover(event);
  const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
  held = { x: event.clientX, y: event.clientY, far: held.far + Math.abs(dx) + Math.abs(dy) };
  if (held.far < 4) return;
  canvas.classList.add("holding");
  view.x -= dx / view.scale;
  view.y -= dy / view.scale;
  moved();
});
canvas.addEventListener("pointerup", (event) => {
  canvas.classList.remove("holding");
  if (held && held.far < 4) choose(event);
  held = null;
});
canvas.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 400), event.clientX - box.x, event.clientY - box.y);
  },
  { passive: false },
);
const tools = { in: () => zoom(1.4), out: () => zoom(1 / 1.4), fit };
root.addEventListener("click", (event) => tools[event.target.closest("[data-tool]")?.dataset.tool]?.());
const MOVES = { ArrowLeft: [-80, 0], ArrowRight: [80, 0], ArrowUp: [0, -80], ArrowDown: [0, 80] };
canvas.addEventListener("keydown", (event) => {
  const key = { "+": tools.in, "=": tools.in, "-": tools.out, 0: tools.fit }[event.key];
  if (key) return key();
  if (!(event.key in MOVES)) return;
  event.preventDefault();
  view.x += MOVES[event.key][0] / view.scale;
  view.y += MOVES[event.key][1] / view.scale;
  moved();
});
filters.addEventListener("change", (event) => event.currentTarget.submit());
addEventListener("resize", moved);
new MutationObserver(render).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });

// For tests and debugging: the data and the view.
globalThis.overviewPicture = {
  get data() {
    return data;
  },
  get named() {
    return named;
  },
  view,
};
try {
  data = unpack(await fetched(root.dataset.points, (answer) => answer.arrayBuffer()));
  fit();
  // The page is usable now: names, and what a pointer is over, follow.
  requestAnimationFrame(() => {
    performance.mark("usable");
    root.setAttribute("data-ready", "yes");
  });
  named = await fetched(root.dataset.names, (answer) => answer.json());
  index();
  if (data.count) render();
  else fit();
  root.setAttribute("data-named", "yes");
} catch (error) {
  told.textContent = error.message;
  told.hidden = false;
}
