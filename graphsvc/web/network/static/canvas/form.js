// The filter form, which says what the address says, and goes where it is told.
export class FilterForm {
  constructor(canvas) {
    this.canvas = canvas;
    this.form = document.getElementById("filter-form");
    this.turn = 0;
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
      canvas.go(new URLSearchParams([...canvas.params].filter(([name]) => !names.has(name))), "cleared the filters", {
        refit: true,
      });
    });
    canvas.on("drawn", () => this.sync());
  }

  async send() {
    this.turn += 1;
    const { turn } = this;
    const named = new Set(
      [...this.form.elements].filter((one) => one.name && one.type !== "hidden").map((one) => one.name),
    );
    const kept = [...this.canvas.params].filter(([name]) => !named.has(name));
    const defaults = { depth: "1", size: this.form.dataset.size };
    const given = [...new FormData(this.form)].filter(
      ([name, value]) => named.has(name) && value !== "" && value !== defaults[name],
    );
    const gone = await this.canvas.go(new URLSearchParams([...kept, ...given]), "filtered", { refit: true });
    // It says what the picture is, unless more was ticked meanwhile.
    if (!gone && turn === this.turn) this.sync();
  }

  sync() {
    const params = this.canvas.params;
    let active = 0;
    for (const control of this.form.elements) {
      if (!control.name || control.type === "hidden") continue;
      if (control.type === "checkbox") {
        control.checked = params.getAll(control.name).includes(control.value);
        if (control.checked && control.name !== "fade") active += 1;
      } else {
        const plain = { depth: "1", size: this.form.dataset.size }[control.name] ?? "";
        control.value = params.get(control.name) || plain;
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
