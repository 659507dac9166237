"""`python -m classifiers`: files in, files out, exit status, and a plain sentence for every error."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from classifiers.cli import main
from classifiers.encoder import TextEncoder
from tests.classifiers.conftest import Garden

GOOD = {"id": "arxiv:2501.00001", "title": "Garden notes on the tomato", "abstract": "Tomato plants in a trial."}


@pytest.fixture(autouse=True)
def _no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HARVESTER_NOW", raising=False)


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def test_predict_keeps_order_and_reports_bad_lines_in_place(
    trained_garden: Garden, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    papers, out = tmp_path / "papers.jsonl", tmp_path / "out.jsonl"
    bad = [b"{broken", b'{"id": "y", "title": 3}', b"\xff\xfe", b'{"title": "no id"}']
    good = [json.dumps(GOOD | {"id": str(n)}).encode() for n in range(3)]
    papers.write_bytes(b"\n".join([good[0], bad[0], good[1], b"", *bad[1:], good[2]]) + b"\n\n")
    assert run("predict", "--input", papers, "--output", out, "--model", trained_garden.model) == 1
    records = lines(out)
    assert [record["id"] for record in records] == ["0", None, "1", "y", None, None, "2"]
    assert ["error" in record for record in records] == [False, True, False, True, True, True, False]
    assert all(set(record) == {"id", "error"} for record in records if "error" in record)
    assert capsys.readouterr().err == "4 lines could not be classified; the output says why in their place.\n"


def test_predict_without_faults_is_silent_and_repeatable(trained_garden: Garden, tmp_path: Path, python: Path) -> None:
    """The first by a process that loads all libraries anew, since it is these that might not be silent."""
    papers = tmp_path / "papers.jsonl"
    papers.write_text(json.dumps(GOOD) + "\n" + json.dumps(GOOD | {"id": "\ud800 odd"}) + "\n", encoding="utf-8")
    outputs = []
    for name, interpreter in (("one.jsonl", sys.executable), ("two.jsonl", python)):
        command = ["predict", "--input", papers, "--output", tmp_path / name, "--model", trained_garden.model]
        done = subprocess.run([interpreter, "-m", "classifiers", *command], capture_output=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        outputs.append((tmp_path / name).read_bytes())
    assert outputs[0] == outputs[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.jsonl", "papers.jsonl", "two.jsonl"]


def test_predict_explains(trained_garden: Garden, tmp_path: Path) -> None:
    papers, out = tmp_path / "papers.jsonl", tmp_path / "out.jsonl"
    papers.write_text(json.dumps(GOOD), encoding="utf-8")
    assert run("predict", "--input", papers, "--output", out, "--model", trained_garden.model, "--explain") == 0
    [record] = lines(out)
    assert record["crop"] == ["tomato"]
    [first, *_] = record["explanation"]["crop:tomato"]
    assert "omato" in first["sentence"]
    assert first["drop"] > 0


def test_an_empty_file_gives_an_empty_file(trained_garden: Garden, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert run("predict", "--input", os.devnull, "--output", out, "--model", trained_garden.model) == 0
    assert out.read_bytes() == b""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required"),
        (["dream"], "invalid choice: 'dream'"),
        (["predict"], "the following arguments are required: --input, --output"),
        (["predict", "--input", "a", "--output", "b", "--modle", "c"], "unrecognized arguments: --modle"),
        (["train", "--labels", "a", "--taxonomy", "b", "--output", "c", "--seed", "x"], "invalid int value: 'x'"),
        (["train", "--labels", "a", "--taxonomy", "b", "--output", "c", "--date", "May"], "'May'"),
    ],
)
def test_wrong_usage_is_one_sentence_and_status_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("Error: ")
    assert said.count("\n") == 1
    assert message in said


def test_failures_are_one_sentence_and_status_1(
    trained_garden: Garden, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere, model = tmp_path / "nowhere", trained_garden.model
    for arguments, named in [
        (["predict", "--input", nowhere, "--output", tmp_path / "o", "--model", model], "nowhere"),
        (["predict", "--input", os.devnull, "--output", nowhere / "o", "--model", model], "nowhere/o"),
        (["predict", "--input", os.devnull, "--output", tmp_path / "o", "--model", nowhere], "model.json"),
        (
            ["predict", "--input", os.devnull, "--output", tmp_path / "o", "--model", model, "--encoder", nowhere],
            "nowhere",
        ),
        (
            ["train", "--labels", nowhere, "--taxonomy", trained_garden.taxonomy_file, "--output", tmp_path / "m"],
            "nowhere",
        ),
        (["train", "--labels", trained_garden.labels, "--taxonomy", nowhere, "--output", tmp_path / "m"], "nowhere"),
        (["evaluate", "--labels", os.devnull, "--model", model], "no labeled papers"),
        (
            ["evaluate", "--labels", trained_garden.labels, "--model", model, "--split-year", 1999],
            "no paper is in scope before",
        ),
    ]:
        assert run(*arguments) == 1
        said = capsys.readouterr().err
        assert said.startswith("Error: ")
        assert said.count("\n") == 1
        assert named in said
    assert not list(tmp_path.iterdir())


def test_train_writes_a_model_and_names_it(
    trained_garden: Garden, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARVESTER_NOW", "2026-11-20T23:30:00-05:00")
    command = ["train", "--labels", trained_garden.labels, "--taxonomy", trained_garden.taxonomy_file]
    assert run(*command, "--output", tmp_path / "model", "--seed", 3) == 0
    said = capsys.readouterr().out
    assert said.startswith("2026-11-21-")
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert card.startswith(f"# Model {said.split(':')[0]}\n")
    assert "| crop: micro-F1 |" in card
    assert str(tmp_path) not in card


def test_train_can_adapt_the_encoder_and_goes_on_from_what_is_kept(
    trained_garden: Garden, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    some = tmp_path / "some.jsonl"
    some.write_bytes(b"".join(trained_garden.labels.read_bytes().splitlines(keepends=True)[::2]))
    command = ["train", "--adapt", "--kept", tmp_path / "kept", "--labels", some]
    command += ["--taxonomy", trained_garden.taxonomy_file]
    assert run(*command, "--output", tmp_path / "model") == 0
    kept = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "kept").iterdir()}
    assert run(*command, "--output", tmp_path / "again") == 0
    assert {file.name: file.stat().st_mtime_ns for file in (tmp_path / "kept").iterdir()} == kept
    first, second = capsys.readouterr().out.splitlines()
    assert first.split(":")[0] == second.split(":")[0], "the same papers give the same model"
    assert "log-odds of an adapted encoder" in (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    papers, out = tmp_path / "papers.jsonl", tmp_path / "out.jsonl"
    papers.write_text(json.dumps(GOOD), encoding="utf-8")
    assert run("predict", "--input", papers, "--output", out, "--model", tmp_path / "model") == 0
    assert lines(out)[0]["crop"] == ["tomato"]
    command[command.index(some)] = trained_garden.labels
    assert run(*command, "--from", tmp_path / "model", "--output", tmp_path / "further") == 0
    described = [json.loads((tmp_path / name / "encoder.json").read_bytes()) for name in ("model", "further")]
    begun, further = ({paper for paper, _ in found["papers"]} for found in described)
    assert begun < further


def test_going_on_needs_an_adapted_encoder_to_go_on_from(
    trained_garden: Garden, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "--from", trained_garden.model, "--labels", trained_garden.labels, "--kept", tmp_path / "kept"]
    command += ["--taxonomy", trained_garden.taxonomy_file, "--output", tmp_path / "model"]
    assert run(*command) == 1
    assert "add --adapt" in capsys.readouterr().err
    assert run(*command, "--adapt") == 1
    assert f"{trained_garden.model}: its encoder is not adapted; train without --from." in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_a_larger_encoder_reads_the_papers_and_the_adapted_one_learns_from_it(
    trained_garden: Garden, encoder: TextEncoder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taught, model = tmp_path / "out" / "taught.safetensors", tmp_path / "model"
    common = [
        "--labels",
        trained_garden.labels,
        "--taxonomy",
        trained_garden.taxonomy_file,
        "--kept",
        tmp_path / "kept",
    ]
    assert run("teach", *common, "--encoder", encoder.folder, "--output", taught) == 0
    assert capsys.readouterr().out == f"{taught}: what 3 teachers say about 48 papers\n"
    learn = ["train", *common, "--taught", taught, "--output", model]
    assert run(*learn) == 1
    assert "--taught FILE is what --adapt learns from; add --adapt." in capsys.readouterr().err
    assert run(*learn, "--adapt", "--from", model) == 1
    assert "leave out --taught or --from" in capsys.readouterr().err
    assert run(*learn, "--adapt") == 0
    assert f"weights sha256 `{encoder.sha256}`, tuned on the same papers" in (model / "README.md").read_text("utf-8")
    assert json.loads((model / "model.json").read_bytes())["encoder"]["teacher"] == encoder.sha256


def test_nothing_is_adapted_to_papers_of_which_none_is_in_scope(
    trained_garden: Garden, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = tmp_path / "labels.jsonl"
    labels.write_text(json.dumps(GOOD | {"scope": 0}) + "\n", encoding="utf-8")
    command = ["train", "--adapt", "--labels", labels, "--taxonomy", trained_garden.taxonomy_file]
    assert run(*command, "--kept", tmp_path / "kept", "--output", tmp_path / "model") == 1
    assert "no labeled paper is in scope" in capsys.readouterr().err
    assert not (tmp_path / "kept").exists()


def test_a_clock_that_is_no_time_is_refused(
    trained_garden: Garden, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARVESTER_NOW", "yesterday")
    command = ["train", "--labels", trained_garden.labels, "--taxonomy", trained_garden.taxonomy_file]
    assert run(*command, "--output", tmp_path / "model") == 1
    assert "HARVESTER_NOW is 'yesterday'" in capsys.readouterr().err


def test_evaluate_says_when_it_was_trained_on_the_test(
    trained_garden: Garden, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("evaluate", "--labels", trained_garden.labels, "--model", trained_garden.model) == 0
    said = capsys.readouterr()
    assert "48 of these 48 papers were in the model's training set" in said.err
    assert "keyword rules" in said.out


def test_evaluate_on_new_papers_says_nothing_of_the_kind(
    trained_garden: Garden, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = tmp_path / "fresh.jsonl"
    record = {
        "id": "new",
        "title": "Carrots in clay",
        "abstract": "Carrots in a garden.",
        "scope": 2,
        "crop": ["carrot"],
    }
    fresh.write_text(json.dumps(record), encoding="utf-8")
    assert run("evaluate", "--labels", fresh, "--model", trained_garden.model, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["overlap"], document["note"]) == (0, "")
    assert document["results"]["this model"]["facets"]["crop"]["micro_f1"] == 1
    assert document["results"]["this model"]["scope"]["average_precision"] is None


def test_evaluate_splits_by_year(trained_garden: Garden, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["evaluate", "--labels", trained_garden.labels, "--model", trained_garden.model]
    assert run(*command, "--split-year", 2024, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["split_year"] == 2024
    model, rules = document["results"]["this model"], document["results"]["keyword rules"]
    assert (model["papers"], model["in_scope"]) == (24, 18)
    assert model["facets"]["crop"]["micro_f1"] > 0.9
    assert rules["scope"]["average_precision"] == 1
