"""Invented lists: the same papers as maintainers write them, in many forms."""

from collections.abc import Callable
from dataclasses import replace

from harvester.catalog.entry import Entry
from harvester.catalog.published import Published
from harvester.domain.labels import Labels

TOPICS = {"Segmentation": ("task", "segmentation"), "Diagnosis": ("task", "diagnosis"), "ECG": ("modality", "ecg")}
_THINGS = ("leaflets", "septa", "walls", "valves", "beats", "veins", "chambers", "plaques", "strains", "rhythms")
_WAYS = ("in one pass", "from two views", "without labels", "with less data", "at night", "by sound", "on a watch")
_VENUES = ("MICCAI", "Heart Notes", "IEEE TMI", "arXiv", "Circulation Letters", "MIDL")
_PEOPLE = ("Ann Dee", "Bob Poe", "Cy Roe", "Eva Lind", "Finn O'Hara", "Jo van Berg")


def paper(number: int, heading: str) -> Entry:
    """An invented paper; its parts depend on the number, and some are missing."""
    thing, way = _THINGS[number % 10], _WAYS[number % 7]
    links = {"paper": f"https://arxiv.org/abs/24{1 + number % 12:02}.{number:05}"}
    if number % 3:
        links["code"] = f"https://github.com/invented/{thing}-{number}"
    return Entry(
        id=f"arxiv:24{1 + number % 12:02}.{number:05}",
        title=f"Reading {thing} {way}: study {number}",
        labels=Labels({TOPICS[heading][0]: (TOPICS[heading][1],), "kind": ("research",)}),
        authors=tuple(_PEOPLE[(number + step) % 6] for step in range(1 + number % 3)),
        published=Published(2025 - number // 4 % 6, 1 + number % 12),
        venue=_VENUES[number % 6] if number % 5 else "",
        note=f"Has {number} scans." if number % 4 else "",
        links=links,
    )


def papers(count: int) -> dict[str, list[Entry]]:
    """So many papers by heading, newest first."""
    headings = list(TOPICS)
    by_heading: dict[str, list[Entry]] = {heading: [] for heading in headings}
    for number in range(count):
        by_heading[headings[number % 3]].append(paper(number, headings[number % 3]))
    for heading, listed in by_heading.items():
        by_heading[heading] = sorted(listed, key=lambda entry: entry.published, reverse=True)
    return by_heading


def _joined(*pieces: str) -> str:
    return "".join(pieces)


def _blocks(p: Entry) -> str:
    lines = [f"**{p.title}**", f"*{', '.join(p.authors)}*"]
    lines.append(" ".join(f"[{part}]" for part in (p.published.label, p.venue) if part))
    names = {"paper": "Paper", "code": "GitHub"}
    lines.append(" ".join(f"[[{names[role]}]({address})]" for role, address in p.links.items()))
    return " \\\n".join(lines)


def _sentence(p: Entry) -> str:
    return _joined(
        f"- [{p.title}]({p.links['paper']}) - {' and '.join(p.authors)}",
        f", *{p.venue}*" if p.venue else "",
        f", {p.published.year}.",
        f" - {p.note}" if p.note else "",
    )


def _bold_bullet(p: Entry) -> str:
    code = f" [[code]({p.links['code']})]" if "code" in p.links else ""
    place = f"({p.venue} {p.published.year})" if p.venue else f"({p.published.year})"
    return f"* **{p.title}** {place} [[paper]({p.links['paper']})]{code}"


def _dated(p: Entry) -> str:
    code = f" [[code]]({p.links['code']})" if "code" in p.links else ""
    venue = f" *{p.venue}*." if p.venue else ""
    date = f"[{p.published.year}/{p.published.month:02}]"
    return f"1. {date} **{p.title}.** {', '.join(p.authors)}.{venue} [[paper]]({p.links['paper']}){code}"


def _row(p: Entry) -> str:
    code = f"[Code]({p.links['code']})" if "code" in p.links else "-"
    return f"| {p.published.year} | {p.venue} | [{p.title}]({p.links['paper']}) | {code} |"


def _tight_row(p: Entry) -> str:
    date = f"{p.published.year}-{p.published.month:02}"
    return f"|**{date}**|{p.title}|{'; '.join(p.authors)}|[link]({p.links['paper']})|{p.note}|"


def _nested(p: Entry) -> str:
    lines = [f"- **{p.title}**", f"  - Authors: {', '.join(p.authors)}"]
    lines += [f"  - Venue: {p.venue}"] if p.venue else []
    lines += [f"  - Date: {p.published.year}", f"  - Paper: {p.links['paper']}"]
    return "\n".join([*lines, *([f"  - Code: {p.links['code']}"] if "code" in p.links else [])])


def _labelled(p: Entry) -> str:
    code = f"\n- Code: {p.links['code']}" if "code" in p.links else ""
    return f"**{p.title}**\n- Paper: {p.links['paper']}{code}"


def _heading(p: Entry) -> str:
    return f"### {p.title}\n{', '.join(p.authors)}\n\n[[PDF]({p.links['paper']})]"


WRITERS: dict[str, tuple[Callable[[Entry], str], str, str]] = {
    "blocks": (_blocks, "\n\n", ""),
    "sentences": (_sentence, "\n", ""),
    "bold bullets": (_bold_bullet, "\n", ""),
    "dated": (_dated, "\n", ""),
    "table": (_row, "\n", "| Year | Venue | Paper | Code |\n| :--: | --- | --- | --- |\n"),
    "tight table": (_tight_row, "\n", "|Date|Title|Authors|PDF|Notes|\n|---|---|---|---|---|\n"),
    "nested": (_nested, "\n", ""),
    "labelled": (_labelled, "\n\n", ""),
    "headings": (_heading, "\n\n", ""),
}
"""The writer of a paper, what stands between two papers, and what above the first, by the name of a form."""


def written(by_heading: dict[str, list[Entry]], form: str) -> str:
    """A list in one of the forms."""
    write, between, head = WRITERS[form]
    contents = "\n".join(f"- [{heading}](#{heading.lower()})" for heading in by_heading)
    sections = (
        f"## {heading}\n\nWhat is known about it.\n\n{head}{between.join(map(write, listed))}\n"
        for heading, listed in by_heading.items()
    )
    return (
        "---\ntitle: Hearts\n---\n# Awesome hearts ❤\n\n> A list with [rules](https://example.org/rules).\n\n"
        f"## Contents\n\n{contents}\n\n{chr(10).join(sections)}\n## Contributing\n\nSend a pull request.\n"
    )


def shown(by_heading: dict[str, list[Entry]], form: str) -> dict[str, list[Entry]]:
    """The papers with what a list in this form says of them: two of the forms have no link to code."""
    if form not in ("sentences", "headings"):
        return by_heading
    return {
        heading: [replace(entry, links={"paper": entry.links["paper"]}) for entry in listed]
        for heading, listed in by_heading.items()
    }
