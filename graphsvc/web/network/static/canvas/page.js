// Requests from the network page to the server, with progress and errors shown. A later request ends an earlier one of
// its lane only: a request about a node does not end one for the picture.
const SLOW = 300;
const FAULT = "The server did not answer as it should.";
const UNREACHED = "The server cannot be reached. The picture is as it was; try again.";

export class Page {
  constructor() {
    this.wrong = document.getElementById("wrong");
    this.progress = document.getElementById("progress");
    this.said = document.getElementById("said");
    this.lanes = new Map(); // lane → what is asked in it
    this.undrawn = false; // what is told is that a picture could not be had
    this.slow = new Set(); // what is waited for so long that it is said
  }

  // Return a page, null if there is none, undefined if the browser leaves this page; errors are in the banner. `lane`:
  // the request ends an earlier one in this lane only. `apart`: it neither ends another request nor is ended by one.
  async ask(address, { lane = "picture", apart = false, ...options } = {}) {
    const mine = new AbortController();
    const drawing = !apart && lane === "picture";
    if (!apart) {
      const last = this.lanes.get(lane);
      this.lanes.set(lane, mine);
      if (this.slow.has(last)) this.slow.add(mine); // waited for already
      last?.abort();
    }
    const timer = this.begun(mine);
    try {
      const answer = await fetch(address, { ...this.headed(options, "text/html"), signal: mine.signal });
      if (answer.redirected && new URL(answer.url).pathname !== new URL(address, location.href).pathname) {
        location.assign(answer.url);
        return undefined;
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!answer.ok) throw new Error(page.querySelector("main p")?.textContent ?? FAULT);
      // The message that no picture could be fetched stays until one is fetched.
      if (drawing || !this.undrawn) this.wrong.hidden = true;
      return page;
    } catch (error) {
      if (error.name === "AbortError") return null;
      this.tell(error instanceof TypeError ? UNREACHED : error.message);
      this.undrawn = drawing;
      return null;
    } finally {
      this.ended(mine, timer);
      if (this.lanes.get(lane) === mine) this.lanes.delete(lane);
    }
  }

  // Return the JSON at an address; `quiet`: without showing progress. Throws an Error with the server's sentence.
  async json(address, { quiet = false, ...options } = {}) {
    let answer;
    const mine = {};
    const timer = quiet ? 0 : this.begun(mine);
    try {
      answer = await fetch(address, this.headed(options, "application/json"));
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Error(UNREACHED);
    } finally {
      this.ended(mine, timer);
    }
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok)
      throw Object.assign(new Error(said.error?.message ?? said.error ?? FAULT), { status: answer.status, said });
    return said;
  }

  begun(mine) {
    return setTimeout(() => {
      this.slow.add(mine);
      this.progress.hidden = false;
    }, SLOW);
  }

  ended(mine, timer) {
    clearTimeout(timer);
    this.slow.delete(mine);
    this.progress.hidden = !this.slow.size;
  }

  headed({ headers = {}, ...options }, accept) {
    const token = document.querySelector("input[name=csrf_token]")?.value;
    return {
      ...options,
      headers: { Accept: accept, ...(options.method && token ? { "X-CSRFToken": token } : {}), ...headers },
    };
  }

  cancel(lanes = [...this.lanes.keys()]) {
    for (const lane of lanes) this.lanes.get(lane)?.abort();
  }

  tell(sentence) {
    this.undrawn = false;
    this.wrong.textContent = sentence;
    this.wrong.hidden = false;
  }

  // Show a short message about what was done; screen readers read it out.
  say(words) {
    this.said.textContent = words;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.said.textContent = ""), 4000);
  }
}
