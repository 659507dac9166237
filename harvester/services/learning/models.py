"""The model in use: the one that config.toml names, otherwise the last promoted one, otherwise the packaged one.

Promoted models are in a folder beside the store, one folder per version; the file `promoted` lists them in order, one
per line, and the last line is the one in use.
"""

import logging
import shutil
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from classifiers.errors import ClassifierError
from classifiers.storage import CARD, load_adapter, load_model, model_dir, read_info
from classifiers.taxonomy import Taxonomy
from harvester.base.errors import HarvesterError, UsageError
from harvester.base.files import write_atomic
from harvester.config.settings import Settings
from harvester.services.workspace import Workspace

if TYPE_CHECKING:
    from classifiers.records import ModelInfo

log = logging.getLogger(__name__)
HISTORY = "promoted"
NAMED = 6  # labels in a sentence


def models_folder(ws: Workspace) -> Path:
    """The folder of promoted models."""
    return _models(ws.settings)


def model_in_use(ws: Workspace) -> Path | None:
    """The folder of the model in use; None means the packaged one."""
    return model_of(ws.settings)


def model_of(settings: Settings) -> Path | None:
    """The folder of the model that these settings select; None means the packaged one."""
    if chosen := settings.classifier.model:
        return settings.path(chosen)
    return _newest(settings, _history(settings))


def model_version(ws: Workspace) -> str:
    """The version of the model in use; cheap, because it loads no weights."""
    return model_info(ws).version


def version_in_use(ws: Workspace) -> str:
    """The version whose predictions reviewers are shown, as `model_version`; "" if the model cannot be read.

    With "", the newest predictions count: a broken model, which runs and `doctor` report, must not stop reviews.
    """
    try:
        card = model_dir(model_in_use(ws)) / CARD
        known = card.stat()
        return _version_of(card.parent, known.st_mtime_ns, known.st_size)
    except (ClassifierError, HarvesterError, OSError) as error:
        log.warning("The newest predictions are shown, since the model in use cannot be read: %s", error)
        return ""


def model_info(ws: Workspace) -> "ModelInfo":
    """The model card of the model in use; cheap, because it loads no weights.

    Raises:
        HarvesterError: it is missing or tampered with.
    """
    with named_errors():
        return read_info(model_in_use(ws))


def require_free_choice(ws: Workspace) -> None:
    """Refuse to promote a model that would not be used.

    Raises:
        UsageError: config.toml names the model to use.
    """
    if ws.settings.classifier.model:
        raise UsageError(
            "classifier.model sets the model to use, so no other can be promoted; remove that key from config.toml."
        )


def promote(ws: Workspace, version: str) -> None:
    """Make this version, which is in the models folder, the model in use."""
    _write(ws, [*_history(ws.settings), version])


def rollback(ws: Workspace) -> str:
    """Return to the model that was in use before; returns the version that was left, which may well be broken.

    Raises:
        HarvesterError: no model has been promoted.
    """
    *before, left = _promoted(ws.settings)
    _write(ws, before)
    return left


def require_usable_before(ws: Workspace) -> None:
    """Refuse to return to a model that could not classify: `rollback` would leave every night to fail.

    Raises:
        HarvesterError: no model has been promoted; or the one in use before was tampered with, or assigns labels that
            the taxonomy lacks.
    """
    before = _newest(ws.settings, _promoted(ws.settings)[:-1])
    try:
        with named_errors():
            model, info = load_model(before)
            load_adapter(info)
        require_fit(model.taxonomy, ws.taxonomy, info.version)
    except HarvesterError as error:
        raise HarvesterError(f"Nothing was rolled back: {error}") from error


def require_fit(known: Taxonomy, wanted: Taxonomy, version: str) -> None:
    """Refuse a model that would assign removed labels; it need not know new labels yet.

    Raises:
        HarvesterError: it would.
    """
    if gone := known.names - wanted.names:
        raise HarvesterError(
            f"The model {version} assigns labels that {wanted.path} lacks: {some_of(gone)}; run `harvester train`, or "
            "put the labels back."
        )


def some_of(labels: AbstractSet[str]) -> str:
    """The first few of some labels: between two subjects they all differ."""
    named = sorted(labels)
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    return ", ".join(named[:NAMED]) + more


@contextmanager
def named_errors() -> Iterator[None]:
    """Raise the classifier's errors as this program's own."""
    try:
        yield
    except ClassifierError as error:
        raise HarvesterError(str(error)) from error


def write_untrained(models: Path, taxonomy: Taxonomy, encoder: str | None = None) -> str:
    """Write a model based on the taxonomy alone into a folder of `models`; returns its version, the folder's name.

    Raises:
        HarvesterError: the encoder cannot be loaded.
    """
    from classifiers.encoder import load_encoder
    from classifiers.untrained import write_untrained_model

    part = models / ".untrained"
    try:
        info = write_untrained_model(part, taxonomy, load_encoder(encoder) if encoder else load_encoder())
    except ClassifierError as error:
        raise HarvesterError(str(error)) from error
    move_model(part, models / info.version)
    return info.version


def move_model(part: Path, to: Path) -> None:
    """Move a finished model into place. The same papers give the same version, which may already be there."""
    try:
        if to.exists():
            shutil.rmtree(part)
        else:
            part.rename(to)
    except OSError as error:
        raise HarvesterError(f"Cannot store the model in {to}: {error.strerror or error}.") from error


@lru_cache(maxsize=8)
def _version_of(folder: Path, _changed: int, _size: int) -> str:
    """The version in a model's card, cached: checking the card takes a few milliseconds, and every page needs it."""
    return read_info(folder).version


def _models(settings: Settings) -> Path:
    return settings.path(settings.classifier.models)


def _history(settings: Settings) -> list[str]:
    file = _models(settings) / HISTORY
    try:
        lines = file.read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise HarvesterError(f"{file} cannot be read: {error}.") from error
    if wrong := [line for line in lines if "/" in line or line.startswith(".")]:
        raise HarvesterError(
            f"{file} contains {wrong[0]!r}, which is not a model version; correct or remove that line."
        )
    return lines


def _newest(settings: Settings, history: Sequence[str]) -> Path | None:
    return _models(settings) / history[-1] if history else None


def _promoted(settings: Settings) -> list[str]:
    """The history, which has at least one model.

    Raises:
        HarvesterError: no model has been promoted.
    """
    history = _history(settings)
    if not history:
        raise HarvesterError(f"There is no model to roll back to: {_models(settings) / HISTORY} lists none.")
    return history


def _write(ws: Workspace, versions: list[str]) -> None:
    write_atomic(models_folder(ws) / HISTORY, "".join(f"{version}\n" for version in versions))
