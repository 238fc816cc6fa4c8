import { suggest } from "./suggest.js";

// Suggestions under the search box of every page. Enter without a chosen suggestion opens the results page.
const form = document.querySelector("form.search");
if (form) suggest(form.querySelector("input"), { twin: form.dataset.twin, take: (one) => location.assign(one.href) });
