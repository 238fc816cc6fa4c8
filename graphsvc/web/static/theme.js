// Sets the theme before the first paint, so that nothing flashes, and follows the system when it changes.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
follow();
dark.addEventListener("change", follow);

// The rail as icons alone, as the reader last chose.
if (window.localStorage.getItem("rail") === "icons") document.documentElement.classList.add("icons-only");
