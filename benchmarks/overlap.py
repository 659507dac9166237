"""What a night saves by classifying while it waits for arXiv: ``python benchmarks/overlap.py``.

The same night from the stand-in twice, each in its own process with its own store: first all sources are harvested and
then everything new is classified, one after the other; then `run` does both. No order of the two can take less than the
longer one of them.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from harvest import CONFIG, LAST, control, serving

# Both print their seconds as JSON; loading torch counts as classifying, as it does in a night.
PARTS = """
import json, time
from pathlib import Path
from harvester.services.harvest.collect import harvest, source_state
from harvester.services.learning.classify import classify
from harvester.services.workspace import open_workspace
from harvester.sources.registry import enabled
ws = open_workspace(Path("config.toml"))
begun = time.monotonic()
outcomes = [harvest(ws, source, None, None) for source in enabled(ws.settings.harvest, source_state(ws.store))]
between = time.monotonic()
papers = classify(ws)
print(json.dumps({"papers": papers, "harvest": between - begun, "classify": time.monotonic() - between}))
"""
NIGHT = """
import json, time
from pathlib import Path
from harvester.services.operations.nightly import run
from harvester.services.workspace import open_workspace
ws = open_workspace(Path("config.toml"))
begun = time.monotonic()
report = run(ws, digest=False)
print(json.dumps({"papers": report.papers.new, "run": time.monotonic() - begun}))
"""


def main() -> None:
    """Measure both ways, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--interval", type=float, default=3.0, help="seconds between requests to arXiv (default 3)")
    parser.add_argument("--overlap-days", type=int, default=2, help="length of the first window (default 2)")
    given = parser.parse_args()
    shared = Path(os.environ.get("HARVESTER_SHARED", Path(__file__).parents[2] / "shared"))
    if not (shared / "upstream" / "serve.py").is_file():
        sys.exit("The shared folder with corpus and stand-in is missing; set HARVESTER_SHARED.")
    with serving(shared) as url:
        control(url, LAST)
        text = CONFIG.format(upstream=url, interval=given.interval)
        text = text.replace("[harvest.arxiv]", f"[harvest]\noverlap_days = {given.overlap_days}\n[harvest.arxiv]")
        parts, night = measured(PARTS, text), measured(NIGHT, text)
    if parts["papers"] != night["papers"]:
        sys.exit(f"The results differ: {parts['papers']:.0f} papers one by one, {night['papers']:.0f} in a run.")
    both = parts["harvest"] + parts["classify"]
    print(f"{parts['papers']:.0f} papers at {given.interval:g} s between requests")
    print(f"harvest alone   {parts['harvest']:6.1f} s\nclassify alone  {parts['classify']:6.1f} s")
    print(f"one by one      {both:6.1f} s\nrun             {night['run']:6.1f} s, {night['run'] / both:.2f} of that")
    print(f"floor           {max(parts['harvest'], parts['classify']):6.1f} s")


def measured(script: str, config: str) -> dict[str, float]:
    """What a script prints, in a fresh folder on the stand-in's last day."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.toml").write_text(config)
        environment = {**os.environ, "HARVESTER_NOW": f"{LAST}T23:30:00Z"}
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)
        found: dict[str, float] = json.loads(done.stdout)
        return found


if __name__ == "__main__":
    main()
