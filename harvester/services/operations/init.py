"""Create a working folder, for this subject or for another one that a taxonomy or a list describes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tomlkit

from classifiers.taxonomy import RESERVED, Taxonomy, load_taxonomy
from harvester.base.errors import UsageError
from harvester.base.escape import one_line
from harvester.base.files import write_atomic
from harvester.catalog.importing.awesome import read_list
from harvester.catalog.importing.from_list import DrawnUp, taxonomy_from_list
from harvester.catalog.rendering.awesome import write_list
from harvester.domain.labels import KIND
from harvester.services.catalog.headings import list_name
from harvester.services.learning.models import HISTORY, write_untrained
from harvester.services.operations.search_terms import SearchTerms, search_terms
from harvester.services.workspace import TAKEN, read_taxonomy
from harvester.sources.europepmc.query import query_for

CONFIG, TAXONOMY, MODELS, CATALOG = (
    Path("config.toml"),
    Path("data/taxonomy.toml"),
    Path("data/models"),
    Path("data/catalog"),
)
IGNORED = "/data/*.db\n/data/*.db-*\n/data/*.lock\n/data/secret.key\n/data/link-answers.json\n"
_TERMS = 10  # search terms for Hugging Face
_HERE = Path(__file__).resolve().parents[2]  # the package harvester


@dataclass(frozen=True, slots=True)
class Begun:
    """A new working folder; `model` is the version of the model made for another subject, otherwise "".

    `not_searched` are the synonyms with ``*`` that no source is asked for, because the taxonomy has no word for them;
    `drawn_up` is the taxonomy made of a list's sections.
    """

    folder: Path
    title: str
    model: str
    not_searched: tuple[str, ...] = ()
    drawn_up: DrawnUp | None = None

    def to_json(self) -> dict[str, Any]:
        """What was created, and where."""
        return {
            "folder": str(self.folder),
            "config": str(self.folder / CONFIG),
            "title": self.title,
            "model": self.model,
            "not_searched": list(self.not_searched),
            "from_list": self.drawn_up.to_json() if self.drawn_up else None,
        }


def init(
    folder: Path,
    *,
    taxonomy: Path | None = None,
    from_list: Path | None = None,
    categories: Sequence[str] = (),
    query: str = "",
) -> Begun:
    """Write configuration, taxonomy and an empty catalog into `folder`, plus a model if the subject is another one.

    Args:
        taxonomy: of another subject; without it and without `from_list`, this program's own.
        from_list: a list of another subject, whose sections become the taxonomy.
        categories: arXiv categories whose announcements are read; without any, those of the shipped configuration.
        query: the arXiv search expression; without it, this subject's own or the other taxonomy's scope synonyms.

    Raises:
        UsageError: the folder is already a working folder, or the taxonomy has no words to search for.
        CatalogError: the list cannot be read, or has no sections with papers.
        HarvesterError: the taxonomy cannot be read, or the folder cannot be written.
    """
    if taken := [name for name in (CONFIG, TAXONOMY, MODELS, CATALOG) if (folder / name).exists()]:
        raise UsageError(f"{folder / taken[0]} already exists", remedy="give a folder that is not a working folder yet")
    if taxonomy and from_list:
        raise UsageError("--taxonomy and --from-list both give the labels", remedy="give one of them")
    drawn_up = _drawn_up(from_list) if from_list else None
    subject, text = _parsed(drawn_up.text) if drawn_up else _given(taxonomy)
    other = subject if taxonomy or drawn_up else None
    words = search_terms(subject) if other else SearchTerms((), ())
    config = _config(other, words, categories, one_line(query))
    write_atomic(folder / TAXONOMY, text)
    subject = replace(subject, path=folder / TAXONOMY)
    if not (folder / ".gitignore").exists():  # it may already be a repository
        write_atomic(folder / ".gitignore", IGNORED)
    model = _untrained_model(folder / MODELS, subject) if other else ""
    write_list(folder / CATALOG, [], subject)
    write_atomic(folder / CONFIG, config)  # last: a folder without it does not count as a working folder
    return Begun(folder, subject.title, model, words.unexpanded, drawn_up)


def _given(taxonomy: Path | None) -> tuple[Taxonomy, bytes]:
    subject = read_taxonomy(taxonomy)
    return subject, subject.path.read_bytes()


def _drawn_up(file: Path) -> DrawnUp:
    kind = load_taxonomy().facet(KIND)
    return taxonomy_from_list(read_list(file), str(file), list_name(file), kind, RESERVED | TAKEN)


def _parsed(text: str) -> tuple[Taxonomy, bytes]:
    """A taxonomy that is not in a file yet."""
    with TemporaryDirectory() as folder:
        file = Path(folder, TAXONOMY.name)
        file.write_text(text, encoding="utf-8")
        return _given(file)


def _config(other: Taxonomy | None, words: SearchTerms, categories: Sequence[str], query: str) -> str:
    """The shipped configuration, comments included, with the requested changes."""
    document: Any = tomlkit.parse(_shipped().read_text(encoding="utf-8"))
    harvest = document["harvest"]
    document["classifier"]["taxonomy"] = TAXONOMY.as_posix()
    if other:
        terms = list(words.terms)
        if not terms and not query:
            stems = f": it has no whole word for {', '.join(words.unexpanded)}" if words.unexpanded else ""
            raise UsageError(
                f"{other.path} has no scope synonyms to search arXiv for{stems}", remedy="add some, or give --query"
            )
        query = query or " OR ".join(f'all:"{term}"' if re.search(r"\W", term) else f"all:{term}" for term in terms)
        harvest["huggingface"]["queries"] = terms[:_TERMS] or [other.title]
        harvest["europepmc"]["enabled"] = bool(terms)
        harvest["europepmc"]["query"] = query_for(terms) if terms else harvest["europepmc"]["query"]
        harvest["crossref"]["venues"] = []  # `harvester venues` will propose this subject's
        harvest["feeds"][0]["enabled"] = False  # this subject's journal stays as an example
        document["digest"]["sender"] = f'"{_display_name(other.title)}" <digest@example.org>'
    if query:
        harvest["arxiv"]["query"] = query
    if categories:
        harvest["arxiv_rss"]["categories"] = list(categories)
    return tomlkit.dumps(document)


def _display_name(title: str) -> str:
    return re.sub(r'["\\<>]', "", one_line(title))


def _untrained_model(models: Path, taxonomy: Taxonomy) -> str:
    """Write an untrained model and put it in use as if `harvester train` had promoted it; a trained one replaces it."""
    version = write_untrained(models, taxonomy)
    write_atomic(models / HISTORY, f"{version}\n")
    return version


def _shipped() -> Path:
    """The configuration shipped with the program: inside the wheel, or at the top of a checkout."""
    inside = _HERE / "_data" / CONFIG
    return inside if inside.exists() else _HERE.parent / CONFIG
