// Add the time of printing: the page may have been read long before. Without scripts only the time of reading is shown.
import { clock, day, moment } from "./words.js";

addEventListener("beforeprint", () => {
  for (const place of document.querySelectorAll("[data-printed]")) {
    const read = /** @type {HTMLTimeElement} */ (place.previousElementSibling).dateTime;
    const at = new Date();
    place.textContent = ` · printed ${day(read) === day(at) ? clock(at) : moment(at)}`;
  }
});
