// Finding what is on the page, and the status line.

export const one = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];
export const narrow = () => matchMedia("(max-width: 56rem)").matches;
export const shown = () => one("#paper article");

export function say(words) {
  one("#said").textContent = words;
}
