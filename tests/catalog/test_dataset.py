"""The dataset export, read by mlcroissant and pyarrow as its users do."""

import hashlib
import json
import sys
import warnings
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harvester.base.files import write_atomic
from harvester.catalog.entry import Entry
from harvester.catalog.export import shown
from harvester.catalog.export.columns import columns, rows
from harvester.catalog.export.dataset import CARD, CROISSANT, JSON_LINES, PARQUET, data_files, dataset
from harvester.catalog.export.records import Context

from .strategies import TAXONOMY, entries, fewer
from .test_export import ENTRY

CONTEXT = Context(TAXONOMY, "https://hearts.example", license="CC-BY-4.0")
OTHER = Entry(
    "title:theheart", "=The | heart\u202e", ENTRY.labels, ("李 明", "Bee, Jr., Ann"), venue="Zenodo", note="New!"
)


def written(folder: Path, papers: list[Entry], context: Context = CONTEXT) -> dict[str, bytes]:
    files = dataset(data_files(shown(papers), context), len(papers), context, date(2025, 6, 12))
    for name, content in files.items():
        write_atomic(folder / name, content)
    return files


def records(folder: Path) -> tuple[list[str], list[dict[str, Any]]]:
    """What mlcroissant objects to, and the records it reads."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlcroissant

        described = mlcroissant.Dataset(str(folder / CROISSANT))
        return [*described.metadata.issues.errors, *described.metadata.issues.warnings], [
            decoded(record) for record in described.records("papers")
        ]


def decoded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name.rpartition("/")[2]: decoded(item) for name, item in value.items()}
    if isinstance(value, list):
        return [decoded(item) for item in value]
    return value.decode() if isinstance(value, bytes) else value


def test_mlcroissant_accepts_it_and_reads_every_field(tmp_path: Path) -> None:
    written(tmp_path, [ENTRY, OTHER])
    issues, found = records(tmp_path)
    assert issues == []
    assert found == rows(shown([ENTRY, OTHER]), TAXONOMY)


def test_without_licence_and_server_only_the_licence_is_missed(tmp_path: Path) -> None:
    written(tmp_path, [ENTRY], Context(TAXONOMY, "http://localhost:8000"))
    issues, found = records(tmp_path)
    assert [issue for issue in issues if "license" not in issue and "url" not in issue] == []
    assert len(found) == 1


@fewer
@given(st.lists(entries, max_size=3, unique_by=lambda entry: entry.id))
def test_both_forms_have_the_same_rows(papers: list[Entry]) -> None:
    files = data_files(shown(papers), CONTEXT)
    expected = rows(shown(papers), TAXONOMY)
    import pyarrow as pa

    assert pq.read_table(pa.BufferReader(files[PARQUET])).to_pylist() == expected
    assert [json.loads(line) for line in files[JSON_LINES].decode().split("\n") if line] == expected


def test_the_description_names_every_file_and_column(tmp_path: Path) -> None:
    files = written(tmp_path, [ENTRY, OTHER])
    document = json.loads(files[CROISSANT])
    assert {file["@id"]: file["sha256"] for file in document["distribution"]} == {
        name: hashlib.sha256(files[name]).hexdigest() for name in (JSON_LINES, PARQUET)
    }
    assert [field["name"] for field in document["recordSet"][0]["field"]] == [each.name for each in columns(TAXONOMY)]
    assert (document["license"], document["url"]) == (
        "https://spdx.org/licenses/CC-BY-4.0.html", "https://hearts.example/",
    )  # fmt: skip


def test_the_card(tmp_path: Path) -> None:
    _, front, text = written(tmp_path, [ENTRY])[CARD].decode().split("---\n", 2)
    read = yaml.safe_load(front)
    assert (read["license"], read["size_categories"]) == ("cc-by-4.0", ["n<1K"])
    assert read["configs"][0]["data_files"] == [{"split": "train", "path": PARQUET}]
    assert all(f"| `{column.name}` |" in text for column in columns(TAXONOMY))
    assert "license" not in written(tmp_path, [ENTRY], replace(CONTEXT, license=""))[CARD].decode().split("---")[1]


def test_without_pyarrow_there_are_json_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    files = written(tmp_path, [ENTRY, OTHER])
    assert set(files) == {JSON_LINES, CROISSANT, CARD}
    assert f"path: {JSON_LINES}" in files[CARD].decode()
    assert len(records(tmp_path)[1]) == 2
