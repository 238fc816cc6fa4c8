// Steps that wait for the server, in the order in which somebody took them: each is done on what the one before it left.
export class Turns {
  constructor() {
    this.waiting = [];
  }

  // A state as it will be once all that waits is done.
  ahead(state) {
    return this.waiting.reduce((before, { change }) => change(before), state);
  }

  // What `act` answers in its turn, which makes `change` of the state; false where it is not done: another took its place, or one before it was not done.
  // `act` is given whether it is to be done still, which may be no more once its data are there.
  // `again`: in place of the last, if that waits and was such a one too. `alone`: in place of all.
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
      // Where another took its place, that runs already.
      if (this.waiting[0] === turn) {
        if (done) this.waiting.shift();
        else this.drop(0);
        this.run();
      }
    }
  }
}
