"""What the pages only describe: blocks for another machine."""

import re
import shlex

import pytest

from tests.conftest import ROOT
from tests.docs.pages import PAGES, steps

BY_HAND = {
    "tutorial.md": 1,
    "howto/backfill.md": 3,
    "howto/deploy.md": 4,
    "howto/postgresql.md": 1,
    "howto/pull-requests.md": 1,
}
"""How many blocks of a page need another machine, or Ray (see tests/services/test_cluster.py); anything else is run."""


@pytest.mark.parametrize("page", PAGES)
def test_blocks_by_hand_are_few_and_name_what_exists(page: str) -> None:
    by_hand = [step for step in steps(page) if step.by_hand]
    assert len(by_hand) == BY_HAND.get(page, 0)
    for command in (command for step in by_hand for command in step.commands):
        words = shlex.split(command)
        if words[0] == "make":
            assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE), command
        named = [word for word in words if word.startswith("deploy/") and not word.startswith("deploy/secrets")]
        assert all((ROOT / word).is_file() for word in named), command
