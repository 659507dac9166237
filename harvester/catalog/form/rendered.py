"""A catalog in the form that was learned from a list. Pure: the same entries always give the same lines."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from classifiers.taxonomy import Taxonomy
from harvester.base.errors import CatalogError
from harvester.catalog.entry import Entry
from harvester.catalog.form.frame import FRAME, Item, Rest, Run, fingerprint
from harvester.catalog.form.item import ItemForm, render_item
from harvester.catalog.form.learned import ListForm
from harvester.catalog.sections import newest_first
from harvester.domain.folding import folded

Labelled = frozenset[tuple[str, str]]
_NUMBER = re.compile(r"\A(\s*)\d+(?=[.)])")


@dataclass(frozen=True, slots=True)
class Shown:
    """The papers of a run, each with what the list says about it (None if only its entry does)."""

    run: Run | Rest
    papers: tuple[tuple[Entry, Item | None], ...]


def arranged(form: ListForm, entries: Iterable[Entry], taxonomy: Taxonomy) -> list[Shown]:
    """The papers of each run: those that the list had there, and new ones where their labels put them.

    A paper that the list has already does not go to a section whose labels its own sections give it together: the
    list's maintainers left it out there.

    Raises:
        CatalogError: a mark of the frame names a form or label that there is not.
    """
    runs = [block for block in form.frame if isinstance(block, Run | Rest)]
    for run in runs:
        _check(run, form, taxonomy)
    listed = newest_first(entries)
    known = {entry.id: entry for entry in listed}
    held = {number: _held(run, known, taxonomy) for number, run in enumerate(runs)}
    given: dict[str, set[tuple[str, str]]] = {}
    for number, papers in held.items():
        for entry, item in papers:
            for name in (entry.id, *(item.others if item else ())):
                given.setdefault(name, set()).update(_labels(runs[number]))
    added: dict[int, list[Entry]] = {number: [] for number in held}
    for entry in listed:
        for number in _targets(entry, runs, held, given.get(entry.id), taxonomy):
            added[number].append(entry)
    return [Shown(run, tuple(_merged(held[number], added[number], form.order))) for number, run in enumerate(runs)]


def _check(run: Run | Rest, form: ListForm, taxonomy: Taxonomy) -> None:
    if run.form not in form.forms:
        raise CatalogError(f"{FRAME} names the form {run.form!r}; the forms in list.toml are: {', '.join(form.forms)}.")
    for facet, label in _labels(run):
        known = next((one for one in taxonomy.facets if one.id == facet), None)
        if not known or label not in (*known.label_ids, *(extra.id for extra in taxonomy.derived_of(facet))):
            raise CatalogError(
                f"{FRAME} names the label {facet}:{label}, which is not in the taxonomy; correct the mark."
            )


def _labels(run: Run | Rest) -> tuple[tuple[str, str], ...]:
    return run.labels if isinstance(run, Run) else ()


def _held(run: Run | Rest, known: Mapping[str, Entry], taxonomy: Taxonomy) -> list[tuple[Entry, Item | None]]:
    """The papers that the list had here and that still have the labels of the section."""
    items = run.items if isinstance(run, Run) else ()
    kept = ((known[one.paper], one) for item in items for one in _one_by_one(item, run, known, taxonomy))
    return [(entry, item) for entry, item in kept if _derived(run, taxonomy) or _has(entry.labels.pairs, run, taxonomy)]


def _one_by_one(item: Item, run: Run | Rest, known: Mapping[str, Entry], taxonomy: Taxonomy) -> list[Item]:
    """The item; one for each of its papers, without lines, where these share lines that are no longer true."""
    entries = [known[paper] for paper in item.papers if paper in known]
    if not item.others:
        return [item] if entries else []
    shared = len(entries) == len(item.papers) and item.print == fingerprint(*entries)
    if shared and all(_derived(run, taxonomy) or _has(entry.labels.pairs, run, taxonomy) for entry in entries):
        return [replace(item, print=fingerprint(entries[0]))]
    return [Item(entry.id, item.blank) for entry in entries]


def _derived(run: Run | Rest, taxonomy: Taxonomy) -> bool:
    return any(label == extra.id for facet, label in _labels(run) for extra in taxonomy.derived_of(facet))


def _has(pairs: Iterable[tuple[str, str]], run: Run | Rest, taxonomy: Taxonomy) -> bool:
    """Whether these labels put a paper into a section: all of its labels, or enough of a derived section's facet."""
    held = frozenset(pairs)
    return all(
        (facet, label) in held
        or any(
            extra.id == label and sum(owner == facet for owner, _ in held) >= extra.at_least
            for extra in taxonomy.derived_of(facet)
        )
        for facet, label in _labels(run)
    )


def _targets(
    entry: Entry,
    runs: Sequence[Run | Rest],
    held: Mapping[int, Sequence[tuple[Entry, Item | None]]],
    given: set[tuple[str, str]] | None,
    taxonomy: Taxonomy,
) -> list[int]:
    """The runs that a paper is added to: of those with the same labels one, and none above a more specific one."""
    fitting = [
        number
        for number, run in enumerate(runs)
        if isinstance(run, Run)
        and _has(entry.labels.pairs, run, taxonomy)
        and not (given is not None and _has(given, run, taxonomy))
    ]
    wanted = {frozenset(_labels(runs[number])) for number in fitting}
    if given is not None:
        wanted.discard(frozenset())
    best = {labels for labels in wanted if not any(labels < other for other in wanted)}
    chosen = [_one(entry, [n for n in fitting if frozenset(_labels(runs[n])) == labels], runs, held) for labels in best]
    rest = [number for number, run in enumerate(runs) if isinstance(run, Rest)]
    return sorted(chosen) or (rest if given is None else [])


def _one(entry: Entry, numbers: Sequence[int], runs: Sequence[Run | Rest], held: Mapping[int, Sequence[object]]) -> int:
    """Of several runs with the same labels that of the paper's year, else one with papers: of no year or a near one."""

    def fit(number: int) -> tuple[bool, bool, bool, int, int]:
        run = runs[number]
        year = run.year if isinstance(run, Run) else 0
        away = abs(entry.published.year - year) if year else 0
        return bool(year) and not away, bool(held[number]), not year, -away, len(held[number])

    return max(numbers, key=fit)


def _merged(
    held: Sequence[tuple[Entry, Item | None]], added: Iterable[Entry], order: str
) -> list[tuple[Entry, Item | None]]:
    """The papers in the list's own order, and each new one behind the last that goes before it."""
    papers = list(held)
    for entry in added:
        place = len(papers)
        if order != "end":
            before = [number for number, (other, _) in enumerate(papers, 1) if _goes_before(other, entry, order)]
            place = before[-1] if before else 0
        papers.insert(place, (entry, None))
    return papers


def _goes_before(one: Entry, other: Entry, order: str) -> bool:
    if order == "title":
        return folded(one.title) <= folded(other.title)
    return one.published >= other.published if order == "newest" else one.published <= other.published


def render_papers(shown: Shown, form: ItemForm) -> list[str]:
    """The lines of each paper: as the list says it, while its entry is unchanged; otherwise in the list's form."""
    return [_paper(form, entry, item, number) for number, (entry, item) in enumerate(shown.papers, 1)]


def gaps(shown: Shown, form: ItemForm) -> list[int]:
    """The empty lines before each paper; those before the first are none of its own."""
    items = [item for _, item in shown.papers]
    return [0, *(below.blank if above and below else form.blank_lines for above, below in pairwise(items))][
        : len(items)
    ]


def _paper(form: ItemForm, entry: Entry, item: Item | None, number: int) -> str:
    if item and item.kept and item.print == fingerprint(entry):
        return _NUMBER.sub(rf"\g<1>{number}", item.kept) if "{number}" in form.start else item.kept
    return render_item(form, entry, number)
