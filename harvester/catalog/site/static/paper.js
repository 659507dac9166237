// The page of one paper, with those most like it.

import { bibtexOf, fetched } from "./data.js";
import { h } from "./dom.js";
import { about, chips, copy, links, paperAddress, titleOf } from "./list.js";

/** A paper's page; null if the catalog does not have the paper. */
export function page(data, id) {
  const paper = data.position.get(id);
  if (paper === undefined) return null;
  const record = h("pre", { class: "bibtex", tabindex: "0", "aria-label": "BibTeX record" }, "…");
  const button = h("button", { type: "button", onclick: () => copy(button, bibtexOf(data, paper)) }, "Copy");
  const alike = h("ol", { class: "similar" });
  bibtexOf(data, paper).then((text) => (record.textContent = text), () => (record.textContent = "The record could not be loaded."));
  const section = h("section", { "aria-labelledby": "similar", hidden: true }, h("h2", { id: "similar" }, "Similar papers"), alike);
  fetched("data/similar.json").then((all) => {
    alike.append(...all[paper].map((other) => h("li", {}, h("a", { href: paperAddress(data, other), dir: "auto" }, titleOf(data, other)), about(data, other, 3))));
    section.hidden = !all[paper].length;
  }, () => {});
  return h("article", { class: "paper" },
    h("p", {}, h("a", { href: "./", class: "back" }, "All papers")),
    h("h1", { dir: "auto" }, titleOf(data, paper)),
    about(data, paper, Infinity),
    chips(data, paper),
    links(data, paper),
    section,
    h("section", { "aria-labelledby": "cite" }, h("h2", { id: "cite" }, "Cite"), record, button));
}
