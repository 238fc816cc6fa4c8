// Asking the server from the network page: with progress, with errors told, and a later question ending an earlier one.
const SLOW = 300;
const FAULT = "The server did not answer as it should.";
const UNREACHED = "The server cannot be reached. The picture is as it was; try again.";

export class Page {
  constructor() {
    this.wrong = document.getElementById("wrong");
    this.progress = document.getElementById("progress");
    this.said = document.getElementById("said");
    this.asked = null;
  }

  // A page, or null where there is none; what went wrong stands in the banner. `apart`: neither ends another question nor
  // is ended by one.
  async ask(address, { apart = false, ...options } = {}) {
    const mine = new AbortController();
    if (!apart) {
      this.asked?.abort();
      this.asked = mine;
    }
    const timer = setTimeout(() => (this.progress.hidden = false), SLOW);
    try {
      const answer = await fetch(address, { ...this.headed(options, "text/html"), signal: mine.signal });
      if (answer.redirected && new URL(answer.url).pathname !== new URL(address, location.href).pathname) {
        location.assign(answer.url);
        return null;
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!answer.ok) throw new Error(page.querySelector("main p")?.textContent ?? FAULT);
      this.wrong.hidden = true;
      return page;
    } catch (error) {
      if (error.name !== "AbortError") this.tell(error instanceof TypeError ? UNREACHED : error.message);
      return null;
    } finally {
      clearTimeout(timer);
      if (apart || this.asked === mine) this.progress.hidden = true;
      if (this.asked === mine) this.asked = null;
    }
  }

  // What an address says as JSON; `quiet`: with no word of progress. Throws an Error with the server's sentence.
  async json(address, options = {}) {
    let answer;
    const timer = setTimeout(() => (this.progress.hidden = options.quiet ?? false), SLOW);
    try {
      answer = await fetch(address, this.headed(options, "application/json"));
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Error(UNREACHED);
    } finally {
      clearTimeout(timer);
      if (!this.asked && !options.quiet) this.progress.hidden = true;
    }
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok)
      throw Object.assign(new Error(said.error?.message ?? said.error ?? FAULT), { status: answer.status, said });
    return said;
  }

  headed({ headers = {}, ...options }, accept) {
    const token = document.querySelector("input[name=csrf_token]")?.value;
    return {
      ...options,
      headers: { Accept: accept, ...(options.method && token ? { "X-CSRFToken": token } : {}), ...headers },
    };
  }

  cancel() {
    this.asked?.abort();
  }

  tell(sentence) {
    this.wrong.textContent = sentence;
    this.wrong.hidden = false;
  }

  // A short word on what was done; screen readers read it out.
  say(words) {
    this.said.textContent = words;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.said.textContent = ""), 4000);
  }
}
