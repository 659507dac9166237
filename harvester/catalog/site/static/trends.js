// Charts of the selected papers: how many when, for all and for each label, and where no paper is yet.

import { h, svg } from "./dom.js";
import { only } from "./state.js";

const HEIGHT = 120;

/** The charts, drawn from the selected papers. */
export function trends(data, state, found, change) {
  const scale = times(data, found);
  const facets = data.facets.filter((facet) => facet.id !== "kind");
  const facet = facets.find((one) => one.id === state.colour) || facets[0];
  const choose = h("select", { id: "by", onchange: () => change((now) => (now.colour = choose.value)) },
    facets.map((one) => h("option", { value: one.id, selected: one === facet }, one.name)));
  return h("div", { class: "trends" },
    h("section", {}, h("h2", {}, `Papers per ${scale.unit}`), bars(scale, found, data, true), note(data, found, scale)),
    h("section", {}, h("div", { class: "head" }, h("h2", {}, "By label"), h("label", { for: "by", class: "unseen" }, "Facet"), choose),
      h("div", { class: "multiples" }, small(data, facet, found, scale))),
    ...heat(data, facets, found));
}

/** The months from the first paper to the last, at most the last five years of them; years where months are not known. */
function times(data, found) {
  const monthly = found.filter((paper) => data.date[paper].length > 4).length * 2 >= found.length;
  const length = monthly ? 7 : 4;
  const known = found.map((paper) => data.date[paper].slice(0, length)).filter((date) => date.length === length).sort();
  if (!known.length) return { unit: "year", length: 4, steps: [] };
  const number = (text) => (monthly ? Number(text.slice(0, 4)) * 12 + Number(text.slice(5)) - 1 : Number(text));
  const name = (at) => (monthly ? `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}` : String(at));
  const last = number(known[known.length - 1]), first = Math.max(number(known[0]), last - (monthly ? 59 : 29));
  return { unit: monthly ? "month" : "year", length, steps: Array.from({ length: last - first + 1 }, (_, n) => name(first + n)) };
}

function tally(scale, papers, data) {
  const place = new Map(scale.steps.map((step, number) => [step, number]));
  const counts = new Array(scale.steps.length).fill(0);
  for (const paper of papers) {
    const at = place.get(data.date[paper].slice(0, scale.length));
    if (at !== undefined) counts[at]++;
  }
  return counts;
}

function bars(scale, papers, data, axis) {
  const counts = tally(scale, papers, data), most = Math.max(1, ...counts), width = counts.length * 10 || 10;
  const shapes = counts.map((count, number) => {
    const tall = (count / most) * HEIGHT;
    return svg("rect", { x: number * 10 + 1, y: HEIGHT - tall, width: 8, height: tall }, svg("title", {}, `${scale.steps[number]}: ${count}`));
  });
  const words = scale.steps.length ? `${scale.steps[0]} to ${scale.steps[scale.steps.length - 1]}, at most ${most} per ${scale.unit}` : "no dates known";
  const drawn = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", class: axis ? "bars" : "bars small", "aria-label": `Papers per ${scale.unit}: ${words}` }, shapes);
  if (!axis) return drawn;
  const ends = scale.steps.length ? [scale.steps[0], scale.steps[scale.steps.length - 1]] : [];
  return h("div", {}, h("p", { class: "top-value" }, String(most)), drawn, h("p", { class: "ends" }, ends.map((end) => h("span", {}, end))));
}

function note(data, found, scale) {
  const without = found.filter((paper) => data.date[paper].length < scale.length).length;
  return without ? h("p", { class: "about" }, `${without} papers without a known ${scale.unit} are not shown.`) : null;
}

function small(data, facet, found, scale) {
  return facet.labels.map((label, number) => {
    const papers = found.filter((paper) => data.labels[facet.id][paper].includes(number));
    return h("figure", { class: papers.length ? "" : "none" },
      h("figcaption", {}, h("a", { href: only(data.facets, { [facet.id]: label.id }) }, label.name), ` ${papers.length.toLocaleString("en")}`),
      bars(scale, papers, data, false));
  });
}

/** How many papers each pair of labels of the first two facets has; an empty cell is a gap in the field. */
function heat(data, facets, found) {
  if (facets.length < 2) return [];
  const [down, across] = facets;
  const counts = down.labels.map(() => new Array(across.labels.length).fill(0));
  for (const paper of found) for (const one of data.labels[down.id][paper]) for (const two of data.labels[across.id][paper]) counts[one][two]++;
  const most = Math.max(1, ...counts.flat());
  const cell = (count, one, two) => {
    if (!count) return h("td", { class: "gap" }, h("span", { "aria-label": "none" }, "·"));
    const level = Math.min(5, 1 + Math.floor((Math.log1p(count) / Math.log1p(most)) * 4.999));
    const names = `${down.labels[one].name}, ${across.labels[two].name}: ${count}`;
    return h("td", { class: `heat${level}` }, h("a", { href: only(data.facets, { [down.id]: down.labels[one].id, [across.id]: across.labels[two].id }), "aria-label": names }, String(count)));
  };
  const head = h("thead", {}, h("tr", {}, h("td", {}), across.labels.map((label) => h("th", { scope: "col" }, h("span", {}, label.name)))));
  const rows = down.labels.map((label, one) => h("tr", {}, h("th", { scope: "row" }, label.name), counts[one].map((count, two) => cell(count, one, two))));
  return [h("section", {},
    h("h2", {}, `${down.name} × ${across.name}`),
    h("p", { class: "about" }, "Papers with both labels. A dot marks a gap: no paper yet."),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${down.name} by ${across.name}` }, h("table", { class: "heat" }, head, h("tbody", {}, rows))))];
}
