// Named queries: the list narrows while the user types, ids are suggested, and link and Cypher can be copied.
import { copy } from "./copying.js";

const filter = document.querySelector("[data-filter]");
if (filter) {
  const rows = [...document.querySelectorAll("[data-text]")].map((row) => [row.dataset.text.toLowerCase(), row]);
  const found = document.querySelector("[data-found]");
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const [text, row] of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      count += row.hidden ? 0 : 1;
    }
    for (const group of document.querySelectorAll("[data-group]"))
      group.hidden = !group.querySelector("li:not([hidden])");
    found.textContent = words.length ? `${count} of ${rows.length}` : "";
  });
}

for (const input of document.querySelectorAll("input[data-suggest]")) {
  let timer = 0;
  let asked = null;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(`${input.dataset.suggest}?${new URLSearchParams({ q: input.value })}`, {
        signal: asked.signal,
      });
      if (!answer.ok) return;
      const { results } = await answer.json();
      input.list.replaceChildren(
        ...results.slice(0, 12).map((one) => {
          const option = document.createElement("option");
          option.value = one.id;
          option.label = one.name === one.id ? `${one.id} (${one.kind})` : `${one.name} (${one.kind} ${one.id})`;
          return option;
        }),
      );
    } catch (error) {
      if (error.name !== "AbortError") input.list.replaceChildren();
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value.trim().length >= 2) timer = setTimeout(ask, 180);
  });
}

for (const button of document.querySelectorAll("[data-copy-link], [data-copy-text]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const text = button.dataset.copyLink ?? document.getElementById(button.dataset.copyText).textContent;
    copy(button, text, "It could not be copied");
  });
}
