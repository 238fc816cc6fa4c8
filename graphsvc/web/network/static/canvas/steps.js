// Where the canvas is and was. Each step is one of the browser's: back undoes, forward does again, a reload keeps it.
export class Steps {
  // `start`: the state where the browser remembers none of this account: what another did in this window is not for it.
  // `fetch(state)`: the data of a state, null where they cannot be had, undefined where the browser goes elsewhere.
  // `apply(state, data, words)`: show it.
  constructor(start, by, address, fetch, apply) {
    this.by = by;
    this.address = address;
    this.fetch = fetch;
    this.apply = apply;
    const kept = this.mine(history.state) ? history.state : { canvas: start, at: 0, words: "" };
    this.state = kept.canvas;
    this.at = this.top = kept.at;
    // Where the browser is: ahead of what is shown, while that is fetched.
    this.there = kept.at;
    this.turn = 0;
    this.returning = false;
    // In which sitting this is: of each step, so that going back to another view goes back to its sitting.
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

  // What is said of the state changes and nothing else: no step of its own.
  amend(state) {
    this.state = state;
    // While the browser is elsewhere, its step there is another one.
    if (this.there === this.at) history.replaceState(this.kept(this.words[this.at] ?? ""), "", this.address(state));
  }

  // The browser went back or forward. What is shown stays what it is until the other is there; where that cannot be had, the
  // browser returns to it: what is kept or exported is what somebody sees.
  async arrived(kept) {
    if (!this.mine(kept)) return location.reload();
    this.there = kept.at;
    const returned = this.returning && kept.at === this.at;
    this.returning = false;
    if (returned) return this.amend(this.state);
    this.turn += 1;
    const { turn } = this;
    const data = await this.fetch(kept.canvas);
    // Somebody went on meanwhile, or the browser goes elsewhere.
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

  // What undoing would undo in words; null: there is nothing to undo.
  get undoes() {
    return this.at > 0 ? (this.words[this.at] ?? "") : null;
  }

  get redoes() {
    return this.at < this.top ? (this.words[this.at + 1] ?? "") : null;
  }
}
