"""A new working folder, for this subject or for another one that a taxonomy describes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from classifiers.taxonomy import Taxonomy
from harvester.base.errors import UsageError
from harvester.base.escape import one_line
from harvester.base.files import write_atomic
from harvester.catalog.rendering.awesome import write_list
from harvester.services.learning.models import HISTORY, write_untrained
from harvester.services.workspace import read_taxonomy

CONFIG, TAXONOMY, MODELS, CATALOG = (
    Path("config.toml"),
    Path("data/taxonomy.toml"),
    Path("data/models"),
    Path("data/catalog"),
)
IGNORED = "/data/*.db\n/data/*.db-*\n/data/*.lock\n/data/secret.key\n"
_TERMS = 10  # that the Hugging Face search is asked for
_HERE = Path(__file__).resolve().parents[2]  # the package harvester


@dataclass(frozen=True, slots=True)
class Begun:
    """A new working folder; `model` is the version of the model made for another subject, else empty."""

    folder: Path
    title: str
    model: str

    def to_json(self) -> dict[str, Any]:
        """What was made, and where."""
        return {
            "folder": str(self.folder),
            "config": str(self.folder / CONFIG),
            "title": self.title,
            "model": self.model,
        }


def init(folder: Path, *, taxonomy: Path | None = None, categories: Sequence[str] = (), query: str = "") -> Begun:
    """Write configuration, taxonomy and an empty catalogue into `folder`, and a model where the subject is another one.

    Args:
        taxonomy: of another subject; without one it is that of this program.
        categories: arXiv categories whose announcements are read; without any, those of the shipped configuration.
        query: arXiv's search expression; without one, that of this subject, or the other taxonomy's scope synonyms.

    Raises:
        UsageError: the folder is a working folder already, or the taxonomy has no word to search for.
        HarvesterError: the taxonomy cannot be read, or the folder cannot be written.
    """
    if taken := [name for name in (CONFIG, TAXONOMY, MODELS, CATALOG) if (folder / name).exists()]:
        raise UsageError(f"{folder / taken[0]} is there already; give a folder without a list of its own.")
    subject = read_taxonomy(taxonomy)
    config = _config(subject if taxonomy else None, categories, one_line(query))
    write_atomic(folder / TAXONOMY, subject.path.read_bytes())
    if not (folder / ".gitignore").exists():  # it may be a repository already
        write_atomic(folder / ".gitignore", IGNORED)
    model = _untrained_model(folder / MODELS, subject) if taxonomy else ""
    write_list(folder / CATALOG, [], subject)
    write_atomic(folder / CONFIG, config)  # last: a folder that lacks it is not begun yet
    return Begun(folder, subject.title, model)


def _config(other: Taxonomy | None, categories: Sequence[str], query: str) -> str:
    """The shipped configuration with its comments, changed to what was asked for."""
    document: Any = tomlkit.parse(_shipped().read_text(encoding="utf-8"))
    harvest = document["harvest"]
    document["classifier"]["taxonomy"] = TAXONOMY.as_posix()
    if other:
        terms = _search_terms(other)
        if not terms and not query:
            raise UsageError(f"{other.path} names no scope synonym to search arXiv for; add some, or give --query.")
        query = query or " OR ".join(f'all:"{term}"' if re.search(r"\W", term) else f"all:{term}" for term in terms)
        harvest["huggingface"]["queries"] = terms[:_TERMS] or [other.title]
        harvest["feeds"][0]["enabled"] = False  # this subject's journal stays as an example
        document["digest"]["sender"] = f'"{_display_name(other.title)}" <digest@example.org>'
    if query:
        harvest["arxiv"]["query"] = query
    if categories:
        harvest["arxiv_rss"]["categories"] = list(categories)
    return tomlkit.dumps(document)


def _search_terms(taxonomy: Taxonomy) -> list[str]:
    """The scope synonyms that stand for themselves: arXiv documents no search for beginnings of words."""
    return [word.replace('"', "") for word in taxonomy.scope.synonyms if not word.endswith("*")]


def _display_name(title: str) -> str:
    return re.sub(r'["\\<>]', "", one_line(title))


def _untrained_model(models: Path, taxonomy: Taxonomy) -> str:
    """Make it the model in use, as one that `harvester train` promoted; that one will follow it."""
    version = write_untrained(models, taxonomy)
    write_atomic(models / HISTORY, f"{version}\n")
    return version


def _shipped() -> Path:
    """The configuration that comes with the program: inside the wheel, or at the top of a checkout."""
    inside = _HERE / "_data" / CONFIG
    return inside if inside.exists() else _HERE.parent / CONFIG
