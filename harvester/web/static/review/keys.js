// What keys do. A key that is held down does something once.

import { all, one } from "./dom.js";
import { edit, inFinder } from "./finder.js";
import { actionOf, numbersAreOn, showKeys } from "./keymap.js";
import { switchByNumber } from "./labels.js";
import { select } from "./list.js";
import { step, whenFree } from "./moving.js";

function press(action) {
  const button = one(`#paper button[value="${action}"]`) || (action === "undo" && one("#tail button[value=undo]"));
  if (button) button.click();
}

function open() {
  const link = one("#paper a.open");
  if (link) link.click();
}

function focus(selector) {
  const found = one(selector);
  if (!found) return;
  found.focus();
  found.scrollIntoView({ block: "nearest" });
}

function filters() {
  const details = one(".filters details");
  if (!details) return;
  details.open = true;
  focus(".filters details select");
}

function because(reason) {
  one("#reasons").close();
  const note = one("#note");
  const said = note.value.trim();
  // A reason that could not be sent stands there already.
  note.value = (said.startsWith(reason) ? said : [reason, said].filter(Boolean).join(": ")).slice(0, note.maxLength);
  press("reject");
}

// These act on the paper that is shown, so they wait until it is; the others act at once.
const onPaper = {
  accept: () => press("accept"),
  accept_too: () => press("accept"),
  reject: () => press("reject"),
  defer: () => press("defer"),
  undo: () => press("undo"),
  reason: () => one("#note") && one("#reasons").showModal(),
  labels: edit,
  note: () => focus("#note"),
  links: () => one("#paper [name=links]")?.click(),
  select,
  open,
};
const atOnce = {
  next: () => step(1),
  previous: () => step(-1),
  many: () => focus(".many button"),
  search: () => focus("#search"),
  filters,
  help: showKeys,
};

function inReasons(event) {
  const button = all("#reasons [data-reason]")[Number(event.key) - 1];
  if (!button || event.repeat) return;
  event.preventDefault();
  because(button.dataset.reason);
}

// Fields for text take all keys themselves; Escape leaves them, and Enter leaves the note instead of accepting.
function inField(event) {
  const leaves = event.key === "Escape" || (event.key === "Enter" && event.target.id === "note");
  if (!leaves) return;
  event.preventDefault();
  event.target.blur();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (one("#reasons[open]")) return inReasons(event);
  if (one("dialog[open]") || !one("#paper")) return;
  const at = event.target;
  if (at.id === "find-label") return inFinder(event);
  if (at.matches("textarea, select, input:not([type=checkbox]):not([type=radio])")) return inField(event);
  if (at.matches("[type=radio]") && event.key.startsWith("Arrow")) return;  // they choose among the labels
  const action = actionOf(event.key);
  const number = numbersAreOn() && /^[1-9]$/.test(event.key) ? event.key : "";
  if (!action && !number) return;
  event.preventDefault();
  if (event.repeat) return;
  if (number) whenFree(() => switchByNumber(number));
  else if (atOnce[action]) atOnce[action]();
  else whenFree(onPaper[action]);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("#show-keys")) showKeys();
  const reason = event.target.closest("[data-reason]");
  if (reason) because(reason.dataset.reason);
});
