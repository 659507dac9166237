"""Journals' notices over HTTP: the article keeps its title, its entry gets the notice, and the maintainers are told."""

import os
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from harvester.services.catalog.lists import build
from harvester.services.operations.alert import alerts
from harvester.services.operations.nightly import run
from harvester.services.operations.statistics import nights
from harvester.services.review.decisions import decide_all
from harvester.services.review.journal_updates import journal_updates
from harvester.services.review.queries import paper_detail
from harvester.web.review.view import pane
from tests.room import Room

HEAD = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Heart Example</title>'
)
TITLE = "Convolutional networks that read echocardiography recordings of the heart"


def item(number: int, title: str, about: str = "A network reads echocardiography.") -> str:
    return (
        f"<item><title>{title}</title><link>https://h.example/{number}</link><prism:doi>10.9999/h.{number}</prism:doi>"
        f"<description>{about}</description><dc:creator>Jane Doe</dc:creator></item>"
    )


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A file that a server on loopback shows as a journal's feed, and its address."""
    folder = tmp_path / "journal"
    folder.mkdir()

    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder / "feed.xml", f"http://127.0.0.1:{server.server_address[1]}/feed.xml"
        server.shutdown()


@pytest.fixture
def room(tmp_path: Path, journal: tuple[Path, str]) -> Room:
    feed = {"name": "heart", "url": journal[1], "allow_private": True}
    return Room.make(
        tmp_path,
        **{
            "harvest": {"timeout": 5.0, "attempts": 1, "feeds": [feed]},
            "harvest.arxiv": {"enabled": False},
            "harvest.arxiv_rss": {"enabled": False},
            "harvest.huggingface": {"enabled": False},
        },
    )


def show(journal: tuple[Path, str], *items: str) -> None:
    file = journal[0]
    later = file.stat().st_mtime + 60 if file.exists() else 1e9  # the server tells changes by the second
    file.write_text(HEAD + "".join(items) + "</channel></rss>")
    os.utime(file, (later, later))


def test_a_retraction_of_an_accepted_paper_is_told_everywhere_and_removes_nothing(
    room: Room, journal: tuple[Path, str]
) -> None:
    ws = room.ws
    show(journal, item(2, TITLE))
    assert run(ws, digest=False).papers.new == 1
    (accepted,) = decide_all(ws, "accept", ["10.9999/h.2"], "ann", "", {"task": "segmentation", "modality": "echo"})
    assert not accepted.error

    room.later(days=1)
    show(
        journal,
        item(2, f"RETRACTED ARTICLE: {TITLE}"),
        item(3, f"Retraction Note: {TITLE}", ""),
        item(4, f"Author Correction: {TITLE}", ""),
        item(5, "Table of Contents", ""),
    )
    report = run(ws, digest=False)
    assert [(notice.id, notice.kind, notice.link) for notice in report.notices] == [
        ("doi:10.9999/h.2", "retraction", "https://h.example/3"),
        ("doi:10.9999/h.2", "correction", "https://h.example/4"),
    ]
    assert report.sources[0].new == 0
    assert any("Table of Contents" in note for note in report.sources[0].notes)
    assert any("is now retracted: https://" in line for line in alerts(report, [], 1000))

    detail = paper_detail(ws, "10.9999/h.2")
    assert detail.paper.title == TITLE
    assert detail.state == "accepted"
    assert pane(detail, ws.taxonomy)["notices"] == ["retracted", "corrected"]
    (entry,) = room.entries
    assert 'retraction = "https://h.example/3"' in entry.read_text()
    build(ws)
    text = (ws.catalog / "README.md").read_text()
    assert f"~~**{TITLE}**~~" in text
    assert "[Retraction]" in text
    (night, *_) = nights(ws, 1)
    assert night.warnings == (
        "doi:10.9999/h.2 is now retracted: https://h.example/3",
        "doi:10.9999/h.2 is now corrected: https://h.example/4",
    )
    assert run(ws, digest=False).notices == (), "what was told is not told again"


def test_letters_and_contents_of_an_issue_do_not_join_the_queue(room: Room, journal: tuple[Path, str]) -> None:
    ws = room.ws
    about = "We read the electrocardiogram of patients with atrial fibrillation by deep learning."
    show(
        journal,
        item(1, "Response by Doe to Letter Regarding Article, “Deep Learning for Aortic Stenosis”", about),
        item(2, "Deep learning of the electrocardiogram for atrial fibrillation", about),
        item(3, "In This Issue", about),
    )
    report = run(ws, digest=False)
    assert (report.papers.new, report.queued) == (2, 1)


def test_items_that_begin_alike_are_papers_of_their_own_and_the_night_goes_on(
    room: Room, journal: tuple[Path, str]
) -> None:
    """One was lost, the other stored without a name; then nothing was classified any more, every night."""
    ws = room.ws
    long = "Deep learning for automated segmentation of the left atrium in late enhancement imaging"
    show(
        journal, *(item(n, f"{long}, part {n}").replace(f"<prism:doi>10.9999/h.{n}</prism:doi>", "") for n in (1, 2, 3))
    )
    assert run(ws, digest=False).papers.new == 3
    room.later(days=1)
    again = run(ws, digest=False)
    assert (again.state, again.papers.new, again.papers.updated, again.errors) == ("ok", 0, 0, ())


PREPRINT = """<item><title>{title}</title><link>https://m.example/content/10.9999/2026.01.20.26340001v{version}?rss=1</link>
<description>A network reads the electrocardiogram for amyloidosis.</description>
<dc:creator>Doe, J., Roe, R. M., The Heart Study Group</dc:creator></item>"""


def test_a_preprint_servers_feed_shows_preprints_and_the_journals_article_is_a_suggestion(
    room: Room, journal: tuple[Path, str]
) -> None:
    """An accepted preprint was said to have appeared in medRxiv, and its article became a second paper."""
    ws = room.ws
    title = "Deep learning of the electrocardiogram for cardiac amyloidosis screening"
    show(journal, PREPRINT.format(title=title, version=1))
    assert run(ws, digest=False).papers.new == 1
    name = "10.9999/2026.01.20.26340001"
    assert not decide_all(ws, "accept", [name], "ann", "", {"task": "diagnosis", "modality": "ecg"})[0].error
    room.later(days=1)
    show(journal, PREPRINT.format(title=title, version=2))
    second = run(ws, digest=False)
    assert (second.papers.new, second.sources[0].suggested) == (0, 0)
    assert paper_detail(ws, name).paper.version == 2
    assert {author.name for author in paper_detail(ws, name).paper.authors} >= {"J. Doe", "The Heart Study Group"}

    room.later(days=1)
    show(journal, item(1, title), PREPRINT.format(title=title, version=2))
    third = run(ws, digest=False)
    assert (third.papers.new, third.sources[0].suggested, third.sources[0].merged) == (0, 1, 1)
    both = paper_detail(ws, "10.9999/h.1").paper
    assert f"doi:{name}" in both.identifiers
    (update,) = journal_updates(ws)
    assert (update.suggestion.venue, update.suggestion.link) == ("Heart Example", "https://h.example/1")


def test_a_title_that_only_begins_alike_suggests_nothing(room: Room, journal: tuple[Path, str]) -> None:
    ws = room.ws
    begins = "Deep learning of the electrocardiogram for cardiac amyloidosis screening in"
    show(journal, PREPRINT.format(title=f"{begins} primary care", version=1))
    run(ws, digest=False)
    name = "10.9999/2026.01.20.26340001"
    assert not decide_all(ws, "accept", [name], "ann", "", {"task": "diagnosis", "modality": "ecg"})[0].error
    room.later(days=1)
    show(journal, item(1, f"{begins} hospital wards"))
    found = run(ws, digest=False)
    assert (found.papers.new, found.sources[0].suggested) == (1, 0)
