// Where the canvas is and was. Each step is one of the browser's: back undoes, forward does again, a reload keeps it.
export class Steps {
  // `start`: the state where the browser remembers none of this account: what another did in this window is not for it.
  // `apply(state)`: show a state.
  constructor(start, by, address, apply) {
    this.by = by;
    this.address = address;
    this.apply = apply;
    const kept = this.mine(history.state) ? history.state : { canvas: start, at: 0, words: "" };
    this.state = kept.canvas;
    this.at = this.top = kept.at;
    this.words = [];
    this.words[this.at] = kept.words;
    this.keep(kept.words);
    addEventListener("popstate", (event) => this.arrived(event.state));
  }

  mine(kept) {
    return Boolean(kept?.canvas) && kept.by === this.by;
  }

  keep(words) {
    history.replaceState({ canvas: this.state, by: this.by, at: this.at, words }, "", location.href);
  }

  push(state, words) {
    this.state = state;
    this.at += 1;
    this.top = this.at;
    this.words[this.at] = words;
    history.pushState({ canvas: state, by: this.by, at: this.at, words }, "", this.address(state));
  }

  // What is said of the state changes and nothing else: no step of its own.
  amend(state) {
    this.state = state;
    const words = this.words[this.at] ?? "";
    history.replaceState({ canvas: state, by: this.by, at: this.at, words }, "", this.address(state));
  }

  async arrived(kept) {
    if (!this.mine(kept)) return location.reload();
    const old = this.at;
    this.at = kept.at;
    this.words[this.at] ??= kept.words;
    this.state = kept.canvas;
    const back = kept.at < old;
    await this.apply(kept.canvas, back ? `Undone: ${this.words[old] ?? "a step"}` : `Done again: ${kept.words}`);
  }

  undo() {
    if (this.undoes !== null) history.back();
  }

  redo() {
    if (this.redoes !== null) history.forward();
  }

  // What undoing would undo in words; null: there is nothing to undo.
  get undoes() {
    return this.at > 0 ? (this.words[this.at] ?? "") : null;
  }

  get redoes() {
    return this.at < this.top ? (this.words[this.at + 1] ?? "") : null;
  }
}
