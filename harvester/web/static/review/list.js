// The list beside the paper: which row is shown, which one follows, and what a decision changes in it.

import { all, narrow, one, say } from "./dom.js";

const rows = () => all(".rows li[data-number]");
export const rowOf = (number) => one(`#row-${number}`);
export const current = () => one(".rows [aria-current]");

export function mark(number) {
  const before = current();
  const now = rowOf(number);
  if (before) before.removeAttribute("aria-current");
  if (!now) return;
  now.setAttribute("aria-current", "true");
  // In a list with a scroll bar of its own: below it, on a narrow screen, the page itself would scroll away.
  if (!narrow()) now.scrollIntoView({ block: "nearest" });
}

export function neighbor(by) {
  const found = rows();
  return found[found.indexOf(current()) + by];
}

export const last = () => rows().at(-1);

// Where to go after a decision is for the list to say: it is what the reviewer sees.
export function following(row) {
  const found = rows();
  const after = found.slice(found.indexOf(row) + 1);
  return after.find((other) => other.dataset.state === row.dataset.state) || after[0];
}

// Selecting for a decision on many: the box in front of the row.
export function select() {
  const row = current();
  if (row) one("input", row).click();
}

// Above the list: all of its state, or of those that match the ones still in it.
function total(before, after, counts) {
  const shown = one("#total span");
  const listed = one(".states [aria-current] .count");
  if (!shown || !listed) return;
  const state = listed.dataset.state;
  const change = before ? (after === state) - (before === state) : 0;
  shown.textContent = one(".filters .clear") ? Number(shown.textContent) + change : counts[state];
}

// Each action shows its effect at once: on the paper's line, in the counts, and in words.
document.addEventListener("decided", (event) => {
  const { id, state, already, counts } = event.detail;
  const now = `${already ? "Already" : "Now"} ${state}`;
  for (const count of all(".states .count")) count.textContent = counts[count.dataset.state];
  const row = one(`.rows [data-id="${CSS.escape(id)}"]`);
  total(row && row.dataset.state, state, counts);
  if (!row) return say(`${now}.`);
  row.dataset.state = state;
  one(".done", row).textContent = state === "pending" ? "" : state;
  say(`${now}: ${one(".title", row).textContent}`);
});
