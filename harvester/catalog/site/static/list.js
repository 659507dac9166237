// Cards and table, drawn a page at a time while the reader scrolls.

import { copy } from "./clipboard.js";
import { bibtexOf, labelsOf, linksOf, shownDate } from "./data.js";
import { h } from "./dom.js";
import { ask } from "./finding.js";
import { follow } from "./follow.js";
import { only } from "./state.js";

const PAGE = 40;
const AUTHORS = 6;

/** The list of papers with its head, its first page drawn; `change` alters the state. */
export async function list(data, state, found, change) {
  const rows = state.view === "table" ? table(data) : { box: h("ol", { class: "cards" }), element: null };
  const make = state.view === "table" ? row : card;
  const more = h("button", { type: "button", class: "quiet more", onclick: () => add(true) });
  let shown = 0, busy = false;
  const add = async (byHand) => {
    if (busy) return;
    busy = true;
    const papers = found.slice(shown, shown + PAGE);
    const told = state.q.trim() ? await ask("show", state.q, papers) : [];
    const part = papers.map((paper, number) => make(data, paper, told[number] || PLAIN));
    busy = false;
    shown += part.length;
    rows.box.append(...part);
    more.hidden = shown >= found.length;
    more.textContent = `Show more (${(found.length - shown).toLocaleString("en")} left)`;
    if (byHand && part.length) part[0].querySelector("a").focus();
  };
  await add(false);
  const watch = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && !more.hidden && add(false), { rootMargin: "600px" });
  watch.observe(more);
  const empty = found.length ? null : h("p", { class: "empty" }, "No papers match. Remove a filter, or try other words.");
  return h("div", {}, head(state, change), follow(data, state), empty || rows.element || rows.box, more);
}

function head(state, change) {
  const tab = (view, name) =>
    h("button", { type: "button", class: "quiet", "aria-pressed": String(state.view === view), onclick: () => change((now) => (now.view = view)) }, name);
  const sort = h("select", { id: "sort", onchange: () => change((now) => (now.sort = sort.value)) },
    [["", state.q ? "Best match" : "Newest first"], ...(state.q ? [["newest", "Newest first"]] : []), ["oldest", "Oldest first"], ["added", "Recently added"]].map(([value, name]) =>
      h("option", { value, selected: state.sort === value }, name)));
  return h("div", { class: "head" },
    h("div", { class: "tabs", role: "group", "aria-label": "Layout of the list" }, tab("cards", "Cards"), tab("table", "Table")),
    h("label", { for: "sort", class: "unseen" }, "Order"), sort);
}

/** The address of a paper's page. */
export const paperAddress = (data, paper) => `paper/${encodeURIComponent(data.slug[paper])}/`;

const PLAIN = { title: null, extract: null };
const marked = (parts) => parts.map(([text, found]) => (found ? h("mark", {}, text) : text));

/** The title, struck through if the paper was retracted. */
function titleOf(data, paper, { title }) {
  const text = title ? marked(title) : data.title[paper];
  return data.links[paper].retraction ? h("s", { title: "Retracted" }, text) : text;
}

function card(data, paper, told) {
  return h("li", { class: "card" },
    h("h2", { dir: "auto" }, h("a", { href: paperAddress(data, paper) }, titleOf(data, paper, told))),
    about(data, paper),
    told.extract ? h("p", { class: "extract", dir: "auto" }, marked(told.extract)) : null,
    chips(data, paper),
    links(data, paper));
}

/** Authors, venue and date on a line. */
function about(data, paper) {
  const names = data.authors[paper] ? data.authors[paper].split(", ") : [];
  const authors = names.length > AUTHORS ? `${names.slice(0, AUTHORS).join(", ")} et al.` : names.join(", ");
  const place = [data.venues[data.venue[paper]], shownDate(data.date[paper])].filter(Boolean).join(", ");
  const added = data.added[paper] ? `added ${data.added[paper]}` : "";
  return h("p", { class: "about", dir: "auto" }, [authors, place, added].filter(Boolean).join(" · "));
}

/** The labels, each a link to all papers that have it. */
function chips(data, paper) {
  const found = labelsOf(data, paper);
  if (!found.length) return null;
  return h("ul", { class: "chips", "aria-label": "Labels" },
    found.map((one) => h("li", {}, h("a", { class: `chip f${one.place}`, href: only(data.facets, { [one.facet]: one.label }) }, one.name))));
}

/** Where the paper and its code are, and its citation. */
function links(data, paper) {
  const cite = h("button", { type: "button", class: "plain", onclick: () => copy(cite, bibtexOf(data, paper)) }, "Copy BibTeX");
  const title = data.title[paper];
  const outside = linksOf(data, paper).map(([name, address]) => h("a", { href: address, rel: "noopener", "aria-label": `${name}: ${title}` }, name));
  cite.setAttribute("aria-label", `Copy BibTeX: ${title}`);
  const votes = data.votes[paper];
  return h("p", { class: "links" }, outside, votes ? h("span", { title: "At Hugging Face" }, `${votes} upvote${votes === 1 ? "" : "s"}`) : null, cite);
}

function table(data) {
  const body = h("tbody");
  const names = ["Title", "Date", "Venue", ...data.facets.filter((facet) => facet.id !== "kind").map((facet) => facet.name), "Links"];
  const head = h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, name))));
  return { box: body, element: h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Papers as a table" }, h("table", { class: "papers" }, head, body)) };
}

function row(data, paper, told) {
  const cells = data.facets.filter((facet) => facet.id !== "kind").map((facet) => data.labels[facet.id][paper].map((label) => facet.labels[label].name).join(", "));
  return h("tr", {},
    h("th", { scope: "row", dir: "auto" }, h("a", { href: paperAddress(data, paper) }, titleOf(data, paper, told))),
    h("td", { class: "date" }, shownDate(data.date[paper])),
    h("td", {}, data.venues[data.venue[paper]]),
    cells.map((cell) => h("td", {}, cell)),
    h("td", {}, linksOf(data, paper).slice(0, 3).map(([name, address]) => h("a", { href: address, rel: "noopener", "aria-label": `${name}: ${data.title[paper]}` }, name))));
}
