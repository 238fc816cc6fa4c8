// Pictures next to text, drawn as on the canvas; a click shows the claims below. The data is in the page, or is fetched
// once the page has loaded.
const theme = () => document.documentElement.getAttribute("data-bs-theme") ?? "light";
// Screen pixels per unit of the picture, and pixels per letter of a name.
const SCALE = 0.6;
const LETTER = 7.2;
// How far layers are drawn apart at most, to use the width of the page.
const WIDEST = 1.7;
const FAULT = "The server did not answer as it should. Try again.";

// The "Who is behind it" page has these scripts in its head; other pages load them only if there is something to draw.
async function library(root) {
  for (const source of JSON.parse(root.dataset.library ?? "[]")) {
    await new Promise((loaded, failed) => {
      const script = document.createElement("script");
      Object.assign(script, { src: source, onload: loaded, onerror: failed });
      document.head.append(script);
    });
  }
}

async function given(root) {
  if (root.dataset.from) return JSON.parse(document.getElementById(root.dataset.from).textContent);
  const answer = await fetch(root.dataset.address, { headers: { Accept: "application/json" } });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error ?? FAULT);
  await library(root);
  return said;
}

async function draw(root) {
  const container = root.querySelector(".beside-picture");
  const picked = root.querySelector(".picked");
  picked.textContent = "Working out the picture…";
  const { to, ...data } = await given(root);
  picked.textContent = "";
  root.hidden = !data.nodes.length;
  if (root.hidden) return;
  // As high as its content and as wide as the page, so that layers are closer together or further apart, but rows are not.
  const extent = (places) => Math.max(...places) - Math.min(...places);
  const xs = data.nodes.map(({ x }) => x);
  const wide = extent(xs) * SCALE;
  const longest = (at) => Math.max(...data.nodes.map(({ x, label }) => (x === at ? label.length : 0)));
  const names = (longest(Math.min(...xs)) + longest(Math.max(...xs))) * LETTER + 50;
  const deep = extent(data.nodes.map(({ y }) => y)) * SCALE;
  const closer = Math.min((container.clientWidth - names) / (wide || 1), WIDEST);
  data.nodes = data.nodes.map((node) => ({ ...node, x: node.x * closer }));
  container.style.height = `${Math.round(Math.min(Math.max(deep + 110, 240), 1000))}px`;
  // The wheel and a finger move the page, not the picture: users edit pictures on the canvas.
  data.options.interaction = {
    ...data.options.interaction,
    zoomView: false,
    dragView: !matchMedia("(pointer: coarse)").matches,
  };
  const picture = new NetworkPicture(container, data, theme());
  new MutationObserver(() => picture.setTheme(theme())).observe(document.documentElement, {
    attributeFilter: ["data-bs-theme"],
  });
  // For tests and debugging: the picture.
  globalThis.besidePicture = picture;

  let latest = 0;
  async function show(address) {
    latest += 1;
    const mine = latest;
    picked.textContent = "Reading…";
    let piece = null;
    let fault = FAULT;
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      piece = answer.ok ? document.importNode(page.querySelector(".panel-body"), true) : null;
      fault = page.querySelector("main p")?.textContent ?? FAULT;
    } catch {
      // Reported below, like any other answer without content.
    }
    if (mine !== latest) return;
    if (!piece) {
      picked.textContent = fault;
      return;
    }
    // Actions that need the canvas are removed.
    for (const act of piece.querySelectorAll("button[data-act]")) act.remove();
    picked.replaceChildren(piece);
  }

  const named = (id) => picture.data.nodes.find((node) => node.id === id);
  picture.network.on("click", ({ nodes, edges }) => {
    const edge = nodes.length ? null : picture.data.edges.find(({ id }) => id === edges[0]);
    // A group mark has a separate page, or none that this reader may see.
    const mark = (edge ? [edge.from, edge.to] : nodes.slice(0, 1)).map(named).find((node) => node.fold);
    if (mark) {
      if (to[mark.id]) location.assign(to[mark.id]);
    } else if (nodes.length) show(`${root.dataset.node}?${new URLSearchParams({ panel: "1", id: nodes[0] })}`);
    else if (edge) {
      const { from: subject, relation, to: object } = edge;
      show(`${root.dataset.link}?${new URLSearchParams({ panel: "1", subject, relation, object })}`);
    }
  });
  picture.network.once("afterDrawing", () => requestAnimationFrame(() => container.setAttribute("data-ready", "yes")));
}

for (const root of document.querySelectorAll("[data-beside]")) {
  draw(root).catch((error) => {
    root.querySelector(".picked").textContent = error.message || FAULT;
  });
}
