// A form that changes something is sent once: a second click while the first is on its way would do it twice.
// A form that is answered with a file is marked `data-file`: its page stays, and the file may be requested again.
const GIVEN_UP_MS = 30_000; // who stopped the page from being fetched may send it then

addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  // Forms that a script sends are left to that script.
  if (event.defaultPrevented || form.method !== "post" || "file" in form.dataset) return;
  if ("sent" in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  setTimeout(() => delete form.dataset.sent, GIVEN_UP_MS);
});

addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]"))
    delete (/** @type {HTMLFormElement} */ (form).dataset.sent);
});
