// The clusters of the map: their names over it, and beside it a list that shows the papers of the one that is chosen.

import { h } from "./dom.js";
import { paperAddress } from "./list.js";

const FIRST = 12; // papers of a cluster that are listed at once
const SHIFTS = [0, -20, 20, -40, 40, -60, 60]; // pixels by which a name gives way to another

/** The list; `choose` is called with the number of a cluster, or null when none is chosen any more. */
export class Clusters {
  constructor(data, clusters, found, choose) {
    Object.assign(this, { data, choose, chosen: null });
    const papers = clusters.name.map(() => []);
    for (const paper of found) papers[clusters.of[paper]].push(paper);
    this.all = clusters.name
      .map((name, number) => ({ name, number, at: clusters.at[number], papers: papers[number] }))
      .filter((one) => one.papers.length);
    for (const one of this.all) this.item(one);
    this.list = h("ol", { class: "clusters", "aria-label": "Clusters" }, this.all.map((one) => one.element));
    this.labels = this.all.map((one) => one.label);
  }

  item(one) {
    const short = String(one.number + 1);
    one.button = h("button", { type: "button", "aria-expanded": "false", onclick: () => this.choose(one.number === this.chosen ? null : one.number) },
      h("span", { class: "number" }, short), h("span", { class: "name" }, one.name), h("span", { class: "count" }, one.papers.length.toLocaleString("en")));
    one.element = h("li", {}, one.button);
    one.label = h("span", { class: "cluster", "aria-hidden": "true" }, one.name);
  }

  /** Show the papers of a cluster, or of none. */
  show(number) {
    this.chosen = number;
    for (const one of this.all) {
      const here = one.number === number;
      one.button.setAttribute("aria-expanded", String(here));
      one.label.classList.toggle("chosen", here);
      one.element.replaceChildren(...(here ? [one.button, ...this.papers(one)] : [one.button]));
    }
  }

  papers(one) {
    const line = (paper) => h("li", {}, h("a", { href: paperAddress(this.data, paper), dir: "auto" }, this.data.title[paper]));
    const rows = h("ol", { "aria-label": one.name }, one.papers.slice(0, FIRST).map(line));
    const rest = one.papers.slice(FIRST);
    if (!rest.length) return [rows];
    const more = h("button", { type: "button", class: "plain", onclick: () => {
      const added = rest.map(line);
      rows.append(...added);
      more.remove();
      added[0].firstChild.focus();
    } }, `${rest.length.toLocaleString("en")} more`);
    return [rows, more];
  }

  /** Put the names where their clusters are; one that would cover another gives way, or is only a number. */
  settle(width, height, spot) {
    const placed = [];
    for (const one of this.all) {
      const [x, y] = spot(one.at);
      for (const text of [one.name, String(one.number + 1)]) {
        one.label.textContent = text;
        const half = [one.label.offsetWidth / 2 + 1, one.label.offsetHeight / 2 + 1];
        const middle = Math.min(Math.max(x, half[0] + 2), width - half[0] - 2);
        const shift = SHIFTS.find((by) => fits(placed, middle, y + by, half, height));
        if (shift === undefined && text === one.name) continue;
        one.box = [middle, y + (shift || 0), ...half];
        break;
      }
      placed.push(one.box);
      one.label.style.left = `${one.box[0]}px`;
      one.label.style.top = `${one.box[1]}px`;
    }
  }

  /** The cluster whose name is at a place of the map, or null. */
  named(x, y) {
    const hit = this.all.find(({ box }) => box && Math.abs(box[0] - x) <= box[2] && Math.abs(box[1] - y) <= box[3]);
    return hit ? hit.number : null;
  }
}

function fits(placed, x, y, [wide, tall], height) {
  return y >= tall && y <= height - tall && placed.every(([a, b, w, t]) => Math.abs(a - x) >= w + wide || Math.abs(b - y) >= t + tall);
}
