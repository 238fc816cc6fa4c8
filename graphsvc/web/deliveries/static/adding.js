// Adding by hand: suggestions for entities, relations that fit them, and a warning before typed text is lost.
// Without this script, the form still works.
const form = document.querySelector("form.adding");
const search = form?.dataset.search;
let typed = form?.dataset.typed === "yes"; // and sent to be looked at: it is kept nowhere but here
let leaving = false;

// -- suggestions for entities --------------------------------------------------------------------------------

const anew = () =>
  [...form.querySelectorAll("[data-new]")].map((part) => ({
    id: part.dataset.new,
    kind: part.dataset.newIs,
    name: `${part.querySelector("input[type=text]").value || "new"} (new)`,
  }));

const LOOKING = "Looking for those who are in the case…";
const NOBODY = "Nobody and nothing you can see is called so.";
const UNREACHED = "The search did not answer. Try again before you add somebody as new.";

async function sought(text, signal) {
  const answer = await fetch(`${search}?${new URLSearchParams({ q: text })}`, { signal });
  if (!answer.ok || !answer.headers.get("Content-Type").includes("json")) throw new Error(UNREACHED);
  return (await answer.json()).results;
}

function pick(input) {
  const field = input.closest(".field");
  const list = document.createElement("ul");
  list.className = "picks";
  list.id = `${input.id}-picks`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  input.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-controls": list.id,
    "aria-expanded": "false",
    "aria-autocomplete": "list",
  })) {
    input.setAttribute(name, value);
  }
  let asked = null;
  let timer = 0;
  let chosen = -1;

  const close = () => {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choices = () => [...list.children].filter((item) => item.act);
  const mark = (place) => {
    const options = choices();
    if (!options.length) return;
    chosen = (place + options.length) % options.length;
    for (const [number, option] of options.entries()) option.setAttribute("aria-selected", String(number === chosen));
    input.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  };
  const take = (one) => {
    input.value = one.id;
    input.dataset.kind = one.kind;
    let named = field.querySelector(".named");
    if (!named) {
      named = document.createElement("p");
      named.className = "named";
      list.after(named);
    }
    named.textContent = one.name === one.id ? "" : one.name;
    typed = true;
    close();
    fit(input.closest(".part"));
  };
  const option = (label, quiet, act, className = "", apart = "") => {
    const item = document.createElement("li");
    item.id = `${list.id}-${list.children.length}`;
    item.className = className;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.append(label);
    if (quiet) {
      const small = document.createElement("span");
      small.className = "quiet";
      small.textContent = ` ${quiet}`;
      item.append(small);
    }
    if (apart) {
      const line = document.createElement("span");
      line.className = "apart";
      line.textContent = apart;
      item.append(" ", line);
    }
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      act();
    });
    item.act = act;
    list.append(item);
  };
  // `words`: a message about the search, which cannot be chosen.
  const show = (rows, words = "") => {
    const before = chosen;
    list.replaceChildren();
    for (const one of rows.slice(0, 8))
      option(
        one.name,
        one.name === one.id ? one.kind : `${one.kind} ${one.id}`,
        () => take(one),
        "",
        (one.apart ?? []).join(", "),
      );
    if (words) {
      const item = document.createElement("li");
      item.className = "words";
      item.setAttribute("role", "option");
      item.setAttribute("aria-disabled", "true");
      item.setAttribute("aria-selected", "false");
      item.append(words);
      list.append(item);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
    chosen = -1;
    if (before >= 0) mark(before);
  };
  const offer = () => {
    for (const button of field.querySelectorAll("[data-new-kind]"))
      option(`New ${button.dataset.newKind} “${input.value.trim()}”`, "", () => button.click(), "anew-option");
  };
  // A new entity is offered only after the search: entities added in haste would be in the case twice.
  const ask = async () => {
    clearTimeout(timer);
    asked?.abort();
    const text = input.value.trim();
    if (text.length < 2) return close();
    const mine = new AbortController();
    asked = mine;
    const wanted = text.toLowerCase();
    const own = anew().filter((one) => one.id.includes(wanted) || one.name.toLowerCase().includes(wanted));
    show(own, LOOKING);
    try {
      const rows = await sought(text, mine.signal);
      if (mine.signal.aborted) return;
      show([...own, ...rows], rows.length ? "" : NOBODY);
      offer();
    } catch {
      if (!mine.signal.aborted) show(own, UNREACHED);
    }
  };
  input.addEventListener("input", () => {
    delete input.dataset.kind;
    field.querySelector(".named")?.replaceChildren();
    clearTimeout(timer);
    asked?.abort();
    chosen = -1;
    if (!list.hidden) show([], LOOKING); // what is offered is of what was typed before
    timer = setTimeout(ask, 180);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && list.hidden) return void ask();
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(chosen + (event.key === "ArrowDown" ? 1 : chosen < 0 ? 0 : -1));
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      choices()[chosen].act();
    }
  });
  input.addEventListener("blur", close);
}

// -- relations that fit both ends ----------------------------------------------------------------------------

function fit(part) {
  const select = part?.querySelector("[data-relation]");
  if (!select) return;
  const [subject, object] = ["subject_id", "object_id"].map(
    (end) => part.querySelector(`[name$=".${end}"]`)?.dataset.kind ?? "",
  );
  for (const option of select.querySelectorAll("option[data-subjects]")) {
    const fits =
      (!subject || option.dataset.subjects.split(" ").includes(subject)) &&
      (!object || option.dataset.objects.split(" ").includes(object));
    option.hidden = !fits;
    option.disabled = !fits && !option.selected;
  }
  for (const group of select.querySelectorAll("optgroup"))
    group.hidden = ![...group.children].some((option) => !option.hidden);
}

if (form && search) {
  for (const input of form.querySelectorAll("[data-pick]")) pick(input);
  for (const part of form.querySelectorAll(".claim-part")) fit(part);
  form.addEventListener("input", () => {
    typed = true;
  });
}

if (form) {
  window.addEventListener("beforeunload", (event) => {
    if (typed && !leaving) event.preventDefault();
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
  });
  form.querySelector("[data-leave]")?.addEventListener("click", () => {
    leaving = true;
  });
}

form?.addEventListener("submit", (event) => {
  leaving = true;
  const busy = event.submitter?.dataset.busy;
  if (!busy) return;
  // Disabled only after the form was read, so that the button's own value is sent.
  const words = event.submitter.textContent;
  setTimeout(() => {
    event.submitter.disabled = true;
    event.submitter.textContent = `${busy}…`;
  });
  window.addEventListener("pageshow", () => {
    event.submitter.disabled = false;
    event.submitter.textContent = words;
  });
});
