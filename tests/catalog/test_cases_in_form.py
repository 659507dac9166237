"""Lists of all shapes in the form that is learned from them: import, build, and import again."""

from dataclasses import replace

import pytest

from harvester.catalog.form.frame import format_frame, parse_frame
from harvester.catalog.form.learned import ListForm, learn
from harvester.catalog.form.regions import regions
from harvester.catalog.importing.awesome import parse_list
from harvester.catalog.rendering.awesome import render_list

from .list_cases import Case
from .strategies import TAXONOMY
from .test_cases_lists import EVERY, HEAD


def learned(text: str) -> ListForm:
    read = list(parse_list(text, TAXONOMY).papers)
    found = learn(text, read, read, regions(text, TAXONOMY), TAXONOMY)
    assert found
    form = found.form
    assert parse_frame(format_frame(form.frame)) == form.frame
    return form


@pytest.mark.parametrize("case", EVERY.values(), ids=EVERY.keys())
def test_a_list_is_built_as_it_was_imported(case: Case) -> None:
    text = HEAD + case.text
    papers = parse_list(text, TAXONOMY).papers
    if not papers:
        return
    built = render_list(papers, TAXONOMY, form=learned(text))["README.md"]
    assert built == text


def test_papers_that_share_their_lines_get_their_own_when_one_changes() -> None:
    text = (
        f"{HEAD}- [Septa from two views](https://arxiv.org/abs/2301.00002)\n"
        "- [Leaflets in one pass](https://arxiv.org/abs/2301.00001), [Walls without labels](https://arxiv.org/abs/2301.00003)\n"
    )
    form = learned(text)
    septa, leaflets, walls = parse_list(text, TAXONOMY).papers
    assert "<!-- harvester: paper arxiv:2301.00001 with arxiv:2301.00003 as " in format_frame(form.frame)
    changed = [septa, leaflets, replace(walls, title="Walls with few labels")]
    lines = [f"- [{paper.title}]({paper.links['paper']})" for paper in changed]
    assert render_list(changed, TAXONOMY, form=form)["README.md"] == HEAD + "\n".join(lines) + "\n"
    assert render_list([septa, walls], TAXONOMY, form=form)["README.md"] == "\n".join(
        [f"{HEAD}{lines[0]}", f"- [{walls.title}]({walls.links['paper']})", ""]
    )
