// Moving from paper to paper: one request at a time, given up once its paper was left; the next paper is fetched ahead.

import { narrow, one, say, shown } from "./dom.js";
import { showHints } from "./keymap.js";
import { showAll } from "./labels.js";
import { current, following, last, mark, neighbor, rowOf } from "./list.js";

const OFFLINE = "You are offline. What you tick and note is kept in this browser; decide again once you are online.";
// The answer may have been lost on its way: then the same decision again passes silently.
const UNANSWERED = "The server does not respond. Decide again: what has reached it is not done twice.";
const LAST = "#last";  // of an address: the last paper of that page is shown
const PAST = 300;  // milliseconds after which a wait is shown
let deciding = false;  // a decision is on its way: keys wait, so that none acts on a paper that is about to go
let visit = null;  // the AbortController of the paper that is on its way
let ahead = null;  // what was fetched ahead: { address, controller, answer, page }; the page once it has come
let slow = 0;
const waiting = [];

export function whenFree(work) {
  if (deciding || visit) waiting.push(work);
  else work();
}

function free() {
  deciding = false;
  endPreview();
  quiet();
  const work = waiting.shift();
  if (work) whenFree(work);
}

function busy(words) {
  clearTimeout(slow);
  one("#paper").setAttribute("aria-busy", "true");
  slow = setTimeout(() => say(words), PAST);
}

function quiet() {
  clearTimeout(slow);
  one("#paper").removeAttribute("aria-busy");
}

// A paper has come: everything else on the page follows it.
function arrived({ remember = true } = {}) {
  const article = shown();
  if (!article) return;
  mark(article.dataset.number);
  showAll(false);  // what is ticked in this paper is in view
  showHints();
  if (remember && one(".rows")) history.pushState({ paper: article.dataset.id }, "", article.dataset.address);
  const previewed = endPreview();
  one("#paper").focus({ preventScroll: true });
  if (!previewed) toTop();
  fetchAhead();
}

function toTop() {
  one("section.paper").scrollTop = 0;
  if (narrow()) one("section.paper").scrollIntoView();
}

async function ask(address, signal) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal });
  const elsewhere = answer.headers.get("HX-Redirect");
  if (elsewhere) location.assign(elsewhere);
  return { ok: answer.ok && !elsewhere, text: await answer.text() };
}

// What comes after the shown paper, so that moving on need not wait. A decision names the version that was seen, so
// one on a page that has become old changes nothing.
function fetchAhead() {
  const row = current();
  const next = row && following(row);
  const address = next ? one("a", next).dataset.pane : "";
  if (ahead && ahead.address === address) return;
  forget();
  if (!address) return;
  const controller = new AbortController();
  const fetched = { address, controller, page: null };
  fetched.answer = ask(address, controller.signal).catch(() => null);
  fetched.answer.then((answer) => {
    if (answer && answer.ok) fetched.page = pageOf(answer.text);
  });
  ahead = fetched;
}

function pageOf(text) {
  const page = document.createElement("div");
  page.id = "preview";
  page.inert = true;
  page.innerHTML = text;
  return page;
}

function pageAhead(row) {
  return row && ahead && one("a", row).dataset.pane === ahead.address ? ahead.page : null;
}

// While a decision is being saved the next paper can be read already. It takes no input until the answer has come, so
// nothing that is done to it is lost, and if the decision is refused, its own paper is still there.
function preview(row) {
  const next = pageAhead(row);
  if (!next) return;
  one("#paper").after(next);
  one("#paper").hidden = true;
  mark(row.dataset.number);
  toTop();
}

// The server need not send what this page has already, in the version that still holds.
function keepPreview() {
  const next = one("#preview");
  if (!next) return;
  ahead = null;
  one("#paper").replaceChildren(...next.childNodes);
  window.htmx.process(one("#paper"));
}

function endPreview() {
  const next = one("#preview");
  if (next) next.remove();
  one("#paper").hidden = false;
  return Boolean(next);
}

// What was fetched ahead is no longer as it was.
export function forget() {
  if (ahead) ahead.controller.abort();
  ahead = null;
}

function taken(address, signal) {
  const found = ahead && ahead.address === address ? ahead.answer : null;
  if (!found) return ask(address, signal);
  const { controller } = ahead;
  signal.addEventListener("abort", () => controller.abort());
  ahead = null;
  return found.then((answer) => answer || ask(address, signal));
}

export async function open(row, options) {
  if (visit) visit.abort();
  const controller = new AbortController();
  visit = controller;
  mark(row.dataset.number);
  busy("Loading the paper…");
  try {
    const { ok, text } = await taken(one("a", row).dataset.pane, controller.signal);
    if (controller !== visit) return;
    visit = null;
    if (!ok) throw new Error(text);
    one("#paper").innerHTML = text;
    window.htmx.process(one("#paper"));
    arrived(options);
  } catch (error) {
    if (controller.signal.aborted && controller !== visit) return;
    visit = null;
    waiting.length = 0;
    if (shown()) mark(shown().dataset.number);
    say(navigator.onLine ? "The server does not respond; the paper is not shown." : OFFLINE);
  }
  free();
}

// Keys that move give up the paper that is on its way; they only wait for decisions.
export function step(by) {
  if (deciding) waiting.push(() => step(by));
  else if (neighbor(by)) open(neighbor(by));
  else turn(by);
}

// From the last paper of a page of the list to the next page, and back to the last paper of the one before.
function turn(by) {
  if (!one(".rows")) return;
  const link = one(`.pages [rel=${by > 0 ? "next" : "prev"}]`);
  if (!link) return say(by > 0 ? "This is the last paper of the list." : "This is the first paper of the list.");
  if (visit) visit.abort();
  visit = null;
  location.assign(link.href + (by > 0 ? "" : LAST));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(".rows a[data-pane]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (!deciding) open(link.closest("li"));
});

window.addEventListener("popstate", (event) => {
  const row = event.state && event.state.paper && one(`.rows [data-id="${CSS.escape(event.state.paper)}"]`);
  if (row) open(row, { remember: false });
  else location.reload();
});

document.addEventListener("htmx:configRequest", (event) => {
  const form = event.target.closest("form");
  if (!form || !form.matches(".decide") || !shown()) return;
  const row = rowOf(shown().dataset.number);
  const next = row && following(row);
  event.detail.parameters.next = next ? next.dataset.id : "";
  const page = event.detail.parameters.action === "undo" ? null : pageAhead(next);
  if (page) event.detail.parameters.held = one("[name=version]", page).value;
});
// Other parts of the page, such as the progress, are fetched by themselves, and end no wait.
const decides = (event) => event.detail.requestConfig?.target?.id === "paper";
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!decides(event)) return;
  deciding = true;
  busy("Saving the decision…");
  const row = shown() && rowOf(shown().dataset.number);
  if (row && event.detail.requestConfig.parameters.action !== "undo") preview(following(row));
});
// The answer has come and says what was done, so the wait has no more to say.
document.addEventListener("htmx:beforeOnLoad", (event) => decides(event) && clearTimeout(slow));
for (const end of ["htmx:sendError", "htmx:timeout", "htmx:sendAbort"]) {
  document.addEventListener(end, (event) => {
    if (event.detail.target && event.detail.target.id !== "paper") return;
    waiting.length = 0;
    free();
    if (shown()) mark(shown().dataset.number);
    if (end === "htmx:sendError") say(navigator.onLine ? UNANSWERED : OFFLINE);
  });
}
document.addEventListener("htmx:afterRequest", (event) => {
  if (!decides(event) || event.detail.xhr.status < 400) return;
  waiting.length = 0;  // what was meant for later papers
  if (endPreview() && shown()) mark(shown().dataset.number);
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.target.matches("#paper, #said")) return;
  if (event.detail.xhr.getResponseHeader("HX-Reswap") === "none") keepPreview();
  if (event.target.id === "paper") arrived();
  free();
});

if (one("#said")) {
  window.addEventListener("offline", () => say(OFFLINE));
  window.addEventListener("online", () => {
    say("You are online again.");
    fetchAhead();
  });
}
if (shown() && narrow()) one("section.paper").scrollIntoView();
if (shown() && current()) {
  const turned = location.hash === LAST;
  history.replaceState({ paper: shown().dataset.id }, "", turned ? location.pathname + location.search : undefined);
  if (turned && last() !== current()) open(last());
  else fetchAhead();
}
