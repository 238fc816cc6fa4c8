// The picture beside an answer: drawn as on the canvas; a click shows who says so below it.
const root = document.getElementById("behind");
const container = document.getElementById("answer-picture");
const picked = document.getElementById("picked");
const theme = () => document.documentElement.getAttribute("data-bs-theme") ?? "light";
const data = JSON.parse(document.getElementById("picture-data").textContent);
// As high as what is in it, on the screen it is on.
const depths = data.nodes.map(({ y }) => y);
const deep = Math.max(...depths) - Math.min(...depths);
container.style.height = `${Math.round(Math.min(Math.max(deep * 0.6 + 110, 240), 1000))}px`;
// The page is what the wheel and a finger move; the canvas is where a picture is worked on.
data.options.interaction = {
  ...data.options.interaction,
  zoomView: false,
  dragView: !matchMedia("(pointer: coarse)").matches,
};
const picture = new NetworkPicture(container, data, theme());
new MutationObserver(() => picture.setTheme(theme())).observe(document.documentElement, {
  attributeFilter: ["data-bs-theme"],
});
// For tests and the curious: what is drawn.
globalThis.answerPicture = picture;

let latest = 0;
async function show(address) {
  latest += 1;
  const mine = latest;
  picked.textContent = "Reading…";
  let piece = null;
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    piece = answer.ok ? document.importNode(page.querySelector(".panel-body"), true) : null;
  } catch {
    // Told below, as any other answer that holds nothing.
  }
  if (mine !== latest) return;
  if (!piece) {
    picked.textContent = "The server did not answer as it should. Try again.";
    return;
  }
  // What takes the canvas is not for here.
  for (const act of piece.querySelectorAll("button[data-act]")) act.remove();
  picked.replaceChildren(piece);
}

const named = (id) => picture.data.nodes.find((node) => node.id === id);
// All those that a mark stands for have a page of their own.
function whole({ id }) {
  const [relation, of] = [id.slice(0, id.indexOf(":")), id.slice(id.indexOf(":") + 1)];
  location.assign(`${root.dataset.entity}?${new URLSearchParams({ id: of, relation })}`);
}
picture.network.on("click", ({ nodes, edges }) => {
  const edge = nodes.length ? null : picture.data.edges.find(({ id }) => id === edges[0]);
  const mark = (edge ? [edge.from, edge.to] : nodes.slice(0, 1)).map(named).find((node) => node.fold);
  if (mark) whole(mark);
  else if (nodes.length) show(`${root.dataset.node}?${new URLSearchParams({ panel: "1", id: nodes[0] })}`);
  else if (edge) {
    const { from: subject, relation, to: object } = edge;
    show(`${root.dataset.link}?${new URLSearchParams({ panel: "1", subject, relation, object })}`);
  }
});
picture.network.once("afterDrawing", () => requestAnimationFrame(() => container.setAttribute("data-ready", "yes")));
