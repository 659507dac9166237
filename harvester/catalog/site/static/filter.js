// Which papers a state selects, and how many each further choice would leave.

/** The facets that people choose from: those of the taxonomy, then year and venue. */
export function axes(data) {
  const labelled = data.facets.map((facet) => ({
    id: facet.id,
    name: facet.name,
    values: facet.labels.map((label) => ({ id: label.id, name: label.name, about: label.about })),
    of: (paper) => data.labels[facet.id][paper],
  }));
  return [...labelled, column("year", "Year", data.year, (a, b) => (a < b ? 1 : -1)), venueAxis(data)];
}

function column(id, name, values, order) {
  const names = [...new Set(values)].filter(Boolean).sort(order);
  const place = new Map(names.map((value, number) => [value, [number]]));
  return { id, name, values: names.map((value) => ({ id: value, name: value })), of: (paper) => place.get(values[paper]) || [] };
}

function venueAxis(data) {
  const counts = new Array(data.venues.length).fill(0);
  for (const venue of data.venue) counts[venue]++;
  const rank = new Map(data.venues.map((name, number) => [name, counts[number]]));
  return column("venue", "Venue", data.venue.map((number) => data.venues[number]), (a, b) => rank.get(b) - rank.get(a) || (a < b ? -1 : 1));
}

/**
 * The papers of a state, best or newest first, and for each axis the number of papers by value that choosing it
 * would show: within an axis choices add up, between axes they narrow.
 */
export function select(data, all, state, scores) {
  const wanted = all.map((axis) => new Set([...state.chosen[axis.id]].map((id) => axis.values.findIndex((value) => value.id === id))));
  const counts = all.map((axis) => new Uint32Array(axis.values.length));
  const found = [];
  let withCode = 0;
  for (let paper = 0; paper < data.size; paper++) {
    if (scores && !scores[paper]) continue;
    if (state.code && !data.hasCode[paper]) continue;
    if (state.since && data.added[paper] < state.since) continue;
    let misses = 0, missed = -1;
    for (let number = 0; number < all.length && misses < 2; number++) {
      if (wanted[number].size && !all[number].of(paper).some((value) => wanted[number].has(value))) {
        misses++;
        missed = number;
      }
    }
    if (misses > 1) continue;
    if (misses === 0) found.push(paper);
    if (misses === 0 && data.hasCode[paper]) withCode++;
    for (let number = 0; number < all.length; number++) {
      if (misses === 0 || missed === number) for (const value of all[number].of(paper)) counts[number][value]++;
    }
  }
  return { found: sorted(data, found, state, scores), counts, withCode };
}

function sorted(data, found, state, scores) {
  const sort = state.sort || (scores ? "relevance" : "newest");
  if (sort === "oldest") return found.reverse();
  if (sort === "added") return found.sort((a, b) => (data.added[a] < data.added[b]) - (data.added[a] > data.added[b]) || a - b);
  if (sort === "relevance" && scores) return found.sort((a, b) => scores[b] - scores[a] || a - b);
  return found; // the index is newest first
}
