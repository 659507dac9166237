"""A catalog of 20,000 invented papers: ``python benchmarks/catalog.py``.

Times check, build, every export and the site, then opens the site in Chromium and times its first view and searches.
Each step runs in its own process, as a command would, so that imports count; next to its wall time is its processor
time, which other work on the machine does not change. The baseline is reading the same files with ``tomllib`` alone,
which no catalog of one file per entry can avoid. `check --online` asks the 320 links of another catalog, on 32 hosts
of this machine.
"""

import argparse
import functools
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from classifiers.taxonomy import Taxonomy, load_taxonomy
from harvester.catalog.entry import Entry, entry_path
from harvester.catalog.export import WRITERS
from harvester.catalog.published import Published
from harvester.domain.labels import Labels

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
LINKS, HOSTS = 320, 32  # of a second catalog, whose links are asked
TARGETS = {"build": 10.0, "first view": 1.0, "slowest search": 0.05, "check --online": 15.0}  # seconds
QUERIES = ("echocardiography", "echocardiografy", "ecg segmentation", "fibrilation", "a", "bayesian uncertianty", "ann")
HOW = ("Bayesian", "Contrastive", "Federated", "Graph", "Hierarchical", "Masked", "Multi-scale", "Self-supervised",
       "Sparse", "Topology-aware", "Weakly supervised", "Zero-shot")  # fmt: skip
WHAT = ("networks", "transformers", "diffusion models", "autoencoders", "uncertainty", "registration", "digital twins",
        "foundation models", "state-space models", "neural operators", "prompting", "distillation")  # fmt: skip
FIRST = ("Ann", "Bela", "Chen", "Dara", "Emil", "Fatou", "Gita", "Hana", "Ines", "Jonas", "Kofi", "Lea")
LAST = ("Abe", "Brandt", "Cruz", "Diallo", "Eriksen", "Fofana", "Gupta", "Haddad", "Ito", "Jansen", "Kim", "Lopez")
VENUES = ("arXiv", "MICCAI", "Medical Image Analysis", "Circulation", "npj Digital Medicine", "IEEE TMI")


def main() -> None:
    """Write the catalog, run every step, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--papers", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.toml").write_text('[store]\nurl = "sqlite:///h.db"\n')
        make(folder / "data" / "catalog", given.papers)
        figures = {"baseline: tomllib alone": baseline(folder / "data" / "catalog")}
        figures |= commands(folder)
        figures |= online(folder / "linked")
        if Path(CHROMIUM).exists():
            write_abstracts(folder / "site", given.papers)
            figures |= browser(folder / "site")
        size = (folder / "site" / "data" / "index.json").stat().st_size
    report(figures, given.papers, size)


def make(folder: Path, count: int) -> None:
    """Entries with the shape of real ones: two to four labels, one to eight authors, a link or two."""
    taxonomy, chance = load_taxonomy(), random.Random(7)
    for number in range(count):
        entry = invented(number, taxonomy, chance)
        path = folder / entry_path(entry)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(entry))


def invented(number: int, taxonomy: Taxonomy, chance: random.Random) -> Entry:
    """One paper that does not exist."""
    facets = {facet.id: tuple(chance.sample(facet.label_ids, chance.randint(0, 2))) for facet in taxonomy.facets}
    names = [label.name for facet in taxonomy.facets for label in facet.labels if label.id in facets[facet.id]]
    title = f"{chance.choice(HOW)} {chance.choice(WHAT)} for {' and '.join(names[:3]) or 'the heart'}: study {number}"
    day = date(2015, 1, 1) + timedelta(days=int(chance.triangular(0, 3900, 3900)))
    base = f"{day:%y%m}.{number:05}"
    links = {"paper": f"https://arxiv.org/abs/{base}"}
    if chance.random() < 0.4:
        links["code"] = f"https://github.com/invented/study-{number}"
    kind = chance.choices(taxonomy.facet("kind").label_ids, (85, 8, 4, 3))[0]
    authors = tuple(f"{chance.choice(FIRST)} {chance.choice(LAST)}" for _ in range(chance.randint(1, 8)))
    del facets["kind"]
    return Entry(
        f"arxiv:{base}",
        title,
        Labels({**facets, "kind": (kind,)}),
        authors,
        Published.of(day),
        chance.choice(VENUES),
        links=links,
    )


def write_abstracts(site: Path, count: int) -> None:
    """Abstracts of 200 words for the browser to search; the scratch store has none."""
    chance, common = random.Random(8), " ".join((*HOW, *WHAT)).split()
    rare = [f"{chance.choice(common)[:4]}{number}" for number in range(count)]
    texts = [" ".join(chance.choices(common, k=170) + chance.choices(rare, k=30)) for _ in range(count)]
    (site / "data" / "abstracts.json").write_text(json.dumps(texts))


def text_of(entry: Entry) -> str:
    """The entry's file; a JSON string or list of strings is TOML as well."""
    rows = {"id": entry.id, "title": entry.title, "authors": entry.authors}
    lines = [f"{key} = {json.dumps(value)}" for key, value in rows.items()]
    lines += [
        f"published = {entry.published}",
        f"venue = {json.dumps(entry.venue)}",
        f'kind = "{entry.labels.one_of("kind")}"',
    ]
    lines += [f"{facet} = {json.dumps(labels)}" for facet, labels in entry.labels.facets.items() if facet != "kind"]
    return "\n".join([*lines, "[links]", *(f'{role} = "{link}"' for role, link in entry.links.items()), ""])


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and seconds of the processor (0 if unknown)."""

    wall: float
    cpu: float = 0.0


def baseline(folder: Path) -> Spent:
    """Read and parse every file with the standard library."""
    begun, used = time.monotonic(), time.process_time()
    for path in folder.rglob("*.toml"):
        tomllib.loads(path.read_text())
    return Spent(time.monotonic() - begun, time.process_time() - used)


def commands(folder: Path) -> dict[str, Spent]:
    """Each command, with everything it imports."""
    steps = {
        "build": ["build"],
        "build, nothing changed": ["build"],
        "check": ["check", "--json"],
        **{f"export {name}": ["export", "--format", name] for name in WRITERS},
        "export dataset": ["export", "--format", "dataset", str(folder / "dataset")],
        "site": ["site", str(folder / "site")],
    }
    return {name: timed(folder, arguments) for name, arguments in steps.items()}


def online(folder: Path) -> dict[str, Spent]:
    """The links of a small catalog, each host asked once a second and all of them together; then again from memory."""
    (folder / "site").mkdir(parents=True)
    (folder / "config.toml").write_text('[store]\nurl = "sqlite:///h.db"\n')
    entries = folder / "data" / "catalog" / "entries" / "2024"
    entries.mkdir(parents=True)
    with ExitStack() as running:
        hosts = [running.enter_context(served(folder / "site", f"127.0.1.{number}")) for number in range(1, HOSTS + 1)]
        for number in range(LINKS):
            link = f"{hosts[number % HOSTS]}?{number}"
            text = f'id = "title:p{number}"\ntitle = "p{number}"\nkind = "review"\n[links]\npaper = "{link}"\n'
            (entries / f"p{number}.toml").write_text(text)
        ask = ["check", "--online", "--json"]
        return {"check --online": timed(folder, ask), "check --online, again": timed(folder, ask)}


def timed(folder: Path, arguments: list[str]) -> Spent:
    """Run one ``harvester catalog`` command."""
    begun, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "harvester", "catalog", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"catalog {arguments[0]} failed: {done.stderr or done.stdout[:500]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(time.monotonic() - begun, used)


def browser(site: Path) -> dict[str, Spent]:
    """Seconds to the first view of a cold page, and from the key press of a search until the list is drawn."""
    from playwright.sync_api import sync_playwright

    with (
        served(site) as url,
        sync_playwright() as driver,
        driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as chromium,
    ):
        page = chromium.new_page()
        page.goto(url)
        page.wait_for_selector("#view > div")
        first = page.evaluate("performance.getEntriesByName('shown')[0].startTime") / 1000
        page.locator("#q").focus()
        while not page.evaluate("performance.getEntriesByName('whole').length"):  # the abstracts are indexed
            page.wait_for_timeout(100)
        searches = {query: search(page, query) for query in QUERIES}
    figures = {"first view": first, "slowest search": max(searches.values())}
    figures |= {f"search {query!r}": seconds for query, seconds in searches.items()}
    return {name: Spent(seconds) for name, seconds in figures.items()}


def search(page: object, query: str) -> float:
    """The median of five searches, each until the next frame is drawn."""
    script = """async query => {
      const box = document.getElementById("q"), spent = [], pause = new MessageChannel();
      const shown = () => performance.getEntriesByName("shown").length;
      const turn = () => new Promise((next) => { pause.port1.onmessage = next; pause.port2.postMessage(0); });
      const typed = async (text) => {
        const before = shown();
        box.value = text;
        box.dispatchEvent(new Event("input"));
        while (shown() === before) await turn();
        await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
      };
      for (let time = 0; time < 5; time++) {
        await typed("");
        const begun = performance.now();
        await typed(query);
        spent.push(performance.now() - begun);
      }
      return spent.sort((a, b) => a - b)[2] / 1000;
    }"""
    return float(page.evaluate(script, query))  # type: ignore[attr-defined]


@contextmanager
def served(folder: Path, address: str = "127.0.0.1") -> Iterator[str]:
    """A plain file server on the folder; yields its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((address, 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{address}:{server.server_address[1]}/"
        server.shutdown()


def report(figures: dict[str, Spent], papers: int, size: int) -> None:
    """Every figure, its ratio to the baseline, and the targets."""
    base = figures["baseline: tomllib alone"].wall
    print(f"{papers:,} papers; the site's index is {size / 1e6:.1f} MB")
    for name, spent in figures.items():
        seconds, target = spent.wall, TARGETS.get(name)
        cpu = f"{spent.cpu:8.2f} s cpu" if spent.cpu else " " * 14
        note = f"target {target:g} s: {'met' if seconds <= target else 'MISSED'}" if target else ""
        shown = f"{seconds * 1000:8.1f} ms" if re.match("search|slowest", name) else f"{seconds:8.2f} s "
        print(f"{name:<28}{shown}{cpu}{seconds / base:9.2f} x baseline  {note}")


if __name__ == "__main__":
    main()
