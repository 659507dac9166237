// Before anything is painted: scripts run here, so what only they can show again may be hidden, and nothing moves later.
document.documentElement.classList.add("scripting");

// Keys pressed before the other scripts are ready (after a decision that loads the page anew) wait for them.
(() => {
  const pressed = [];
  const keep = (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!event.target.closest("input, textarea, select, dialog")) pressed.push(event.key);
  };
  document.addEventListener("keydown", keep);
  document.addEventListener("keys-ready", () => {
    document.removeEventListener("keydown", keep);
    for (const key of pressed) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }, { once: true });
})();
