// The menu of a node: opened by a right click, or by the keyboard's menu key for the selected node.
export function install(canvas, panel) {
  const menu = document.getElementById("node-menu");
  const { picture, root } = canvas;
  let ids = [];

  const close = () => {
    menu.hidden = true;
  };
  const buttons = () => [...menu.querySelectorAll("button:not([hidden])")];

  function show(x, y) {
    const [id] = ids;
    const alone = ids.length === 1;
    const { pinned } = canvas.state();
    const fold = alone && picture.data.nodes.find((node) => node.id === id)?.fold;
    menu.querySelector(".menu-title").textContent = alone ? canvas.name(id) : `${ids.length} selected`;
    for (const button of menu.querySelectorAll("button")) {
      const { act } = button.dataset;
      if (act === "expand") button.textContent = fold ? "Unfold" : "Expand";
      if (act === "pin") button.textContent = ids.every((one) => pinned.includes(one)) ? "Unpin" : "Pin";
      button.hidden =
        { expand: !alone, close: !ids.some((one) => canvas.opened(one)), behind: Boolean(fold) }[act] ?? false;
    }
    menu.hidden = false;
    const box = root.getBoundingClientRect();
    menu.style.left = `${Math.min(x - box.x, box.width - menu.offsetWidth - 8)}px`;
    menu.style.top = `${Math.min(y - box.y, box.height - menu.offsetHeight - 8)}px`;
    buttons()[0]?.focus();
  }

  picture.container.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    const box = picture.container.getBoundingClientRect();
    const under = picture.network.getNodeAt({ x: event.clientX - box.x, y: event.clientY - box.y });
    const selected = canvas.selecting.nodes;
    if (under && !selected.includes(under)) canvas.select([under]);
    ids = under ? canvas.selecting.nodes : event.button === 2 ? [] : selected;
    if (!ids.length) return close();
    if (under) return show(event.clientX, event.clientY);
    // By keyboard: beside the node.
    const at = picture.network.canvasToDOM(picture.where(ids[0]));
    show(box.x + at.x, box.y + at.y);
  });
  menu.addEventListener("click", (event) => {
    const { act } = event.target.closest("button")?.dataset ?? {};
    if (!act) return;
    close();
    const { pinned } = canvas.state();
    if (act === "pin") canvas.pin(ids, !ids.every((id) => pinned.includes(id)));
    else panel.acts[act](ids);
  });
  menu.addEventListener("keydown", (event) => {
    const turn = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (turn) {
      event.preventDefault();
      const all = buttons();
      all.at((all.indexOf(document.activeElement) + turn) % all.length).focus();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      close();
      picture.container.focus();
    }
  });
  addEventListener("pointerdown", (event) => menu.contains(event.target) || close());
  return { close };
}
