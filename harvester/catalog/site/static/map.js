// The map of the field: a mark a paper, like beside like, its shape and color the first label of a facet, with the names
// of the clusters over it and the clusters as a list beside it.

import { Clusters } from "./clusters.js";
import { fetched } from "./data.js";
import { h } from "./dom.js";
import { paperAddress } from "./list.js";
import { KINDS, sign, stamp } from "./shapes.js";

const FILES = ["data/map.json", "data/clusters.json"];
const REACH = 14; // pixels around the pointer in which a point is found
const MARGIN = 14; // pixels around the points

/** Fetch what the map needs, before somebody opens it. */
export const prepare = () => Promise.all(FILES.map(fetched));

/** The map of the selected papers; the others stay as a faint ground. */
export async function map(data, axes, state, found, change) {
  const [places, groups] = await prepare();
  const axis = axes.find((one) => one.id === state.colour) || axes.find((one) => one.id === "modality") || axes[0];
  const canvas = h("canvas", { class: "map", tabindex: "0", role: "application", "aria-label": `Map of ${found.length} papers by ${axis.name}. The arrow keys step through them, Enter opens one. The list of clusters shows the same papers.` });
  const tip = h("p", { class: "tip", "aria-live": "polite" }, "Point at a paper, or use the arrow keys to step through them; Enter opens one.");
  const colour = h("select", { id: "colour", onchange: () => change((now) => (now.colour = colour.value)) },
    axes.filter((one) => one.id !== "venue").map((one) => h("option", { value: one.id, selected: one === axis }, one.name)));
  const drawing = new Drawing(canvas, places, found, (paper) => axis.of(paper)[0]);
  const show = (number) => {
    clusters.show(number);
    drawing.only(number === null ? null : (paper) => groups.of[paper] === number);
  };
  const choose = (number) => {
    change((now) => (now.cluster = number === null ? "" : groups.name[number]), { quiet: true });
    show(number);
  };
  const clusters = new Clusters(data, groups, found, choose);
  const say = (paper) => tip.replaceChildren(h("a", { href: paperAddress(data, paper), dir: "auto" }, data.title[paper]), ` ${names(axis, paper)}`);
  listen(canvas, drawing, clusters, { say, choose, open: (paper) => location.assign(paperAddress(data, paper)) });
  new ResizeObserver(() => {
    drawing.draw();
    clusters.settle(canvas.clientWidth, canvas.clientHeight, (place) => drawing.spot(place));
  }).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawing.draw());
  const chosen = groups.name.indexOf(state.cluster);
  if (chosen >= 0) show(chosen);
  return h("div", { class: "field" },
    h("div", { class: "head" }, h("label", { for: "colour" }, "Shape and color by "), colour),
    h("div", { class: "atlas" },
      h("div", {}, h("div", { class: "plane" }, canvas, clusters.labels), tip, legend(axis, found)),
      h("section", {}, h("h2", { class: "unseen" }, "Clusters"), clusters.list)));
}

const names = (axis, paper) => axis.of(paper).map((value) => axis.values[value].name).join(", ");

function listen(canvas, drawing, clusters, { say, choose, open }) {
  canvas.addEventListener("pointermove", (event) => {
    drawing.point(drawing.at(event));
    if (drawing.marked !== null) say(drawing.marked);
    canvas.classList.toggle("over", drawing.marked !== null || clusters.named(event.offsetX, event.offsetY) !== null);
  });
  canvas.addEventListener("click", (event) => {
    const paper = drawing.at(event), cluster = clusters.named(event.offsetX, event.offsetY);
    if (paper !== null) open(paper);
    else if (cluster !== null) choose(cluster === clusters.chosen ? null : cluster);
  });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      drawing.step(step);
      if (drawing.marked !== null) say(drawing.marked);
    }
    if (event.key === "Enter" && drawing.marked !== null) open(drawing.marked);
  });
}

function legend(axis, found) {
  const counts = new Map();
  for (const paper of found) {
    const first = axis.of(paper)[0];
    if (first !== undefined) counts.set(first, (counts.get(first) || 0) + 1);
  }
  return h("ul", { class: "legend", "aria-label": `Shapes and colors by ${axis.name}` },
    [...counts.keys()].sort((a, b) => a - b).slice(0, 24).map((value) =>
      h("li", {}, sign(Math.min(value, KINDS - 1)), `${axis.values[value].name} (${counts.get(value)})`)));
}

class Drawing {
  constructor(canvas, places, found, group) {
    Object.assign(this, { canvas, places, found, shown: found, group, marked: null, selected: new Set(found) });
  }

  /** Show only the papers that a function takes; all for null. */
  only(takes) {
    this.shown = takes ? this.found.filter(takes) : this.found;
    this.selected = new Set(this.shown);
    if (!this.selected.has(this.marked)) this.marked = null;
    this.draw();
  }

  draw() {
    const { canvas } = this, box = canvas.getBoundingClientRect(), ratio = devicePixelRatio || 1;
    if (!box.width) return;
    canvas.width = box.width * ratio;
    canvas.height = box.height * ratio;
    const style = getComputedStyle(canvas), pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const size = this.shown.length > 4000 ? 1.8 : this.shown.length > 400 ? 3.2 : 4.5;
    pen.fillStyle = style.getPropertyValue("--line");
    for (let paper = 0; paper < this.places.length; paper++) if (!this.selected.has(paper)) this.put(pen, paper, 0, Math.min(size, 2));
    const colours = Array.from({ length: KINDS }, (_, number) => style.getPropertyValue(`--c${number}`));
    pen.globalAlpha = this.shown.length > 4000 ? 0.7 : 0.9;
    for (const paper of this.shown) {
      const group = this.group(paper), kind = group === undefined ? 0 : Math.min(group, KINDS - 1);
      pen.fillStyle = group === undefined ? style.getPropertyValue("--soft") : colours[kind];
      this.put(pen, paper, kind, size);
    }
    pen.globalAlpha = 1;
    if (this.marked === null) return;
    pen.strokeStyle = style.getPropertyValue("--ink");
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(...this.spot(this.places[this.marked]), size + 4, 0, 7);
    pen.stroke();
  }

  put(pen, paper, kind, size) {
    stamp(pen, kind, ...this.spot(this.places[paper]), size);
  }

  spot([x, y]) {
    return [MARGIN + (x / 1000) * (this.canvas.clientWidth - 2 * MARGIN), MARGIN + (y / 1000) * (this.canvas.clientHeight - 2 * MARGIN)];
  }

  /** The selected paper nearest to the pointer, if one is near. */
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    let best = null, least = REACH * REACH;
    for (const paper of this.shown) {
      const [x, y] = this.spot(this.places[paper]), dx = x - (event.clientX - box.left), dy = y - (event.clientY - box.top);
      if (dx * dx + dy * dy < least) { least = dx * dx + dy * dy; best = paper; }
    }
    return best;
  }

  point(paper) {
    if (paper === this.marked) return;
    this.marked = paper;
    this.draw();
  }

  step(by) {
    if (!this.shown.length) return;
    const now = this.marked === null ? (by > 0 ? -1 : 0) : this.shown.indexOf(this.marked);
    this.point(this.shown[(now + by + this.shown.length) % this.shown.length]);
  }
}
