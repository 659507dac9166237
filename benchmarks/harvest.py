"""A month of nights against the floor that the services' spacing sets: ``python benchmarks/harvest.py``.

Every working night of the month harvests all sources from the stand-in, as a cron job would; classifier, queue and
digest are left out. The stand-in sends odd records, and refuses whoever asks Europe PMC or Crossref too often. arXiv's
spacing is scaled down (``--interval``), because waiting 3 s shows nothing that waiting 0.3 s does not; the table's
figures for 3 s are the same overhead on top of the unscaled floor. Europe PMC and Crossref are asked at their own pace.

The floor is the fewest requests that could bring the same, each the service's own interval apart: at arXiv one for
1,000 results of a window, one for each category, one for 100 ids hydrated; at Europe PMC and Crossref one for 500
records, at least one for each list. Hugging Face and journals are not part of it: they do not ask for spacing.
"""

import argparse
import json
import math
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from harvester.config.settings import load_settings
from harvester.services.harvest.collect import harvest, source_state
from harvester.services.harvest.outcome import SourceOutcome
from harvester.services.workspace import Workspace, taxonomy_of
from harvester.sources.arxiv.calendar import is_batch_day
from harvester.sources.arxiv.rss import RssSettings
from harvester.sources.registry import enabled
from harvester.store.engine import open_store

REAL_INTERVAL = 3.0
OTHERS = {"europepmc": 0.2, "crossref": 1.0}  # seconds between two requests, by their own rules
PATHS = {"arxiv": ("/api/query", "/rss/"), **{source: (f"/{source}/",) for source in OTHERS}}
LAST = date(2025, 6, 12)
Log = list[dict[str, Any]]
CONFIG = """\
[store]
url = "sqlite:///harvester.db"
[harvest.arxiv]
url = "{upstream}/api/query"
min_interval = {interval}
[harvest.arxiv_rss]
url = "{upstream}/rss"
[harvest.huggingface]
url = "{upstream}"
[harvest.europepmc]
url = "{upstream}/europepmc/webservices/rest"
min_interval = 0.2
[harvest.crossref]
url = "{upstream}/crossref"
min_interval = 1.0
venues = ["Journal of Computed Cardiology", "Rhythm and Signal", "Circulation"]
[[harvest.feeds]]
name = "npj-digital-medicine"
url = "{upstream}/feed/npj-digital-medicine.xml"
allow_private = true
[[harvest.feeds]]
name = "circulation"
url = "{upstream}/feed/circulation.xml"
allow_private = true
"""


@dataclass(frozen=True)
class Night:
    """What one night took, the fewest spaced requests that could have done it, and what the stand-in saw of it.

    `gaps` has the shortest time between two requests to each service, in seconds; `refused` counts answers of 429.
    """

    outcomes: list[SourceOutcome]
    seconds: float
    fewest: int
    gaps: dict[str, float]
    refused: int

    @property
    def spaced(self) -> int:
        """Requests to arXiv."""
        return sum(outcome.requests for outcome in self.outcomes if outcome.source.startswith("arxiv"))

    @property
    def others(self) -> int:
        """Requests to all other sources."""
        return sum(outcome.requests for outcome in self.outcomes) - self.spaced

    def asked(self, source: str) -> int:
        """Requests to one source."""
        return sum(outcome.requests for outcome in self.outcomes if outcome.source == source)

    def needed(self, source: str) -> int:
        """The fewest requests that could have brought what one source did."""
        return sum(
            math.ceil(max(1, outcome.expected or 0) / 500) for outcome in self.outcomes if outcome.source == source
        )


def main() -> None:
    """Run the month and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--interval", type=float, default=0.3, help="seconds between requests to arXiv (default 0.3)")
    parser.add_argument("--days", type=int, default=31, help=f"calendar days up to {LAST} (default 31)")
    given = parser.parse_args()
    shared = Path(os.environ.get("HARVESTER_SHARED", Path(__file__).parents[2] / "shared"))
    if not (shared / "upstream" / "serve.py").is_file():
        sys.exit("The shared folder with corpus and stand-in is missing; set HARVESTER_SHARED.")
    with serving(shared) as url, tempfile.TemporaryDirectory() as folder:
        nights = list(month(Path(folder), url, given.interval, given.days))
    print_table(nights, given.interval)


@contextmanager
def serving(shared: Path) -> Iterator[str]:
    """The stand-in on the real month; yields its address."""
    corpus = shared / "corpus" / "papers-2025.jsonl.gz"
    command = [sys.executable, str(shared / "upstream" / "serve.py"), "--corpus", str(corpus), "--port", "0"]
    command += ["--holidays", "evening", "--odd", "--limits"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        ready = re.match(r"ready (\S+)", process.stdout.readline() if process.stdout else "")
        try:
            yield ready[1] if ready else sys.exit("The stand-in did not start.")
        finally:
            process.kill()


def month(folder: Path, url: str, interval: float, days: int) -> Iterator[Night]:
    """One night after another on one store, each as of 23:30 UTC."""
    (folder / "config.toml").write_text(CONFIG.format(upstream=url, interval=interval))
    settings = load_settings(folder / "config.toml")
    ws = Workspace(settings, open_store(settings.store_url), taxonomy_of(settings), lambda: datetime.now(UTC))
    for back in reversed(range(days)):
        day = LAST - timedelta(days=back)
        if is_batch_day(day):
            control(url, day)
            yield one_night(replace(ws, clock=partial(datetime, day.year, day.month, day.day, 23, 30, tzinfo=UTC)), url)
    ws.store.dispose()


def one_night(ws: Workspace, url: str) -> Night:
    """All sources, timed; the stand-in's log tells which ids were hydrated."""
    begun = time.monotonic()
    outcomes = [harvest(ws, source, None, None) for source in enabled(ws.settings.harvest, source_state(ws.store))]
    seconds = time.monotonic() - begun
    if failed := [f"{outcome.source}: {outcome.error}" for outcome in outcomes if outcome.error]:
        sys.exit(f"A night failed: {failed[0]}")
    windows = sum(math.ceil(max(1, outcome.expected or 0) / 1000) for outcome in outcomes if outcome.source == "arxiv")
    with urllib.request.urlopen(f"{url}/_log") as answer:
        log = json.load(answer)
    fewest = windows + len(RssSettings().categories) + math.ceil(len(hydrated(log)) / 100)
    gaps = {source: shortest_gap(log, paths) for source, paths in PATHS.items()}
    return Night(outcomes, seconds, fewest, gaps, sum(entry["status"] == 429 for entry in log))


def hydrated(log: Log) -> set[str]:
    """The ids that were requested."""
    asked = (parse_qs(urlsplit(entry["path"]).query).get("id_list", [""])[0] for entry in log)
    return {name for ids in asked for name in ids.split(",") if name}


def shortest_gap(log: Log, paths: tuple[str, ...]) -> float:
    """The shortest time between two requests to a service, infinite if there was only one."""
    times = [entry["time"] for entry in log if entry["path"].startswith(paths)]
    return min((later - earlier for earlier, later in pairwise(times)), default=math.inf)


def control(url: str, day: date) -> None:
    """Set the stand-in's day, and clear its log."""
    body = json.dumps({"today": day.isoformat(), "clear_log": True}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{url}/_control", body, method="POST")).close()


def print_table(nights: list[Night], interval: float) -> None:
    """Figures of the whole month."""
    wall, fewest = sum(night.seconds for night in nights), sum(night.fewest for night in nights)
    floor, real_floor = fewest * interval, fewest * REAL_INTERVAL
    waited = {source: sum(night.asked(source) for night in nights) * seconds for source, seconds in OTHERS.items()}
    needed = {source: sum(night.needed(source) for night in nights) * seconds for source, seconds in OTHERS.items()}
    floor += sum(needed.values())
    real_floor += sum(needed.values())
    overhead = wall - sum(night.spaced for night in nights) * interval - sum(waited.values())
    real = sum(night.spaced for night in nights) * REAL_INTERVAL + sum(waited.values()) + overhead
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    received = sum(outcome.received for night in nights for outcome in night.outcomes)
    rows = [
        ("nights", f"{len(nights)}"),
        ("records received", f"{received:,}"),
        ("new papers", f"{sum(len(outcome.first) for night in nights for outcome in night.outcomes):,} sightings"),
        ("requests to arXiv / fewest possible", f"{sum(night.spaced for night in nights)} / {fewest}"),
        *(
            (
                f"requests to {source} / fewest possible",
                f"{sum(night.asked(source) for night in nights)} / {sum(night.needed(source) for night in nights)}",
            )
            for source in OTHERS
        ),
        ("requests to all but arXiv", f"{sum(night.others for night in nights)}"),
        *(
            (f"shortest gap at {source} (allowed {allowed:g} s)", gap_cell(min(night.gaps[source] for night in nights)))
            for source, allowed in {"arxiv": interval, **OTHERS}.items()
        ),
        ("requests refused (429)", f"{sum(night.refused for night in nights)}"),
        (
            "received = expected",
            f"{sum(o.received == o.expected for night in nights for o in night.outcomes if o.expected is not None)} of "
            f"{sum(o.expected is not None for night in nights for o in night.outcomes)} windows",
        ),
        (f"wall time at {interval:g} s", f"{wall:.1f} s"),
        (f"floor at {interval:g} s", f"{floor:.1f} s"),
        (f"ratio at {interval:g} s", f"{wall / floor:.3f}" if floor else "-"),
        (f"wall time / floor at {REAL_INTERVAL:g} s, extrapolated", f"{real:.0f} s / {real_floor:.0f} s"),
        (f"ratio at {REAL_INTERVAL:g} s, extrapolated (target 1.3)", f"{real / real_floor:.3f}"),
        ("slowest night", f"{max(night.seconds for night in nights):.1f} s"),
        ("peak memory", f"{peak:.0f} MB"),
    ]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:<{width}}  {value}")


def gap_cell(gap: float) -> str:
    """A gap in seconds, or that there never were two requests in one night."""
    return "one request a night" if gap == math.inf else f"{gap:.2f} s"


if __name__ == "__main__":
    main()
