"""Long lists of invented papers, each in another form: ``python benchmarks/importing.py``.

Reads lists of bullets, tables and bold blocks, one list in all of these forms, and one of 20,000 headings. Prints the
processor time and the balance of the links of each; fails if a link is missing or the longest list takes too long.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from classifiers.taxonomy import Taxonomy, load_taxonomy
from harvester.catalog.importing.awesome import ImportedList, parse_list

TARGET = 20.0  # seconds for 2,700 entries
HEADINGS = 20_000
LINKS = 2  # of each entry


def bullet(number: int) -> str:
    """An entry as a bullet."""
    return (
        f"- [Study {number} of beating hearts](https://arxiv.org/abs/2301.{number:05}) - Ann Dee and Bob Poe, *MIDL*, "
        f"2023. - Has {number} scans. [[code](https://github.com/invented/{number})]\n"
    )


def row(number: int) -> str:
    """An entry as a row of a table."""
    links = f"[pdf](https://arxiv.org/abs/2302.{number:05}) | [x](https://github.com/invented/r{number})"
    return f"| 2023 | Study {number} of hearts | {links} |\n"


def block(number: int) -> str:
    """An entry as a bold block."""
    return (
        f"**Study {number} of chambers** \\\n*Ann Dee, Bob Poe* \\\n[Jul., 2023] [MIDL] \\\n"
        f"[[Paper](https://arxiv.org/abs/2303.{number:05})] [[GitHub](https://github.com/invented/b{number})]\n\n"
    )


FORMS: dict[str, tuple[Callable[[int], str], str]] = {
    "bullets": (bullet, ""),
    "table": (row, "| Year | Title | Link | Code |\n| --- | --- | --- | --- |\n"),
    "bold blocks": (block, ""),
}


def section(form: str, entries: int) -> str:
    """A section with so many entries."""
    write, head = FORMS[form]
    return f"## Segmentation\n\n{head}{''.join(map(write, range(entries)))}\n"


def lists(entries: int) -> Iterator[tuple[str, str, int]]:
    """The name, the text and the number of links of each list."""
    for form in FORMS:
        yield f"500 entries, {form}", f"# Hearts\n{section(form, 500)}", 500 * LINKS
    each = entries // len(FORMS)
    every = "".join(section(form, each) for form in FORMS)
    yield f"{each * len(FORMS)} entries", f"# Hearts\n{every}", each * len(FORMS) * LINKS
    yield f"{HEADINGS} headings", "".join(f"## Heading {number}\n\n" for number in range(HEADINGS)), 0


def timed(text: str, taxonomy: Taxonomy) -> tuple[float, ImportedList]:
    """Processor seconds of reading a list, and the list."""
    start = time.process_time()
    found = parse_list(text, taxonomy)
    return time.process_time() - start, found


def main() -> int:
    """Read all lists, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--entries", type=int, default=2_700)
    given = parser.parse_args()
    taxonomy, failed = load_taxonomy(), False
    for name, text, links in lists(given.entries):
        seconds, found = timed(text, taxonomy)
        lost = found.balance.in_entries != links
        late = seconds > TARGET * max(1.0, given.entries / 2_700)
        failed |= lost or late
        print(f"{name:28} {seconds:6.2f} s  {found.balance}{'  MISSING' if lost else ''}{'  LATE' if late else ''}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
