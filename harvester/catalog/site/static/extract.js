// The part of a text that shows why a search found it, and the words to highlight.

import { words } from "./search.js";

const TOKEN = /[\p{L}\p{N}\p{M}\p{Cf}]+(?:[-‐‑–−][\p{L}\p{N}\p{M}\p{Cf}]+)*/gu;
const LENGTH = 240; // characters, about two lines
const BEFORE = 60; // of them before the first word that was found

/** A text as `[part, marked]` pairs; `marks` are the words that were found, folded. */
export function segments(text, marks) {
  const parts = [];
  let end = 0;
  for (const { at, token } of found(text, marks)) {
    if (at > end) parts.push([text.slice(end, at), false]);
    parts.push([token, true]);
    end = at + token.length;
  }
  if (end < text.length) parts.push([text.slice(end), false]);
  return parts;
}

/** The stretch of a text with the most of the words that were found, as segments; null if it has none. */
export function extract(text, marks) {
  const hits = [...found(text, marks)];
  if (!hits.length) return null;
  let best = 0, most = 0;
  for (let first = 0; first < hits.length && hits[first].at < text.length; first++) {
    const inside = new Set();
    for (let hit = first; hit < hits.length && hits[hit].at < hits[first].at + LENGTH - BEFORE; hit++) inside.add(hits[hit].token.toLowerCase());
    if (inside.size > most) [best, most] = [hits[first].at, inside.size];
  }
  const start = best <= BEFORE ? 0 : text.indexOf(" ", best - BEFORE) + 1;
  const from = start && start <= best ? start : Math.min(start, best);
  const last = from + LENGTH >= text.length ? text.length : text.lastIndexOf(" ", from + LENGTH);
  const until = last > best ? last : from + LENGTH;
  return segments((from ? "…" : "") + text.slice(from, until).trim() + (until < text.length ? "…" : ""), marks);
}

function* found(text, marks) {
  for (const match of text.matchAll(TOKEN)) {
    if (words(match[0]).some((word) => marks.has(word))) yield { at: match.index, token: match[0] };
  }
}
