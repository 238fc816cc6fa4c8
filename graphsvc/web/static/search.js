// Suggestions under the search box, from the JSON twin of the results page. Enter without a choice opens the page.
const form = document.querySelector("form.search");
if (form) {
  const box = form.querySelector("input");
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  form.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-controls": list.id, "aria-expanded": "false", "aria-autocomplete": "list" })) {
    box.setAttribute(name, value);
  }
  let asked = null;
  let timer = 0;
  let chosen = -1;

  const close = () => {
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
    chosen = -1;
  };
  const choose = (place) => {
    const options = [...list.children];
    chosen = (place + options.length) % options.length;
    options.forEach((option, number) => option.setAttribute("aria-selected", String(number === chosen)));
    box.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  };
  // Why it was found, where that is not its name or id.
  const reason = (one) =>
    one.why
      .filter(([, text]) => text !== one.name && text !== one.id)
      .map(([called, text]) => `${called}: ${text}`)
      .concat(one.level > 3 ? one.says : [])
      .join(", ");
  const show = (found) => {
    list.replaceChildren(
      ...found.slice(0, 8).map((one, number) => {
        const option = document.createElement("li");
        option.id = `suggestion-${number}`;
        option.setAttribute("role", "option");
        const link = document.createElement("a");
        link.href = one.href;
        link.tabIndex = -1;
        link.textContent = one.name;
        const kind = document.createElement("span");
        kind.className = "quiet";
        kind.textContent = one.name === one.id ? one.kind : `${one.kind} ${one.id}`;
        link.append(" ", kind);
        const why = reason(one);
        if (why) {
          const told = document.createElement("span");
          told.className = "why";
          told.textContent = why;
          link.append(" ", told);
        }
        option.append(link);
        return option;
      }),
    );
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    chosen = -1;
  };
  const ask = async () => {
    asked?.abort();
    if (box.value.trim().length < 2) return close();
    asked = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.twin}?${new URLSearchParams({ q: box.value })}`, { signal: asked.signal });
      if (answer.ok && answer.headers.get("Content-Type").includes("json")) show((await answer.json()).results);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 180);
  });
  box.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : chosen < 0 ? 0 : -1));
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      list.children[chosen].querySelector("a").click();
    }
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
}
