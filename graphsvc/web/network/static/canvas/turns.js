// Steps that wait for the server, in the user's order: each starts from the state that the one before it left.
export class Turns {
  constructor() {
    this.waiting = [];
  }

  // The state as it will be once all waiting steps are done.
  ahead(state) {
    return this.waiting.reduce((before, { change }) => change(before), state);
  }

  // Resolves to `act`'s result, which applies `change` in its turn; false if replaced or if an earlier step failed.
  // `act` receives a function that says whether the step is still wanted: it may not be once its data has arrived.
  // `again`: replaces the last waiting step if that was also `again`. `alone`: replaces all waiting steps.
  take(change, act, { again = false, alone = false } = {}) {
    if (alone) this.drop(0);
    else if (again && this.waiting.at(-1)?.again) this.drop(this.waiting.length - 1);
    return new Promise((resolve) => {
      this.waiting.push({ change, act, again, resolve });
      if (this.waiting.length === 1) this.run();
    });
  }

  drop(from) {
    for (const { resolve } of this.waiting.splice(from)) resolve(false);
  }

  async run() {
    const [turn] = this.waiting;
    if (!turn) return;
    let done = false;
    try {
      done = await turn.act(() => this.waiting[0] === turn);
    } finally {
      turn.resolve(done);
      // If another step replaced this one, that step already runs.
      if (this.waiting[0] === turn) {
        if (done) this.waiting.shift();
        else this.drop(0);
        this.run();
      }
    }
  }
}
