"""Reads README and CITATION.cff of a repository at GitHub or GitLab, given any address of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

from harvester.base.errors import CatalogError, FetchError, HarvesterError
from harvester.catalog.importing.records.choosing import Source
from harvester.catalog.importing.records.decoding import decoded
from harvester.config.catalog import CatalogSettings
from harvester.services.gated import gated_transport
from harvester.services.workspace import Workspace
from harvester.sources.errors import BadQuery
from harvester.sources.http import Transport

CITATION = "CITATION.cff"
LONGEST = 20_000_000  # bytes of a file; as for answers of an upstream
_READMES = ("README.md", "README.rst", "readme.md", "README", "README.txt", "docs/README.md")
_INTERVAL = 0.5  # seconds between two requests; a repository takes two, and a few more if its README has another name
_SSH = re.compile(r"(?:ssh://)?git@(?P<host>[\w.-]+)[:/](?P<path>.+)")
_GITHUB = ("github.com", "www.github.com")
_RAW = "raw.githubusercontent.com"
_NAME = r"(?!\.\.?(?:/|$))[\w.-]+?"
_ON_GITHUB = re.compile(
    rf"/(?P<project>[\w-]+/{_NAME})(?:\.git)?(?:/(?:(?P<kind>tree|blob|raw)/(?P<ref>[^/]+)(?P<below>/.*)?|.*))?"
)
_ON_RAW = re.compile(rf"/(?P<project>[\w-]+/{_NAME})/(?P<kind>)(?:refs/heads/)?(?P<ref>[^/]+)(?P<below>/.+)")
_ON_GITLAB = re.compile(
    rf"/(?P<project>[\w.-]+(?:/(?!-/){_NAME})+)(?:\.git)?(?:/-(?:/(?P<kind>tree|blob|raw)/(?P<ref>[^/]+)(?P<below>/.*)?|/.*)?)?/?"
)
_REMEDY = "check the address, or give its README as a file"


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository, or a folder in it: `project` is ``owner/name``, `ref` a branch, `file` a README by another name."""

    site: Literal["github", "gitlab"]
    project: str
    ref: str = "HEAD"
    folder: str = ""
    file: str = ""
    host: str = "https://github.com"

    @property
    def home(self) -> str:
        """The address at which people see it."""
        if not self.folder:
            return f"{self.host}/{self.project}"
        return f"{self.host}/{self.project}/{'' if self.site == 'github' else '-/'}tree/{self.ref}/{self.folder}"


def repository_at(settings: CatalogSettings, address: str) -> Repository | None:
    """The repository that an address leads to: its page, a folder or README in it, or what ``git clone`` takes."""
    address = address.strip().removeprefix("git+")
    if found := _SSH.fullmatch(address):
        address = f"https://{found['host']}/{found['path']}"
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host, path = parts.hostname, unquote(parts.path).rstrip("/")
    except ValueError:
        return None
    if host in _GITHUB:
        return _repository("github", _ON_GITHUB.fullmatch(path), "https://github.com")
    if host == _RAW:
        return _repository("github", _ON_RAW.fullmatch(path), "https://github.com")
    if host == urlsplit(settings.gitlab_url).hostname:
        return _repository("gitlab", _ON_GITLAB.fullmatch(path), settings.gitlab_url)
    return None


def file_sources(path: Path) -> list[Source]:
    """A file, and the CITATION.cff beside it if it is a README.

    Raises:
        CatalogError: a file cannot be read, is not text, or is too long.
    """
    beside = path.with_name(CITATION)
    files = [path, beside] if "readme" in path.name.lower() and beside.is_file() else [path]
    return [Source(str(file), _text(file)) for file in files]


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LONGEST:
            raise CatalogError(
                f"{path} is longer than {LONGEST // 1_000_000} MB", remedy="give a README or a .bib file"
            )
        return decoded(path.read_bytes(), str(path))
    except OSError as error:
        raise CatalogError(f"Cannot read {path}: {error.strerror or error}.") from error


def fetch_sources(ws: Workspace, repository: Repository) -> list[Source]:
    """README and CITATION.cff, as far as they exist.

    Raises:
        HarvesterError: the repository has neither, is private or has moved, or its host does not answer.
    """
    configured = {"raw_url", "gitlab_url"} & ws.settings.catalog.model_fields_set
    # The maintainer has chosen a host that config.toml names; the usual ones are never on a private network.
    transport = gated_transport(ws, repository.site, _INTERVAL, allow_private=bool(configured))
    found = list(_sources(ws.settings.catalog, transport, repository))
    if not found:
        raise HarvesterError(
            f"{repository.home} has no README or {CITATION}, does not exist, or is private", remedy=_REMEDY
        )
    return found


def _sources(settings: CatalogSettings, transport: Transport, repository: Repository) -> Iterator[Source]:
    citation = _file(settings, transport, repository, CITATION)
    for name in (repository.file,) if repository.file else _READMES:
        if readme := _file(settings, transport, repository, name):
            yield readme
            break
    if citation:
        yield citation


def _file(settings: CatalogSettings, transport: Transport, repository: Repository, name: str) -> Source | None:
    address = raw_address(settings, repository, name)
    try:
        answer = transport.get(address, {}, "text/plain, */*")
    except BadQuery as error:
        if error.status in (401, 404, 410):
            return None
        raise _unread(repository, error) from error
    except FetchError as error:
        raise _unread(repository, error) from error
    project = _project_in(settings, repository, answer.url)
    if not project:  # GitLab shows its sign-in page for what is private or does not exist
        return None
    if project.lower() != repository.project.lower():
        moved = f"{repository.host}/{project}"
        raise HarvesterError(f"{repository.home} redirects to {moved}", remedy=f"add {moved} if that is meant")
    return Source(f"{repository.home} ({name})", decoded(answer.body, f"{name} of {repository.home}"))


def raw_address(settings: CatalogSettings, repository: Repository, name: str) -> str:
    """Where the text of a file of the repository is."""
    below = quote("/".join(filter(None, (repository.ref, repository.folder, name))))
    if repository.site == "github":
        return f"{settings.raw_url}/{repository.project}/{below}"
    return f"{settings.gitlab_url}/{repository.project}/-/raw/{below}"


def _project_in(settings: CatalogSettings, repository: Repository, address: str) -> str:
    """The project whose file an answer is; "" if it is no file of a project."""
    base = settings.raw_url if repository.site == "github" else settings.gitlab_url
    path = unquote(urlsplit(address).path).removeprefix(urlsplit(base).path).strip("/")
    if repository.site == "github":
        return "/".join(path.split("/")[:2])
    return path.partition("/-/raw/")[0] if "/-/raw/" in path else ""


def _unread(repository: Repository, error: FetchError) -> HarvesterError:
    why = str(error).split("; correct its url")[0].rstrip(".")
    remedy = _REMEDY if isinstance(error, BadQuery) else "try again later, or give its README as a file"
    return HarvesterError(f"{repository.home} is not read: {why}", remedy=remedy)


def _repository(site: Literal["github", "gitlab"], found: re.Match[str] | None, host: str) -> Repository | None:
    if not found:
        return None
    below = (found["below"] or "").strip("/")
    is_file = bool(below) and found["kind"] != "tree"
    path = PurePosixPath(below)
    folder = str(path.parent if is_file else path) if below else ""
    return Repository(
        site=site,
        project=found["project"],
        ref=found["ref"] or "HEAD",
        folder="" if folder == "." else folder,
        file=path.name if is_file else "",
        host=host,
    )
