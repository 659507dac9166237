"""The demo through the real command line."""

import json
from pathlib import Path

import pytest

from tests.room import Room


@pytest.mark.long
def test_the_demo_leaves_an_operators_own_store_and_subscribers_alone(tmp_path: Path) -> None:
    """The demo obeyed $HARVESTER_..., and so accepted invented papers into the store of a machine set up that way."""
    own = {
        "HARVESTER_STORE__URL": f"sqlite:///{tmp_path}/own.db",
        "HARVESTER_CATALOG__DIR": f"{tmp_path}/own",
        "HARVESTER_ALERT__MAIL": '["ops@example.org"]',
    }
    made = json.loads(Room(tmp_path, own).run("demo", "--folder", "scratch", "--json"))
    assert made["state"] == "ok"
    assert len(made["mails"]) == 1
    by_name = {source["name"]: source for source in made["sources"]}
    assert all(by_name[name]["state"] == "fresh" for name in ("arxiv", "europepmc", "crossref", "huggingface"))
    assert (by_name["europepmc"]["new"], by_name["europepmc"]["merged"]) == (1, 1), "one is a preprint's article"
    assert by_name["crossref"]["new"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["scratch"]
