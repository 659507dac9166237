// Finding a label by typing: its name, its id, a synonym or an abbreviation.

import { all, one } from "./dom.js";
import { showAll } from "./labels.js";

// By facet:label, all in small letters, the name first. Until they have come, names alone are searched.
let words = {};

async function load() {
  const answer = await fetch("/review/labels");
  if (answer.ok) words = await answer.json();
}
load().catch(() => {});

const shownName = (chip) => one(".name", chip).textContent.toLowerCase();

// How well a label fits what was typed: 0 is best, and infinity is not at all.
function rank(typed, [name, ...others]) {
  const orders = [
    () => name === typed || others.includes(typed),
    () => name.startsWith(typed),
    () => name.includes(typed),
    () => others.some((word) => word.startsWith(typed)),
    () => typed.length > 2 && others.some((word) => word.includes(typed)),
  ];
  const found = orders.findIndex((fits) => fits());
  return found < 0 ? Infinity : found;
}
const EXACT = 0;
const BY_NAME = 2;  // the last rank of a label whose name fits; parts of synonyms count where no name does

// The worst rank that is still shown. What fits exactly leaves nothing to choose, and nothing before it.
function shownTo(best) {
  if (best === EXACT) return EXACT;
  if (best <= BY_NAME) return BY_NAME;
  return best === Infinity ? -1 : Number.MAX_VALUE;
}

// Labels that fit what was typed stay; the one that fits best is the one that Enter switches.
function matching() {
  const typed = one("#find-label").value.trim().toLowerCase();
  const chips = all(".facets label.chip");
  const ranks = chips.map((chip) => (typed ? rank(typed, words[chip.dataset.label] || [shownName(chip)]) : 0));
  const best = Math.min(...ranks);
  const worst = typed ? shownTo(best) : Infinity;
  const first = typed && best < Infinity ? chips[ranks.indexOf(best)] : null;
  for (const [place, chip] of chips.entries()) {
    chip.classList.toggle("passed", ranks[place] > worst);
    chip.classList.toggle("first", chip === first);
  }
  return first;
}

export function edit() {
  const box = one("#find-label");
  if (!box) return;
  showAll(true);
  box.focus();
  box.scrollIntoView({ block: "nearest" });
}

export function inFinder(event) {
  const box = event.target;
  if (event.key === "Enter") {
    event.preventDefault();
    const chip = matching();
    if (chip) one("input", chip).click();
  } else if (event.key !== "Escape") return;
  box.value = "";
  matching();
  if (event.key !== "Escape") return;
  box.blur();
  showAll(false);
}

document.addEventListener("input", (event) => event.target.id === "find-label" && matching());
