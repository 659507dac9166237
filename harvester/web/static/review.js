// The keyboard, and what moves on after a decision. Without this file the pages work as plain forms.
"use strict";
(() => {
  document.documentElement.classList.add("scripts");
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const shown = () => one("#paper article");
  const rowOf = (number) => one(`#row-${number}`);

  // While an answer is on its way keys wait, so that none acts on a paper that is about to go.
  let busy = false;
  const waiting = [];

  const current = () => one(".rows [aria-current]");

  function mark(number) {
    const before = current();
    const now = rowOf(number);
    if (before) before.removeAttribute("aria-current");
    if (!now) return;
    now.setAttribute("aria-current", "true");
    now.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const rows = all(".rows li[data-number]");
    const row = rows[rows.indexOf(current()) + by];
    if (row) one("a", row).click();
  }

  function following(row) {
    const rows = all(".rows li[data-number]");
    const after = rows.slice(rows.indexOf(row) + 1);
    return after.find((other) => other.dataset.state === row.dataset.state) || after[0];
  }

  function act(action) {
    const button = one(`#paper button[value="${action}"]`) || (action === "undo" && one("#tail button[value=undo]"));
    if (button) button.click();
  }

  // Labels that the model gives little chance are out of sight until somebody edits labels.
  function showAll(all) {
    document.documentElement.classList.toggle("all-labels", all);
    label();
  }

  function label() {
    const button = one("#all-labels");
    if (!button) return;
    const open = document.documentElement.classList.contains("all-labels");
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? "Likely labels" : "All labels";
  }

  function open() {
    const link = one("#paper a.open");
    if (link) link.click();
  }

  function edit() {
    const box = one("#find-label");
    if (!box) return;
    showAll(true);
    box.focus();
    box.scrollIntoView({ block: "nearest" });
  }

  const keys = {
    j: () => step(1), k: () => step(-1),
    a: () => act("accept"), v: () => act("accept"), x: () => act("reject"), d: () => act("defer"), u: () => act("undo"),
    e: edit, o: open,
    "/": () => one("#search") && one("#search").focus(),
    "?": () => one("#keys").showModal(),
  };

  function press(key) {
    if (busy) waiting.push(key);
    else keys[key]();
  }

  // Labels: those whose name holds what was typed stay; Enter switches the first of them.
  function matching() {
    const typed = one("#find-label").value.trim().toLowerCase();
    const chips = all(".facets label.chip");
    for (const chip of chips) chip.classList.toggle("passed", !one(".name", chip).textContent.toLowerCase().includes(typed));
    const found = typed ? chips.filter((chip) => !chip.classList.contains("passed")) : [];
    const first = found.find((chip) => one(".name", chip).textContent.toLowerCase().startsWith(typed)) || found[0];
    for (const chip of chips) chip.classList.toggle("first", chip === first);
    return first;
  }

  function inLabels(event) {
    const box = event.target;
    if (event.key === "Enter") {
      event.preventDefault();
      const chip = matching();
      if (chip) one("input", chip).click();
      box.value = "";
      matching();
    } else if (event.key === "Escape") {
      box.value = "";
      matching();
      box.blur();
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || one("dialog[open]")) return;
    const at = event.target;
    if (at.id === "find-label") return inLabels(event);
    if (at.matches("textarea, select, input:not([type=checkbox]):not([type=radio])")) {
      if (event.key === "Escape") at.blur();
      return;
    }
    if (!Object.hasOwn(keys, event.key) || !one("#paper")) return;
    event.preventDefault();
    press(event.key);
  });
  document.addEventListener("input", (event) => event.target.id === "find-label" && matching());
  document.addEventListener("click", (event) => {
    if (event.target.closest("#show-keys")) one("#keys").showModal();
    if (event.target.closest("#all-labels")) showAll(!document.documentElement.classList.contains("all-labels"));
  });

  // Where to go after a decision is for the list to say: it is what the reviewer sees.
  document.addEventListener("htmx:configRequest", (event) => {
    const form = event.target.closest("form");
    if (!form || !form.matches(".decide") || !shown()) return;
    const row = rowOf(shown().dataset.number);
    const next = row && following(row);
    event.detail.parameters.next = next ? next.dataset.id : "";
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target && event.detail.target.id === "paper") busy = true;
  });

  function free() {
    busy = false;
    const key = waiting.shift();
    if (key) press(key);
  }
  for (const end of ["htmx:sendError", "htmx:timeout", "htmx:sendAbort"]) {
    document.addEventListener(end, (event) => {
      if (event.detail.target && event.detail.target.id !== "paper") return;
      waiting.length = 0;
      busy = false;
      if (end === "htmx:sendError") say("The server does not respond; nothing was changed.");
    });
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr && event.detail.xhr.status >= 400) waiting.length = 0;  // what was meant for later papers
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!event.target.matches("#paper, #said")) return;
    const article = shown();
    if (event.target.id === "paper" && article) {
      mark(article.dataset.number);
      label();
      one("#paper").focus({ preventScroll: true });
      one("section.paper").scrollTop = 0;
      if (matchMedia("(max-width: 56rem)").matches) one("section.paper").scrollIntoView();
    }
    free();
  });

  label();

  function say(words) {
    one("#said").textContent = words;
  }

  // Above the list: all of its state, or of those that match the ones still in it.
  function total(before, after, counts) {
    const shown = one("#total span");
    const listed = one(".states [aria-current] .count");
    if (!shown || !listed) return;
    const state = listed.dataset.state;
    const change = before ? (after === state) - (before === state) : 0;
    shown.textContent = one(".filters .clear") ? Number(shown.textContent) + change : counts[state];
  }

  // Each action shows its effect at once: on the paper's line, in the counts, and in words.
  document.addEventListener("decided", (event) => {
    const { id, state, counts } = event.detail;
    for (const count of all(".states .count")) count.textContent = counts[count.dataset.state];
    const row = one(`.rows [data-id="${CSS.escape(id)}"]`);
    total(row && row.dataset.state, state, counts);
    if (!row) return say(`Now ${state}.`);
    row.dataset.state = state;
    one(".done", row).textContent = state === "pending" ? "" : state;
    say(`Now ${state}: ${one(".title", row).textContent}`);
  });
})();
