// What the page shows lives in its address, so that it can be linked, bookmarked and gone back from.

const LISTS = ["year", "venue"];
const VIEWS = ["cards", "table", "map", "trends"];

/** The state that an address says; `chosen` maps a facet to the ids chosen in it. */
export function read(search, facets) {
  const given = new URLSearchParams(search);
  const chosen = {};
  for (const facet of facets.map((one) => one.id)) chosen[facet] = new Set((given.get(facet) || "").split(",").filter(Boolean));
  for (const name of LISTS) chosen[name] = new Set(given.getAll(name));
  const view = given.get("view");
  return {
    q: given.get("q") || "",
    chosen,
    code: given.get("code") === "1",
    since: /^\d{4}-\d\d-\d\d$/.test(given.get("since")) ? given.get("since") : "",
    view: VIEWS.includes(view) ? view : "cards",
    sort: ["newest", "oldest", "added", "relevance"].includes(given.get("sort")) ? given.get("sort") : "",
    colour: given.get("colour") || "",
    cluster: given.get("cluster") || "",
  };
}

/** The address of a state: only what differs from the plain page. */
export function write(state) {
  const out = new URLSearchParams();
  if (state.q) out.set("q", state.q);
  for (const [facet, ids] of Object.entries(state.chosen)) {
    if (LISTS.includes(facet)) for (const id of ids) out.append(facet, id);
    else if (ids.size) out.set(facet, [...ids].join(","));
  }
  if (state.code) out.set("code", "1");
  if (state.since) out.set("since", state.since);
  if (state.view !== "cards") out.set("view", state.view);
  if (state.sort) out.set("sort", state.sort);
  if (state.colour) out.set("colour", state.colour);
  if (state.cluster && state.view === "map") out.set("cluster", state.cluster);
  const text = out.toString().replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%2F", "/");
  return text ? `?${text}` : "./";
}

/** A state with one facet holding just one label: where a chip or a cell of the heat map leads. */
export function only(facets, choices, more = {}) {
  const state = read("", facets);
  for (const [facet, id] of Object.entries(choices)) state.chosen[facet] = new Set([id]);
  return write({ ...state, ...more });
}
