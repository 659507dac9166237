"""The description of a proposal's pull request: a table of its papers, in Markdown. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classifiers.taxonomy import Label, Taxonomy
from harvester.base.escape import forge_markdown, markdown_url
from harvester.catalog.entry import Entry
from harvester.domain.labels import exclusive_last
from harvester.domain.predictions import Prediction

LONGEST = 60_000  # characters; GitHub refuses descriptions of more than 65,536
LONGEST_TEXT = 500  # characters of a title, a venue or the key sentences
_HEAD = """\
**Merge** to accept the papers. Before that, delete the file of a paper to **reject** it, and edit its file to
**correct** its labels. To reject all of them, close this pull request and delete its branch. The next night reads what
you did.

A question mark stands behind what the model is unsure of.

| Paper | Labels | Key sentences |
| --- | --- | --- |
"""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A paper of a proposal; `sentences` are those of its abstract that say what was done and found."""

    entry: Entry
    prediction: Prediction | None
    sentences: str = ""


def summary(rows: Sequence[SummaryRow], taxonomy: Taxonomy) -> str:
    """The whole description; of papers that do not fit it, only how many there are."""
    text = _HEAD
    for done, row in enumerate(rows):
        line = _line(row, taxonomy)
        if len(text) + len(line) > LONGEST:
            return f"{text}\n{len(rows) - done} more papers do not fit here; see their files.\n"
        text += line
    return text


def _line(row: SummaryRow, taxonomy: Taxonomy) -> str:
    cells = (_paper(row), "<br>".join(_labels(row, taxonomy)), _safe(row.sentences))
    return f"| {' | '.join(cells)} |\n"


def _paper(row: SummaryRow) -> str:
    entry, title = row.entry, _safe(row.entry.title)
    link = markdown_url(next(iter(entry.links.values()), ""))
    facts = [_safe(entry.venue), str(entry.published), _in_scope(row.prediction), _safe(entry.path or "")]
    return "<br>".join((f"[{title}]({link})" if link else title, ", ".join(filter(None, facts))))


def _in_scope(prediction: Prediction | None) -> str:
    return f"in scope {_percent(prediction.scope)}" if prediction else ""


def _labels(row: SummaryRow, taxonomy: Taxonomy) -> Iterator[str]:
    """A line for each facet with its labels, then one with the labels that are not set but may have to be."""
    doubtful = []
    for facet in exclusive_last(taxonomy):
        held = [label for label in facet.labels if row.entry.labels.has(facet.id, label.id)]
        if held:
            yield ", ".join(_label(row.prediction, facet.id, label) for label in held)
        unset = [label for label in facet.labels if label not in held]
        doubtful += [_label(row.prediction, facet.id, label) for label in unset if _unsure(row, facet.id, label)]
    if doubtful:
        yield f"Not set: {', '.join(doubtful)}"


def _unsure(row: SummaryRow, facet: str, label: Label) -> bool:
    return row.prediction is not None and f"{facet}:{label.id}" in row.prediction.unsure


def _label(prediction: Prediction | None, facet: str, label: Label) -> str:
    chance = prediction.probabilities.get(facet, {}).get(label.id) if prediction else None
    mark = " ?" if prediction and f"{facet}:{label.id}" in prediction.unsure else ""
    return f"{_safe(label.name)}{'' if chance is None else f' {_percent(chance)}'}{mark}"


def _percent(chance: float) -> str:
    return f"{chance:.0%}"


def _safe(text: object) -> str:
    """Foreign text in a cell; cut, so that no paper takes the place of the others."""
    whole = str(text)
    return forge_markdown(whole if len(whole) <= LONGEST_TEXT else f"{whole[:LONGEST_TEXT]}…")
