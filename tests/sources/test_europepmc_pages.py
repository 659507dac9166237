"""Europe PMC's pages: where a search ends, what is settled after a page, odd records, and odd answers."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from harvester.sources.errors import BadQuery, FetchError, Malformed, Unavailable
from harvester.sources.europepmc.answer import read_page
from tests.sources.europepmc import Scripted, ask, hearts, page, received


def test_a_mark_that_does_not_move_is_the_end(scripted: Callable[..., str]) -> None:
    """As the service did until 2021."""
    url = scripted(page(hearts("2025-07-02"), "A+="), page(hearts("2025-07-03", first=2), "A+="))
    assert received(ask(url)) == 2
    assert Scripted.asked == ["*", "A+="], "the mark is encoded"


def test_pages_that_stay_empty_or_repeat_themselves_end_the_search(scripted: Callable[..., str]) -> None:
    """It has announced 170 records, given 168, and then gone on with empty pages and new marks for ever."""
    url = scripted(page(hearts("2025-07-02"), "A"), page([], "B"), page([], "C"))
    assert (received(ask(url)), len(Scripted.asked)) == (1, 2)
    url = scripted(page(hearts("2025-07-02"), "A"), page(hearts("2025-07-02"), "B"))
    assert (received(ask(url)), len(Scripted.asked)) == (1, 2)
    url = scripted({"hitCount": 0, "resultList": {}})
    assert received(ask(url)) == 0


def test_what_is_settled_after_a_page(scripted: Callable[..., str]) -> None:
    url = scripted(
        page(hearts("2025-07-02", "2025-07-03"), "A"),
        page(hearts("2025-07-03", "2025-07-03", first=3), "B"),
        page(hearts("2025-07-04", first=5)),
    )
    told = [(batch.reached, batch.again) for batch in ask(url)]
    third, fourth = datetime(2025, 7, 3, tzinfo=UTC), datetime(2025, 7, 4, tzinfo=UTC)
    assert told == [(third, 1), (third, 3), (fourth, 1)]


@pytest.mark.parametrize("days", [("2025-07-03", "2025-07-02"), ("2025-07-03", None), ("2025-07-03", "2026-01-01")])
def test_without_the_order_nothing_is_settled(scripted: Callable[..., str], days: tuple[str, ...]) -> None:
    url = scripted(page(hearts(*days), "A"), page(hearts("2025-07-05", first=3)))
    assert [(batch.reached, batch.again) for batch in ask(url)] == [(None, 0)] * 2


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ("odd", r"Record 2 \(odd\) .*: it has no fields\."),
        (None, r"Record 2 \(None\)"),
        ({"source": "MED", "id": "7"}, r"Record 2 \(MED/7\) cannot be read and was left out: it has no title\."),
        ({"source": 7, "id": [], "title": "Hearts"}, r"its source is not text"),
    ],
)
def test_an_odd_record_is_named_with_its_place(scripted: Callable[..., str], record: Any, named: str) -> None:
    first, last = hearts("2025-07-02", "2025-07-03")
    (batch,) = ask(scripted(page([first, record, last], total=3)))
    assert (batch.received, len(batch.sightings)) == (3, 2)
    (note,) = batch.notes
    assert re.search(named, note)


def test_records_of_which_none_can_be_read_are_a_fault(scripted: Callable[..., str]) -> None:
    with pytest.raises(Malformed, match=r"none can be read\. Record 1 \(MED/0\)"):
        ask(scripted(page([{"source": "MED", "id": str(n)} for n in range(12)])))
    (few,) = ask(scripted(page([{"source": "MED", "id": "1"}], total=1)))
    assert len(few.notes) == 1, "a single one is only odd"


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ({"hitCount": "many"}, Malformed, "not a list of records"),
        ({"hitCount": 1, "resultList": []}, None, ""),
        ({"hitCount": 1, "resultList": {"result": {}}}, None, ""),
        ({"hitCount": 1, "resultList": {"result": "x"}}, Malformed, "not a list of records"),
        ({"hitCount": -1}, Malformed, "not a list of records"),
        ([], Malformed, "not a list of records"),
        ({"version": "6.9"}, Unavailable, "empty answer"),
        ({"errCode": 404, "errMsg": "Please provide a valid query."}, BadQuery, r"\(errCode 404\); correct"),
        ({"errCode": 400, "errMsg": "Invalid value\nof a parameter"}, BadQuery, "Invalid value of a parameter"),
        ({"errCode": 429, "errMsg": "Slow down"}, Unavailable, "Slow down"),
        ({"errCode": 500}, Unavailable, "errCode 500"),
        ({"hitCount": 1, "request": {"queryString": "hear"}}, BadQuery, "reads the query otherwise: 'hear'"),
        ({"hitCount": 1, "request": {"queryString": "(&quot;HEART&quot;"}}, None, ""),
        ({"hitCount": 1, "request": {"queryString": "%22heart%22"}}, None, ""),
    ],
)
def test_answers(answer: Any, error: type[FetchError] | None, words: str) -> None:
    body = json.dumps(answer).encode()
    if error is None:
        assert read_page(body, '"heart"').total == 1
    else:
        with pytest.raises(error, match=words):
            read_page(body, '"heart"')
