// Text search that forgives one wrong, missing, additional or swapped letter in words of five letters or more.

const WORD = /[\p{L}\p{N}]+/gu;
const COMPOUND = /[\p{L}\p{N}]+(?:[-‐‑][\p{L}\p{N}]+)+/gu;
const FORGIVING = 5;
const SCORES = { exact: 4, prefix: 3, forgiven: 2 }; // in a title; elsewhere half

/** A text in lower case without accents. */
export function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** The words of a text; "multi-modal" is also "multimodal". */
export function words(text) {
  const plain = folded(text);
  const joined = (plain.match(COMPOUND) || []).map((word) => word.replace(/[-‐‑]/g, ""));
  return [...(plain.match(WORD) || []), ...joined];
}

/** Whether two words differ by one letter that is wrong, missing or too many, or by two neighbours swapped. */
export function nearlySame(a, b) {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let tailA = a.length, tailB = b.length;
  while (tailA > start && tailB > start && a[tailA - 1] === b[tailB - 1]) tailA--, tailB--;
  const left = tailA - start, right = tailB - start;
  if (left <= 1 && right <= 1) return true;
  return left === 2 && right === 2 && a[start] === b[start + 1] && a[start + 1] === b[start];
}

/** The search index of the catalog: for each word the papers with it in the title, and elsewhere. */
export class Search {
  constructor(data) {
    this.size = data.size;
    this.postings = new Map();
    const names = data.facets.map((facet) => facet.labels.map((label) => words(`${label.name} ${label.id}`)));
    const venues = data.venues.map(words);
    for (let paper = 0; paper < data.size; paper++) {
      this.add(words(data.title[paper]), paper, 1);
      this.add(words(data.authors[paper]), paper, 0);
      this.add(venues[data.venue[paper]], paper, 0);
      this.add([data.id[paper].slice(data.id[paper].indexOf(":") + 1).toLowerCase()], paper, 0);
      data.facets.forEach((facet, number) => {
        for (const label of data.labels[facet.id][paper]) this.add(names[number][label], paper, 0);
      });
    }
    this.vocabulary = [...this.postings.keys()].sort();
  }

  add(found, paper, inTitle) {
    for (const word of found) {
      const papers = this.postings.get(word);
      if (papers) papers.push(paper * 2 + inTitle);
      else this.postings.set(word, [paper * 2 + inTitle]);
    }
  }

  /** A score for every paper that has all words of the query, 0 for the others; null for an empty query. */
  find(query) {
    const asked = folded(query).split(/\s+/).flatMap((part) => (this.postings.has(part) ? [part] : part.match(WORD) || []));
    if (!asked.length) return null;
    const total = new Float32Array(this.size);
    asked.forEach((word, number) => {
      const scores = this.scores(word);
      for (let paper = 0; paper < this.size; paper++) {
        total[paper] = scores[paper] && (number === 0 || total[paper]) ? total[paper] + scores[paper] : 0;
      }
    });
    return total;
  }

  scores(word) {
    const best = new Uint8Array(this.size);
    const take = (found, score) => {
      for (const posting of this.postings.get(found)) {
        const worth = posting & 1 ? score * 2 : score;
        if (best[posting >> 1] < worth) best[posting >> 1] = worth;
      }
    };
    for (let at = this.firstFrom(word); at < this.vocabulary.length && this.vocabulary[at].startsWith(word); at++) {
      take(this.vocabulary[at], this.vocabulary[at] === word ? SCORES.exact : SCORES.prefix);
    }
    if (!this.postings.has(word)) {
      for (const other of this.vocabulary) {
        if (Math.max(other.length, word.length) >= FORGIVING && nearlySame(word, other)) take(other, SCORES.forgiven);
      }
    }
    return best;
  }

  firstFrom(word) {
    let low = 0, high = this.vocabulary.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.vocabulary[middle] < word) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
