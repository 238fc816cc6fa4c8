import { suggest } from "../suggest.js";

// The box that adds entities to the picture. An entity that is already in it is selected instead.
export function install(canvas) {
  const piece = document.getElementById("find");
  const box = document.getElementById("find-add");
  const there = (id) => canvas.picture.data.nodes.some((node) => node.id === id);

  suggest(box, {
    twin: piece.dataset.twin,
    first: true,
    note: (one) => (there(one.id) ? "on the canvas" : ""),
    take: async (one, event) => {
      if (event.shiftKey && !there(one.id)) return location.assign(one.href);
      const fresh = !there(one.id);
      if (event.shiftKey) canvas.select([one.id]);
      else if ((await canvas.add([one.id], `added ${one.name}`)) && fresh) canvas.picture.fit();
      box.value = "";
      box.focus();
    },
  });
  piece.hidden = false;
  const open = () => {
    box.focus();
    box.select();
  };
  document.addEventListener("keydown", (event) => {
    if (
      event.key !== "a" ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.target.closest("input, textarea, select, dialog")
    )
      return;
    event.preventDefault();
    open();
  });
  return { open };
}
