// Taking out what is on the canvas: the picture as one sees it, or an export, which goes through its preview.
export function install(canvas) {
  const dialog = document.getElementById("out");
  if (!dialog) return null; // not every role exports
  const form = dialog.querySelector("form[data-out]");
  const fields = form.querySelector("[data-out-fields]");

  // What each choice of the form stands for: ids, or null for all.
  function chosen() {
    const { nodes, links } = canvas.selected();
    const selected = [...new Set([...nodes, ...links.flatMap(({ subject, object }) => [subject, object])])];
    const all = canvas.picture.data.nodes.map((node) => node.id);
    const passing = canvas.selecting.shown().map((node) => node.id);
    return { whole: null, passing: passing.length < all.length ? passing : [], selected, all };
  }

  function add(name, value) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    fields.append(field);
  }

  function fill() {
    const ids = chosen();
    const { asked, arranged } = canvas.state();
    fields.replaceChildren();
    for (const [name, value] of asked) add(name, value);
    for (const id of ids[form.elements.what.value] ?? []) add("only", id);
    if (form.elements.places.checked) {
      // As the server has them: an upright screen lays some pictures on their side.
      const places = canvas.picture.data.nodes.map((node) => [node.id, arranged[node.id] ?? node.home]);
      add("arranged", JSON.stringify(Object.fromEntries(places)));
    }
  }

  form.addEventListener("submit", fill);
  dialog.querySelector("[data-out-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target.closest('[data-tool="png"]') && dialog.close());

  return {
    open() {
      const ids = chosen();
      for (const [what, number] of [
        ["whole", ids.all.length],
        ["passing", ids.passing.length],
        ["selected", ids.selected.length],
      ]) {
        const choice = form.querySelector(`[name="what"][value="${what}"]`).closest("label");
        choice.hidden = !number;
        choice.querySelector("[data-count]").textContent = number;
      }
      form.elements.what.value = ids.selected.length ? "selected" : ids.passing.length ? "passing" : "whole";
      dialog.showModal();
    },
  };
}
