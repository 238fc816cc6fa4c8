import { day } from "./words.js";

// Days as people type and read them, such as 8 May 2020. The service reads the same forms (graphsvc/records/dates.py).
const MONTHS = "january february march april may june july august september october november december".split(" ");
const TYPED = /^(?:(?:(\d{1,2})(?:st|nd|rd|th)?[\s./]+(?:of\s+)?)?([a-z]{3,}|\d{1,2})[\s./]+)?(\d{4})$/;

// Return the first day (or the last) that a typed day, month or year means, as 2020-05-08, or nothing if it is no date.
export function isoDay(typed, last = false) {
  const text = typed.trim().toLowerCase();
  const [, date, word, year] = text.match(TYPED) ?? [];
  const month = Number(word) || MONTHS.findIndex((name) => word && name.startsWith(word)) + 1;
  const digits = (number) => String(number).padStart(2, "0");
  const given = year && word ? [year, digits(month), ...(date ? [digits(date)] : [])].join("-") : text;
  if (!/^\d{4}(-\d\d){0,2}$/.test(given)) return "";
  const begin = new Date(`${given}T00:00Z`.replace(/^(\d{4})T/, "$1-01T").replace(/^(\d{4}-\d\d)T/, "$1-01T"));
  if (Number.isNaN(begin.valueOf()) || !begin.toISOString().startsWith(given)) return "";
  if (last && given.length === 4) begin.setUTCMonth(12, 0);
  if (last && given.length === 7) begin.setUTCMonth(begin.getUTCMonth() + 1, 0);
  return begin.toISOString().slice(0, 10);
}

export const shownDay = (iso) => iso && day(iso);

// A field with text that is no day says so when its form is sent.
document.addEventListener("input", ({ target }) => {
  if (!(target instanceof HTMLInputElement) || !("day" in target.dataset)) return;
  target.setCustomValidity(target.value.trim() && !isoDay(target.value) ? "Write a day as 8 May 2020." : "");
});
