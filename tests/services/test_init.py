"""A list on another subject, from its taxonomy alone to its first entry."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from harvester.config.settings import load_settings
from harvester.services.operations.doctor.local import check_model
from harvester.services.workspace import open_workspace
from tests.conftest import ROOT, Upstream
from tests.room import NOWHERE, Room

THURSDAY = "2025-06-12T23:30:00Z"
TAXONOMY = """
schema = 1
title = "Awesome Machine Learning for Plants, \\"invented\\""
[scope]
definition = "Machine learning on crops, plants and agriculture: images of fields and leaves, yield and growth."
synonyms = ["plant", "crop", "agricultur*", "agriculture", "weed", "leaf disease", "farming", "orchard"]
[[facets]]
id = "task"
name = "Tasks"
[[facets.labels]]
id = "detection"
name = "Detection"
definition = "Finds or counts plants, fruits, weeds or pests in images."
synonyms = ["detect*", "counting"]
[[facets.labels]]
id = "yield"
name = "Yield prediction"
definition = "Predicts how much a field will bring."
synonyms = ["yield"]
[[facets]]
id = "crop"
name = "Crops"
labels = [
  {id = "wheat", name = "Wheat", definition = "Wheat, whatever part of it.", synonyms = ["wheat"]},
  {id = "rice", name = "Rice", definition = "Rice in paddies or dry fields.", synonyms = ["rice"]},
]
[[facets]]
id = "kind"
name = "Kind"
exclusive = true
[[facets.labels]]
id = "research"
name = "Research"
definition = "A study with a method of its own."
[[facets.labels]]
id = "review"
name = "Reviews"
definition = "A survey of other work."
synonyms = ["survey", "review"]
"""


UNREACHABLE = {"HARVESTER_HARVEST__ARXIV__URL": NOWHERE, "HARVESTER_HARVEST__EUROPEPMC__URL": NOWHERE}


@pytest.fixture
def room(tmp_path: Path) -> Room:
    (tmp_path / "plants.toml").write_text(TAXONOMY, encoding="utf-8")
    return Room(tmp_path, UNREACHABLE)


@pytest.fixture(scope="module")
def plants(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A list created from the taxonomy, before any harvest."""
    folder = tmp_path_factory.mktemp("plants")
    (folder / "plants.toml").write_text(TAXONOMY, encoding="utf-8")
    Room(folder, UNREACHABLE).run("init", "list", "--taxonomy", "plants.toml")
    return Room(folder / "list")


@pytest.mark.soak  # the page howto/subject.md, whose commands are run, shows most of it
def test_what_the_queries_bring_in_a_week_is_asked_at_once(tmp_path: Path, upstream: Upstream) -> None:
    there = {
        "HARVESTER_HARVEST__ARXIV__URL": f"{upstream.url}/api/query",
        "HARVESTER_HARVEST__EUROPEPMC__URL": f"{upstream.url}/europepmc/webservices/rest",
    }
    weekly = Room(tmp_path, there).json("init", "here", now=THURSDAY)["papers_a_week"]
    assert weekly["arxiv"] > 10
    assert weekly["europepmc"] > 0
    said = Room(tmp_path, there).run("init", "there", now=THURSDAY)
    assert f"a week: {weekly['arxiv']:,} at arxiv, {weekly['europepmc']:,} at europepmc." in said


def test_a_network_that_is_down_does_not_matter_to_a_new_list(room: Room) -> None:
    assert room.json("init", "here")["papers_a_week"] == {"arxiv": None, "europepmc": None}
    assert "`harvester doctor` tells" in room.run("init", "there")


def test_another_subject_from_its_taxonomy_to_its_first_entry(room: Room, upstream: Upstream) -> None:
    asked = ("--categories", "cs.RO,cs.CV", "--query", "all:crop OR all:agriculture")
    begun = room.json("init", "list", "--taxonomy", "plants.toml", *asked)
    assert begun["model"].startswith("untrained-")
    plants = Room(room.folder / "list", {
        "HARVESTER_HARVEST__ARXIV__URL": f"{upstream.url}/api/query",
        "HARVESTER_HARVEST__ARXIV__MIN_INTERVAL": "0",
        "HARVESTER_HARVEST__ARXIV_RSS__ENABLED": "false",
        "HARVESTER_HARVEST__HUGGINGFACE__ENABLED": "false",
        "HARVESTER_HARVEST__EUROPEPMC__ENABLED": "false",
    })  # fmt: skip
    drift = plants.json("evaluate", "--drift", status=1)
    assert "made from the taxonomy alone" in drift["error"]
    report = plants.json("run", "--no-digest", "--since", "2025-06-01", now=THURSDAY)
    assert report["state"] == "ok"
    assert report["in_scope"] >= 3
    asked_for = next(entry["path"] for entry in upstream.log() if entry["path"].startswith("/api/query"))
    assert "all%3Acrop+OR+all%3Aagriculture" in asked_for
    best = plants.json("queue")[0]
    assert "agricult" in best["title"].lower()
    labels = {"task:detection", "task:yield", "crop:wheat", "crop:rice", "kind:research", "kind:review"}
    assert labels == set(best["unsure"])
    (accepted,) = plants.json("accept", best["id"], "--label", "crop:rice", "--label", "crop:wheat", "--task", "yield")
    assert accepted["state"] == "accepted"
    (shown,) = plants.json("queue", "--state", "accepted")
    assert (shown["task"], shown["crop"]) == (["yield"], ["wheat", "rice"])
    plants.json("accept", best["id"], "--label", "crop:", "--label", "kind:review")
    (shown,) = plants.json("queue", "--state", "accepted")
    assert (shown["task"], shown["crop"], shown["kind"]) == (["yield"], [], "review")
    (preferences,) = plants.json("subscribers", "add", "a@example.org", "--confirmed", "--label", "crop:rice,wheat")
    assert preferences["topics"] == {"crop": ["wheat", "rice"]}
    plants.run("catalog", "build")
    readme = (plants.folder / "data" / "catalog" / "README.md").read_text(encoding="utf-8")
    assert best["title"] in readme.replace("\\", "")
    assert plants.json("catalog", "check") == []


def test_the_configuration_keeps_its_comments_and_says_what_was_asked(room: Room) -> None:
    (room.folder / ".gitignore").write_text("*.tmp\n")
    room.run("init", "--categories", "cs.LG")
    ignored = (room.folder / ".gitignore").read_text().splitlines()
    assert ignored[0] == "*.tmp"
    assert {"/data/backups/", "/data/models/", "/data/*.db", "/data/secret.key", "/password.txt"} <= set(ignored)
    shipped = room.config.read_text(encoding="utf-8")
    assert "# Your e-mail address" in shipped
    assert "min_interval" not in shipped, "a default, which an upgrade may change"
    settings = load_settings(room.config)
    assert settings.harvest.arxiv_rss is not None
    assert settings.harvest.arxiv_rss.categories == ("cs.LG",)
    assert (settings.classifier.model, settings.classifier.taxonomy) == (None, Path("data/taxonomy.toml"))
    assert "Cardiovascular" in (room.folder / "data" / "catalog" / "README.md").read_text(encoding="utf-8")
    assert open_workspace(room.config).taxonomy.path == room.folder / "data" / "taxonomy.toml"


def test_without_a_query_the_synonyms_are_asked_for(room: Room) -> None:
    room.run("init", "list", "--taxonomy", "plants.toml")
    settings = load_settings(room.folder / "list" / "config.toml")
    assert settings.harvest.arxiv is not None
    assert settings.harvest.arxiv.query.startswith("all:plant OR all:crop OR all:agriculture OR all:weed")
    assert 'all:"leaf disease"' in settings.harvest.arxiv.query
    assert settings.harvest.europepmc is not None
    assert settings.harvest.europepmc.query.startswith("(TITLE_ABS:(plant OR crop OR agriculture OR weed")
    assert '"deep learning"' in settings.harvest.europepmc.query
    assert not any(feed.enabled for feed in settings.harvest.feeds)


def test_starred_synonyms_are_asked_for_by_the_taxonomys_own_words(room: Room) -> None:
    """They were dropped without a word, and with them all papers on "agricultural" alone."""
    file = room.folder / "plants.toml"
    text = TAXONOMY.replace('"agriculture", "weed"', '"leaf diseas*", "irrigat*", "soil moist*", "weed"')
    file.write_text(text.replace("Wheat, whatever part of it.", "Irrigated wheat and its leaf  diseases."))
    begun = room.json("init", "list", "--taxonomy", "plants.toml")
    assert begun["not_searched"] == ["soil moist*"]
    settings = load_settings(room.folder / "list" / "config.toml")
    assert settings.harvest.arxiv is not None
    assert settings.harvest.huggingface is not None
    assert settings.harvest.arxiv.query == (
        'all:plant OR all:crop OR all:agriculture OR all:"leaf disease" OR all:"leaf diseases" OR all:irrigated '
        "OR all:weed OR all:farming OR all:orchard"
    )
    assert "leaf diseases" in settings.harvest.huggingface.queries
    said = " ".join(room.run("init", "another", "--taxonomy", "plants.toml").split())
    assert "Not searched for, because sources know only whole words: soil moist*. Add the words" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--disease", "rust"), "No such option: --disease"),
        (("--label", "pest:aphid"), "no facet 'pest'; it has: task, crop, kind"),
        (("--label", "crop:oats"), "crop has no label 'oats'; it has: wheat, rice"),
        (("--label", "rice"), "--label 'rice' does not name a facet; write FACET:LABEL"),
        (("--label", "kind:review,research"), "kind takes exactly one label; choose one of: research, review"),
    ],
)
def test_what_the_taxonomy_lacks_is_named_with_what_it_has(plants: Room, arguments: tuple[str, ...], said: str) -> None:
    assert said in " ".join(plants.run("accept", "2506.00001", *arguments, status=2).split())
    if arguments[0] == "--disease":  # for all of them one function reads the options
        assert said in " ".join(plants.run("catalog", "add", "2506.00001", *arguments, status=2).split())
        told = plants.run("subscribers", "add", "a@example.org", "--confirmed", *arguments, status=2)
        assert said in " ".join(told.split())


def test_nothing_is_half_begun(room: Room) -> None:
    (room.folder / "silent.toml").write_text(TAXONOMY.replace('synonyms = ["plant', 'synonyms = ["zebra*"] #'))
    (room.folder / "broken.toml").write_text("title = ")
    (room.folder / "taken.toml").write_text(TAXONOMY.replace('id = "crop"', 'id = "venue"'))
    for arguments, status, said in (
        (("--taxonomy", "silent.toml"), 2, "no whole word for zebra*; add some, or give --query"),
        (("--taxonomy", "broken.toml"), 1, "broken.toml: not valid TOML"),
        (("--taxonomy", "taken.toml"), 1, "taken.toml: a facet cannot be called 'venue'"),
        (("--taxonomy", "missing.toml"), 1, "missing.toml: cannot read"),
        (("--categories", "cs CV"), 2, "'cs CV' is not an arXiv category"),
    ):
        assert said in room.run("init", "list", *arguments, status=status)
        assert not (room.folder / "list").exists()
    (room.folder / "list").write_text("a file")
    assert "list" in room.run("init", "list", status=1)
    (room.folder / "config.toml").write_text("")
    assert "config.toml already exists" in room.run("init", status=2)
    assert (room.folder / "config.toml").read_text() == ""


@pytest.mark.soak  # the page howto/subject.md, whose commands are run, shows most of it
def test_a_changed_taxonomy_is_ranked_by_before_there_are_labels(room: Room) -> None:
    """A maintainer's first day: the taxonomy's words and labels need corrections."""
    begun = room.json("init", "list", "--taxonomy", "plants.toml")
    plants = Room(room.folder / "list")
    assert "decide on more of the queue first" in plants.run("train", status=1)
    assert "not about Awesome Machine Learning for Plants" in plants.run("labels", "fetch", status=2)
    assert model_state(plants) == ("ok", f"The model {begun['model']} is intact.")
    file = plants.folder / "data" / "taxonomy.toml"
    file.write_text(file.read_text().replace('id = "rice"', 'id = "maize"'))
    assert model_state(plants)[0] == "fail"
    done = plants.json("train")
    assert done["promoted"]
    assert done["in_use"] == done["model"] != begun["model"]
    assert (done["figures"], done["not_compared"]) == ([], ["crop:maize", "crop:rice"])
    assert model_state(plants)[0] == "ok"
    assert "crop:rice; run `harvester train`" in plants.run("train", "--rollback", status=1), "nothing says rice now"
    assert plants.json("status")["model"]["version"] == done["model"], "what is refused changes nothing"
    file.write_text(file.read_text().replace('id = "maize"', 'id = "rice"'))
    assert plants.json("train", "--rollback")["in_use"] == begun["model"]
    err = plants.run("train", "--rollback", status=1)
    assert "Nothing was rolled back" in err, "the shipped model is about hearts"
    assert " more;" in err, "of dozens of labels some are named"
    assert plants.json("status")["model"]["version"] == begun["model"]
    (plants.folder / "data" / "models" / "promoted").write_text("")  # as an earlier version's rollback left it
    assert plants.json("train")["in_use"] == begun["model"], "a model about hearts is no reason to wait for labels"


def model_state(room: Room) -> tuple[str, str]:
    found = check_model(load_settings(room.config))[0]
    return found.state, found.message


def test_init_takes_title_contact_and_git(room: Room) -> None:
    mine = room.folder / "mine"
    mine.mkdir()
    (mine / "tokens.env").write_text("SECRET=1")
    said = room.run("init", "mine", "--title", "My   list", "--contact", "me@example.org", "--git", "branch")
    assert "Next in mine: harvester run" in said
    settings = load_settings(mine / "config.toml")
    assert (settings.harvest.contact, settings.catalog.git) == ("me@example.org", "branch")
    assert (mine / "data" / "catalog" / "README.md").read_text(encoding="utf-8").splitlines()[1] == "# My list"
    committed = git(mine, "ls-files").splitlines()
    assert {"config.toml", ".gitignore", "data/taxonomy.toml", "data/catalog/README.md"} <= set(committed)
    assert "tokens.env" not in committed, "what was there before is not the list's"
    for name in ("data/backups/harvester-x.db", "data/harvester.db", "data/models/x", "password.txt"):
        assert git(mine, "check-ignore", name) == name
    assert git(ROOT, "check-ignore", "data/backups/harvester-x.db", "deploy/secrets/x", "password.txt").count("\n") == 2


def test_a_repository_that_is_there_is_left_alone(room: Room) -> None:
    git(room.folder, "init", "--quiet")
    room.run("init", "mine", "--git", "commit")
    assert not (room.folder / "mine" / ".git").exists()


@pytest.mark.parametrize(("option", "given"), [("--contact", "nobody"), ("--git", "sometimes")])
def test_a_wrong_answer_makes_no_folder(room: Room, option: str, given: str) -> None:
    assert given in room.run("init", "mine", option, given, status=2)
    assert not (room.folder / "mine").exists()


def test_init_asks_on_a_terminal(room: Room) -> None:
    """An invalid answer cost all the others."""
    answers = iter(["My list", "me at example.org", "me@example.org", "y", "commit"])
    out = on_a_terminal(["init", "mine"], room, answers)
    assert "Title of the list" in out
    assert out.count("Error: ") == 2
    settings = load_settings(room.folder / "mine" / "config.toml")
    assert (settings.harvest.contact, settings.catalog.git) == ("me@example.org", "commit")


def on_a_terminal(words: list[str], room: Room, answers: Iterator[str]) -> str:
    """Run a command on a terminal of its own and type an answer after each question."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, **room.environment, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "harvester", *words]
    running = subprocess.Popen(command, cwd=room.folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = ""
    with suppress(OSError):  # how Linux says that the other end is closed
        while part := os.read(ours, 4096).decode():
            shown += part
            if part.rstrip(" ").endswith(":"):
                os.write(ours, f"{next(answers)}\n".encode())
    os.close(ours)
    assert running.wait() == 0, shown
    return shown


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()
