// A worker that searches, so that the page never waits: first without abstracts, then, once they have come, with them.

import { extract, segments } from "./extract.js";
import { Search } from "./search.js";

let data, search, begun;

onmessage = async ({ data: { turn, what, root, given } }) => {
  if (root) {
    begun = begin(root);
    return;
  }
  try {
    await begun;
    postMessage({ turn, answer: { find, show }[what](...given) });
  } catch (error) {
    postMessage({ turn, error: String(error) });
  }
};

async function begin(root) {
  data = await fetched(`${root}data/index.json`);
  data.size = data.id.length;
  search = new Search(data);
  fetched(`${root}data/abstracts.json`).then((abstracts) => {
    data.abstracts = abstracts;
    search = new Search(data);
    postMessage({ whole: true });
  }, () => {}); // titles can be searched all the same
}

async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: HTTP ${answer.status}`);
  return answer.json();
}

const find = (query) => search.find(query);

/** Title and abstract of papers as a query found them, in segments. */
function show(query, papers) {
  const marks = search.marks(query);
  return papers.map((paper) => ({
    title: segments(data.title[paper], marks),
    extract: data.abstracts ? extract(data.abstracts[paper], marks) : null,
  }));
}
