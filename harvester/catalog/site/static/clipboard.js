// Copying, also where the page is served by plain http.

import { h } from "./dom.js";

/** Put a text on the clipboard and say so on the button. */
export async function copy(button, promised) {
  const name = button.textContent;
  try {
    await toClipboard(await promised);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Could not copy";
  }
  setTimeout(() => (button.textContent = name), 2000);
}

async function toClipboard(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const box = h("textarea", { class: "unseen" }); // plain http: the clipboard interface is not there
  box.value = text;
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  if (!done) throw new Error("copying is not allowed");
  return undefined;
}
