// Labels: showing those of little probability, switching by number, and marking the sentences that one rests on.

import { all, one } from "./dom.js";

const root = document.documentElement;

// Labels that the model gives little chance are out of sight until somebody edits labels.
export function showAll(open) {
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

// Switches the label that shows this number; false if none does.
export function switchByNumber(number) {
  const box = one(`#paper input[aria-keyshortcuts="${CSS.escape(number)}"]`);
  if (!box) return false;
  box.click();
  light(box.closest(".chip"));
  return true;
}

// The sentences of one label have its color while it is pointed at or has the focus; no text moves for it.
function light(chip) {
  const hue = chip && [...chip.classList].find((name) => name.startsWith("hue-"));
  for (const sentence of all("#abstract mark")) {
    const supports = Boolean(hue) && sentence.dataset.supports.split(" ").includes(chip.dataset.label);
    sentence.className = supports ? `lit ${hue}` : "";
  }
}

for (const [begins, ends] of [["focusin", "focusout"], ["pointerover", "pointerout"]]) {
  document.addEventListener(begins, (event) => {
    const chip = event.target.closest("label.chip");
    if (chip) light(chip);
  });
  document.addEventListener(ends, (event) => {
    if (event.target.closest("label.chip")) light(one("label.chip:has(:focus)"));
  });
}
document.addEventListener("click", (event) => {
  if (event.target.closest("#all-labels")) showAll(!root.classList.contains("all-labels"));
});
