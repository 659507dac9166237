"""Create a working folder, for this subject or for another one that a taxonomy or a list describes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import tomlkit

from classifiers.taxonomy import RESERVED, Taxonomy, load_taxonomy
from harvester.base.errors import UsageError
from harvester.base.escape import one_line
from harvester.base.files import write_atomic
from harvester.catalog import git
from harvester.catalog.importing.awesome import read_list
from harvester.catalog.importing.from_list import DrawnUp, taxonomy_from_list
from harvester.catalog.rendering.awesome import write_list
from harvester.config.catalog import CatalogSettings
from harvester.config.shipped import STARTER
from harvester.domain.address import parse_address
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
IGNORE = Path(".gitignore")
IGNORED = """\
# The store, its backups and the keys: they hold people's addresses.
/data/*.db
/data/*.db-*
/data/*.lock
/data/backups/
/data/secret.key
/password.txt
# What the program makes anew.
/data/link-answers.json
/data/models/
"""
GIT = get_args(CatalogSettings.model_fields["git"].annotation)
_TERMS = 10  # search terms for Hugging Face


@dataclass(frozen=True, slots=True)
class Asked:
    """What a new list is to be, as far as its maintainer said.

    `title` replaces that of the taxonomy, `contact` is the address for upstream services, `git` is `[catalog] git`.
    `categories` are the arXiv categories whose announcements are read, `query` is the arXiv search expression; without
    them, those of this program hold, or the other taxonomy's scope synonyms.
    """

    title: str = ""
    contact: str = ""
    git: str = "off"
    categories: Sequence[str] = ()
    query: str = ""


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


def init(folder: Path, asked: Asked, *, taxonomy: Path | None = None, from_list: Path | None = None) -> Begun:
    """Write configuration, taxonomy and an empty catalog into `folder`, plus a model if the subject is another one.

    With ``asked.git`` the folder becomes a git repository, unless it is in one.

    Args:
        asked: what the maintainer said about the list.
        taxonomy: of another subject; without it and without `from_list`, this program's own.
        from_list: a list of another subject, whose sections become the taxonomy.

    Raises:
        UsageError: the folder is already a working folder, the address is none, or the taxonomy has no words to search
            for.
        CatalogError: the list cannot be read, or has no sections with papers.
        HarvesterError: the taxonomy cannot be read, the folder cannot be written, or git is missing.
    """
    check_folder(folder)
    if taxonomy and from_list:
        raise UsageError("--taxonomy and --from-list both give the labels", remedy="give one of them")
    check_contact(asked.contact)
    check_git(asked.git)
    drawn_up = _drawn_up(from_list) if from_list else None
    subject, text = _titled(*(_parsed(drawn_up.text) if drawn_up else _given(taxonomy)), asked.title)
    other = subject if taxonomy or drawn_up else None
    words = search_terms(subject) if other else SearchTerms((), ())
    config = _config(asked, other, words)
    write_atomic(folder / TAXONOMY, text)
    subject = replace(subject, path=folder / TAXONOMY)
    _ignore(folder / IGNORE)
    model = _untrained_model(folder / MODELS, subject) if other else ""
    write_list(folder / CATALOG, [], subject)
    write_atomic(folder / CONFIG, config)  # last: a folder without it does not count as a working folder
    if asked.git != "off":
        who = asked.contact or "harvester@reviewers.invalid"
        made = [path.as_posix() for path in (CONFIG, TAXONOMY, CATALOG, IGNORE)]
        git.begin(folder, git.Message("Begin the list", (who,), who), made)
    return Begun(folder, subject.title, model, words.unexpanded, drawn_up)


def check_folder(folder: Path) -> None:
    """Refuse a folder that is a working folder already.

    Raises:
        UsageError: it is.
    """
    if taken := [name for name in (CONFIG, TAXONOMY, MODELS, CATALOG) if (folder / name).exists()]:
        raise UsageError(f"{folder / taken[0]} already exists", remedy="give a folder that is not a working folder yet")


def check_contact(address: str) -> None:
    """Refuse what is no e-mail address; none at all is allowed.

    Raises:
        UsageError: it is none.
    """
    if address:
        parse_address(address)


def check_git(way: str) -> None:
    """Refuse what is no value of `[catalog] git`.

    Raises:
        UsageError: it is none.
    """
    if way not in GIT:
        raise UsageError(f"--git {way!r} is not a way to commit", remedy=f"choose one of: {', '.join(GIT)}")


def _titled(subject: Taxonomy, text: bytes, title: str) -> tuple[Taxonomy, bytes]:
    """The taxonomy under another title."""
    if not (title := one_line(title)):
        return subject, text
    document = tomlkit.parse(text.decode("utf-8"))
    document["title"] = title
    return replace(subject, title=title), tomlkit.dumps(document).encode("utf-8")


def _ignore(file: Path) -> None:
    """Keep git from what holds people's addresses; the folder may already be a repository with rules of its own."""
    own = file.read_text(encoding="utf-8") if file.exists() else ""
    missing = [line for line in IGNORED.splitlines() if line not in own.splitlines()]
    write_atomic(file, "\n".join([*own.splitlines(), *missing, ""]))


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


def _config(asked: Asked, other: Taxonomy | None, words: SearchTerms) -> str:
    """The configuration that a new folder begins with: what differs from the defaults, and what everybody looks at."""
    document: Any = tomlkit.parse(STARTER.read_text(encoding="utf-8"))
    harvest, query = document["harvest"], one_line(asked.query)
    harvest["contact"] = asked.contact
    document["catalog"]["git"] = asked.git
    document.add("classifier", tomlkit.table().add("taxonomy", TAXONOMY.as_posix()))
    if other:
        query = query or _arxiv_query(other, words)
        _search_for(harvest, other, list(words.terms))
        document["digest"]["sender"] = f'"{_display_name(other.title)}" <digest@example.org>'
    if query:
        harvest["arxiv"]["query"] = query
    if asked.categories:
        harvest["arxiv_rss"]["categories"] = list(asked.categories)
    return tomlkit.dumps(document)


def _arxiv_query(other: Taxonomy, words: SearchTerms) -> str:
    if not words.terms:
        stems = f": it has no whole word for {', '.join(words.unexpanded)}" if words.unexpanded else ""
        raise UsageError(
            f"{other.path} has no scope synonyms to search arXiv for{stems}", remedy="add some, or give --query"
        )
    return " OR ".join(f'all:"{term}"' if re.search(r"\W", term) else f"all:{term}" for term in words.terms)


def _search_for(harvest: Any, other: Taxonomy, terms: list[str]) -> None:
    """Let the other sources search for another subject."""
    harvest["huggingface"]["queries"] = terms[:_TERMS] or [other.title]
    if terms:
        harvest["europepmc"]["query"] = query_for(terms)
    else:
        harvest["europepmc"]["enabled"] = False
    harvest["crossref"]["venues"] = []  # `harvester venues` will propose this subject's
    harvest["feeds"][0]["enabled"] = False  # this subject's journal stays as an example


def _display_name(title: str) -> str:
    return re.sub(r'["\\<>]', "", one_line(title))


def _untrained_model(models: Path, taxonomy: Taxonomy) -> str:
    """Write an untrained model and put it in use as if `harvester train` had promoted it; a trained one replaces it."""
    version = write_untrained(models, taxonomy)
    write_atomic(models / HISTORY, f"{version}\n")
    return version
