// A box with suggestions from the server while the user types: arrow keys choose, Enter accepts, Escape closes.
import { element } from "./element.js";

const SOON = 150;
const LEAST = 2;

// Say why an entity was found, unless by its name or id.
const reason = (one) =>
  one.why
    .filter(([, text]) => text !== one.name && text !== one.id)
    .map(([called, text]) => `${called}: ${text}`)
    .concat(one.level > 3 ? one.says : [])
    .join(", ");

// `twin`: address that returns suggestions for the text in `q`. `take(one, event)`: receives the choice. `note(one)`:
// word after a suggestion, or empty. `first`: whether Enter accepts the first one unchosen. `most`: how many are shown.
export function suggest(box, { twin, take, note = (_one) => "", first = false, most = 8 }) {
  const list = element("ul", { id: `${box.id}-suggestions`, className: "suggestions", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  box.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-controls": list.id,
    "aria-expanded": "false",
    "aria-autocomplete": "list",
  })) {
    box.setAttribute(name, value);
  }
  let found = [];
  let asked = null;
  let timer = 0;
  let chosen = -1;
  let waiting = false; // for what is suggested for what was typed

  const close = () => {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    found = [];
    chosen = -1;
    waiting = false;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const choose = (place) => {
    if (!found.length) return;
    chosen = (place + found.length) % found.length;
    for (const [number, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", String(number === chosen));
    }
    box.setAttribute("aria-activedescendant", list.children[chosen].id);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  };
  const taken = (place, event) => {
    const one = found[place];
    close();
    take(one, event);
  };
  const line = (one, number) => {
    const option = element("li", { id: `${list.id}-${number}` });
    option.setAttribute("role", "option");
    const link = element("a", { href: one.href, tabIndex: -1 }, one.name, " ");
    link.append(element("span", { className: "quiet" }, one.name === one.id ? one.kind : `${one.kind} ${one.id}`));
    const said = note(one);
    if (said) link.append(" ", element("span", { className: "tag" }, said));
    const why = reason(one);
    if (why) link.append(" ", element("span", { className: "why" }, why));
    if (one.apart.length) link.append(" ", element("span", { className: "why" }, one.apart.join(", ")));
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey) return; // a page of its own, as with any link
      event.preventDefault();
      taken(number, event);
    });
    option.append(link);
    return option;
  };
  const tell = (words) => {
    const option = element("li", { className: "none" }, words);
    option.setAttribute("role", "option");
    option.setAttribute("aria-disabled", "true");
    list.replaceChildren(option);
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
  };
  const ask = async () => {
    asked?.abort();
    if (box.value.trim().length < LEAST) return close();
    const mine = new AbortController();
    asked = mine;
    try {
      const answer = await fetch(`${twin}?${new URLSearchParams({ q: box.value })}`, {
        signal: mine.signal,
        headers: { Accept: "application/json" },
      });
      const said = await answer.json();
      if (mine.signal.aborted) return;
      waiting = false;
      found = answer.ok ? said.results.slice(0, most) : [];
      chosen = -1;
      if (!answer.ok) return tell(said.error);
      if (!found.length) return tell("Nothing you can see is called so.");
      list.replaceChildren(...found.map(line));
      list.hidden = false;
      box.setAttribute("aria-expanded", "true");
      box.removeAttribute("aria-activedescendant");
      if (first) choose(0);
    } catch (error) {
      if (error.name !== "AbortError") {
        found = [];
        waiting = false;
        tell("The server cannot be reached. Try again.");
      }
    }
  };
  box.addEventListener("input", () => {
    close(); // what is suggested is of what was typed before
    list.replaceChildren();
    waiting = true;
    timer = setTimeout(ask, SOON);
  });
  box.addEventListener("keydown", (event) => {
    // If Enter accepts the first suggestion, it waits for it; otherwise Enter submits the form.
    if (first && waiting && event.key === "Enter") event.preventDefault();
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : chosen < 0 ? 0 : -1));
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      taken(chosen, event);
    }
  });
  // Elements next to the box, such as the list, may take the focus without closing the list.
  box.parentElement.addEventListener("focusout", (event) => {
    if (!box.parentElement.contains(event.relatedTarget)) close();
  });
  return { close };
}
