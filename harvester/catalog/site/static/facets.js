// The filters beside the list.

import { h } from "./dom.js";

const OPEN = 2; // axes whose values show at first
const SHOWN = 8; // values of an axis before "more"; a taxonomy's labels are all shown

/** Draw the filters; `change` is called with a function that alters the state. */
export class Facets {
  constructor(place, data, axes, change) {
    this.axes = axes;
    this.change = change;
    this.open = new Set();
    this.groups = axes.map((axis, number) => this.group(axis, number < data.facets.length, number < OPEN));
    this.code = h("input", { type: "checkbox", id: "has-code", onchange: () => change((state) => (state.code = this.code.checked)) });
    this.codeCount = h("span", { class: "count" });
    this.fresh = h("input", { type: "checkbox", id: "new", onchange: () => change((state) => (state.since = this.fresh.checked ? this.week : "")) });
    this.freshName = h("label", { for: "new" });
    this.week = weekAgo();
    this.freshCount = data.added.filter((day) => day >= this.week).length;
    this.clear = h("button", { type: "button", class: "plain", onclick: () => change(clear) }, "Clear all");
    const wide = matchMedia("(min-width: 56rem)");
    this.panel = h("details", { class: "filters", open: wide.matches },
      h("summary", {}, "Filters"),
      h("div", { class: "value" }, this.fresh, this.freshName),
      h("div", { class: "value" }, this.code, h("label", { for: "has-code" }, "Has code", this.codeCount)),
      this.groups.map((group) => group.element),
      this.clear);
    wide.addEventListener("change", () => (this.panel.open = wide.matches));
    place.replaceChildren(this.panel);
  }

  group(axis, labelled, open) {
    const rows = axis.values.map((value, number) => {
      const id = `f-${axis.id}-${number}`;
      const box = h("input", { type: "checkbox", id, onchange: () => this.toggle(axis.id, value.id, box.checked) });
      const count = h("span", { class: "count" });
      return { value, box, count, element: h("div", { class: "value", title: value.about }, box, h("label", { for: id }, value.name, count)) };
    });
    const more = h("button", { type: "button", class: "plain", onclick: () => this.expand(axis.id) });
    const body = h("div", { class: "values" }, more);
    const element = h("details", { class: "facet", open: open || undefined }, h("summary", {}, axis.name), body);
    return { axis, rows, more, body, element, labelled };
  }

  toggle(axis, id, on) {
    this.change((state) => (on ? state.chosen[axis].add(id) : state.chosen[axis].delete(id)));
  }

  expand(axis) {
    if (this.open.has(axis)) this.open.delete(axis);
    else this.open.add(axis);
    this.update(this.state, this.counts, this.withCode);
  }

  /** Show a state and the counts that go with it. */
  update(state, counts, withCode) {
    Object.assign(this, { state, counts, withCode });
    this.groups.forEach((group, number) => this.fill(group, state.chosen[group.axis.id], counts[number]));
    this.code.checked = state.code;
    this.codeCount.textContent = withCode.toLocaleString("en");
    this.fresh.checked = Boolean(state.since);
    const since = state.since && state.since !== this.week ? `Added since ${state.since}` : "New this week";
    this.freshName.replaceChildren(since, h("span", { class: "count" }, since === "New this week" ? this.freshCount.toLocaleString("en") : ""));
    const active = state.code + Boolean(state.since) + Object.values(state.chosen).reduce((sum, ids) => sum + ids.size, 0);
    this.clear.hidden = !active;
    this.panel.firstElementChild.textContent = active ? `Filters (${active})` : "Filters";
  }

  fill(group, chosen, counts) {
    const live = group.rows.filter((row, number) => counts[number] || chosen.has(row.value.id));
    const all = group.labelled || this.open.has(group.axis.id);
    const shown = all ? live : live.filter((row, number) => number < SHOWN || chosen.has(row.value.id));
    for (const row of shown) {
      row.box.checked = chosen.has(row.value.id);
      row.count.textContent = counts[group.rows.indexOf(row)].toLocaleString("en");
    }
    group.more.textContent = all ? "Fewer" : `${live.length - shown.length} more`;
    group.more.hidden = group.labelled || (live.length <= SHOWN && !this.open.has(group.axis.id));
    const focus = document.activeElement;
    group.body.replaceChildren(...shown.map((row) => row.element), group.more);
    if (focus && group.body.contains(focus)) focus.focus();
    if (chosen.size) group.element.open = true;
  }
}

/** The day a week ago, in UTC, as the catalog dates its papers. */
function weekAgo() {
  return new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 10);
}

function clear(state) {
  for (const ids of Object.values(state.chosen)) ids.clear();
  state.code = false;
  state.since = "";
}
