// The part of a text that shows why a search found it, and the words to highlight.

import { words } from "./search.js";

const TOKEN = /[\p{L}\p{N}\p{M}\p{Cf}]+(?:[-‐‑–−][\p{L}\p{N}\p{M}\p{Cf}]+)*/gu;
const PLAIN = /^[a-z0-9]+$/i; // one word without accents: most are, and need no further look
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
  const inside = new Map(); // how often each word is in the stretch that begins with a hit
  const count = ({ token }, by) => {
    const word = token.toLowerCase(), times = (inside.get(word) || 0) + by;
    if (times) inside.set(word, times);
    else inside.delete(word);
  };
  let best = 0, most = 0, next = 0;
  for (const hit of hits) {
    while (next < hits.length && hits[next].at < hit.at + LENGTH - BEFORE) count(hits[next++], 1);
    if (inside.size > most) [best, most] = [hit.at, inside.size];
    count(hit, -1);
  }
  const start = best <= BEFORE ? 0 : text.indexOf(" ", best - BEFORE) + 1;
  const from = start && start <= best ? start : Math.min(start, best);
  const last = from + LENGTH >= text.length ? text.length : text.lastIndexOf(" ", from + LENGTH);
  const until = last > best ? last : from + LENGTH;
  return segments((from ? "…" : "") + text.slice(from, until).trim() + (until < text.length ? "…" : ""), marks);
}

function* found(text, marks) {
  for (const match of text.matchAll(TOKEN)) {
    if (isMarked(match[0], marks)) yield { at: match.index, token: match[0] };
  }
}

function isMarked(token, marks) {
  return PLAIN.test(token) ? marks.has(token.toLowerCase()) : words(token).some((word) => marks.has(word));
}
