// States of the canvas as entries in the browser's history: back undoes, forward redoes, a reload keeps the state.
export class Steps {
  // `start`: the state used if the browser remembers none of this account; states of other accounts are ignored.
  // `fetch(state)`: returns a state's data, null if it is not available, undefined if the browser leaves the page.
  // `apply(state, data, words)`: shows a state.
  constructor(start, by, address, fetch, apply) {
    this.by = by;
    this.address = address;
    this.fetch = fetch;
    this.apply = apply;
    const kept = this.mine(history.state) ? history.state : { canvas: start, at: 0, words: "" };
    this.state = kept.canvas;
    this.at = this.top = kept.at;
    // The browser's position in its history: ahead of the shown state while data is fetched.
    this.there = kept.at;
    this.turn = 0;
    this.returning = false;
    // The sitting of each step, so that going back to another view also goes back to its sitting.
    this.sitting = kept.sitting ?? "";
    this.words = [];
    this.words[this.at] = kept.words;
    this.keep(kept.words);
    addEventListener("popstate", (event) => this.arrived(event.state));
  }

  mine(kept) {
    return Boolean(kept?.canvas) && kept.by === this.by;
  }

  kept(words) {
    return { canvas: this.state, by: this.by, at: this.at, words, sitting: this.sitting };
  }

  keep(words) {
    history.replaceState(this.kept(words), "", location.href);
  }

  sit(sitting) {
    this.sitting = sitting;
    if (this.there === this.at) this.keep(this.words[this.at] ?? "");
  }

  push(state, words) {
    this.turn += 1;
    this.state = state;
    this.at = this.top = this.there = this.there + 1;
    this.words[this.at] = words;
    history.pushState(this.kept(words), "", this.address(state));
  }

  // Change the current state without a new step.
  amend(state) {
    this.state = state;
    // While the browser is at another step, that step's entry must not be replaced.
    if (this.there === this.at) history.replaceState(this.kept(this.words[this.at] ?? ""), "", this.address(state));
  }

  // The browser went back or forward. The shown state stays until the other's data arrives; if that fails, the browser
  // returns to the shown state, so that users save and export what they see.
  async arrived(kept) {
    if (!this.mine(kept)) return location.reload();
    this.there = kept.at;
    const returned = this.returning && kept.at === this.at;
    this.returning = false;
    if (returned) return this.amend(this.state);
    this.turn += 1;
    const { turn } = this;
    const data = await this.fetch(kept.canvas);
    // The user took another step in the meantime, or the browser leaves the page.
    if (turn !== this.turn || data === undefined) return;
    if (!data) {
      if (this.there === this.at) return;
      this.returning = true;
      return history.go(this.at - this.there);
    }
    const old = this.at;
    this.at = kept.at;
    this.words[this.at] ??= kept.words;
    this.state = kept.canvas;
    this.sitting = kept.sitting ?? this.sitting;
    const back = kept.at < old;
    await this.apply(kept.canvas, data, back ? `Undone: ${this.words[old] ?? "a step"}` : `Done again: ${kept.words}`);
  }

  undo() {
    if (this.there > 0) history.back();
  }

  redo() {
    if (this.there < this.top) history.forward();
  }

  // Words for the step that undo would undo; null if there is none.
  get undoes() {
    return this.at > 0 ? (this.words[this.at] ?? "") : null;
  }

  get redoes() {
    return this.at < this.top ? (this.words[this.at + 1] ?? "") : null;
  }
}
