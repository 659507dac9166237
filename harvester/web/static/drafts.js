// Drafts: what was ticked and noted but not yet decided, kept in this browser for each reviewer and paper.
"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const me = one("meta[name=reviewer]").content;
  const PREFIX = `draft ${me} `;
  const KEPT = 30 * 24 * 3600 * 1000;  // milliseconds after which a draft is forgotten

  // Storage may be full or forbidden: then there are no drafts, and all else works.
  function stored(act) {
    try {
      return act(localStorage);
    } catch {
      return null;
    }
  }

  const form = () => one("#paper form.decide");
  const conflict = () => one("#paper .conflict");
  const nameOf = (of) => PREFIX + one("[name=paper]", of).value;

  function choice(of) {
    const boxes = all(".facet input", of);
    return {
      ticks: boxes.filter((box) => box.checked).map((box) => `${box.name}:${box.value}`),
      note: one("[name=reason]", of).value,
    };
  }

  // What the server put into the form, to tell a draft from what needs no keeping.
  function offered(of) {
    if (conflict()) return "";  // it holds the choice that was just sent, which is not kept anywhere else
    return JSON.stringify({
      ticks: all(".facet input", of).filter((box) => box.defaultChecked).map((box) => `${box.name}:${box.value}`),
      note: one("[name=reason]", of).defaultValue,
    });
  }

  function keep(of) {
    const now = choice(of);
    if (JSON.stringify(now) === offered(of)) return forget(nameOf(of));
    const draft = { ...now, version: one("[name=version]", of).value, at: Date.now() };
    stored((kept) => kept.setItem(nameOf(of), JSON.stringify(draft)));
  }

  function forget(name) {
    stored((kept) => kept.removeItem(name));
  }

  function found(of) {
    return stored((kept) => {
      const draft = JSON.parse(kept.getItem(nameOf(of)));
      return draft && Array.isArray(draft.ticks) && typeof draft.note === "string" ? draft : null;
    });
  }

  function fill(of, draft) {
    for (const box of all(".facet input", of)) box.checked = draft.ticks.includes(`${box.name}:${box.value}`);
    one("[name=reason]", of).value = draft.note;
  }

  // A draft of a paper that somebody has decided on since is offered, not put over their choice.
  function restore() {
    const of = form();
    const draft = of && found(of);
    if (!draft || conflict() || one(".draft", of)) return;
    if (JSON.stringify({ ticks: draft.ticks, note: draft.note }) === offered(of)) return forget(nameOf(of));
    const same = draft.version === one("[name=version]", of).value;
    if (same) fill(of, draft);
    const words = same ? "Your draft is restored." : "You have a draft from before the last decision on this paper.";
    say(of, words, same ? [] : [["Use it", () => { fill(of, draft); keep(of); }]]);
  }

  function say(of, words, actions) {
    const line = document.createElement("p");
    line.className = "draft note";
    line.setAttribute("role", "status");
    line.append(words);
    const discard = () => { forget(nameOf(of)); of.reset(); };
    for (const [name, act] of [...actions, ["Discard", discard]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet small";
      button.textContent = name;
      button.addEventListener("click", () => { act(); line.remove(); });
      line.append(" ", button);
    }
    of.prepend(line);
  }

  function sweep() {
    stored((kept) => {
      for (const name of Object.keys(kept).filter((key) => key.startsWith("draft "))) {
        const at = Number((JSON.parse(kept.getItem(name)) || {}).at);
        if (!(Date.now() - at < KEPT)) kept.removeItem(name);
      }
    });
  }

  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const of = event.target.closest("#paper form.decide");
      if (of && (event.target.name === "reason" || event.target.closest(".facet"))) keep(of);
    });
  }
  if (one("#paper")) new MutationObserver(restore).observe(one("#paper"), { childList: true });

  // Decided: the draft has done its work.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const of = event.detail.elt.closest("form.decide");
    if (of) event.detail.xhr.draft = nameOf(of);
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr } = event.detail;
    if (xhr.draft && xhr.status < 300) forget(xhr.draft);
  });

  // The session has ended: say so, before anything is sent.
  document.addEventListener("signed-out", () => {
    const words = document.createElement("p");
    const link = document.createElement("a");
    words.className = "note warn";
    words.setAttribute("role", "alert");
    link.href = `/login?then=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = "Sign in again";
    words.append("Your session has ended. What you ticked and noted is kept in this browser. ", link, ".");
    one("#said").replaceChildren(words);
  });

  sweep();
  restore();
})();
