"""``harvester queue --interactive``: one paper after the other, decided with the keys of the review page."""

import getpass
import shutil
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

from classifiers.taxonomy import Taxonomy
from harvester.base.errors import HarvesterError, UsageError
from harvester.cli.common import say
from harvester.cli.decide import told
from harvester.cli.keys import Keys
from harvester.domain.candidates import QueueFilter, QueueRow
from harvester.domain.labels import parse_edits
from harvester.services.review.decisions import Decided, decide_all
from harvester.services.review.queries import ReviewedPaper, paper_detail, queue_page
from harvester.services.workspace import Workspace

ACTIONS = {"a": "accept", "v": "accept", "x": "reject", "d": "defer"}
_ARROWS = {"\x1b[B": "j", "\x1b[A": "k", "\x1b[C": "j", "\x1b[D": "k", "\x1bOB": "j", "\x1bOA": "k"}
_ENDS = ("q", "", "\x04")
_HELP = "a accept · x reject · d defer · e edit labels · n note · u undo · j next · k previous · q quit"
_WIDEST = 100  # columns of text


@dataclass
class _Sitting:
    """Where the reviewer is; `edits` and `note` belong to the paper that is shown, `decided` are rows in order.

    `versions` are those of the papers decided here: each decision must name the one that the reviewer has seen.
    """

    ws: Workspace
    rows: tuple[QueueRow, ...]
    by: str
    position: int = 0
    decided: list[int] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    edits: dict[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def page(self) -> object:
        """What is shown; it is shown again only if it changes."""
        return self.position, len(self.decided), tuple(self.edits.items())

    def move(self, position: int) -> None:
        """Show another paper, as far as there is one."""
        self.position = max(0, min(position, len(self.rows)))
        self.edits, self.note = {}, ""


def review(ws: Workspace, wanted: QueueFilter) -> None:
    """Show the wanted papers one by one, and do what each key says, until they are all seen.

    Raises:
        UsageError: there is no terminal.
        StoreError: the store fails.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "--interactive reads single keys, which needs a terminal", remedy="run it in one, or use accept and reject"
        )
    sitting = _Sitting(ws, queue_page(ws, wanted).rows, getpass.getuser())
    say(f"{len(sitting.rows)} {wanted.state}. {_HELP}")
    with Keys() as keys:
        _sit(sitting, keys)
    say(f"{len(sitting.decided)} decided, {len(sitting.rows) - len(set(sitting.decided))} left.")


def _sit(sitting: _Sitting, keys: Keys) -> None:
    shown: object = None
    while sitting.position < len(sitting.rows):
        if shown != sitting.page:
            _show(sitting)
            shown = sitting.page
        key = keys.press()
        if key.lower() in _ENDS:
            break
        try:
            _do(sitting, _ARROWS.get(key, key.lower()), keys)
        except HarvesterError as error:
            say(f"    {error}")


def _do(sitting: _Sitting, key: str, keys: Keys) -> None:
    if key in ACTIONS:
        _decide(sitting, ACTIONS[key])
    elif key in ("j", "k"):
        sitting.move(sitting.position + (1 if key == "j" else -1))
    elif key == "u":
        _undo(sitting)
    elif key == "e":
        sitting.edits = edits_of(sitting.ws.taxonomy, keys.line("Labels, such as +ecg -diagnosis"))
    elif key == "n":
        sitting.note = keys.line("Note")
    else:
        say(_HELP)


def edits_of(taxonomy: Taxonomy, text: str) -> dict[str, str]:
    """``+ecg -diagnosis`` or ``kind:review`` as the labels that a decision takes, by facet.

    Raises:
        UsageError: no facet or several have such a label.
    """
    given: dict[str, list[str]] = {}
    for word in text.replace(",", " ").split():
        sign, name = (word[0], word[1:]) if word[0] in "+-" else ("", word)
        named, _, label = name.rpartition(":")
        facets = [facet.id for facet in taxonomy.facets if label in facet.label_ids and named in ("", facet.id)]
        if len(facets) != 1:
            which = f"write one of {', '.join(f'{facet}:{label}' for facet in facets)}" if facets else "see `?`"
            raise UsageError(f"{'Several facets have' if facets else 'There is no'} label {label!r}", remedy=which)
        given.setdefault(facets[0], []).append(f"{sign}{label}")
    parse_edits(taxonomy, given)
    return {facet: ",".join(labels) for facet, labels in given.items()}


def _decide(sitting: _Sitting, action: str) -> None:
    at = sitting.position
    done = _record(sitting, at, action, sitting.note, sitting.edits if action == "accept" else {})
    if not done.repeated:  # what stood already is not this sitting's to undo
        sitting.decided.append(at)
    sitting.move(at + 1)


def _undo(sitting: _Sitting) -> None:
    if not sitting.decided:
        raise UsageError("Nothing was decided in this sitting", remedy="`harvester undo PAPER` goes further back")
    at = sitting.decided[-1]
    _record(sitting, at, "undo", "", {})
    sitting.decided.pop()
    sitting.move(at)


def _record(sitting: _Sitting, at: int, action: str, note: str, given: Mapping[str, str]) -> Decided:
    row = sitting.rows[at]
    seen = {row.id: sitting.versions.get(row.id, row.candidate.version)}
    (outcome,) = decide_all(sitting.ws, action, [row.id], sitting.by, note, given, seen)
    if outcome.error:
        raise HarvesterError(outcome.error)
    if outcome.paper:
        sitting.versions[row.id] = outcome.paper.version
    say(told(outcome, action))
    return outcome


def _show(sitting: _Sitting) -> None:
    detail = paper_detail(sitting.ws, sitting.rows[sitting.position].id)
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    authors = ", ".join(author.name for author in detail.paper.authors)
    head = f"\n[{sitting.position + 1}/{len(sitting.rows)}] {detail.paper.id}  {detail.state}"
    parts = (detail.paper.title, authors, detail.paper.abstract or "There is no abstract.")
    say("\n".join([head, *(textwrap.fill(part, width) for part in parts if part), *_labels(detail, sitting.edits)]))


def _labels(detail: ReviewedPaper, edits: Mapping[str, str]) -> list[str]:
    """A line for each facet, with a question mark after each label that the model is unsure of."""
    prediction = detail.prediction
    unsure = prediction.unsure if prediction else ()
    lines = [f"scope    {prediction.scope:.2f}"] if prediction else []
    for facet, labels in detail.labels.facets.items():
        marked = (f"{label}{'?' if f'{facet}:{label}' in unsure else ''}" for label in labels)
        lines.append(f"{facet:<8} {', '.join(marked)}")
    return [*lines, f"edits    {' '.join(edits.values())}"] if edits else lines
