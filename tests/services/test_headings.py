"""Headings of a list that are no labels, and lists on other subjects, through the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harvester.config.settings import load_settings
from harvester.services.workspace import read_taxonomy
from tests.conftest import ROOT, Upstream
from tests.room import NOWHERE, Room

THURSDAY = "2025-06-12T23:30:00Z"
HEARTS = """\
# Awesome Hearts
## Segmentation
- [Mitral leaflets in one pass](https://arxiv.org/abs/2101.00001)
## Rhythm disorders
- [A rhythm seen on the wrist](https://arxiv.org/abs/2101.00002)
- [Another rhythm seen on the wrist](https://arxiv.org/abs/2101.00003)
## Mostly MRI scans
- [Septum from two views](https://arxiv.org/abs/2101.00004)
## Simulation
- [Hearts that never beat](https://arxiv.org/abs/2101.00005)
## Bits and pieces
- [Odds and ends of hearts](https://arxiv.org/abs/2101.00006)
## Acknowledgements
- [A foundation](https://example.org/foundation)
"""
PLANTS = """\
# Awesome Agriculture 🌾
Papers about machine learning on crops, fields and other plants in agriculture.

## Contents
- [Tasks](#tasks)

## Tasks
### Weed Detection
- [Weeds between rows](https://arxiv.org/abs/2001.00001)
- [Weeds from above](https://arxiv.org/abs/2001.00002)
### Yield Prediction
- **Yield before harvest** [2021] [Invented Letters] [[Paper](https://example.org/yield)]
## Crops
### Wheat
- [Weeds between rows](https://arxiv.org/abs/2001.00001)
### Rice
## Surveys
- [Ten years of fields](https://arxiv.org/abs/2001.00004)
## License
- [CC0](https://example.org/cc0)
"""


@pytest.fixture
def room(tmp_path: Path) -> Room:
    (tmp_path / "hearts.md").write_text(HEARTS)
    return Room.make(tmp_path, NOWHERE)


@pytest.mark.long
def test_a_map_is_proposed_corrected_and_given_back(room: Room) -> None:
    shown = room.run("catalog", "import", "hearts.md", "--dry-run")
    assert '"Rhythm disorders" = ["disease:arrhythmia"]' in shown.splitlines()
    assert not list(room.folder.glob("*.map.toml"))
    assert not (room.folder / "data" / "embeddings.db").exists(), "a dry run writes nothing at all"

    first = room.json("catalog", "import", "hearts.md")
    assert (first["papers"], len(first["unplaced"]), first["map"]) == (1, 5, "hearts.map.toml")
    assert [(row["line"], row["reason"]) for row in first["skipped"]] == [(14, "acknowledgment")]
    assert [(row["heading"], row["line"], row["papers"], row["proposed"]) for row in first["headings"]] == [
        ("Rhythm disorders", 4, 2, ["disease:arrhythmia"]),
        ("Mostly MRI scans", 7, 1, ["modality:cmr"]),
        ("Simulation", 9, 1, ["task:modelling", "modality:simulated"]),
        ("Bits and pieces", 11, 1, []),
    ]
    assert [row["because"][0].split()[0] for row in first["headings"][:3]] == ["similar,", "synonym", "synonym"]
    file = room.folder / "hearts.map.toml"
    proposed = file.read_text(encoding="utf-8")
    assert room.json("catalog", "import", "hearts.md")["map"] == "hearts.map.toml"
    assert file.read_text(encoding="utf-8") == proposed

    edited = proposed.replace('["task:modelling", "modality:simulated"]', '["modality:simulated"] # mine')
    file.write_text(edited, encoding="utf-8")
    said = room.run("catalog", "import", "hearts.md")
    assert "hearts.map.toml was there before: give it with --map, or remove it to get it proposed anew." in said

    second = room.json("catalog", "import", "hearts.md", "--map", "hearts.map.toml")
    assert (second["papers"], second["new"], second["left_out"], len(second["unplaced"])) == (5, 4, 1, 1)
    assert [row["heading"] for row in second["headings"]] == ["Bits and pieces"]
    assert "hearts.map.toml has not decided on them yet." in room.run(
        "catalog", "import", "hearts.md", "--map", "hearts.map.toml"
    )
    third = room.json("catalog", "import", "hearts.md", "--map", "hearts.map.toml", "--map", "Bits and pieces=general")
    assert (third["papers"], third["headings"], third["map"]) == (6, [], None)
    file.write_text(edited.replace('"Bits and pieces" = []', ""), encoding="utf-8")
    said = room.run("catalog", "import", "hearts.md", "--map", "hearts.map.toml")
    assert "hearts.map.toml lacks:\n# Line 11, 1 paper not placed: no label found" in said
    records = {record["title"]: record for record in json.loads(room.run("catalog", "export"))}
    assert records["Hearts that never beat"]["modality"] == ["simulated"]
    assert records["A rhythm seen on the wrist"]["disease"] == ["arrhythmia"]


def test_wrong_maps_change_nothing(room: Room) -> None:
    (room.folder / "wrong.toml").write_text('"Simulation" = ["skip"]\n"Rhythm disorders" = ["disease:arhythmia"]\n')
    said = room.run("catalog", "import", "hearts.md", "--map", "wrong.toml", status=2)
    assert "wrong.toml, line 2: 'Rhythm disorders' names the label 'disease:arhythmia'" in said
    assert "did you mean 'disease:arrhythmia'?" in said
    (room.folder / "lacking.toml").write_text('"Simulations" = "skip"\n')
    said = room.run("catalog", "import", "hearts.md", "--map", "lacking.toml", status=2)
    assert "lacking.toml, line 1: The list has no heading 'simulations' (did you mean 'simulation'?)" in said
    (room.folder / "binary.toml").write_bytes(b"\xff\xfe\x00")
    assert "binary.toml: not UTF-8 text" in room.run("catalog", "import", "hearts.md", "--map", "binary.toml", status=1)
    assert "Cannot read nowhere.toml" in room.run("catalog", "import", "hearts.md", "--map", "nowhere.toml", status=1)
    assert "--map 'hearts' is not understood" in room.run("catalog", "import", "hearts.md", "--map", "hearts", status=2)
    assert (room.entries, list(room.folder.glob("*.map.toml"))) == ([], [])


def test_a_list_without_headings_is_refused_with_a_remedy(room: Room) -> None:
    (room.folder / "bare.md").write_text("- [Mitral leaflets in one pass](https://arxiv.org/abs/2101.00001)\n")
    refused = json.loads(room.run("catalog", "import", "bare.md", "--json", status=1))
    assert refused["remedy"].startswith("Write one above each group of papers")
    assert room.entries == []


def test_a_list_called_readme_gives_its_map_the_name_of_its_folder(room: Room) -> None:
    (room.folder / "awesome-hearts").mkdir()
    (room.folder / "awesome-hearts" / "README.md").write_text(
        "# Hearts\n## Videos\n- [A talk](https://example.org/talk)\n"
    )
    assert room.json("catalog", "import", "awesome-hearts/README.md")["map"] == "awesome-hearts.map.toml"


def test_without_an_encoder_words_alone_propose(tmp_path: Path) -> None:
    (tmp_path / "hearts.md").write_text(HEARTS)
    room = Room.make(tmp_path, NOWHERE, classifier={"encoder": "./no-such-folder"})
    rows = room.json("catalog", "import", "hearts.md")["headings"]
    assert [row["proposed"] for row in rows] == [
        [],
        ["modality:cmr"],
        ["task:modelling", "modality:simulated"],
        [],
    ]


def test_known_headings_need_no_encoder(tmp_path: Path) -> None:
    """Loading it takes ten times as long as the import."""
    (tmp_path / "known.md").write_text("# ECG\n- [A rhythm seen on the wrist](https://arxiv.org/abs/2101.00002)\n")
    Room.make(tmp_path, NOWHERE).run("db", "upgrade")
    code = "import sys; from harvester.cli.app import app; app(standalone_mode=False); print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, "catalog", "import", "known.md"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-2:] == ["1 paper, listed 1 time: 1 new, 0 merged, 0 enriched.", "False"]


@pytest.fixture
def plants(tmp_path: Path, upstream: Upstream) -> Room:
    (tmp_path / "plants.md").write_text(PLANTS)
    return Room(tmp_path, {
        "HARVESTER_HARVEST__ARXIV__URL": f"{upstream.url}/api/query",
        "HARVESTER_HARVEST__ARXIV__MIN_INTERVAL": "0",
        "HARVESTER_HARVEST__ARXIV_RSS__ENABLED": "false",
        "HARVESTER_HARVEST__HUGGINGFACE__ENABLED": "false",
        "HARVESTER_HARVEST__EUROPEPMC__ENABLED": "false",
        "HARVESTER_HARVEST__CROSSREF__ENABLED": "false",
    })  # fmt: skip


def test_a_list_on_another_subject_becomes_a_working_folder(plants: Room) -> None:
    begun = plants.json("init", "list", "--from-list", "plants.md", now=THURSDAY)
    assert begun["title"] == "Awesome Agriculture"
    assert begun["model"].startswith("untrained-")
    assert begun["from_list"] == {
        "facets": 2, "labels": 4, "left_out": [{"heading": "License", "line": 19, "links": 1}]
    }  # fmt: skip
    taxonomy = read_taxonomy(plants.folder / "list" / "data" / "taxonomy.toml")
    assert taxonomy.scope.definition.startswith("Papers about machine learning on crops")
    assert taxonomy.scope.synonyms == ("Agriculture",)
    assert load_settings(plants.folder / "list" / "config.toml").harvest.arxiv.query == "all:Agriculture"  # type: ignore[union-attr]

    there = Room(plants.folder / "list", plants.environment)
    done = there.json("catalog", "import", "../plants.md", now=THURSDAY)
    assert (done["papers"], done["placements"], done["unplaced"]) == (4, 5, [])
    assert [(row["line"], row["reason"]) for row in done["skipped"]] == [(5, "navigation"), (20, "licence")]
    records = {record["title"]: record for record in json.loads(there.run("catalog", "export"))}
    assert (records["Weeds between rows"]["tasks"], records["Weeds between rows"]["crops"]) == (
        ["weed_detection"],
        ["wheat"],
    )
    assert records["Ten years of fields"]["kind"] == "review"
    there.run("catalog", "build", now=THURSDAY)
    page = (there.folder / "data" / "catalog" / "README.md").read_text(encoding="utf-8")
    chapters = ["# **Tasks**", "### Weed Detection", "### Yield Prediction", "# **Crops**", "### Wheat"]
    assert [line for line in page.splitlines() if line in chapters] == chapters
    assert there.json("catalog", "check", now=THURSDAY) == []

    report = there.json("run", "--no-digest", "--since", "2025-06-01", now=THURSDAY)
    assert report["state"] == "ok"
    assert report["in_scope"] > 0
    best = there.json("queue")[0]
    assert "agricult" in f"{best['title']} {there.json('show', best['id'])['abstract']}".lower()
    assert {"tasks", "crops", "kind"} <= best.keys()
    (accepted,) = there.json("accept", best["id"], "--label", "crops:rice", now=THURSDAY)
    assert accepted["state"] == "accepted"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--from-list", "bare.md"), 1, "bare.md has no sections with papers to make labels of; write a heading"),
        (("--from-list", "missing.md"), 1, "Cannot read missing.md"),
        (("--from-list", "binary.md"), 1, "binary.md, line 1: not"),
        (("--from-list", "plants.md", "--taxonomy", "x.toml"), 2, "--taxonomy and --from-list both give the labels"),
    ],
)
def test_nothing_is_half_begun(plants: Room, arguments: tuple[str, ...], status: int, said: str) -> None:
    (plants.folder / "bare.md").write_text("No heading at all, and [one link](https://arxiv.org/abs/2101.00001).\n")
    (plants.folder / "binary.md").write_bytes(b"\x00\x01\xff")
    assert said in plants.run("init", "list", *arguments, status=status)
    assert not (plants.folder / "list").exists()
