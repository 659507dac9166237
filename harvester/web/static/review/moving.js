// Requests for papers: one at a time, what happens when one has come, and what if none comes.

import { one, say, shown } from "./dom.js";
import { nameButton } from "./labels.js";
import { following, mark, rowOf } from "./list.js";

// While an answer is on its way keys wait, so that none acts on a paper that is about to go.
let busy = false;
const waiting = [];

export function whenFree(work) {
  if (busy) waiting.push(work);
  else work();
}

function free() {
  busy = false;
  const work = waiting.shift();
  if (work) whenFree(work);
}

document.addEventListener("htmx:configRequest", (event) => {
  const form = event.target.closest("form");
  if (!form || !form.matches(".decide") || !shown()) return;
  const row = rowOf(shown().dataset.number);
  const next = row && following(row);
  event.detail.parameters.next = next ? next.dataset.id : "";
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target && event.detail.target.id === "paper") busy = true;
});
for (const end of ["htmx:sendError", "htmx:timeout", "htmx:sendAbort"]) {
  document.addEventListener(end, (event) => {
    if (event.detail.target && event.detail.target.id !== "paper") return;
    waiting.length = 0;
    busy = false;
    if (end === "htmx:sendError") say("The server does not respond; nothing was changed.");
  });
}
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr && event.detail.xhr.status >= 400) waiting.length = 0;  // what was meant for later papers
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.target.matches("#paper, #said")) return;
  const article = shown();
  if (event.target.id === "paper" && article) {
    mark(article.dataset.number);
    nameButton();
    one("#paper").focus({ preventScroll: true });
    one("section.paper").scrollTop = 0;
    if (matchMedia("(max-width: 56rem)").matches) one("section.paper").scrollIntoView();
  }
  free();
});
