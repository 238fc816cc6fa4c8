// Adding by hand: the form begins with the selected entities, and leads back to the canvas with the new ones added.
// The places of all nodes are stored in this tab, and removed from its storage on the way back.
const KEPT = "graphsvc-canvas-left";

function left(page) {
  try {
    const { of, state } = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
    return of === page ? state : null;
  } finally {
    sessionStorage.removeItem(KEPT);
  }
}

async function back(canvas, brought) {
  const kept = left(canvas.root.dataset.page);
  history.replaceState(history.state, "", location.pathname + location.search);
  if (kept) await canvas.restore({ ...kept, asked: [...new URLSearchParams(location.search)] }, "added by hand");
  const there = new Set(canvas.picture.data.nodes.map((node) => node.id));
  const found = brought.filter((id) => there.has(id));
  if (found.length) canvas.select(found);
  canvas.say(`${found.length} added`);
}

export function install(canvas) {
  const form = document.getElementById("network-add");
  const brought = new URLSearchParams(location.hash.slice(1)).getAll("new");
  if (brought.length) back(canvas, brought);

  return {
    open() {
      if (!form) return;
      const address = new URL(form.href);
      const { nodes, links } = canvas.selected();
      const begun = links.length === 1 ? links[0] : nodes.length <= 2 ? { subject: nodes[0], object: nodes[1] } : {};
      for (const [name, value] of Object.entries(begun)) if (value) address.searchParams.set(name, value);
      address.searchParams.set("next", location.pathname + location.search);
      sessionStorage.setItem(KEPT, JSON.stringify({ of: canvas.root.dataset.page, state: canvas.state() }));
      location.assign(address);
    },
  };
}
