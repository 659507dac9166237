// The page: reads the state from the address, shows it, and writes what the reader changes back into the address.

import { load } from "./data.js";
import { h } from "./dom.js";
import { Facets } from "./facets.js";
import { axes as axesOf, select } from "./filter.js";
import { ask, ready } from "./finding.js";
import { list, paperAddress } from "./list.js";
import { map, prepare } from "./map.js";
import { read, write } from "./state.js";
import { trends } from "./trends.js";

const TITLE = document.title;
const box = document.getElementById("q");
const heading = document.getElementById("heading"); // for screen readers
const status = document.getElementById("status");
const view = document.getElementById("view");
const sidebar = document.getElementById("facets");
const SOON = 150; // milliseconds in which nobody asks what is going on
let data, axes, facets, state, drawn = 0;

async function start() {
  try {
    data = await load();
  } catch {
    status.textContent = "The papers could not be loaded. Please try again later.";
    return;
  }
  axes = axesOf(data);
  facets = new Facets(sidebar, data, axes, change);
  state = read(location.search, data.facets);
  if (moved()) return;
  if (box.value && !state.q) change((now) => (now.q = box.value), { replace: true }); // typed before the data had come
  else show();
  box.value = state.q;
}

/** Papers had no pages of their own once; whoever comes by such an address is sent on. */
function moved() {
  const id = new URLSearchParams(location.search).get("paper");
  const paper = id === null ? undefined : data.position.get(id);
  if (paper !== undefined) location.replace(paperAddress(data, paper));
  else if (id) status.textContent = "The catalog does not have this paper.";
  return Boolean(id);
}

async function scored(query) {
  if (!query.trim()) return null;
  ready(renewed);
  const late = setTimeout(() => (status.textContent = "Searching…"), SOON);
  try {
    return await ask("find", query);
  } finally {
    clearTimeout(late);
  }
}

/** The abstracts have come, so more may be found. */
function renewed() {
  if (state && state.q.trim()) show();
}

/**
 * Alter the state, show it, and keep it in the address; typing replaces the last address instead of adding one.
 * What has been shown already changes the address quietly.
 */
function change(alter, { replace = false, quiet = false } = {}) {
  alter(state);
  history[replace ? "replaceState" : "pushState"](null, "", write(state));
  if (!quiet) show();
}

async function show() {
  const turn = ++drawn;
  for (const link of document.querySelectorAll("nav a[data-view]")) {
    const here = link.dataset.view === state.view || (link.dataset.view === "cards" && state.view === "table");
    link.toggleAttribute("aria-current", here);
    if (here) {
      link.setAttribute("aria-current", "page");
      heading.textContent = link.textContent;
    }
    link.href = write({ ...state, view: link.dataset.view });
  }
  document.title = state.q ? `${state.q} – ${TITLE}` : TITLE;
  const scores = await scored(state.q);
  if (turn !== drawn) return undefined;
  const { found, counts, withCode } = select(data, axes, state, scores);
  facets.update(state, counts, withCode);
  const shown = await content(found);
  if (turn !== drawn) return undefined; // the reader has gone on meanwhile
  view.replaceChildren(shown);
  status.textContent = `${found.length.toLocaleString("en")} of ${data.size.toLocaleString("en")} papers`;
  performance.mark("shown");
  return undefined;
}

async function content(found) {
  try {
    if (state.view === "map" && !view.querySelector(".field")) view.replaceChildren(h("p", { class: "empty" }, "Drawing the map…"));
    if (state.view === "map") return await map(data, axes, state, found, change);
  } catch {
    return h("p", {}, "The map could not be loaded. Please try again later.");
  }
  return state.view === "trends" ? trends(data, state, found, change) : list(data, state, found, change);
}

function visit() {
  state = read(location.search, data.facets);
  box.value = state.q;
  show();
}

addEventListener("popstate", visit);
for (const sign of ["pointerenter", "focus"]) document.querySelector("nav a[data-view=map]").addEventListener(sign, () => prepare().catch(() => {}));
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || !data || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const target = link.getAttribute("href");
  if (target !== "./" && !target.startsWith("?")) return;
  event.preventDefault();
  history.pushState(null, "", target);
  visit();
  scrollTo(0, 0);
  if (!link.closest("nav")) document.getElementById("main").focus({ preventScroll: true });
});
box.addEventListener("focus", () => data && ready(renewed)); // before the first key is pressed
box.addEventListener("input", () => data && change((now) => (now.q = box.value), { replace: true }));
document.getElementById("search").addEventListener("submit", (event) => event.preventDefault());
addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
    event.preventDefault();
    box.focus();
  }
});
start();
