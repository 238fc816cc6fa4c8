import { suggest } from "./suggest.js";

// Suggestions under the search box of every page. Enter without a choice opens the page of results.
const form = document.querySelector("form.search");
if (form) suggest(form.querySelector("input"), { twin: form.dataset.twin, take: (one) => location.assign(one.href) });
