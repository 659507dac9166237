// Which key does what: the reviewer may change the keys or switch them off (WCAG 2.1.4); this browser remembers it.

import { all, one } from "./dom.js";

const PLACE = "review-keys";
const fields = () => all("#key-form .key-of");
const ARROWS = { ArrowRight: "next", ArrowDown: "next", ArrowLeft: "previous", ArrowUp: "previous" };
let actions = {};  // by key
let on = true;

// What a key is for; "" if it is for nothing. Capitals count as small letters.
export function actionOf(key) {
  if (!on) return "";
  return ARROWS[key] || (key.length === 1 && actions[key.toLowerCase()]) || "";
}

export const numbersAreOn = () => on;

function kept() {
  try {
    return JSON.parse(localStorage.getItem(PLACE)) || {};
  } catch {
    return {};  // no storage, or not ours
  }
}

function keep() {
  const changed = fields().filter((field) => field.value !== field.dataset.usual);
  const keys = Object.fromEntries(changed.map((field) => [field.dataset.action, field.value]));
  try {
    localStorage.setItem(PLACE, JSON.stringify({ on, keys }));
  } catch {
    one("#keys-problem").textContent = "This browser keeps nothing, so the keys are as usual after a reload.";
  }
}

// Reads the form. A key that is another action's stays that one's, and the form says so.
function read(changed) {
  const problem = changed && refused(changed);
  if (problem) changed.value = keyOf(changed.dataset.action);
  actions = {};
  for (const field of fields()) {
    field.value = tidy(field.value);
    const taken = /[0-9]/.test(field.value) || Object.hasOwn(actions, field.value);
    if (taken) field.value = "";  // in what this browser has kept
    else if (field.value) actions[field.value] = field.dataset.action;
  }
  on = one("#keys-on").checked;
  one("#keys-problem").textContent = problem || "";
  showHints();
}

const tidy = (key) => key.trim().toLowerCase();
const keyOf = (action) => Object.keys(actions).find((key) => actions[key] === action) || "";

// Why an action cannot have the key in its field; "" if it can.
function refused(field) {
  const key = tidy(field.value);
  if (/[0-9]/.test(key)) return `${key} switches a label, so it can do nothing else.`;
  const other = fields().find((one) => one !== field && key && one.value === key);
  return other ? `${key} is in use for: ${one(`label[for="${other.id}"]`).textContent}` : "";
}

// The page shows the keys that hold.
export function showHints() {
  document.documentElement.classList.toggle("no-keys", !on);
  for (const hint of all("kbd[data-action]")) {
    const field = fields().find((one) => one.dataset.action === hint.dataset.action);
    if (field) hint.textContent = field.value;
  }
}

export function showKeys() {
  one("#keys").showModal();
}

if (one("#key-form")) {
  const { on: wanted = true, keys = {} } = kept();
  one("#keys-on").checked = wanted;
  for (const field of fields()) {
    const key = keys[field.dataset.action];
    if (typeof key === "string") field.value = key.slice(0, 1);
  }
  read();
  one("#key-form").addEventListener("change", (event) => {
    read(event.target.matches(".key-of") ? event.target : null);
    keep();
  });
  one("#usual-keys").addEventListener("click", () => {
    for (const field of fields()) field.value = field.dataset.usual;
    one("#keys-on").checked = true;
    read();
    keep();
  });
}
