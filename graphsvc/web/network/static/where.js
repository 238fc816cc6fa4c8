// Map, calendar and list filter each other: a filter set in one applies to the others, and is in the address.
// The same rules as graphsvc/views/where/events.py, which answers without this script.
import { isoDay, shownDay } from "./day.js";
import { folded } from "./table.js";

const form = document.querySelector(".where-form");

function filter(form) {
  const field = (name) => form.elements.namedItem(name);
  const names = ["from", "to", "at", "q"];
  const rows = [...document.querySelectorAll("tr[data-places]")].map((row) => ({
    row,
    first: row.dataset.first,
    last: row.dataset.last,
    places: JSON.parse(row.dataset.places),
    words: row.dataset.words,
    crossing: row.dataset.kind === "crossing",
  }));
  const days = [...document.querySelectorAll("a.day")];
  const places = [...document.querySelectorAll("a.place")];
  const routes = [...document.querySelectorAll("path.route")];
  const status = document.querySelector("[data-status]");
  const json = document.querySelector("[data-json]");
  const isDay = (name) => "day" in field(name).dataset;
  const typed = (name) => (isDay(name) ? isoDay(field(name).value, name === "to") : field(name).value.trim());
  const asked = () => Object.fromEntries(names.map((name) => [name, typed(name)]));

  const inDays = (event, { from, to }) => {
    if (!from && !to) return true;
    return Boolean(event.first) && (!to || event.first <= to) && (!from || event.last >= from);
  };
  const matching = (event, wanted, without) =>
    inDays(event, wanted) &&
    (without === "place" || !wanted.at || event.places.includes(wanted.at)) &&
    folded(wanted.q)
      .split(/\s+/)
      .filter(Boolean)
      .every((word) => event.words.includes(word));

  function show() {
    const wanted = asked();
    const on = new Set();
    const there = new Set();
    const ways = new Set();
    let number = 0;
    for (const event of rows) {
      const shown = matching(event, wanted, "");
      event.row.hidden = !shown;
      number += shown ? 1 : 0;
      if (shown && event.first === event.last) on.add(event.first);
      if (!matching(event, wanted, "place")) continue;
      for (const place of event.places) there.add(place);
      if (event.crossing) ways.add(event.places.join("\n"));
    }
    for (const day of days) day.classList.toggle("none", !on.has(day.dataset.from));
    for (const place of places) {
      place.classList.toggle("none", !there.has(place.dataset.place));
      place.classList.toggle("asked", place.dataset.place === wanted.at);
    }
    for (const way of routes) way.classList.toggle("none", !ways.has(`${way.dataset.launch}\n${way.dataset.landing}`));
    status.textContent = `${number} of ${rows.length} shown`;
    const given = Object.entries(wanted).filter(([, text]) => text);
    const suffix = (some) => (some.length ? `?${new URLSearchParams(some)}` : "");
    const standing = ["whole", "cohort", "day"].filter(field).map((name) => [name, field(name).value]);
    history.replaceState(null, "", location.pathname + suffix([...given, ...standing]));
    json.href = json.href.split("?")[0] + suffix([...given, ...standing]);
  }

  const set = (values) => {
    for (const [name, value] of Object.entries(values)) field(name).value = isDay(name) ? shownDay(value) : value;
    show();
  };
  form.addEventListener("input", ({ target }) => {
    // Changing the days stops playing: the user wants those days, and playing cannot go on from an empty day.
    if (target.name === "from" || target.name === "to") stop();
    show();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  document.querySelector("[data-all]").addEventListener("click", (event) => {
    event.preventDefault();
    stop();
    set({ from: "", to: "", at: "", q: "" });
  });
  for (const place of places) {
    place.addEventListener("click", (event) => {
      event.preventDefault();
      const name = place.dataset.place;
      set({ at: field("at").value === name ? "" : name });
    });
  }
  for (const span of document.querySelectorAll(".where-days a[data-from]")) {
    span.addEventListener("click", (event) => {
      event.preventDefault();
      stop();
      const { from, to } = span.dataset;
      const now = asked();
      if (event.shiftKey && now.from) {
        const ends = [from, to, now.from, now.to || now.from].sort();
        set({ from: ends[0], to: ends[3] });
      } else if (now.from === from && now.to === to) set({ from: "", to: "" });
      else set({ from, to });
    });
  }

  // Playing moves a window over the days on which something happened.
  const play = document.querySelector("[data-play]");
  const button = play.querySelector("button");
  const length = play.querySelector("select");
  const dated = rows.filter(({ first, last }) => first && first === last).map(({ first }) => first);
  let timer = 0;
  const shifted = (day, number) => {
    const at = new Date(`${day}T00:00:00Z`);
    at.setUTCDate(at.getUTCDate() + number);
    return at.toISOString().slice(0, 10);
  };
  function stop() {
    clearInterval(timer);
    timer = 0;
    button.textContent = "Play";
    button.setAttribute("aria-pressed", "false");
  }
  function step() {
    const span = Number(length.value);
    const at = shifted(typed("from"), span);
    // After a long time without events, continue at the next day with one.
    const next = dated.find((day) => day >= at);
    if (!next) return stop();
    const from = next < shifted(at, span) ? at : next;
    return set({ from, to: shifted(from, span - 1) });
  }
  button.addEventListener("click", () => {
    if (timer) return stop();
    button.textContent = "Stop";
    button.setAttribute("aria-pressed", "true");
    const { from } = asked();
    const begin = from && from < dated.at(-1) ? from : dated[0];
    set({ from: begin, to: shifted(begin, Number(length.value) - 1) });
    timer = setInterval(step, 700);
    return undefined;
  });
  play.hidden = dated.length < 2;
  show();
}

if (form) filter(form);
