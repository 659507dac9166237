// The marks that tell groups apart on the map and in its legend: by shape and by color, since not everybody sees both.

import { svg } from "./dom.js";

// Outlines within a circle of radius 1.2; where one path lies within another, the inside is empty.
const SHAPES = [
  "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z",
  "M-.9-.9H.9V.9H-.9Z",
  "M0-1.2L1.1.8H-1.1Z",
  "M0-1.25L1.25 0L0 1.25L-1.25 0Z",
  "M0 1.2L1.1-.8H-1.1Z",
  "M-.4-1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4Z",
  "M-1.05-.5L-.5-1.05L0-.55L.5-1.05L1.05-.5L.55 0L1.05.5L.5 1.05L0 .55L-.5 1.05L-1.05.5L-.55 0Z",
  "M1.1 0A1.1 1.1 0 1 1-1.1 0A1.1 1.1 0 1 1 1.1 0ZM.5 0A.5 .5 0 1 1-.5 0A.5 .5 0 1 1 .5 0Z",
  "M-1-1H1V1H-1ZM-.4-.4H.4V.4H-.4Z",
  "M0-1.3L1.2.9H-1.2ZM0-.3L.4.45H-.4Z",
];

/** How many groups can be told apart; --c0 to --c9 in the style sheet. Groups beyond share the last. */
export const KINDS = SHAPES.length;
const paths = SHAPES.map((shape) => new Path2D(shape));

/** Draw a mark at a place of a canvas, in the pen's color. */
export function stamp(pen, kind, x, y, size) {
  pen.save();
  pen.translate(x, y);
  pen.scale(size, size);
  pen.fill(paths[kind], "evenodd");
  pen.restore();
}

/** The mark as a picture for the legend. */
export function sign(kind) {
  return svg("svg", { viewBox: "-1.3 -1.3 2.6 2.6", "aria-hidden": "true", class: `s${kind}` }, svg("path", { d: SHAPES[kind], "fill-rule": "evenodd" }));
}
