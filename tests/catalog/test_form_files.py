"""What people may write into ``list.toml``: an error that names it, never a crash while the list is built."""

from dataclasses import replace

import pytest

from harvester.base.errors import CatalogError
from harvester.catalog.check import check
from harvester.catalog.folder import Catalog
from harvester.catalog.form.storage import parse_form
from tests.catalog.strategies import TAXONOMY
from tests.catalog.test_list_form import TODAY, paper

FRAME = "# Hearts\n\n<!-- harvester: papers bullets task:segmentation -->\n"
FORM = """
[[form]]
name = "bullets"
start = "- "
{more}
[[form.column]]
parts = [{{text = ["{{title}}"]}}]
"""


def test_a_form_as_it_is_written() -> None:
    assert parse_form(FORM.format(more='link = "({label}: {address})"'), FRAME).forms["bullets"].start == "- "


@pytest.mark.parametrize(
    "more",
    [
        'link = "[{venue}]({address})"', "names = {between = 3}", 'names = {most = "2"}', "labels = {code = 3}",
        'escape = "none"', "blank_lines = -1", "blank_lines = []", f"labels = {'[' * 3000}",
    ],
)  # fmt: skip
def test_what_no_list_can_be_built_with_is_named(more: str) -> None:
    with pytest.raises(CatalogError, match=r"list\.toml is not understood .*docs/catalog\.md"):
        parse_form(FORM.format(more=more), FRAME)


def test_a_broken_form_is_one_finding_beside_the_others() -> None:
    def broken() -> None:
        raise CatalogError("list.toml is not understood.")

    entry = paper(1, "ECG")
    found = check(Catalog((entry, replace(entry, id="title:x"))), TAXONOMY, "# Hearts", TODAY, form=broken)
    assert {"broken-form", "duplicate-title"} <= {finding.rule for finding in found}
