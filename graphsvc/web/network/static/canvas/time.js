// The timeline below the canvas: crossings in the upper half, statements in the lower, and a span that filters both.
import { count } from "../words.js";

const SVG = "http://www.w3.org/2000/svg";
const DAY = 86_400_000;
const MOST_BARS = 240;
const PACE = 700;
const [HIGH, MIDDLE] = [64, 34];

const make = (name, attributes, parent) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent?.append(element);
  return element;
};
const number = (day) => Math.floor(Date.parse(`${day}T00:00:00Z`) / DAY);
const named = (at) => new Date(at * DAY).toISOString().slice(0, 10);
const spanned = (first, last) => [...new Set([first, last])].map((at) => NetworkPicture.day(named(at))).join(" to ");
// The first and the last day that a date known to a day, a month or a year can mean.
const meant = (date) => {
  const [year, month, day] = date.slice(0, 10).split("-").map(Number);
  const days = [Date.UTC(year, (month ?? 1) - 1, day ?? 1), Date.UTC(year, month ?? 12, 0)];
  return [days[0], day ? days[0] : days[1]].map((at) => Math.floor(at / DAY));
};
const sum = (rows) => rows.reduce((many, [, times]) => many + times, 0);

export class Time {
  constructor(canvas) {
    this.canvas = canvas;
    this.strip = document.getElementById("time");
    this.drawing = document.getElementById("time-drawing");
    this.days = null;
    this.told = document.getElementById("time-told");
    this.behind = document.getElementById("time-behind");
    this.playing = null;
    this.drawing.addEventListener("pointerdown", (event) => this.brush(event));
    this.drawing.addEventListener("keydown", (event) => this.keys(event));
    canvas.on("drawn", () => this.mark());
    addEventListener("resize", () => this.days && this.draw());
    for (const [name, act] of Object.entries({ play: () => this.play(), whole: () => this.span("", "") })) {
      this.strip.querySelector(`[data-time="${name}"]`).addEventListener("click", act);
    }
  }

  get open() {
    return this.canvas.root.classList.contains("with-time");
  }

  async toggle() {
    const open = this.canvas.root.classList.toggle("with-time");
    document.querySelector('#tools [data-tool="time"]').setAttribute("aria-expanded", String(open));
    if (!open) return this.stop();
    try {
      this.days ??= await this.canvas.json(this.canvas.root.dataset.days);
      this.draw();
    } catch (error) {
      this.told.textContent = error.message;
    }
  }

  draw() {
    const known = [...this.days.crossings, ...this.days.statements]
      .flatMap(([date]) => meant(date))
      .filter(Number.isFinite);
    this.drawing.replaceChildren();
    if (!known.length) {
      this.told.textContent = "Nothing in this case has a day.";
      return;
    }
    this.first = Math.min(...known);
    this.last = Math.max(...known) + 1;
    const days = this.last - this.first;
    this.step = [1, 7, 30, 91, 365].find((step) => days / step <= MOST_BARS) ?? Math.ceil(days / MOST_BARS);
    this.width = this.drawing.clientWidth;
    this.drawing.setAttribute("viewBox", `0 0 ${this.width} ${HIGH}`);
    for (const [name, rows, base, up] of [
      ["crossing", this.days.crossings, MIDDLE, 1],
      ["statement", this.days.statements, MIDDLE, -1],
    ]) {
      const bars = new Map();
      for (const [date, many] of rows) {
        const [at, end] = meant(date).map((day) => Math.floor((day - this.first) / this.step));
        // An item that may belong to several bars is in none of them: the sentence below counts it.
        if (at === end) bars.set(at, (bars.get(at) ?? 0) + many);
      }
      const most = Math.max(...bars.values(), 1);
      for (const [at, times] of bars) {
        const high = Math.max((times / most) * (up > 0 ? MIDDLE - 4 : HIGH - MIDDLE - 14), 1.5);
        const [x, wide] = [
          this.x(this.first + at * this.step),
          Math.max(this.x(this.first + (at + 1) * this.step) - this.x(this.first + at * this.step) - 0.5, 1),
        ];
        const bar = make(
          "rect",
          { x, width: wide, y: up > 0 ? base - high : base + 1, height: high, class: `bar-${name}s` },
          this.drawing,
        );
        const begins = this.first + at * this.step;
        make("title", {}, bar).textContent = `${count(times, name)}, ${spanned(begins, begins + this.step - 1)}`;
      }
    }
    make("path", { d: `M0 ${MIDDLE + 0.5}H${this.width}`, class: "axis" }, this.drawing);
    const years = [];
    for (
      let year = new Date(this.first * DAY).getUTCFullYear();
      year <= new Date(this.last * DAY).getUTCFullYear();
      year += 1
    ) {
      for (const month of days > 1200 ? ["01"] : ["01", "04", "07", "10"]) years.push(`${year}-${month}-01`);
    }
    let free = 0;
    for (const day of years) {
      const x = this.x(number(day));
      if (x < free || x > this.width - 50) continue;
      make("text", { x: x + 2, y: HIGH - 2, class: "tick" }, this.drawing).textContent = NetworkPicture.day(
        day.slice(0, 7),
      );
      make("path", { d: `M${x} ${MIDDLE}V${HIGH}`, class: "axis" }, this.drawing);
      free = x + 60;
    }
    this.window = make("rect", { y: 0, height: HIGH, class: "window", x: 0, width: 0 }, this.drawing);
    this.mark();
  }

  x(at) {
    return ((at - this.first) / (this.last - this.first)) * this.width;
  }

  at(x) {
    return Math.round(this.first + (Math.min(Math.max(x, 0), this.width) / this.width) * (this.last - this.first));
  }

  get chosen() {
    const params = this.canvas.params;
    return [params.get("from") ?? "", params.get("to") ?? ""];
  }

  mark([from, to] = this.chosen) {
    if (!this.window) return;
    const [left, right] = [from ? meant(from)[0] : this.first, to ? meant(to)[1] + 1 : this.last];
    const all = !from && !to;
    this.window.setAttribute("x", this.x(left));
    this.window.setAttribute("width", all ? 0 : Math.max(this.x(right) - this.x(left), 2));
    const [within, perhaps] = [
      (date) => all || (meant(date)[0] >= left && meant(date)[1] < right),
      (date) => !within(date) && meant(date)[1] >= left && meant(date)[0] < right,
    ];
    const of = (rows, which) => sum(rows.filter(([date]) => which(date)));
    const { crossings, statements, withheld } = this.days;
    const [sure, unsure] = [of(crossings, within), of(crossings, perhaps)];
    const here = this.canvas.picture.data.nodes.filter(
      ({ kind, day }) => kind === "crossing" && day && (within(day) || perhaps(day)),
    ).length;
    const said = (many, more, name) => `${count(many, name)}${more ? ` and ${more} that may be` : ""}`;
    this.told.textContent =
      `${all ? "all days" : spanned(left, right - 1)}: ${said(sure, unsure, "crossing")} in the case ` +
      `(${here} on the canvas), ${said(of(statements, within), of(statements, perhaps), "statement")}` +
      (withheld ? " (reports and records)" : "");
    this.drawing.setAttribute("aria-valuetext", this.told.textContent);
    const { behind, most } = this.canvas.root.dataset;
    this.behind.hidden = all || !(sure + unsure) || sure + unsure > Number(most);
    this.behind.href = `${behind}?${new URLSearchParams({ day: named(left), until: named(right - 1) })}`;
  }

  span(from, to) {
    const change = (params) => {
      for (const [name, value] of [
        ["from", from],
        ["to", to],
      ]) {
        params.delete(name);
        if (value) params.set(name, value);
      }
    };
    return this.canvas.go(change, from ? `looked at ${from} to ${to}` : "looked at all days");
  }

  brush(event) {
    if (!this.window || event.button) return;
    event.preventDefault();
    this.stop();
    this.drawing.focus();
    const box = this.drawing.getBoundingClientRect();
    const start = this.at(event.clientX - box.x);
    let end = start;
    const chosen = () => [named(Math.min(start, end)), named(Math.max(start, end))];
    const move = (at) => {
      end = this.at(at.clientX - box.x);
      this.mark(chosen());
    };
    addEventListener("pointermove", move);
    addEventListener(
      "pointerup",
      () => {
        removeEventListener("pointermove", move);
        // A click without dragging selects one bar.
        if (start === end) end = start + this.step - 1;
        this.span(...chosen());
      },
      { once: true },
    );
  }

  keys(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") return this.span("", "");
    if (!way || !this.window) return;
    event.preventDefault();
    const [from, to] = this.chosen;
    const left = from ? meant(from)[0] : this.first;
    const right = to ? meant(to)[1] : left + this.step - 1;
    const by = way * this.step;
    this.span(named(left + (event.shiftKey ? 0 : by)), named(right + by));
  }

  // The span moves along the days; only its last position is a step that can be undone.
  async play() {
    if (this.playing) return this.stop();
    const [from, to] = this.chosen;
    const begins = from ? meant(from)[0] : this.first;
    const wide = from && to ? meant(to)[1] - begins : Math.max(this.step * 4, 27) - 1;
    let at = from && begins + wide < this.last - 1 ? begins : this.first;
    const button = this.strip.querySelector('[data-time="play"]');
    button.textContent = "Stop";
    const step = async () => {
      if (at >= this.last) return this.stop();
      const span = [named(at), named(at + wide)];
      const params = this.canvas.params;
      params.set("from", span[0]);
      params.set("to", span[1]);
      this.reached = span;
      this.mark(span);
      await this.canvas.relook(params);
      at += this.step;
      if (this.playing) this.playing = setTimeout(step, PACE);
    };
    this.playing = setTimeout(step, 0);
  }

  stop() {
    if (!this.playing) return;
    clearTimeout(this.playing);
    this.playing = null;
    this.strip.querySelector('[data-time="play"]').textContent = "Play";
    if (this.reached) this.span(...this.reached);
    this.reached = null;
  }
}
