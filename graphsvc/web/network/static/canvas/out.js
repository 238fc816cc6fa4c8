// Exporting from the canvas: the picture as the user sees it, or an export, which has a preview.
export function install(canvas) {
  const dialog = document.getElementById("out");
  if (!dialog) return null; // not every role exports
  const form = dialog.querySelector("form[data-out]");
  const fields = form.querySelector("[data-out-fields]");

  // Return the members of folded groups among some nodes: in another picture, the group may have other members.
  const inside = (nodes) => nodes.flatMap((node) => node.members ?? []);
  const alone = (nodes) => nodes.filter((node) => !node.members).map((node) => node.id);
  const counted = (nodes) => inside(nodes).length + alone(nodes).length;

  // Return the nodes that each choice of the form means (none if it is no choice), and the links that pass the filters.
  function chosen() {
    const { nodes: all } = canvas.picture.data;
    const { nodes, links } = canvas.selected();
    const ids = new Set([...nodes, ...links.flatMap(({ subject, object }) => [subject, object])]);
    const passing = canvas.selecting.shown();
    const passed = canvas.selecting.links();
    const narrowed = passing.length < all.length || passed.length < canvas.selecting.every().length;
    return {
      whole: all,
      passing: narrowed ? passing : [],
      selected: all.filter((node) => ids.has(node.id)),
      links: passed,
    };
  }

  function add(name, value) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    fields.append(field);
  }

  function fill() {
    const what = form.elements.what.value;
    const choices = chosen();
    const { asked, arranged } = canvas.state();
    fields.replaceChildren();
    for (const [name, value] of asked) add(name, value);
    if (what !== "whole") {
      for (const id of alone(choices[what])) add("only", id);
      for (const id of inside(choices[what])) add("inside", id);
    }
    if (what === "passing") add("passing", JSON.stringify(choices.links));
    if (form.elements.places.checked) {
      // Places as the server has them: on an upright screen, some pictures are turned on their side.
      const places = canvas.picture.data.nodes.map((node) => [node.id, arranged[node.id] ?? node.home]);
      add("arranged", JSON.stringify(Object.fromEntries(places)));
    }
  }

  form.addEventListener("submit", fill);
  dialog.querySelector("[data-out-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target.closest('[data-tool="png"]') && dialog.close());

  return {
    open() {
      const choices = chosen();
      for (const what of ["whole", "passing", "selected"]) {
        const choice = form.querySelector(`[name="what"][value="${what}"]`).closest("label");
        choice.hidden = !choices[what].length;
        choice.querySelector("[data-count]").textContent = counted(choices[what]);
      }
      form.elements.what.value = choices.selected.length ? "selected" : choices.passing.length ? "passing" : "whole";
      dialog.showModal();
    },
  };
}
