"""The architecture page names existing functions, and its picture is the one drawn from the code."""

import re
from importlib import import_module
from pkgutil import iter_modules

import pytest
from reference_pages import floors

import harvester
from tests.docs.pages import DOCS

PAGE = (DOCS / "explanation" / "architecture.md").read_text(encoding="utf-8")
ROOMS = {module.name for module in iter_modules(harvester.__path__)}
NAMES = re.findall(rf"`((?:classifiers|{'|'.join(sorted(ROOMS))})(?:\.\w+)+)`", PAGE)


def resolve(name: str) -> object:
    """The object that a dotted name refers to, below `harvester` or from the root."""
    parts = name.split(".")
    found = import_module(parts[0] if parts[0] == "classifiers" else f"harvester.{parts[0]}")
    for part in parts[1:]:
        if not hasattr(found, part):
            import_module(f"{found.__name__}.{part}")  # type: ignore[attr-defined]
        found = getattr(found, part)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_what_the_page_names_exists(name: str) -> None:
    assert resolve(name)


@pytest.mark.parametrize("name", ["sources.arxiv.api.nothing", "store.nowhere.record", "domain.decisions.Decision.no"])
def test_what_does_not_exist_is_found_out(name: str) -> None:
    with pytest.raises((AttributeError, ModuleNotFoundError)):
        resolve(name)


def test_both_walks_are_told_step_by_step() -> None:
    paper, decision = (
        PAGE.partition(f"## The life of a {subject}\n")[2].partition("\n## ")[0] for subject in ("paper", "decision")
    )
    for walk in (paper, decision):
        steps = re.split(r"^\d\. ", walk, flags=re.MULTILINE)[1:]
        assert len(steps) >= 5
        assert all(re.search(r"`\w+(\.\w+)+`", step) for step in steps)


def test_the_picture_is_the_one_that_the_code_draws() -> None:
    drawn = floors.picture()
    assert drawn == floors.PICTURE.read_text(encoding="utf-8"), "run: python docs/reference_pages/floors.py"
    assert 'class="up"' not in drawn
    assert {f">{room}<" for room in ("cli", "services / review", "store", "classifiers")} <= set(
        re.findall(r">[^<]+<", drawn)
    )
