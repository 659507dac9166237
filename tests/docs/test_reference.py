"""The reference leaves out nothing that the code has. The pages themselves are built, strictly, by `make docs`."""

import re

import hooks
import pytest
import typer
from reference_pages import commands, configuration, documents, tables
from reference_pages.markup import plain

from harvester.cli.app import app
from harvester.config.names import leaves
from harvester.config.settings import Settings
from harvester.config.shipped import DEFAULTS
from harvester.store.tables import metadata
from tests.conftest import ROOT
from tests.docs.pages import DOCS, matches


def section(page: str, heading: str) -> str:
    """The text below a second-level heading."""
    found = re.search(rf"^## `{re.escape(heading)}`$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, f"there is no {heading}"
    return found[1]


def test_every_key_of_the_configuration_is_there() -> None:
    page = configuration.configuration(DEFAULTS)
    for table, model, name in leaves(Settings):
        found = section(page, "[[harvest.feeds]]" if table == "harvest.feeds" else f"[{table}]")
        variable = f"HARVESTER_{table}__{name}".replace(".", "__").upper()
        assert f"**`{name}`** = " in found or (name in model.secrets and f"`{variable}`" in found), (table, name)


def test_keys_have_the_words_and_limits_of_the_code() -> None:
    found = section(configuration.configuration(DEFAULTS), "[harvest]")
    assert (
        "**`attempts`** = `4` (whole number, at least 1)  \n**`max_wait`** = `120.0` (number, at least 0)\n:   How"
        in found
    )
    words = configuration.read(DEFAULTS.read_text(encoding="utf-8"))[1]
    assert next(table for table in words if table.name == "store").groups[0].keys == {
        "url": "sqlite:///data/harvester.db"
    }


def test_a_value_of_several_lines_and_a_key_that_is_unset_are_read() -> None:
    (table,) = configuration.read(
        '# Head.\n\n# Above.\n[a.b]\n# Words\n# go on.\nq = """\none\ntwo"""\n# Own.\n# r = 1\n'
    )[1]
    assert (table.name, table.words) == ("a.b", "Above.")
    assert [(group.words, group.keys) for group in table.groups] == [
        ("Words go on.", {"q": "one\ntwo"}),
        ("Own.", {"r": None}),
    ]


def test_every_command_is_there_with_its_help() -> None:
    page = commands.commands()
    known = dict(commands.every(typer.main.get_command(app)))
    assert {"harvester run", "harvester db restore"} <= set(known)
    for name, command in known.items():
        found = section(page, name)
        assert command.help, f"{name} has no help"
        for parameter in command.params:
            assert parameter.help, f"{name}: {parameter.name} has no help"
            assert (
                parameter.opts[0] in commands.EVERYWHERE
                or parameter.param_type_name == "argument"
                or f"`{parameter.opts[0]}" in found
            )


def test_the_classifiers_commands_are_there() -> None:
    page = commands.classifier_commands()
    assert "`--explain`" in section(page, "python -m classifiers predict")
    assert "--labels" in section(page, "python -m classifiers train")


def test_every_column_of_the_store_is_there() -> None:
    page = tables.tables()
    for name, table in metadata.tables.items():
        found = section(page, name)
        for column in table.columns:
            assert f"| `{column.name}` |" in found
    assert "| grows with every decision: the optimistic lock |" in section(page, "candidates")
    assert "Append-only: undo is another row." in section(page, "decisions")


def test_a_document_is_described_by_its_paths_and_types() -> None:
    items = [
        {"id": "a", "error": None, "of": {"x": 0.5}, "n": [1]},
        {"id": "b", "error": "no", "of": {"x": 1.0}, "n": []},
    ]
    rows = re.findall(r"^    \| `(.+?)` \| (.+?) \|$", documents.described(items), re.MULTILINE)
    assert rows == [
        ("[].id", "text"),
        ("[].error", "null or text"),
        ("[].of", "object: label to number"),
        ("[].n", "list of whole number"),
    ]


def test_the_code_s_angle_brackets_are_shown() -> None:
    assert plain("<key>_file and `<b>`") == "&lt;key>_file and `<b>`"


def test_every_page_is_in_the_navigation() -> None:
    named = set(re.findall(r"- (?:.+: )?(\S+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE))
    assert named == {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a ...\nb", "a   c d\nb\n", True),
        ("a\n...", "a\nx\ny", True),
        ("a", "a b", False),
        ("1 due: 1 sent", "1 due: 0 sent", False),
    ],
)
def test_shown_output_is_compared(shown: str, printed: str, same: bool) -> None:
    assert matches(shown, printed) is same


def test_links_out_of_the_documentation_name_the_file() -> None:
    page = type("Page", (), {"file": type("File", (), {"src_uri": "howto/x.md"})})
    text = "[flow](../flow.svg) [card](../../data/model/README.md) [lost](../../nowhere.md)"
    assert hooks.on_page_markdown(text, page) == (
        "[flow](../flow.svg) card (`data/model/README.md`) [lost](../../nowhere.md)"
    )
