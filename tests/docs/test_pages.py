"""Every command of the tutorial and of the how-to pages, in the order of the page."""

import gzip
import json
import re
import shutil
import time
import urllib.request
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harvester.services.catalog.sync import sync_catalog
from harvester.services.subscribers.subscriptions import add_subscriber
from harvester.services.workspace import open_workspace
from tests.conftest import serving
from tests.docs.conftest import World
from tests.docs.pages import Shell, Step, matches, put, steps
from tests.reliability.ground import THURSDAY
from tests.room import free_port
from tests.room.snapshot import records

# A page starts a dozen processes, some of which load the model.
pytestmark = [pytest.mark.timeout(900), pytest.mark.long]

READER = {"2411.13602": "2601.90038", "2506.06342": "2601.90016"}
"""What stands on the pages for something of the reader's own, and what it is here."""

FEW = re.compile(r"q-bio\.QM|(physics\.med-ph|eess|stat\.ML).*2025-06-(0[7-9]|1[0-2])T|2506\.06349|2506\.08987")
"""The papers that the tutorial needs, and some of each category."""

JOURNAL = "https://www.ahajournals.org/action/showFeed?type=etoc&feed=rss&jc=circ.rss"
POSTGRES = "postgresql+psycopg://harvester@db.example.org/harvester"


@pytest.fixture
def prepared(world: World, tmp_path: Path) -> Path:
    """The setup that the how-to pages assume: a store with the shipped catalog, and a subscriber."""
    folder = world.checkout(tmp_path / "cardio-harvester")
    ws = open_workspace(folder / "config.toml")
    sync_catalog(ws)
    add_subscriber(ws, "ann@example.org", confirmed=True)
    ws.store.dispose()
    return folder


def test_the_tutorial_ends_with_a_digest(shared: Path, world: World, tmp_path: Path) -> None:
    """Word for word: its papers are real ones, which arXiv and the stand-in have."""
    corpus = tmp_path / "corpus.jsonl.gz"
    with (
        gzip.open(shared / "corpus" / "papers-2025.jsonl.gz", "rt", encoding="utf-8") as papers,
        gzip.open(corpus, "wt", encoding="utf-8") as kept,
    ):
        kept.writelines(line for line in papers if '"id": "2506.' in line and FEW.search(line))
    with serving(shared, corpus) as url:
        there = replace(world, upstream=url)
        folder = there.checkout(tmp_path / "cardio-harvester")
        settings = (folder / "config.toml").read_text(encoding="utf-8")
        (folder / "config.toml").write_text(settings.replace("feed/journal.xml", "feed/npj-digital-medicine.xml"))
        present = {"unset HARVESTER_NOW": f"export HARVESTER_NOW={THURSDAY}T23:30:00Z"}
        walk("tutorial.md", folder, there, present)
    assert [mail["To"] for mail in world.sink.messages] == ["ann@example.org"]


@pytest.mark.parametrize("page", ["howto/deploy.md", "howto/pull-requests.md", "howto/recover.md"])
def test_a_page(page: str, prepared: Path, world: World) -> None:
    walk(page, prepared, world, READER)


def test_a_paper_is_added(prepared: Path, world: World) -> None:
    walk("howto/paper.md", prepared, world, {"OWNER/REPOSITORY": "invented/tides"})


def test_a_source_is_added(prepared: Path, world: World) -> None:
    here = {f'url = "{JOURNAL}"': f'url = "{world.upstream}/feed/journal.xml"\nallow_private = true'}
    walk("howto/source.md", prepared, world, here)


def test_labels_are_changed(prepared: Path, world: World) -> None:
    walk("howto/taxonomy.md", prepared, world, {})


def test_the_past_is_brought_in(prepared: Path, world: World) -> None:
    with gzip.open(prepared / "arxiv-snapshot.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(record) + "\n" for record in records())
    walk("howto/backfill.md", prepared, world, {})


def test_a_list_is_moved(prepared: Path, world: World) -> None:
    walk("howto/list.md", prepared, world, {})


def test_a_list_on_another_subject_is_begun(world: World, tmp_path: Path) -> None:
    folder = world.checkout(tmp_path / "cardio-harvester")
    walk("howto/subject.md", folder, world, {"2512.04321": "2601.90004"})


def test_the_model_is_trained_anew(shared: Path, world: World, tmp_path: Path) -> None:
    learned, held_back = labelled(shared)
    corpus = tmp_path / "corpus.jsonl.gz"
    with gzip.open(corpus, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(paper) + "\n" for paper in learned)
    with serving(shared, corpus) as url:
        there = replace(
            world, upstream=url, environment={**world.environment, "HARVESTER_NOW": f"{THURSDAY}T23:30:00Z"}
        )
        folder = there.checkout(tmp_path / "cardio-harvester")
        (folder / "held-back.jsonl").write_text("".join(json.dumps(paper) + "\n" for paper in held_back))
        promote_the_shipped_model(folder)
        # The others of the set are not in this small corpus: arXiv does not know them.
        walk("howto/retrain.md", folder, there, {}, failing="harvester labels fetch")


@pytest.mark.parametrize("bare_url", ["postgresql"], indirect=True)
def test_the_store_moves_to_postgresql(bare_url: str, prepared: Path, world: World) -> None:
    walk("howto/postgresql.md", prepared, world, {POSTGRES: bare_url})


def labelled(shared: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The smallest number of labeled papers from the corpus that training accepts, and some more with their labels."""
    text = (shared / "labels" / "train.jsonl").read_text(encoding="utf-8")
    labels = [json.loads(line) for line in text.splitlines()]
    wanted = {
        labeled["id"]: labeled for scope, most in ((0, 25), (2, 115)) for labeled in of_scope(labels, scope)[:most]
    }
    with gzip.open(shared / "corpus" / "papers-2025.jsonl.gz", "rt", encoding="utf-8") as lines:
        papers = [paper for line in lines if f"arxiv:{(paper := json.loads(line))['id']}" in wanted]
    texts = [{key: paper[key] for key in ("title", "abstract")} | wanted[f"arxiv:{paper['id']}"] for paper in papers]
    return papers[10:], [{**text, "id": f"held:{n}"} for n, text in enumerate(texts[:10])]


def of_scope(labels: list[dict[str, Any]], scope: int) -> list[dict[str, Any]]:
    return [paper for paper in labels if paper["scope"] == scope]


def promote_the_shipped_model(folder: Path) -> None:
    """Leave a promoted model, as an earlier training would."""
    models = folder / "data" / "models"
    shutil.copytree(folder / "data" / "model", models / "earlier")
    (models / "promoted").write_text("earlier\n")


def walk(page: str, folder: Path, world: World, replaced: dict[str, str], failing: str = "") -> None:
    """Follow a page, in its folder; the command `failing` must end with status 1."""
    port = free_port()
    environment = {
        "HARVESTER_WEB__PORT": str(port),
        "HARVESTER_SCHEDULE__PORT": str(free_port()),
        "PYTHONPATH": str(folder),
    }
    shell = Shell(folder, {**world.environment, **environment})
    try:
        for step in steps(page, replaced):
            if step.language == "toml" and step.title:
                change(folder, step)
            elif step.title == "In a second terminal":
                serve(shell, step, port)
            elif step.language == "sh" and not step.by_hand:
                perform(shell, step, 1 if failing in step.commands else 0)
    finally:
        shell.close()


def change(folder: Path, step: Step) -> None:
    """Put the keys of a block into config.toml, or insert its lines after the label that its title names."""
    name, _, label = step.title.partition(", after ")
    if not label:
        return put(folder / name, step.text)
    text = (folder / name).read_text(encoding="utf-8")
    place = text.index("[[", text.index(f'id = "{label}"'))
    (folder / name).write_text(f"{text[:place]}{step.text}\n{text[place:]}", encoding="utf-8")
    return None


def perform(shell: Shell, step: Step, expected: int) -> None:
    """Run the commands of a block; what they print must be what the page shows."""
    where = f"{step.page}:{step.line}"
    status, printed = shell.run(step.commands)
    assert status == expected, f"{where}: status {status}\n{printed}\n{shell.errors}"
    if step.printed is not None:
        assert matches(step.printed, printed), f"{where} shows:\n{step.printed}\nbut this was printed:\n{printed}"


def serve(shell: Shell, step: Step, port: int) -> None:
    """Start a server that runs until the page ends, and wait until it answers."""
    (command,) = step.commands
    shell.run([f"{command} >/dev/null &"])
    for _ in range(600):
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            assert answer.status == 200
            return
        time.sleep(0.1)
    pytest.fail(f"{step.page}:{step.line}: nothing answers\n{shell.errors}")
