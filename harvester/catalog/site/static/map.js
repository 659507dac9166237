// The map of the field: a point a paper, like beside like, coloured by the first label of a facet.

import { fetched } from "./data.js";
import { h } from "./dom.js";
import { paperAddress } from "./list.js";

const COLOURS = 10; // --c0 to --c9 in the style sheet; labels beyond share the last
const REACH = 14; // pixels around the pointer in which a point is found

/** The map of the selected papers; the others stay as a faint ground. */
export async function map(data, axes, state, found, change) {
  const places = await fetched("data/map.json");
  const axis = axes.find((one) => one.id === state.colour) || axes.find((one) => one.id === "modality") || axes[0];
  const canvas = h("canvas", { class: "map", tabindex: "0", role: "img", "aria-label": `Map of ${found.length} papers by ${axis.name}. The list shows the same papers.` });
  const tip = h("p", { class: "tip", "aria-live": "polite" }, "Point at a paper, or use the arrow keys to step through them; Enter opens one.");
  const colour = h("select", { id: "colour", onchange: () => change((now) => (now.colour = colour.value)) },
    axes.filter((one) => one.id !== "venue").map((one) => h("option", { value: one.id, selected: one === axis }, one.name)));
  const drawing = new Drawing(data, canvas, places, found, (paper) => axis.of(paper)[0]);
  const say = (paper) => tip.replaceChildren(paper === null ? "" : h("a", { href: paperAddress(data, paper), dir: "auto" }, data.title[paper]));
  canvas.addEventListener("pointermove", (event) => { drawing.point(drawing.at(event)); if (drawing.marked !== null) say(drawing.marked); });
  canvas.addEventListener("click", (event) => { const paper = drawing.at(event); if (paper !== null) open(data, paper); });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); drawing.step(step); say(drawing.marked); }
    if (event.key === "Enter" && drawing.marked !== null) open(data, drawing.marked);
  });
  new ResizeObserver(() => drawing.draw()).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawing.draw());
  return h("div", { class: "field" },
    h("div", { class: "head" }, h("label", { for: "colour" }, "Color by "), colour),
    canvas, tip, legend(axis, found));
}

function open(data, paper) {
  location.assign(paperAddress(data, paper));
}

function legend(axis, found) {
  const counts = new Map();
  for (const paper of found) { const first = axis.of(paper)[0]; if (first !== undefined) counts.set(first, (counts.get(first) || 0) + 1); }
  return h("ul", { class: "legend", "aria-label": `Colors by ${axis.name}` },
    [...counts.keys()].sort((a, b) => a - b).slice(0, 24).map((value) =>
      h("li", {}, h("span", { class: `dot c${Math.min(value, COLOURS - 1)}` }), `${axis.values[value].name} (${counts.get(value)})`)));
}

class Drawing {
  constructor(data, canvas, places, found, group) {
    Object.assign(this, { data, canvas, places, found, group, marked: null });
    this.selected = new Set(found);
  }

  draw() {
    const { canvas } = this, box = canvas.getBoundingClientRect(), ratio = devicePixelRatio || 1;
    if (!box.width) return;
    canvas.width = box.width * ratio;
    canvas.height = box.height * ratio;
    const style = getComputedStyle(canvas), pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const size = this.found.length > 4000 ? 1.6 : this.found.length > 400 ? 2.6 : 5;
    pen.fillStyle = style.getPropertyValue("--line");
    for (let paper = 0; paper < this.places.length; paper++) if (!this.selected.has(paper)) this.dot(pen, paper, Math.min(size, 2));
    const colours = Array.from({ length: COLOURS }, (_, number) => style.getPropertyValue(`--c${number}`));
    pen.globalAlpha = this.found.length > 4000 ? 0.7 : 0.9;
    for (const paper of this.found) {
      const group = this.group(paper);
      pen.fillStyle = group === undefined ? style.getPropertyValue("--soft") : colours[Math.min(group, COLOURS - 1)];
      this.dot(pen, paper, size);
    }
    pen.globalAlpha = 1;
    if (this.marked !== null) {
      const [x, y] = this.spot(this.marked);
      pen.strokeStyle = style.getPropertyValue("--ink");
      pen.lineWidth = 2;
      pen.beginPath();
      pen.arc(x, y, size + 4, 0, 7);
      pen.stroke();
    }
  }

  dot(pen, paper, size) {
    const [x, y] = this.spot(paper);
    pen.beginPath();
    pen.arc(x, y, size, 0, 7);
    pen.fill();
  }

  spot(paper) {
    const margin = 14, [x, y] = this.places[paper];
    return [margin + (x / 1000) * (this.canvas.clientWidth - 2 * margin), margin + (y / 1000) * (this.canvas.clientHeight - 2 * margin)];
  }

  /** The selected paper nearest to the pointer, if one is near. */
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    let best = null, least = REACH * REACH;
    for (const paper of this.found) {
      const [x, y] = this.spot(paper), dx = x - (event.clientX - box.left), dy = y - (event.clientY - box.top);
      if (dx * dx + dy * dy < least) { least = dx * dx + dy * dy; best = paper; }
    }
    return best;
  }

  point(paper) {
    if (paper === this.marked) return;
    this.marked = paper;
    this.canvas.classList.toggle("over", paper !== null);
    this.draw();
  }

  step(by) {
    if (!this.found.length) return;
    const now = this.marked === null ? (by > 0 ? -1 : 0) : this.found.indexOf(this.marked);
    this.point(this.found[(now + by + this.found.length) % this.found.length]);
  }
}
