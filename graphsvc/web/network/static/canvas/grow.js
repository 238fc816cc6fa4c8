// What a node would add to the picture, counted in its panel by relation and by kind. A node with very many neighbours
// is opened only once the user has chosen which to add.
export function install(canvas) {
  const { address, many } = document.getElementById("grow").dataset;
  let shown = null;
  let asked = null; // the node whose counts are to be in focus once its panel is there

  const counted = async (id) => {
    const params = canvas.params;
    params.set("node", id);
    params.set("panel", "1");
    const page = await canvas.ask(`${address}?${params}`, { apart: true });
    return page?.querySelector(".growth") ?? null;
  };

  // Put the counts into the panel, if it still shows the node.
  const tell = async (id, focus = false) => {
    const piece = await counted(id);
    if (!piece || !shown || shown.id !== id) return;
    const section = document.importNode(piece, true);
    const before = shown.body.querySelector(".growth");
    const open = focus || before?.open;
    before?.remove();
    section.open = open;
    shown.body.querySelector("header").after(section);
    if (focus) {
      section.scrollIntoView({ block: "nearest" });
      section.querySelector("a")?.focus();
    }
  };

  canvas.on("shown", ({ id, edge, body }) => {
    shown = edge ? null : { id, body };
    if (shown) tell(id, id === asked);
    asked = null;
  });
  canvas.on("changed", () => {
    if (shown?.body.isConnected) tell(shown.id);
  });

  document.getElementById("panel-content").addEventListener("click", async (event) => {
    const way = event.target.closest(".growth [data-open]");
    if (!way || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { id } = shown;
    const words = `grew ${canvas.name(id)}: ${way.textContent.trim()}`;
    if (await canvas.append("open", [way.dataset.open], words, { from: id })) canvas.say(`${canvas.came} added`);
  });

  // Opening by double click or key uses this: if there are very many neighbours, they are counted first.
  const plainly = canvas.expand.bind(canvas);
  canvas.expand = async (id) => {
    const node = canvas.picture.data.nodes.find((one) => one.id === id);
    if ((node?.more ?? 0) <= Number(many)) return plainly(id);
    canvas.say(`${node.more} neighbours: choose which`);
    if (shown?.id === id && shown.body.isConnected) return tell(id, true);
    asked = id;
    canvas.select([id]);
  };
  return { open: () => canvas.selecting.nodes.length === 1 && tell(canvas.selecting.nodes[0], true) };
}
