// "Follow this search": feed and digest of exactly what the list shows, where a server offers them.

import { h } from "./dom.js";

const COLUMNS = ["year", "venue"];
const WORD = new Intl.ListFormat("en", { type: "disjunction" });

/** Links to the feed and the digest of a state; null on a static site, which has neither. */
export function follow(data, state) {
  if (!document.querySelector('nav a[href="/subscribe"]')) return null;
  const { maxLength } = document.getElementById("q");
  if (state.q.trim().length > maxLength) {
    return h("p", { class: "follow" }, `A search of more than ${maxLength} characters cannot be followed.`);
  }
  const feed = new URLSearchParams(), digest = new URLSearchParams();
  if (state.q.trim()) {
    feed.set("q", state.q.trim());
    digest.set("words", state.q.trim());
  }
  for (const facet of data.facets.map((one) => one.id)) {
    if (state.chosen[facet].size) feed.set(facet, [...state.chosen[facet]].join(","));
    for (const label of state.chosen[facet]) digest.append(facet, label);
  }
  for (const name of COLUMNS) for (const value of state.chosen[name]) feed.append(name, value);
  if (state.code) feed.set("code", "1");
  if (state.since) feed.set("since", state.since);
  return h("p", { class: "follow" }, "Follow this search: ",
    h("a", { href: `/feeds/search.atom?${feed}`, rel: "alternate", type: "application/atom+xml" }, "feed"), " or ",
    h("a", { href: `/subscribe?${digest}` }, "by mail"), without(state));
}

/** What the mail cannot choose by, so that nobody expects it to. */
function without(state) {
  const left = [...COLUMNS.filter((name) => state.chosen[name].size), ...(state.code ? ["code"] : [])];
  return left.length ? `; the mail does not choose by ${WORD.format(left)}` : "";
}
