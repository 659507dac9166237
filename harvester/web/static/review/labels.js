// Labels: showing those of little probability, and finding one by its name.

import { all, one } from "./dom.js";

const root = document.documentElement;

// Labels that the model gives little chance are out of sight until somebody edits labels.
function showAll(open) {
  root.classList.toggle("all-labels", open);
  nameButton();
}

export function nameButton() {
  const button = one("#all-labels");
  if (!button) return;
  const open = root.classList.contains("all-labels");
  button.setAttribute("aria-expanded", String(open));
  button.textContent = open ? "Likely labels" : "All labels";
}

export function edit() {
  const box = one("#find-label");
  if (!box) return;
  showAll(true);
  box.focus();
  box.scrollIntoView({ block: "nearest" });
}

// Labels whose name holds what was typed stay; Enter switches the first of them.
function matching() {
  const typed = one("#find-label").value.trim().toLowerCase();
  const name = (chip) => one(".name", chip).textContent.toLowerCase();
  const chips = all(".facets label.chip");
  for (const chip of chips) chip.classList.toggle("passed", !name(chip).includes(typed));
  const found = typed ? chips.filter((chip) => !chip.classList.contains("passed")) : [];
  const first = found.find((chip) => name(chip).startsWith(typed)) || found[0];
  for (const chip of chips) chip.classList.toggle("first", chip === first);
  return first;
}

export function inFinder(event) {
  const box = event.target;
  if (event.key === "Enter") {
    event.preventDefault();
    const chip = matching();
    if (chip) one("input", chip).click();
    box.value = "";
    matching();
  } else if (event.key === "Escape") {
    box.value = "";
    matching();
    box.blur();
  }
}

document.addEventListener("input", (event) => event.target.id === "find-label" && matching());
document.addEventListener("click", (event) => {
  if (event.target.closest("#all-labels")) showAll(!root.classList.contains("all-labels"));
});
