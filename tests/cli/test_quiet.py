"""Warnings of libraries never reach the terminal."""

import subprocess
import sys
from pathlib import Path

import pytest

from classifiers.taxonomy import load_taxonomy

ENTRY = """\
id = "arxiv:2401.00001"
title = "Beats 🫀, βeats and 心电图"
published = 2024-05-01
kind = "research"
task = ["diagnosis"]
modality = ["ecg"]
disease = ["hf"]
[links]
paper = "https://arxiv.org/abs/2401.00001"
"""


@pytest.mark.parametrize("command", [["build"], ["check"], ["import", "README.md"], ["site", "public"]])
def test_a_catalogue_with_emoji_sections_is_handled_without_a_warning(tmp_path: Path, command: list[str]) -> None:
    assert all(label.emoji for facet in load_taxonomy().facets for label in facet.labels if label.id == "ecg")
    (tmp_path / "config.toml").write_text("")
    entry = tmp_path / "data" / "catalog" / "entries" / "2024" / "beats.toml"
    entry.parent.mkdir(parents=True)
    entry.write_text(ENTRY)
    (tmp_path / "README.md").write_text("# ECG 💓\n- **Other beats 🫀** [2024]\n")
    run = [sys.executable, "-m", "harvester", "catalog", *command, "--config", str(tmp_path / "config.toml")]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    if command == ["build"]:
        assert "Heart Failure" in (tmp_path / "data" / "catalog" / "images" / "labels.svg").read_text()
