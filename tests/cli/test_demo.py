"""The demo through the real command line."""

import json
from pathlib import Path

from tests.room import Room


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
    assert [path.name for path in tmp_path.iterdir()] == ["scratch"]
