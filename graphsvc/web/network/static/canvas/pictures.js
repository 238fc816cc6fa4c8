// Saved views: saving, opening, versions that others saved in the meantime, and the user's last draft.
import { copy } from "../copying.js";
import { clock, count, day, moment } from "../words.js";

const WHICH = ["picture", "version", "sitting", "offer"];
const QUIET = 2000; // after the last change
const AGAIN = 15_000; // where keeping failed
const NEWER = 20_000;
const KEPT_ALIVE = 60_000; // bytes that a browser sends while a page goes
const NEAR = 0.2;

const by = (id) => document.getElementById(id);
const plainly = (asked) => asked.filter(([name]) => !WHICH.includes(name));
const named = (id, version) => JSON.stringify([id, String(version)]);
const sorted = (pairs) => JSON.stringify(pairs.map(String).sort());

// A moment in words, without its day if that is today.
const when = (at) => (day(at) === day(Date.now()) ? clock(at) : moment(at));

function ago(text) {
  const minutes = Math.round((Date.now() - Date.parse(text)) / 60_000);
  return minutes < 1 ? "just now" : minutes < 60 ? `${count(minutes, "minute")} ago` : `on ${when(text)}`;
}

class Views {
  constructor(canvas) {
    this.canvas = canvas;
    this.dialog = by("views");
    this.form = by("view-form");
    const { dataset } = this.dialog;
    this.at = dataset;
    const given = by("network-opened");
    this.opened = given ? this.read(JSON.parse(given.textContent)) : null;
    this.newest = null;
    this.touched = canvas.steps.at > 0;
    this.sat();
    this.views = new Map([[this.began, this.opened]]); // what a canvas began as → the view that is open on it
    this.waiting = null;
    this.pending = false;
    this.turn = 0; // of what changed, the last
    this.sent = null; // the turn that was sent as the page went
    this.saving = false;
    this.kept = null;
    this.offered = null;
    this.listen();
    this.begin();
  }

  // Combine a view and its saved state from the server's answer about a version.
  read({ picture, version, canvas, since }) {
    return { ...picture, version: version.version, canvas, since };
  }

  // The name of this sitting: unchanged after a reload or on the way back, new for each page that is opened.
  get sitting() {
    return this.canvas.steps.sitting;
  }

  sit(sitting) {
    this.canvas.steps.sit(sitting);
    sessionStorage.setItem("sitting", sitting);
  }

  sat() {
    const params = new URLSearchParams(location.search);
    const again = ["reload", "back_forward"].includes(performance.getEntriesByType("navigation")[0]?.type);
    const known = params.get("sitting") || (again ? this.sitting || sessionStorage.getItem("sitting") : "");
    this.sit(
      known || [...crypto.getRandomValues(new Uint8Array(12))].map((one) => one.toString(16).padStart(2, "0")).join(""),
    );
  }

  // The view and version that the canvas began as, by its address; if that names none, the sitting.
  get began() {
    const { params } = this.canvas;
    return params.has("picture") ? named(params.get("picture"), params.get("version")) : this.sitting;
  }

  // Change to another open view, or to none.
  turnTo(view) {
    this.opened = view;
    this.newest = null;
    by("view-newer").hidden = true;
    this.describe();
  }

  // The canvas now shows this view. Steps that began as the same view belong to it too: a user who undoes is still in
  // this view, and overwrites only their own version.
  becomes(view) {
    const { canvas, opened } = this;
    const state = canvas.state();
    for (const [began, known] of this.views) if (known && known === opened) this.views.set(began, view);
    this.views.set(this.began, view);
    canvas.steps.amend({
      ...state,
      asked: [...plainly(state.asked), ["picture", view.id], ["version", String(view.version)]],
    });
    this.views.set(this.began, view);
    this.opened = view;
  }

  listen() {
    const { canvas } = this;
    canvas.on("changed", () => this.changed());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.flush();
      else this.look();
    });
    addEventListener("pagehide", () => this.flush());
    setInterval(() => document.visibilityState === "visible" && this.look(), NEWER);
    canvas.root.addEventListener("click", (event) => {
      const act = event.target.closest("[data-view]");
      if (!act || act.type === "submit") return;
      event.preventDefault();
      this.acts[act.dataset.view](act);
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save();
    });
    by("view-filter").addEventListener("input", () => this.narrow());
  }

  // Reduce the address to the picture and its view.
  begin() {
    const offer = new URLSearchParams(location.search).has("offer");
    const state = this.canvas.state();
    this.canvas.steps.amend({ ...state, asked: state.asked.filter(([name]) => !["sitting", "offer"].includes(name)) });
    this.tell();
    if (offer && !this.touched) this.offer();
  }

  // -- what is on the canvas ----------------------------------------------------------------------------------

  // Return the state with the places of all nodes, so that it opens the same whatever the layout would do later.
  capture() {
    const { asked, ...rest } = this.canvas.state();
    const { data, arranged } = this.canvas.picture;
    return {
      ...rest,
      asked: plainly(asked),
      arranged: Object.fromEntries(data.nodes.map((node) => [node.id, arranged[node.id] ?? node.home])),
    };
  }

  get unsaved() {
    if (!this.opened) return this.touched;
    const was = this.opened.canvas;
    const now = this.capture();
    const known = new Set([
      ...Object.keys(was.arranged),
      ...was.asked.filter(([name]) => name === "add").map(([, id]) => id),
    ]);
    const others = (asked) => asked.filter(([name]) => name !== "add");
    const added = now.asked.some(([name, id]) => name === "add" && !known.has(id));
    const moved = Object.entries(was.arranged).some(
      ([id, [x, y]]) => now.arranged[id] && Math.hypot(now.arranged[id][0] - x, now.arranged[id][1] - y) > NEAR,
    );
    const rest = ({ asked, arranged, pinned, ...one }) => JSON.stringify(one);
    return (
      added ||
      moved ||
      sorted(others(was.asked)) !== sorted(others(now.asked)) ||
      sorted(was.pinned) !== sorted(now.pinned) ||
      rest(was) !== rest(now)
    );
  }

  changed() {
    // Undoing the opening of a view returns to the view before.
    const view = this.views.get(this.began) ?? null;
    if (view !== this.opened) this.turnTo(view);
    this.touched = true;
    by("view-offer").hidden = true;
    this.tell();
    this.pending = true;
    this.turn += 1;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.keep(), QUIET);
  }

  tell() {
    const said = by("view-said");
    const { opened } = this;
    by("view-state").hidden = !opened && !this.touched;
    by("view-name").textContent = opened ? `${opened.name}, version ${opened.version}` : "";
    const kept = this.kept ? `, kept ${this.kept}` : "";
    said.textContent = this.fault ?? (this.unsaved ? `${opened ? "unsaved changes" : "not saved"}${kept}` : "saved");
    said.classList.toggle("danger", Boolean(this.fault));
    const since = by("view-since");
    since.hidden = !opened?.since;
    if (opened?.since) {
      since.textContent = opened.since;
      since.href = `${this.at.since}?${new URLSearchParams({ id: opened.id, version: opened.version })}`;
    }
  }

  // -- the draft, saved automatically ---------------------------------------------------------------------------

  body() {
    const form = new FormData();
    form.append("sitting", this.sitting);
    form.append("state", new Blob([JSON.stringify(this.capture())], { type: "application/json" }), "state.json");
    if (this.opened) {
      form.append("picture", this.opened.id);
      form.append("version", this.opened.version);
    }
    return form;
  }

  async keep() {
    clearTimeout(this.waiting);
    const { turn } = this;
    // Until the draft is saved, it is sent again when the page closes.
    this.pending = true;
    try {
      const { at } = await this.canvas.json(this.at.draft, { method: "POST", body: this.body() });
      this.kept = when(at);
      this.fault = null;
      if (turn === this.turn) this.pending = false;
    } catch (error) {
      this.fault = `not kept: ${error.message}`;
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.keep(), AGAIN);
    }
    this.tell();
  }

  // The page closes: send an unsaved draft immediately.
  flush() {
    if (!this.pending || this.sent === this.turn) return;
    clearTimeout(this.waiting);
    const { turn } = this;
    this.sent = turn;
    const body = this.body();
    const { size } = /** @type {File} */ (body.get("state"));
    const options = { method: "POST", body, ...(size < KEPT_ALIVE ? { keepalive: true } : {}) };
    // If this fails and the page stays open, the next change saves the draft.
    this.canvas
      .json(this.at.draft, options)
      .then(() => {
        if (turn === this.turn) this.pending = false;
      })
      .catch(() => {
        this.sent = null;
      });
  }

  async offer() {
    try {
      const { drafts } = await this.canvas.json(this.at.drafts);
      const [last] = drafts.filter((one) => one.entities && one.sitting !== this.sitting);
      if (!last || this.touched) return;
      this.offered = last;
      by("view-offer").querySelector("span").textContent =
        `Go on where you were, ${when(last.at)}, with ${count(last.entities, "entity")}${last.name ? ` (${last.name})` : ""}?`;
      by("view-offer").hidden = false;
    } catch {
      // Nothing is lost: the page of saved views offers the draft too.
    }
  }

  // -- what others saved ----------------------------------------------------------------------------------------

  async look() {
    if (!this.opened) return;
    const { id } = this.opened;
    try {
      const newest = await this.canvas.json(`${this.at.newest}?${new URLSearchParams({ id })}`);
      if (this.opened?.id !== id || newest.version <= this.opened.version || newest.version === this.newest?.version)
        return;
      this.newest = newest;
      by("view-newer").querySelector("span").textContent =
        `${newest.by === this.at.me ? "You, in another window," : newest.by} saved version ${newest.version} of this view ${ago(newest.at)}: ${newest.said}.`;
      by("view-newer").hidden = false;
    } catch (error) {
      if (error.status !== 404) return; // asked again in a while
      for (const [began, view] of this.views) if (view?.id === id) this.views.delete(began);
      this.turnTo(null);
      this.touched = true;
      this.tell();
      this.canvas.say("This view was deleted or is shared no more. What is on the canvas is as it was");
    }
  }

  // -- opening ------------------------------------------------------------------------------------------------

  async open() {
    by("views-wrong").hidden = by("views-conflict").hidden = true;
    this.fill();
    this.dialog.showModal();
    await this.list();
  }

  fill() {
    const { opened, form } = this;
    form.elements.name.value = opened?.name ?? "";
    form.elements.notes.value = opened?.notes ?? "";
    form.elements.shared.checked = opened?.shared ?? false;
    this.describe();
  }

  // Say what saving would do; text typed in the form stays.
  describe() {
    const { opened, form } = this;
    by("view-open").hidden = !opened;
    by("view-open").textContent = opened
      ? `${opened.name}, version ${opened.version}, ${opened.mine ? "yours" : `by ${opened.author}`}${opened.savable ? "" : `. It was made at handling ${opened.made_at} and you see more: save yours as a separate view`}${opened.savable && !opened.mine ? ". Its name, notes and sharing stay as they are; what you write here is for a separate view" : ""}.`
      : "";
    form.querySelector('[type="submit"]').textContent = opened?.savable ? "Save as the next version" : "Save";
    by("view-own").hidden = by("view-copy").hidden = !opened;
    form.querySelector('[type="submit"]').hidden = Boolean(opened) && !opened.savable;
  }

  async list() {
    by("views-loading").hidden = false;
    try {
      const [{ pictures }, { drafts }] = await Promise.all([
        this.canvas.json(this.at.list),
        this.canvas.json(this.at.drafts),
      ]);
      by("views-list").replaceChildren(...pictures.map((one) => this.line(one)));
      by("views-drafts").replaceChildren(
        ...drafts.filter((one) => one.entities && one.sitting !== this.sitting).map((one) => this.draftLine(one)),
      );
      by("views-unsaved").hidden = !by("views-drafts").children.length;
      by("views-loading").textContent = pictures.length
        ? ""
        : "No view is saved yet. Give this one a name and save it.";
      by("views-loading").hidden = Boolean(pictures.length);
      this.narrow();
    } catch (error) {
      by("views-loading").hidden = true;
      this.wrong(error.message);
    }
  }

  line(one) {
    const words = `${one.mine ? "yours" : one.author}, ${one.shared ? "shared" : "private"}, version ${one.version}, ${when(`${one.changed_at}Z`)} by ${one.changed_by === this.at.me ? "you" : one.changed_by}`;
    return this.item(one.name, words, () => this.openVersion(one.id), `${one.name} ${one.author}`);
  }

  draftLine(one) {
    const words = `${count(one.entities, "entity")}${one.name ? `, began as ${one.name}` : ""}`;
    return this.item(when(one.at), words, () => this.goOn(one), one.name);
  }

  item(title, words, act, sought) {
    const line = document.createElement("li");
    const button = document.createElement("button");
    const quiet = document.createElement("span");
    button.type = "button";
    button.className = "plain";
    button.textContent = title;
    button.addEventListener("click", act);
    quiet.className = "quiet small";
    quiet.textContent = words;
    line.dataset.sought = (sought ?? "").toLowerCase();
    line.append(button, " ", quiet);
    return line;
  }

  narrow() {
    const wanted = by("view-filter").value.trim().toLowerCase();
    for (const line of by("views-list").children) line.hidden = !line.dataset.sought.includes(wanted);
  }

  async openVersion(id, version = "") {
    try {
      const told = this.read(
        await this.canvas.json(`${this.at.version}?${new URLSearchParams({ id, ...(version ? { version } : {}) })}`),
      );
      if (!told.canvas.asked.length && !Object.keys(told.canvas.arranged).length)
        return this.wrong("Nothing that was in this view is there for you any more.");
      if (!(await this.bring(told.canvas, `opened ${told.name}`, told))) return;
      this.turnTo(told);
      this.dialog.close();
      this.tell();
      this.canvas.say(`${told.name}, version ${told.version}`);
    } catch (error) {
      this.wrong(error.message);
    }
  }

  async goOn({ canvas: state, picture, version, sitting }) {
    let told = null;
    if (picture) {
      try {
        told = this.read(await this.canvas.json(`${this.at.version}?${new URLSearchParams({ id: picture, version })}`));
      } catch (error) {
        if (error.status !== 404) return this.wrong(error.message);
      }
    }
    if (!(await this.bring(state, "went on where you were", told))) return;
    this.turnTo(told);
    this.sit(sitting);
    if (this.dialog.open) this.dialog.close();
    this.tell();
  }

  // Show a saved state as one step, with all its nodes that still exist, whatever else has changed in the data.
  async bring(kept, words, told) {
    const { canvas } = this;
    const which = told
      ? [
          ["picture", told.id],
          ["version", String(told.version)],
        ]
      : [];
    if (told) this.views.set(named(told.id, told.version), told);
    const state = { ...structuredClone(kept), asked: [...plainly(kept.asked), ...which] };
    if (!(await canvas.restore(state, words))) return false;
    const left = new Set([
      ...canvas.picture.data.nodes.map((node) => node.id),
      ...state.asked.filter(([name]) => name === "hide").map(([, id]) => id),
    ]);
    const lost = Object.keys(kept.arranged).filter((id) => !left.has(id) && !id.startsWith("group:")); // folded groups come by themselves
    if (lost.length) {
      const whole = { ...canvas.state(), asked: [...plainly(kept.asked), ...lost.map((id) => ["add", id]), ...which] };
      const data = await canvas.fetched(whole);
      if (data) {
        canvas.steps.amend(whole);
        await canvas.show(whole, data, true);
      }
    }
    return true;
  }

  // -- saving -------------------------------------------------------------------------------------------------

  // `own`: as a separate view; `anyway`: as the newest version, whatever others saved. A second click saves nothing.
  async save(how = {}) {
    if (this.saving) return;
    const buttons = this.dialog.querySelectorAll("[data-view=save], [data-view=own], [data-view=anyway]");
    const focused = document.activeElement;
    this.saving = true;
    for (const button of buttons) button.disabled = true;
    try {
      await this.post(how);
    } finally {
      this.saving = false;
      for (const button of buttons) button.disabled = false;
      // A disabled button loses the focus.
      const conflict = by("views-conflict");
      if (!conflict.hidden) conflict.querySelector("button").focus();
      else if (this.dialog.open && document.activeElement === document.body) focused?.focus();
    }
  }

  async post({ own = false, anyway = false }) {
    by("views-wrong").hidden = by("views-conflict").hidden = true;
    const { opened, form } = this;
    const name = form.elements.name.value.trim();
    const adding = opened && !own;
    if (!adding && !name) {
      this.wrong("Give the view a name.");
      return form.elements.name.focus();
    }
    const state = this.capture();
    const body = new FormData();
    body.append("state", new Blob([JSON.stringify(state)], { type: "application/json" }), "state.json");
    if (adding)
      for (const [field, value] of Object.entries({
        id: opened.id,
        base: opened.version,
        ...(anyway ? { anyway: "yes" } : {}),
      }))
        body.append(field, value);
    else for (const field of ["name", "notes"]) body.append(field, form.elements[field].value);
    if (!adding && form.elements.shared.checked) body.append("shared", "yes");
    let saved;
    try {
      saved = await this.canvas.json(this.at.save, { method: "POST", body });
    } catch (error) {
      if (error.status === 409 && error.said?.newest) this.conflict(error.said);
      else this.wrong(error.message);
      return;
    }
    // The version is saved even if renaming the view fails.
    this.becomes({ ...saved, canvas: state, since: "" });
    this.newest = null;
    by("view-newer").hidden = true;
    this.describe();
    try {
      if (adding && opened.mine) await this.rename();
      this.dialog.close();
      this.canvas.say(`${this.opened.name}, version ${saved.version}, is saved`);
    } catch (error) {
      this.wrong(
        `Version ${saved.version} is saved, but its name, notes or sharing could not be changed: ${error.message}`,
      );
    }
    this.tell();
    this.keep(); // going on begins from here
  }

  // Save the name, notes and sharing if they have changed.
  async rename() {
    const { opened } = this;
    const { name, notes, shared } = this.form.elements;
    // Keep the version on the canvas: another user may have saved a newer one since.
    const post = async (action, fields) =>
      this.becomes({
        ...this.opened,
        ...(await this.canvas.json(this.at.save.replace(/save$/, action), {
          method: "POST",
          body: new URLSearchParams({ id: opened.id, ...fields }),
        })),
        version: opened.version,
      });
    if (name.value.trim() !== opened.name || notes.value.trim() !== opened.notes)
      await post("rename", { name: name.value, notes: notes.value });
    if (shared.checked !== opened.shared) await post("share", { shared: shared.checked ? "yes" : "no" });
  }

  conflict({ error, newest }) {
    this.newest = newest;
    by("views-conflict").querySelector("p").textContent = error;
    by("views-conflict").hidden = false;
  }

  wrong(sentence) {
    if (!this.dialog.open) return this.canvas.page.tell(sentence);
    by("views-wrong").textContent = sentence;
    by("views-wrong").hidden = false;
  }

  async copy(button) {
    const link = new URL(this.opened.address, location.href).href;
    if (!(await copy(button, link))) this.wrong(`Copy it from here: ${link}`);
  }

  acts = {
    close: () => this.dialog.close(),
    own: () => this.save({ own: true }),
    anyway: () => this.save({ anyway: true }),
    theirs: () => this.openVersion(this.opened.id, this.newest.version),
    newer: () => this.openVersion(this.opened.id, this.newest.version),
    later: () => (by("view-newer").hidden = true),
    "go-on": () => {
      by("view-offer").hidden = true;
      return this.goOn(this.offered);
    },
    no: () => (by("view-offer").hidden = true),
    copy: (button) => this.copy(button),
  };
}

export function install(canvas) {
  const views = new Views(canvas);
  return { open: () => views.open() };
}
