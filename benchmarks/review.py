"""How long a reviewer waits for the next paper: forty decisions in Chromium, one each half second, right after a start.

Usage: benchmarks/review.py [--papers N] [--pending N] [--decisions N] [--every S]. The store is filled with invented
papers, as in web.py; the server is `harvester web`, one process, started anew for one reviewer and for two at once.
Exits with 1 if a target is missed.
"""

import argparse
import asyncio
import os
import shutil
import statistics
import sys
import time
from pathlib import Path

from playwright.async_api import Browser, async_playwright
from reviewing import MEMORY, PASSWORD, Room, machine_load, memory, processor_seconds, room, serving

TARGET = 0.150  # seconds, p95 from the key to the next paper
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
KEYS = "axad"
# Notes when each key goes down, and when the paper that it leads to has been painted.
WATCH = """() => {
  window.waits = [];
  const begun = [];
  addEventListener("keydown", () => begun.push(performance.now()), true);
  const shown = () => document.querySelector(":is(#preview, #paper:not([hidden])) article")?.dataset.id;
  let before = shown();
  new MutationObserver(() => {
    if (!begun.length || shown() === before) return;
    before = shown();
    const since = begun.shift();
    requestAnimationFrame(() => setTimeout(() => window.waits.push(performance.now() - since)));
  }).observe(document.querySelector("section.paper"), { childList: true, subtree: true });
}"""


async def review(chromium: Browser, url: str, name: str, page_number: int, decisions: int, every: float) -> list[float]:
    """One reviewer's decisions on a page of the queue; the seconds from each key to the next paper."""
    context = await chromium.new_context(viewport={"width": 1366, "height": 768})
    page = await context.new_page()
    await page.goto(f"{url}/review?page={page_number}")
    await page.fill("[name=username]", name)
    await page.fill("[name=password]", PASSWORD)
    await page.click("main button")
    await page.wait_for_selector("html.scripts body.desk", state="attached")
    await page.evaluate(WATCH)
    await asyncio.sleep(1)
    begun = time.perf_counter()
    for number in range(decisions):
        await asyncio.sleep(max(0.0, begun + number * every - time.perf_counter()))
        await page.keyboard.press(KEYS[number % len(KEYS)])
    await page.wait_for_function(f"() => window.waits.length >= {decisions}", timeout=60_000)
    waits: list[float] = await page.evaluate("() => window.waits")
    await context.close()
    return [wait / 1000 for wait in waits]


async def all_at_once(url: str, reviewers: int, decisions: int, every: float) -> list[float]:
    """All waits of some reviewers, each on a page of the queue."""
    path = os.environ.get("HARVESTER_TEST_CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as driver:
        chromium = await driver.chromium.launch(executable_path=path, args=FLAGS)
        work = [review(chromium, url, f"reviewer{n}", n, decisions, every) for n in range(1, reviewers + 1)]
        found = await asyncio.gather(*work)
        await chromium.close()
    return [wait for waits in found for wait in waits]


def measure(place: Room, reviewers: int, given: argparse.Namespace) -> bool:
    """Print the figures of some reviewers at once; whether the targets were met."""
    with serving(place) as process:
        before, used = memory(process), processor_seconds(process)
        waits = asyncio.run(all_at_once(place.url, reviewers, given.decisions, given.every))
        after, used = memory(process), processor_seconds(process) - used
        torch = "/torch/" in Path(f"/proc/{process}/maps").read_text()
    p50, p95 = statistics.median(waits), statistics.quantiles(waits, n=20)[-1]
    print(
        f"{reviewers} reviewer(s)  {len(waits)} decisions  p50 {1000 * p50:5.0f} ms  p95 {1000 * p95:5.0f} ms  "
        f"longest {1000 * max(waits):5.0f} ms ({p95 / TARGET:.2f} x the target)  server {before:.0f} to {after:.0f} MB"
        f"{', torch loaded' if torch else ''}, {1000 * used / len(waits):.0f} ms of processor a decision; "
        f"{machine_load()}",
        flush=True,
    )
    return p95 <= TARGET and after <= MEMORY and not torch


def main() -> int:
    """Fill a store, serve it, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--pending", type=int, default=500)
    parser.add_argument("--decided", type=int, default=5_000)
    parser.add_argument("--decisions", type=int, default=40, help="by each reviewer, at most 49")
    parser.add_argument("--every", type=float, default=0.5, help="seconds between two decisions")
    given = parser.parse_args()
    with room(given.papers, given.pending, given.decided, ["reviewer1", "reviewer2"]) as place:
        met = [measure(place, reviewers, given) for reviewers in (1, 2)]
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main())
