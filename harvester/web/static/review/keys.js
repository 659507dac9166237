// What each key does.

import { one } from "./dom.js";
import { edit, inFinder } from "./labels.js";
import { step } from "./list.js";
import { whenFree } from "./moving.js";

function act(action) {
  const button = one(`#paper button[value="${action}"]`) || (action === "undo" && one("#tail button[value=undo]"));
  if (button) button.click();
}

function open() {
  const link = one("#paper a.open");
  if (link) link.click();
}

const keys = {
  j: () => step(1), k: () => step(-1),
  a: () => act("accept"), v: () => act("accept"), x: () => act("reject"), d: () => act("defer"), u: () => act("undo"),
  e: edit, o: open,
  "/": () => one("#search") && one("#search").focus(),
  "?": () => one("#keys").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || one("dialog[open]")) return;
  const at = event.target;
  if (at.id === "find-label") return inFinder(event);
  if (at.matches("textarea, select, input:not([type=checkbox]):not([type=radio])")) {
    if (event.key === "Escape") at.blur();
    return;
  }
  if (!Object.hasOwn(keys, event.key) || !one("#paper")) return;
  event.preventDefault();
  whenFree(keys[event.key]);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("#show-keys")) one("#keys").showModal();
});
