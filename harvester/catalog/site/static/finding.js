// Asks the worker that searches.

const waiting = new Map();
let worker, turns = 0;

/** Start the worker, which fetches what it searches; `renewed` is called when it can find more than before. */
export function ready(renewed) {
  if (worker) return;
  worker = new Worker(new URL("./searcher.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data: { turn, answer, error, whole } }) => {
    if (whole) {
      performance.mark("whole");
      return renewed();
    }
    const [done, failed] = waiting.get(turn);
    waiting.delete(turn);
    return error ? failed(new Error(error)) : done(answer);
  };
  worker.postMessage({ root: new URL("./", document.baseURI).href });
}

/** The worker's answer: a score for each paper to `find`, titles and extracts in segments to `show`. */
export function ask(what, ...given) {
  const turn = ++turns;
  worker.postMessage({ turn, what, given });
  return new Promise((done, failed) => waiting.set(turn, [done, failed]));
}
