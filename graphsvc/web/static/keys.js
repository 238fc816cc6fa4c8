// Keys that work on every page; menus close with Escape and when something else is clicked.
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const open of document.querySelectorAll("header details[open]")) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") {
    const search = document.getElementById("search");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  } else if (event.key === "?") {
    event.preventDefault();
    document.getElementById("keys").showModal();
  }
});

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("header details[open]")) {
    if (!open.contains(/** @type {Node} */ (event.target))) open.open = false;
  }
});

const fold = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-fold-rail]"));
if (fold) {
  const root = document.documentElement.classList;
  const show = () => fold.setAttribute("aria-pressed", String(root.contains("icons-only")));
  fold.hidden = false;
  fold.addEventListener("click", () => {
    window.localStorage.setItem("rail", root.toggle("icons-only") ? "icons" : "");
    show();
  });
  show();
}
