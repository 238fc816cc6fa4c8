// The Cypher editor: line numbers, a mark on the faulty line, keys; and the progress of a run.
const form = document.getElementById("editor");
const text = form?.elements.text;

function editor() {
  const numbers = form.querySelector(".gutter pre");
  const strip = form.querySelector(".strip");
  const place = form.querySelector("[data-place]");
  const faulty = { line: Number(text.dataset.line), text: text.value };
  let count = 0;

  const follow = () => {
    numbers.scrollTop = text.scrollTop;
    // A fault belongs to the query it was found in: once the query is changed, nothing is marked.
    strip.hidden = !faulty.line || text.value !== faulty.text;
    const height = Number.parseFloat(getComputedStyle(text).lineHeight);
    const above = Number.parseFloat(getComputedStyle(text).paddingTop);
    strip.style.height = `${height}px`;
    strip.style.top = `${above + (faulty.line - 1) * height - text.scrollTop}px`;
  };
  const number = () => {
    const lines = text.value.split("\n").length;
    const stale = numbers.querySelector(".bad") && text.value !== faulty.text;
    if (lines !== count || stale) {
      count = lines;
      numbers.replaceChildren(
        ...Array.from({ length: lines }, (_, index) => {
          const one = document.createElement("span");
          one.textContent = String(index + 1);
          if (index + 1 === faulty.line && text.value === faulty.text) one.className = "bad";
          return one;
        }).flatMap((one) => [one, "\n"]),
      );
    }
    follow();
  };
  const tell = () => {
    const before = text.value.slice(0, text.selectionStart).split("\n");
    place.textContent = `Line ${before.length}, column ${before.at(-1).length + 1}`;
  };
  const type = (words) => {
    // Inserted this way, the browser can undo it.
    if (!document.execCommand("insertText", false, words))
      text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
  };
  // Indent every selected line by two spaces, or remove two.
  const indent = (outwards) => {
    const { selectionStart: start, selectionEnd: end, value } = text;
    if (start === end && !outwards) return type("  ");
    const first = value.lastIndexOf("\n", start - 1) + 1;
    const block = value.slice(first, end);
    const moved = outwards ? block.replace(/^ {1,2}|^\t/gm, "") : block.replace(/^/gm, "  ");
    if (moved === block) return;
    text.setSelectionRange(first, end);
    type(moved);
    const by = moved.length - block.length;
    const lead = moved.split("\n")[0].length - block.split("\n")[0].length;
    if (start === end) text.setSelectionRange(Math.max(first, start + by), Math.max(first, start + by));
    else text.setSelectionRange(Math.max(first, start + lead), end + by);
  };

  let leaving = false;
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leaving = true;
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[value=run]"));
    } else if (event.key === "Tab" && !leaving && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      indent(event.shiftKey);
    } else if (event.key !== "Shift") leaving = false;
  });
  text.addEventListener("blur", () => (leaving = false));
  text.addEventListener("input", number);
  text.addEventListener("scroll", follow);
  new ResizeObserver(follow).observe(text);
  for (const name of ["keyup", "click", "input", "focus"]) text.addEventListener(name, tell);
  form.addEventListener("submit", () => {
    form.elements.caret.value = [text.selectionStart, text.selectionEnd, Math.round(text.scrollTop)].join(",");
  });
  form.querySelector("[data-keys]").hidden = false;

  const add = form.querySelector("[data-add]");
  const rows = form.querySelector("[data-parameters]");
  add.hidden = false;
  add.addEventListener("click", () => {
    const row = rows.lastElementChild.cloneNode(true);
    for (const input of row.querySelectorAll("input")) input.value = "";
    rows.append(row);
    row.querySelector("input").focus();
  });

  number();
  // If the user placed the caret while this page was loading, it stays there, in the editor too.
  if (document.activeElement && document.activeElement !== document.body) {
    if (document.activeElement === text) tell();
    return;
  }
  const lines = text.value.split("\n");
  if (faulty.line > 0 && faulty.line <= lines.length) {
    const column = Math.min(Math.max(Number(text.dataset.column) - 1, 0), lines[faulty.line - 1].length);
    const at = lines.slice(0, faulty.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + column;
    text.focus();
    text.setSelectionRange(at, at);
    tell();
  } else if (form.elements.caret.value) {
    const [start, end, scrolled] = form.elements.caret.value.split(",").map(Number);
    text.focus({ preventScroll: true });
    text.setSelectionRange(start || 0, end || 0);
    text.scrollTop = scrolled || 0;
    tell();
  }
}

function watch(run) {
  const seconds = run.querySelector("[data-seconds]");
  const bar = run.querySelector("progress");
  const began = performance.now() - Number(seconds.textContent) * 1000;
  const tick = setInterval(() => {
    const gone = (performance.now() - began) / 1000;
    seconds.textContent = Math.floor(gone);
    bar.value = gone;
  }, 250);
  const look = async () => {
    try {
      const answer = await fetch(run.dataset.run, { headers: { Accept: "application/json" } });
      if (!answer.ok || (await answer.json()).state !== "running") {
        clearInterval(tick);
        return window.location.reload();
      }
    } catch {
      // The service may be restarting; the next request will show.
    }
    setTimeout(look, 500);
  };
  setTimeout(look, 300);
}

if (form) editor();
const running = document.querySelector("[data-run]");
if (running) watch(running);
