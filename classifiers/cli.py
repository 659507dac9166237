"""The command line: `python -m classifiers predict | teach | train | evaluate | simulate`. Thin: parses, calls, prints.

Exit status: 0 done; 1 something failed and is named (including an invalid line); 2 wrong usage.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from classifiers.errors import ClassifierError, InputError
from classifiers.records import BadLine, Labelled, Prediction, Text, parse_text
from classifiers.storage import TAXONOMY, model_dir, read_info, seen_names
from classifiers.taxonomy import Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from classifiers.adapter import Adapter
    from classifiers.classifier import Classifier
    from classifiers.encoder import Progress, TextEncoder
    from classifiers.evaluation import Figures

_CHUNK = 4096


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence; `--help` shows the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"Error: {message}; see `{self.prog} --help`.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.command(arguments)
    except ClassifierError as err:
        _complain(f"Error: {err}")
        return 1
    except KeyboardInterrupt:
        _complain("Error: interrupted.")
        return 130
    return status


def predict(arguments: argparse.Namespace) -> int:
    """Classify papers, one line each, in order; an invalid line gets an error in its place."""
    from classifiers.classifier import load

    classifier = load(arguments.model, encoder=arguments.encoder)
    failed = 0
    bar = _bar("Classifying", _count(arguments.input))
    with _lines(arguments.input) as lines, _written(arguments.output) as out, bar as progress:
        while chunk := [parse_text(line) for line in islice(lines, _CHUNK)]:
            for record in _predicted(chunk, classifier, arguments, progress):
                failed += isinstance(record, BadLine)
                out.write(json.dumps(record.to_json()) + "\n")
    if failed:
        _complain(f"{failed} lines could not be classified; the output says why in their place.")
    return 1 if failed else 0


def train(arguments: argparse.Namespace) -> int:
    """Train a model folder on labeled papers."""
    from classifiers.model import Parameters
    from classifiers.training import read_labels, train_model

    taxonomy = load_taxonomy(arguments.taxonomy)
    papers = read_labels(arguments.labels, taxonomy, arguments.texts)
    encoder, earlier = _encoders(arguments, papers, taxonomy)
    with _bar("Encoding", len(papers)) as progress:
        info = train_model(
            papers,
            taxonomy,
            encoder,
            arguments.output,
            parameters=Parameters(seed=arguments.seed),
            date=arguments.date or _clock_date(),
            earlier=earlier,
            progress=progress,
        )
    _say(f"{info.version}: {len(papers)} papers; figures in {arguments.output / 'README.md'}")
    return 0


def evaluate(arguments: argparse.Namespace) -> int:
    """Measure a model against keyword rules on labeled papers; with a split year, one trained on earlier papers."""
    from classifiers.training import overlap, read_labels

    info = read_info(arguments.model)
    taxonomy = _own_taxonomy(arguments.model)
    papers = read_labels(arguments.labels, taxonomy)
    if not papers:
        raise InputError(f"{', '.join(map(str, arguments.labels))}: contains no labeled papers.")
    known = 0 if arguments.split_year else overlap(papers, seen_names(arguments.model))
    results = _results(arguments, papers, taxonomy)
    note = _overlap_note(known, len(papers))
    if arguments.json:
        document: dict[str, Any] = {
            "model": None if arguments.split_year else info.version,
            "split_year": arguments.split_year,
        }
        document |= {"papers": len(papers), "overlap": known, "note": note, "results": results}
        _say(json.dumps(document))
    else:
        _print_table(results, note)
    return 0


def simulate(arguments: argparse.Namespace) -> int:
    """Measure how soon the queue's order finds what a systematic review included."""
    from classifiers import screening

    found = screening.simulate(screening.read_records(arguments.records), arguments.seed)
    if arguments.json:
        _say(json.dumps(found))
    else:
        _say(f"recall at 10 % read  {found['recall_at_10pct']:.3f}")
        _say(f"WSS@95               {found['wss_95']:.3f}")
        for point in found["left"]:
            _say(
                f"included records left after {point['read']:,} read: estimated {point['expected']:.0f} "
                f"({point['low']} to {point['high']} with a probability of 90 %), in truth {point['left']}"
            )
        _say(f"seconds              {found['seconds']:.1f}")
    return 0


def teach(arguments: argparse.Namespace) -> int:
    """Have a larger encoder read labeled papers, for `train --adapt --taught`."""
    from classifiers.encoder import load_encoder
    from classifiers.storage import write_files
    from classifiers.teaching import TEACHER, papers_taught
    from classifiers.teaching import teach as tune_teachers
    from classifiers.training import read_labels, require_subject

    taxonomy = load_taxonomy(arguments.taxonomy)
    papers = read_labels(arguments.labels, taxonomy, arguments.texts)
    require_subject(papers)
    encoder, recipe = load_encoder(arguments.encoder), replace(TEACHER, seed=arguments.seed)
    with _bar(f"Tuning teachers on {len(papers):,} papers", papers_taught(papers, recipe)) as progress:
        taught = tune_teachers(papers, taxonomy, encoder, arguments.kept, recipe, progress)
    write_files(arguments.output.parent, {arguments.output.name: taught.to_bytes()})
    _say(f"{arguments.output}: what {len(taught.whole)} teachers say about {len(papers):,} papers")
    return 0


def _encoders(
    arguments: argparse.Namespace, papers: Sequence[Labelled], taxonomy: Taxonomy
) -> tuple[TextEncoder, TextEncoder | None]:
    """The encoder to train on, and with --adapt the one for the test by time, which knows only the earlier papers."""
    from classifiers.classifier import shipped_encoder
    from classifiers.encoder import load_encoder

    name = arguments.encoder or _default_encoder()
    _require_adapt(arguments)
    if not arguments.adapt:
        return (load_encoder(name) if arguments.encoder else shipped_encoder(taxonomy)), None
    from classifiers.adaptation import adapt, papers_read, recipe_for
    from classifiers.adapter import label_names
    from classifiers.taught import read_taught
    from classifiers.training import before_split, require_subject

    require_subject(papers)
    plain, kept = load_encoder(name), arguments.kept
    earlier = _adapter_of(arguments.begin) if arguments.begin else None
    labels = label_names({facet.id: facet.label_ids for facet in taxonomy.facets})
    taught = read_taught(arguments.taught, labels) if arguments.taught else None
    recipe = replace(recipe_for(earlier), seed=arguments.seed)

    def adapted(some: Sequence[Labelled]) -> TextEncoder:
        count = papers_read(some, recipe, earlier, taught)
        with _bar(f"Adapting the encoder to {len(some):,} papers", count) as progress:
            return plain.adapted(adapt(some, taxonomy, plain, kept, recipe, progress, earlier, taught))

    # An encoder that goes on has read later papers before, and so have teachers; the test by time uses log-odds of
    # encoders that had not seen the paper itself.
    early = [] if earlier or taught else before_split(papers)
    return adapted(papers), adapted(early) if early else None


def _require_adapt(arguments: argparse.Namespace) -> None:
    """Raises `InputError` if two options contradict each other."""
    if arguments.begin and not arguments.adapt:
        raise InputError("--from MODEL says where --adapt begins; add --adapt.")
    if arguments.taught and not arguments.adapt:
        raise InputError("--taught FILE is what --adapt learns from; add --adapt.")
    if arguments.taught and arguments.begin:
        raise InputError("--from MODEL goes on without teachers; leave out --taught or --from.")


def _adapter_of(model: Path) -> Adapter:
    from classifiers.storage import load_adapter

    adapter = load_adapter(read_info(model))
    if adapter is None:
        raise InputError(f"{model}: its encoder is not adapted; train without --from.")
    return adapter


def _results(arguments: argparse.Namespace, papers: list[Labelled], taxonomy: Taxonomy) -> dict[str, Figures]:
    from classifiers.classifier import load
    from classifiers.evaluation import evaluate_model, evaluate_split
    from classifiers.features import embed_labelled

    classifier = load(arguments.model, encoder=arguments.encoder)
    with _bar("Encoding", len(papers)) as progress:
        embedded = embed_labelled(classifier.encoder, papers, progress)
    if arguments.split_year:
        return evaluate_split(papers, embedded, taxonomy, arguments.split_year, classifier.model.parameters)
    return evaluate_model(classifier.model, papers, embedded, classifier.training_index)


def _predicted(
    parsed: Sequence[Text | BadLine], classifier: Classifier, arguments: argparse.Namespace, progress: Progress | None
) -> Iterator[BadLine | Prediction]:
    """Predictions and bad lines in the order of the input."""
    texts = [item for item in parsed if isinstance(item, Text)]
    predictions = iter(classifier.predict(texts, explained=arguments.explain, full=arguments.full, progress=progress))
    return (item if isinstance(item, BadLine) else next(predictions) for item in parsed)


def _own_taxonomy(model: Path | None) -> Taxonomy:
    """The labels that a model knows; `load` later checks the file against its hash."""
    return load_taxonomy(model_dir(model) / TAXONOMY)


def _overlap_note(known: int, papers: int) -> str:
    if not known:
        return ""
    return (
        f"{known:,} of these {papers:,} papers were in the model's training set; they are scored by heads that had not "
        "seen them. Use --split-year to test on papers from years after the training set."
    )


def _print_table(results: dict[str, Figures], note: str) -> None:
    from rich.console import Console
    from rich.table import Table

    from classifiers.card import figure_rows

    counts = next(iter(results.values()))
    table = Table(title=f"{counts['papers']:,} papers, {counts['in_scope']:,} of them in scope", title_justify="left")
    table.add_column("")
    for name in results:
        table.add_column(name, justify="right")
    for row in figure_rows(results):
        table.add_row(*row)
    Console().print(table)
    if note:
        _complain(f"Note: {note}")


@contextmanager
def _lines(path: Path) -> Iterator[Iterator[bytes]]:
    try:
        with path.open("rb") as file:
            yield (line for line in file if line.strip())
    except OSError as err:
        raise InputError(f"{err.filename or path}: cannot read the papers ({err.strerror}).") from err


@contextmanager
def _written(path: Path) -> Iterator[IO[str]]:
    """A file that appears whole or not at all; a pipe or a device (/dev/stdout) is written directly."""
    direct = path.exists() and not path.is_file()
    part = path if direct else path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            yield file
        if not direct:
            os.replace(part, path)
    except OSError as err:
        raise InputError(f"{path}: cannot write the predictions ({err.strerror}).") from err
    finally:
        if not direct:
            part.unlink(missing_ok=True)


def _count(path: Path) -> int | None:
    """Lines of an ordinary file, for the progress bar."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return sum(1 for _ in file)


@contextmanager
def _bar(title: str, total: int | None) -> Iterator[Progress | None]:
    """A progress bar on stderr; none without a terminal, so that logs stay readable."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as RichProgress

    with RichProgress(console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(title, total=total)
        yield lambda done: bars.advance(task, done)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _default_encoder() -> str:
    from classifiers.encoder import DEFAULT_ENCODER

    return DEFAULT_ENCODER


def _clock_date() -> str | None:
    """The UTC date of HARVESTER_NOW, if it is set."""
    now = os.environ.get("HARVESTER_NOW")
    if not now:
        return None
    try:
        moment = datetime.datetime.fromisoformat(now)
    except ValueError as err:
        raise InputError(f"HARVESTER_NOW is {now!r}, which is not a valid RFC 3339 time; correct or unset it.") from err
    return (moment.astimezone(datetime.UTC) if moment.tzinfo else moment).date().isoformat()


def _date(text: str) -> str:
    return datetime.date.fromisoformat(text).isoformat()


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m classifiers", description="Labels papers; trains and measures the model that does."
    )
    commands = parser.add_subparsers(
        required=True, metavar="predict | teach | train | evaluate | simulate", parser_class=_Parser
    )
    model = _Parser(add_help=False)
    model.add_argument("--model", type=Path, metavar="DIR", help="the model's folder (default: the shipped model)")
    encoder = _Parser(add_help=False)
    encoder.add_argument("--encoder", metavar="NAME", help="folder or name of the encoder (default: the model's own)")
    labels = _Parser(add_help=False)
    labels.add_argument("--labels", type=Path, nargs="+", required=True, metavar="LABELS.jsonl", help="labeled papers")

    command = commands.add_parser("predict", parents=[model, encoder], help="label papers")
    command.add_argument("--input", type=Path, required=True, help='papers, one per line: {"id", "title", "abstract"}')
    command.add_argument("--output", type=Path, required=True, help="where to write the predictions, one per line")
    command.add_argument(
        "--explain", action="store_true", help="also give the sentences that support each label (slow)"
    )
    command.add_argument(
        "--full", action="store_true", help="encode every paper, even those that do not name the subject"
    )
    command.set_defaults(command=predict)

    command = commands.add_parser("simulate", help="measure the queue's order on a systematic review")
    command.add_argument("records", type=Path, metavar="FILE.csv", help="columns title, abstract and included (0 or 1)")
    command.add_argument("--seed", type=int, default=1, help="selects the two records to begin with")
    command.add_argument("--json", action="store_true", help="print one JSON document")
    command.set_defaults(command=simulate)

    learning = _Parser(add_help=False)
    learning.add_argument("--taxonomy", type=Path, required=True, help="the taxonomy.toml that names the labels")
    learning.add_argument(
        "--texts",
        type=Path,
        nargs="+",
        default=[],
        metavar="TEXTS.jsonl",
        help='texts of labeled papers whose lines have none: {"id", "title", "abstract"}, also compressed (.gz)',
    )
    learning.add_argument("--seed", type=int, default=0, help="determines the folds of cross-fitting")
    learning.add_argument(
        "--kept",
        type=Path,
        default=Path(".adapting"),
        metavar="DIR",
        help="what interrupted tuning goes on from (default: .adapting); delete it afterwards",
    )

    command = commands.add_parser("teach", parents=[labels, learning], help="have a larger encoder read labeled papers")
    command.add_argument("--encoder", metavar="NAME", required=True, help="folder or name of the larger encoder")
    command.add_argument("--output", type=Path, required=True, metavar="FILE", help="what `train --taught` reads")
    command.set_defaults(command=teach)

    command = commands.add_parser("train", parents=[labels, encoder, learning], help="fit a model")
    command.add_argument("--output", type=Path, required=True, metavar="DIR", help="the model's folder")
    command.add_argument(
        "--adapt", action="store_true", help="tune the encoder on these papers, too: an hour instead of minutes"
    )
    command.add_argument(
        "--from",
        dest="begin",
        type=Path,
        metavar="MODEL",
        help="with --adapt: go on from this model's encoder with the papers that are new to it, in a third of the time",
    )
    command.add_argument(
        "--taught",
        type=Path,
        metavar="FILE",
        help="with --adapt: learn from a larger encoder as well, which read the papers by `teach`",
    )
    command.add_argument(
        "--date", type=_date, help="the date in the version (default: HARVESTER_NOW, else the papers' date)"
    )
    command.set_defaults(command=train)

    command = commands.add_parser("evaluate", parents=[model, labels, encoder], help="measure a model")
    command.add_argument(
        "--split-year", type=int, metavar="YEAR", help="train on papers before YEAR and measure on the others"
    )
    command.add_argument("--json", action="store_true", help="print one JSON document")
    command.set_defaults(command=evaluate)
    return parser
