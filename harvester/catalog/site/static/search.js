// Text search by the rules of harvester/catalog/search.py, which says them all; both pass the same test vectors.

const WORD = /[\p{L}\p{N}]+/gu;
const COMPOUND = /[\p{L}\p{N}]+(?:[-‐–−][\p{L}\p{N}]+)*/gu; // NFKD makes the other hyphens these
const PAIRS = /[\ud800-\udfff]/; // letters of two code units
const LEFT_OUT = /[\p{M}\p{Cf}]/gu;
const LETTERS = { ß: "ss", ς: "σ", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };
const WHOLE = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "gu");
const FORGIVING = 5;
const SCORES = { exact: 4, prefix: 3, forgiven: 2 };
const WORTH = [1, 2, 4]; // times these: in the abstract, elsewhere, in the title
const IN_ABSTRACT = 0, ELSEWHERE = 1, IN_TITLE = 2;

/** A text without case, accents and invisible characters. */
export function folded(text) {
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
  const seen = text.normalize("NFKD").replace(LEFT_OUT, "").toLowerCase();
  return seen.replace(WHOLE, (letter) => LETTERS[letter]);
}

/** The words of a text, folded; "multi-modal" is also "multimodal". */
export function words(text) {
  return terms(folded(text)).flat(2);
}

/** The words of a query: of each the ways to find it, each of them words that must all be there. */
function terms(plain) {
  return (plain.match(COMPOUND) || []).map((compound) => {
    const parts = compound.match(WORD);
    return parts.length > 1 ? [parts, [parts.join("")]] : [parts];
  });
}

/** Whether two words differ by one letter that is wrong, missing or too many, or by two neighbours swapped. */
export function nearlySame(left, right) {
  if (Math.abs(left.length - right.length) > 2) return false; // a letter is one code unit or two
  const a = lettersOf(left), b = lettersOf(right);
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let tailA = a.length, tailB = b.length;
  while (tailA > start && tailB > start && a[tailA - 1] === b[tailB - 1]) tailA--, tailB--;
  const restA = tailA - start, restB = tailB - start;
  if (restA <= 1 && restB <= 1) return true;
  return restA === 2 && restB === 2 && a[start] === b[start + 1] && a[start + 1] === b[start];
}

const lettersOf = (word) => (PAIRS.test(word) ? [...word] : word); // both have a length and can be sliced
const backwards = (word) => word.split("").reverse().join("");

/** The words of an ordered list that have a beginning. */
function* from(ordered, beginning) {
  let low = 0, high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ordered[middle] < beginning) low = middle + 1;
    else high = middle;
  }
  for (; low < ordered.length && ordered[low].startsWith(beginning); low++) yield ordered[low];
}

/** All words of the papers, to be looked up by their beginnings and by what is nearly the same. */
export class Words {
  constructor(known) {
    this.forwards = [...known].sort();
    this.backwards = this.forwards.map(backwards).sort();
  }

  starting(beginning) {
    return from(this.forwards, beginning);
  }

  /**
   * The words that have one letter wrong, missing, too many, or swapped; short words are not forgiven.
   * One error leaves what is before the middle letter as it was, or what is behind it: few words are compared.
   */
  nearly(word) {
    const own = lettersOf(word), middle = own.length >> 1;
    if (own.length < FORGIVING - 1) return []; // too short, even with a letter more
    const [before, behind] = [own.slice(0, middle), own.slice(middle + 1)].map((part) => (Array.isArray(part) ? part.join("") : part));
    const alike = new Set(from(this.forwards, before));
    for (const other of from(this.backwards, backwards(behind))) alike.add(backwards(other));
    return [...alike].filter((other) => Math.max(own.length, lettersOf(other).length) >= FORGIVING && nearlySame(word, other));
  }
}

/** Arrays of scores made one, paper by paper, in the first of them. */
function combined([first, ...others], choose) {
  for (const other of others) for (let paper = 0; paper < first.length; paper++) first[paper] = choose(first[paper], other[paper]);
  return first;
}

/** The search index of the catalog: for each word the papers with it, and where. `data.abstracts` may be missing. */
export class Search {
  constructor(data) {
    this.size = data.size;
    this.postings = new Map();
    this.ids = new Map();
    const names = data.facets.map((facet) => facet.labels.map((label) => words(label.words)));
    const venues = data.venues.map(words);
    for (let paper = 0; paper < data.size; paper++) {
      this.add(words(data.title[paper]), paper, IN_TITLE);
      this.add(words(data.authors[paper]), paper, ELSEWHERE);
      this.add(venues[data.venue[paper]], paper, ELSEWHERE);
      if (data.abstracts) this.add(new Set(words(data.abstracts[paper])), paper, IN_ABSTRACT);
      this.addId(data.id[paper], paper);
      data.facets.forEach((facet, number) => {
        for (const label of data.labels[facet.id][paper]) this.add(names[number][label], paper, ELSEWHERE);
      });
    }
    this.words = new Words(this.postings.keys());
  }

  add(found, paper, where) {
    for (const word of found) {
      const papers = this.postings.get(word);
      if (papers) papers.push(paper * 4 + where);
      else this.postings.set(word, [paper * 4 + where]);
    }
  }

  addId(id, paper) {
    const whole = folded(id);
    const name = whole.slice(whole.indexOf(":") + 1);
    this.ids.set(whole, name).set(name, name);
    this.add([name], paper, ELSEWHERE);
  }

  /** A score for every paper that has all words of the query, 0 for the others; null for a query without a word. */
  find(query) {
    const asked = this.asked(query);
    if (!asked.length) return null;
    const found = asked.map((term) => Float32Array.from(this.termScores(term)));
    return combined(found, (one, other) => (one && other ? one + other : 0));
  }

  asked(query) {
    return folded(query).split(/\s+/).flatMap((part) => (this.ids.has(part) ? [[[this.ids.get(part)]]] : terms(part)));
  }

  /** The words in papers that any word of the query matches: what is highlighted. */
  marks(query) {
    return new Set(this.asked(query).flat(2).flatMap((word) => this.meant(word).map(([found]) => found)));
  }

  termScores(term) {
    const ways = term.map((way) => combined(way.map((word) => this.scores(word)), Math.min));
    return combined(ways, Math.max);
  }

  scores(word) {
    const best = new Uint8Array(this.size);
    for (const [found, score] of this.meant(word)) {
      for (const posting of this.postings.get(found)) {
        const worth = score * WORTH[posting & 3];
        if (best[posting >> 2] < worth) best[posting >> 2] = worth;
      }
    }
    return best;
  }

  /** The words in papers that a query's word may match, and the score of each. */
  meant(word) {
    const found = Array.from(this.words.starting(word), (other) => [other, other === word ? SCORES.exact : SCORES.prefix]);
    if (!this.postings.has(word)) for (const other of this.words.nearly(word)) found.push([other, SCORES.forgiven]);
    return found;
  }
}
