// The catalog in memory, as columns; a paper is a position in each of them.

const BASES = {
  arxiv: "https://arxiv.org/abs/",
  doi: "https://doi.org/",
  pmid: "https://pubmed.ncbi.nlm.nih.gov/",
  pmcid: "https://europepmc.org/article/PMC/",
};
const NAMES = { paper: "Paper", pdf: "PDF", code: "Code", project: "Project" };
const ORDER = ["code", "data", "paper", "preprint", "published"];
const NOTICES = ["retraction", "concern", "correction"]; // last in a card
const later = new Map();

/** Fetch and parse a file of the site once. */
export function fetched(name) {
  if (!later.has(name)) {
    const asked = fetch(name).then((answer) => {
      if (!answer.ok) throw new Error(`${name}: HTTP ${answer.status}`);
      return answer.json();
    });
    asked.catch(() => later.delete(name));
    later.set(name, asked);
  }
  return later.get(name);
}

/** The index with what is worked out once: years, which papers have code, and positions by id. */
export async function load() {
  const data = await fetched("data/index.json");
  data.size = data.id.length;
  data.year = data.date.map((date) => date.slice(0, 4));
  data.hasCode = data.links.map((links) => Object.keys(links).some((role) => /^code(-\d+)?$/.test(role)));
  data.position = new Map(data.id.map((id, paper) => [id, paper]));
  return data;
}

/** The paper's links as `[name, address]`: code and data first, then the paper, notices last. */
export function linksOf(data, paper) {
  const links = { ...data.links[paper] };
  const [scheme, name] = split(data.id[paper]);
  if (!links.paper && BASES[scheme]) links.paper = BASES[scheme] + name;
  return Object.keys(links)
    .filter((role) => /^https?:\/\//i.test(links[role]))
    .sort((a, b) => place(a) - place(b))
    .map((role) => [linkName(role, links[role]), links[role]]);
}

function place(role) {
  if (NOTICES.includes(role)) return ORDER.length + 1;
  const found = ORDER.indexOf(role.replace(/-\d+$/, ""));
  return found < 0 ? ORDER.length : found;
}

function split(id) {
  const colon = id.indexOf(":");
  return [id.slice(0, colon), id.slice(colon + 1)];
}

function linkName(role, address) {
  if (role === "code" && /^https?:\/\/(www\.)?github\.com\//i.test(address)) return "GitHub";
  return NAMES[role] || role.replaceAll("-", " ").replace(/^./, (first) => first.toUpperCase());
}

/** The label names of a paper as `{facet, place, label, name}`; the kind only where it is not the usual one. */
export function labelsOf(data, paper) {
  return data.facets.flatMap((facet, place) =>
    data.labels[facet.id][paper]
      .filter((label) => facet.id !== "kind" || label > 0)
      .map((label) => ({ facet: facet.id, place, label: facet.labels[label].id, name: facet.labels[label].name })),
  );
}

/** The paper's BibTeX record. */
export async function bibtexOf(data, paper) {
  const chunk = await fetched(`data/bib/${Math.floor(paper / data.bibChunk)}.json`);
  return chunk[paper % data.bibChunk];
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Nov 2024` or `2024`. */
export function shownDate(date) {
  return date.length > 4 ? `${MONTHS[Number(date.slice(5, 7)) - 1]} ${date.slice(0, 4)}` : date;
}
