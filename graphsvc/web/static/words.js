// Counts and times in the words of `graphsvc.records`: tests/views/test_wording.py checks that both agree.

const MANY = { entity: "entities", identity: "identities", person: "people", query: "queries", witness: "witnesses" };

export const NARROW = "Narrow it: fewer steps, a least belief, only the record, or leave somebody out";

export const plural = (number, one, many = MANY[one] ?? `${one}s`) => (number === 1 ? one : many);

export const count = (number, one, many) => `${number.toLocaleString("en")} ${plural(number, one, many)}`;

// Return the day of a moment, which is ISO text or a Date.
export const day = (at) =>
  new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

export const clock = (at) => `${new Date(at).toISOString().slice(11, 16)} UTC`;

export const moment = (at) => `${day(at)}, ${clock(at)}`;
