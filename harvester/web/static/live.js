// What other reviewers do while this page is open: their decisions in the list, and which papers they read.
// Without this file a reload shows the same.
"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const others = one("#others");
  if (!others || !window.EventSource) return;

  const me = others.dataset.me;
  const SETTLED = 1000;  // milliseconds on a paper that count as reading it
  const RENEWED = 20000;  // milliseconds after which the server is told again
  const AGAIN = 30000;  // milliseconds until the next try after a refusal
  let after = others.dataset.after;
  let stream = null;
  let present = [];
  let decided = "";  // what somebody else did to the paper that is shown

  const shown = () => one("#paper article");
  const open = () => shown() && one(".decide [name=paper]", shown());

  // Decisions
  function changed(event) {
    after = event.lastEventId;
    const { changes, counts } = JSON.parse(event.data);
    for (const change of changes) show(change, counts);
    for (const count of all(".states .count")) count.textContent = counts[count.dataset.state];
    document.body.dispatchEvent(new CustomEvent("together"));
  }

  function show({ paper, state, version, by }, counts) {
    const row = one(`#row-${paper}`);
    const whose = by && by !== me ? ` by ${by}` : "";
    if (row) {
      total(row.dataset.state, state, counts);
      row.dataset.state = state;
      one(".done", row).textContent = state === "pending" ? "" : state + whose;
    }
    const article = shown();
    if (!article || Number(article.dataset.number) !== paper) return;
    const seen = Number(one("[name=version]", article).value);
    if (version > seen && by !== me) decided = whose ? `${by} just decided: ${state}. ` : `Just undone: ${state}. `;
    tell();
  }

  // The number above the list: of the whole state, or of what matches.
  function total(before, now, counts) {
    const number = one("#total span");
    const listed = one(".states [aria-current] .count");
    if (!number || !listed || before === now) return;
    const state = listed.dataset.state;
    const change = (now === state) - (before === state);
    number.textContent = one(".filters .clear") ? Number(number.textContent) + change : counts[state];
  }

  // Who reads what
  function words(paper) {
    const names = present.filter((reader) => reader.paper === paper && reader.by !== me).map((reader) => reader.by);
    return names.length ? `${names.join(", ")} ${names.length === 1 ? "is" : "are"} reading this` : "";
  }

  function tell() {
    const article = shown();
    others.textContent = article ? decided + words(Number(article.dataset.number)) : "";
  }

  function presence(event) {
    present = JSON.parse(event.data);
    for (const row of all(".rows li[data-number]")) one(".reader", row).textContent = words(Number(row.dataset.number));
    tell();
  }

  // The stream: only while the page is seen, because browsers open few connections to one server.
  function listen() {
    if (stream || document.hidden) return;
    stream = new EventSource(`/review/events?after=${after}`);
    stream.addEventListener("changes", changed);
    stream.addEventListener("present", presence);
    stream.addEventListener("signed-out", () => {
      stop();
      document.dispatchEvent(new CustomEvent("signed-out"));
    });
    stream.addEventListener("error", () => {
      if (!stream || stream.readyState !== EventSource.CLOSED) return;  // else the browser tries again by itself
      stop();
      setTimeout(listen, AGAIN);
    });
  }

  function stop() {
    if (stream) stream.close();
    stream = null;
  }

  // What this reviewer reads
  let timer = 0;
  function report(paper) {
    const csrf = one("[name=csrf]");
    if (csrf) navigator.sendBeacon("/review/reading", new URLSearchParams({ csrf: csrf.value, paper }));
  }

  function settle() {
    clearTimeout(timer);
    if (document.hidden) return;
    timer = setTimeout(function renew() {
      if (open()) report(open().value);
      timer = setTimeout(renew, RENEWED);
    }, SETTLED);
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      stop();
      clearTimeout(timer);
      report("");
    } else {
      listen();
      settle();
    }
  });
  addEventListener("pagehide", () => {
    stop();
    report("");
  });
  addEventListener("pageshow", (event) => event.persisted && (listen(), settle()));
  new MutationObserver(() => {  // whoever puts another paper there
    decided = "";
    tell();
    settle();
  }).observe(one("#paper"), { childList: true });

  listen();
  settle();
})();
