"""From labeled papers to a model folder: fits, measures and writes, with everything needed to do it again."""

from __future__ import annotations

import calendar
import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from classifiers.card import write_readme
from classifiers.drift import baseline
from classifiers.encoder import Encoder, Progress
from classifiers.errors import InputError
from classifiers.evaluation import Figures, cross_validated, evaluate_split, split_by_year
from classifiers.features import Embedded, embed_labelled
from classifiers.model import LabelModel, Parameters
from classifiers.records import Labelled, ModelInfo, Text, labelled_of, month_of, parse_text, title_key, without_repeats
from classifiers.storage import save_model
from classifiers.taxonomy import Taxonomy
from classifiers.training_index import remember

_FEWEST_TRAINED, _FEWEST_TESTED = 100, 50
_TESTED_SHARE = 0.1  # of the papers: the first months of a year say too little


def read_labels(paths: Iterable[Path], taxonomy: Taxonomy, texts: Iterable[Path] = ()) -> list[Labelled]:
    """All labeled papers of some JSONL files, repeats removed; `InputError` names file and line.

    The labels of a later line win; it needs no text if an earlier line has it, or if one of the files `texts`
    (JSONL, perhaps compressed by gzip; an arXiv id may lack its `arxiv:`) has it.
    """
    apart = {text.id: text for path in texts for text in _read_texts(path)}
    known: set[str] = set(apart)
    papers = []
    for path in paths:
        for paper in _read_labels(path, taxonomy, known):
            known.add(paper.text.id)
            papers.append(paper)
    return [_with_text(paper, apart) for paper in without_repeats(papers)]


def train_model(
    papers: Sequence[Labelled],
    taxonomy: Taxonomy,
    encoder: Encoder,
    output: Path,
    *,
    parameters: Parameters | None = None,
    date: str | None = None,
    embedded: Embedded | None = None,
    earlier: Encoder | None = None,
    progress: Progress | None = None,
    stage: Callable[[str], None] = lambda _name: None,
) -> ModelInfo:
    """Fit on all papers, measure by cross-fitting and by a split in time, and write the folder `output`.

    `date` (YYYY-MM-DD) begins the version; by default it is the end of the newest paper's month, so that the same
    papers give the same bytes on any day. `embedded` is what `embed_labelled` gives, if it is already known. `earlier`
    reads the papers for the test by time, if the encoder was tuned: it must not know the later ones.
    `stage` is told the name of every long step that begins. Raises `InputError` if there is nothing to learn from the
    papers.
    """
    parameters = parameters or Parameters()
    require_subject(papers)
    if embedded is None:
        embedded = embed_labelled(encoder, papers, progress)
    stage("fitting the heads")
    by_earlier = embedded if earlier is None else embed_labelled(earlier, papers)
    model = LabelModel(taxonomy, parameters).fit(papers, embedded)
    stage("testing on the newest papers")
    split = _time_split(papers, by_earlier, taxonomy, parameters)
    stage("measuring the new model")
    card: dict[str, Any] = {
        "date": date or newest_date(papers),
        "title": taxonomy.title,
        "encoder": _described(encoder),
        "labels": {facet.id: list(facet.label_ids) for facet in taxonomy.facets},
        "parameters": parameters.to_json(),
        "training": describe(papers),
        "baseline": baseline(model, papers),
        "metrics": {
            "cross_validation": cross_validated(model, papers),
            "time_split": split and split | _crossed(encoder, earlier),
        },
    }
    info = save_model(output, model, card, remember(model, papers, embedded), encoder.adapter)
    write_readme(output, info)
    return info


def _described(encoder: Encoder) -> dict[str, Any]:
    adapter = encoder.adapter
    found: dict[str, Any] = {"name": encoder.name, "sha256": encoder.sha256, "adapted": adapter is not None}
    return found | ({"teacher": adapter.teacher} if adapter is not None and adapter.teacher else {})


def require_subject(papers: Sequence[Labelled]) -> None:
    """Raise `InputError` if no paper is in scope."""
    if not any(paper.in_scope for paper in papers):
        raise InputError("no labeled paper is in scope; there is nothing to learn the labels from.")


def describe(papers: Sequence[Labelled]) -> dict[str, Any]:
    """Size and hash of a training set; the hash covers texts and labels."""
    rows = sorted(json.dumps([p.text.id, p.text.title, p.text.abstract, p.scope, dict(p.labels)]) for p in papers)
    return {
        "papers": len(papers),
        "in_scope": sum(paper.in_scope for paper in papers),
        "sha256": hashlib.sha256("\n".join(rows).encode("utf-8")).hexdigest(),
    }


def overlap(papers: Sequence[Labelled], seen: frozenset[str]) -> int:
    """How many of the papers a model was trained on, by the ids and title keys it keeps."""
    return sum(paper.text.id in seen or title_key(paper.text.title) in seen for paper in papers)


def newest_date(papers: Iterable[Labelled]) -> str:
    """The last day of the newest arXiv paper's month; `undated` if no paper has an arXiv id."""
    months = [month for paper in papers if (month := month_of(paper.text.id)) is not None]
    if not months:
        return "undated"
    newest_year, newest_month = max(months)
    last_day = calendar.monthrange(newest_year, newest_month)[1]
    return f"{newest_year}-{newest_month:02d}-{last_day:02d}"


def split_year(papers: Sequence[Labelled]) -> int | None:
    """The newest year from which on enough dated papers can be tested on; None if too few are left to learn from."""
    years = [month[0] for paper in papers if (month := month_of(paper.text.id)) is not None]
    fewest = max(_FEWEST_TESTED, _TESTED_SHARE * len(papers))
    year = max((year for year in set(years) if sum(other >= year for other in years) >= fewest), default=None)
    if year is None:
        return None
    late = split_by_year(papers, year)
    inside = sum(paper.in_scope for paper, is_late in zip(papers, late, strict=True) if not is_late)
    return year if inside >= _FEWEST_TRAINED else None


def before_split(papers: Sequence[Labelled]) -> list[Labelled]:
    """The papers that the test by time learns from; none if it is left out."""
    year = split_year(papers)
    if year is None:
        return []
    return [paper for paper, late in zip(papers, split_by_year(papers, year), strict=True) if not late]


def _time_split(
    papers: Sequence[Labelled], embedded: Embedded, taxonomy: Taxonomy, parameters: Parameters
) -> dict[str, Any] | None:
    """Figures on the newest papers by a model of those of earlier years; None if either side is too small."""
    year = split_year(papers)
    if year is None:
        return None
    figures: dict[str, Figures] = evaluate_split(papers, embedded, taxonomy, year, parameters)
    return {"year": year, "results": figures | _traceable(papers, embedded, taxonomy, year, parameters)}


def _crossed(encoder: Encoder, earlier: Encoder | None) -> dict[str, Any]:
    """What the test by time has to say about its encoder: that it knew other later papers."""
    return {"encoder": "cross-fitted"} if encoder.adapter is not None and earlier is None else {}


def _traceable(
    papers: Sequence[Labelled], embedded: Embedded, taxonomy: Taxonomy, year: int, parameters: Parameters
) -> dict[str, Figures]:
    """The same test for heads of only those papers that have an arXiv id: what anyone can fetch and retrain.

    Left out if all have one, or none of those to learn from is in scope.
    """
    rows = [n for n, paper in enumerate(papers) if month_of(paper.text.id) is not None]
    some = [papers[n] for n in rows]
    early = [paper for paper, late in zip(some, split_by_year(some, year), strict=True) if not late]
    if len(some) == len(papers) or not any(paper.in_scope for paper in early):
        return {}
    figures = evaluate_split(some, embedded.rows(rows), taxonomy, year, parameters)
    return {"trained on arXiv papers alone": figures["this model"]}


def _read_texts(path: Path) -> Iterator[Text]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            read = [parse_text(line) for line in file if line.strip()]
    except (OSError, EOFError, zlib.error) as err:
        raise InputError(f"{path}: cannot read the texts ({getattr(err, 'strerror', None) or err}).") from err
    for text in read:
        if isinstance(text, Text):  # a line without id or text is of no use here, and no loss
            yield replace(text, id=f"arxiv:{text.id}") if month_of(f"arxiv:{text.id}") else text


def _with_text(paper: Labelled, apart: Mapping[str, Text]) -> Labelled:
    """The paper with title and abstract from the texts that lie apart, if it has no abstract of its own."""
    return paper if paper.text.abstract else replace(paper, text=apart.get(paper.text.id, paper.text))


def _read_labels(path: Path, taxonomy: Taxonomy, known: Container[str]) -> Iterable[Labelled]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError as err:
        raise InputError(f"{path}: cannot read the labels ({err.strerror}).") from err
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _labelled(line, taxonomy, known, f"{path}:{number}")


def _labelled(line: bytes, taxonomy: Taxonomy, known: Container[str], place: str) -> Labelled:
    try:
        record = json.loads(line)
        if not isinstance(record, dict):
            raise InputError("not a JSON object")
        return labelled_of(record, taxonomy, known)
    except (ValueError, RecursionError) as err:
        raise InputError(f"{place}: not a JSON object ({err}).") from err
    except InputError as err:
        raise InputError(f"{place}: {err}.") from err
