"""What the answers of links mean for the entries: findings, and the links that an entry should have instead."""

from collections.abc import Iterator, Mapping
from datetime import date

from harvester.base.clock import utc_date
from harvester.base.escape import is_web_url
from harvester.catalog.check import CheckFinding, Grade
from harvester.catalog.entry import Entry
from harvester.catalog.folder import Catalog
from harvester.domain.link_answers import LinkAnswer, State
from harvester.domain.links import page, with_fragment

RULES: dict[State, tuple[Grade, str]] = {
    "moved": ("warning", "moved-link"),
    "dead": ("warning", "dead-link"),
    "unclear": ("note", "unclear-link"),
}
FIX = "harvester catalog check --online --fix"
Answers = Mapping[str, LinkAnswer]


def asked_pages(catalog: Catalog) -> set[str]:
    """The web addresses of all entries, without their fragments."""
    return {page(link) for entry in catalog.entries for link in entry.links.values() if is_web_url(link)}


def link_findings(catalog: Catalog, answers: Answers, today: date) -> Iterator[CheckFinding]:
    """A finding for every link that moved, is dead, or cannot be told; `answers` are by address without fragment."""
    for entry in catalog.entries:
        for role, link in entry.links.items():
            answer = _answer(answers, link)
            if answer and answer.state in RULES:
                grade, rule = RULES[answer.state]
                new = with_fragment(answer.moved_to, link) if answer.moved_to else ""
                told = f"The {role} link {link} {_why(answer, new, today)}"
                line = catalog.line(entry, f"links.{role}")
                yield CheckFinding(grade, rule, _file(entry), line, told, link, new)


def _answer(answers: Answers, link: str) -> LinkAnswer | None:
    return answers.get(page(link)) if is_web_url(link) else None


def _why(answer: LinkAnswer, new: str, today: date) -> str:
    day = utc_date(answer.asked)
    when = "" if day == today else f" (asked on {day})"
    return f"moved permanently to {new}{when}; `{FIX}` writes it." if new else f"{answer.why}{when}."


def moved_links(entry: Entry, answers: Answers) -> dict[str, str]:
    """The new addresses of an entry's links by role."""
    found = ((role, link, _answer(answers, link)) for role, link in entry.links.items())
    return {role: with_fragment(answer.moved_to, link) for role, link, answer in found if answer and answer.moved_to}


def written_link(entry: Entry, line: int | None, role: str, old: str, new: str) -> CheckFinding:
    """The note that a link was corrected."""
    told = f"The {role} link {old} moved permanently to {new}, which the entry has now."
    return CheckFinding("note", "moved-link", _file(entry), line, told, old, new)


def unwritten_link(entry: Entry, reason: str) -> CheckFinding:
    """The error that an entry's links could not be corrected."""
    return CheckFinding("error", "unwritten-link", _file(entry), None, f"The new addresses are not written: {reason}")


def offline(hosts: int) -> CheckFinding:
    """The finding that stands for all links while this machine is cut off."""
    told = f"None of the {hosts} hosts can be reached from here, so no link was judged; check this machine's network."
    return CheckFinding("warning", "offline", "entries", None, told)


def _file(entry: Entry) -> str:
    return entry.path.as_posix() if entry.path else entry.id
