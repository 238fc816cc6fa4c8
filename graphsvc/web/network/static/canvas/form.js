import { isoDay, shownDay } from "../day.js";

// The filter form: it shows the filters of the address, and changes the address when a user changes a filter.
export class FilterForm {
  constructor(canvas) {
    this.canvas = canvas;
    this.form = document.getElementById("filter-form");
    this.change = null; // what it asks for, until that is there
    for (const piece of this.form.querySelectorAll("[data-scripted]")) piece.hidden = false;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.form.addEventListener("change", ({ target }) => {
      // A heading ticks all below it.
      if ("all" in target.dataset)
        for (const one of target.closest("fieldset").querySelectorAll("[name=relation]")) one.checked = target.checked;
      this.send();
    });
    document.getElementById("clear-filters").addEventListener("click", (event) => {
      event.preventDefault();
      const names = new Set([...this.form.elements].filter((one) => one.type !== "hidden").map((one) => one.name));
      this.go((params) => {
        for (const name of names) params.delete(name);
      }, "cleared the filters");
    });
    canvas.on("drawn", () => this.sync());
  }

  send() {
    if (!this.form.reportValidity()) return undefined;
    const days = [...this.form.elements].filter((one) => "day" in one.dataset);
    const named = new Set(
      [...this.form.elements].filter((one) => one.name && one.type !== "hidden").map((one) => one.name),
    );
    const defaults = { depth: "1", size: this.form.dataset.size };
    const asked = new FormData(this.form);
    for (const { name, value } of days) asked.set(name, isoDay(value, name === "to"));
    const given = [...asked].filter(([name, value]) => named.has(name) && value !== "" && value !== defaults[name]);
    return this.go((params) => {
      for (const name of named) params.delete(name);
      for (const [name, value] of given) params.append(name, String(value));
    }, "filtered");
  }

  // Filters changed before the picture arrives are part of the next request.
  async go(change, words) {
    this.change = change;
    await this.canvas.go(change, words, { refit: true, again: true });
    if (this.change !== change) return;
    this.change = null;
    this.sync();
  }

  // Show the filters of the picture, or of the one that is being fetched.
  sync() {
    const { params } = this.canvas;
    this.change?.(params);
    let active = 0;
    for (const control of this.form.elements) {
      if (!control.name || control.type === "hidden") continue;
      if (control.type === "checkbox") {
        control.checked = params.getAll(control.name).includes(control.value);
        if (control.checked && control.name !== "fade") active += 1;
      } else {
        const plain = { depth: "1", size: this.form.dataset.size }[control.name] ?? "";
        const value = params.get(control.name) || plain;
        control.value = "day" in control.dataset ? shownDay(value) : value;
        if (control.value !== plain && !["depth", "size", "ticked"].includes(control.name)) active += 1;
      }
    }
    for (const all of this.form.querySelectorAll("[data-all]")) {
      const below = [...all.closest("fieldset").querySelectorAll("[name=relation]")];
      all.hidden = false;
      all.checked = below.every((one) => one.checked);
      all.indeterminate = !all.checked && below.some((one) => one.checked);
    }
    const count = document.getElementById("network-filtered");
    count.textContent = "Filters";
    if (active) {
      const number = document.createElement("b");
      number.textContent = String(active);
      count.append(" ", number);
    }
  }
}
