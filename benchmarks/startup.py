"""How soon a command answers: ``python benchmarks/startup.py``.

Each command is started several times, as a person would. The table gives the fastest and the median time, and the least
processor time: on a busy machine, that is what the command would take on an idle one. For comparison: an interpreter
that does nothing, and one that only loads SQLAlchemy, which every command that reads the store needs.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGETS = {"--help": 0.4, "status": 0.5, "": 0.5, "queue": 0.8}


def main() -> None:
    """Time the commands and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=15, help="starts of each command (default 15)")
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.toml").write_text("")
        harvester = [sys.executable, "-m", "harvester"]
        seconds(Path(folder), [*harvester, "queue"], 1)  # creates the store
        rows: list[tuple[str, list[tuple[float, float]], float | None]] = [
            (f"python -c '{code}'", seconds(Path(folder), [sys.executable, "-c", code], times), None)
            for code in ("pass", "import sqlalchemy")
        ]
        for name, target in TARGETS.items():
            taken = seconds(Path(folder), [*harvester, *name.split()], times)
            rows.append((f"harvester {name}".strip(), taken, target))
    for name, taken, wanted in rows:
        wall, processor = zip(*taken, strict=True)
        aim = f"  target {wanted:.1f} s" if wanted else ""
        times_shown = f"fastest {min(wall):.2f} s  median {statistics.median(wall):.2f} s"
        print(f"{name:<29}  {times_shown}  processor {min(processor):.2f} s{aim}")


def seconds(folder: Path, command: list[str], times: int) -> list[tuple[float, float]]:
    """How long each start took, by the clock and in processor time."""
    taken = []
    for _ in range(times):
        begun, used = time.monotonic(), processor_time()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        taken.append((time.monotonic() - begun, processor_time() - used))
    return taken


def processor_time() -> float:
    """Seconds of processor time that all commands so far have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
