"""The run report: its state by one rule, its JSON as documented, and reports of any release read back."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.domain.run_report import (
    SOURCE_STATES,
    AlertCounts,
    CatalogChanges,
    DigestCounts,
    NoticeReport,
    PaperCounts,
    Payload,
    ProposalReport,
    RunReport,
    SourceReport,
    run_state,
)

# The documented keys in their order, and the values that DESIGN.md shows.
DOCUMENTED = json.loads("""
{"run": "2026-01-06T02:00:03Z", "state": "ok",
 "sources": [{"name": "arxiv", "state": "fresh", "window": ["2025-12-22T02:00:03Z", "2026-01-06T02:00:03Z"],
              "expected": 812, "received": 812, "new": 37, "updated": 5, "requests": 9, "error": null}],
 "papers": {"new": 41, "updated": 6}, "in_scope": 17, "queued": 17, "digest": {"due": 12, "sent": 12, "failed": 0},
 "seconds": 48.2}
""")
FIRST_KEYS = ["run", "state", "sources", "papers", "in_scope", "queued", "probes", "digest"]
FIRST_KEYS += ["catalog", "proposals", "withdrawn", "notices", "standing"]


def whole() -> RunReport:
    """A report with every field set."""
    arxiv = SourceReport(
        name="arxiv",
        state="fresh",
        window=(datetime(2025, 12, 22, 2, 0, 3, tzinfo=UTC), datetime(2026, 1, 6, 2, 0, 3, tzinfo=UTC)),
        expected=812,
        received=812,
        new=37,
        updated=5,
        suggested=1,
        merged=2,
        requests=9,
        notes=("A note.",),
        payloads=(Payload("https://a.example/q", "ab" * 32, 77),),
    )
    return RunReport(
        run="2026-01-06T02:00:03Z",
        state="ok",
        sources=(arxiv,),
        papers=PaperCounts(41, 6),
        in_scope=17,
        queued=17,
        probes=3,
        digest=DigestCounts(12, 12),
        catalog=CatalogChanges(1, 2, ("arxiv:2501.00002",)),
        proposals=ProposalReport(3, 4, "catalogue-proposal/2026-01-06", 5, 2, 6),
        withdrawn=("arxiv:2501.00001",),
        notices=(NoticeReport("doi:10.1000/x", "retraction", "https://doi.org/10.1000/y"),),
        alert_counts=AlertCounts(40, 2),
        errors=("There is no model.",),
        seconds=48.2,
    )


@pytest.mark.parametrize(
    ("sources", "step_failed", "state"),
    [
        (["fresh", "quiet", "waiting"], False, "ok"),
        (["failed", "failed"], False, "failed"),
        (["failed", "failed"], True, "failed"),
        (["failed", "quiet"], False, "partial"),
        (["failed", "stalled"], False, "partial"),
        (["stalled"], False, "partial"),
        (["fresh"], True, "partial"),
        ([], False, "ok"),
    ],
)
def test_the_state_of_a_run(sources: list[str], step_failed: bool, state: str) -> None:
    assert run_state(sources, step_failed=step_failed) == state


def held(document: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    """Only the documented keys of the output, in the order of the output."""
    return {key: value for key, value in shown.items() if key in document}


def test_the_json_is_as_documented_key_by_key_and_in_order() -> None:
    shown = whole().to_json()
    assert list(shown) == [*FIRST_KEYS, "errors", "seconds"]
    assert list(held(DOCUMENTED, shown)) == list(DOCUMENTED)
    assert held(DOCUMENTED["sources"][0], shown["sources"][0]) == DOCUMENTED["sources"][0]
    assert list(held(DOCUMENTED["sources"][0], shown["sources"][0])) == list(DOCUMENTED["sources"][0])
    assert list(held(DOCUMENTED["digest"], shown["digest"]).items()) == list(DOCUMENTED["digest"].items())
    for key in ("run", "state", "papers", "in_scope", "queued", "seconds"):
        assert shown[key] == DOCUMENTED[key]
    assert shown["sources"][0]["payloads"] == [{"url": "https://a.example/q", "sha256": "ab" * 32, "bytes": 77}]
    assert shown["standing"] == {"pending": 40, "lost": 2}
    assert shown["digest"]["unknown"] == 0


def test_a_source_without_a_window_and_a_night_without_a_digest_say_null() -> None:
    shown = RunReport("2026-01-06T02:00:03Z", "ok", (SourceReport("arxiv_rss", "quiet"),)).to_json()
    assert (shown["digest"], shown["sources"][0]["window"], shown["sources"][0]["expected"]) == (None, None, None)


def test_no_field_is_left_out_of_the_json() -> None:
    empty = RunReport("2026-01-06T02:00:03Z", "ok")
    different = [
        field.name for field in fields(RunReport) if getattr(whole(), field.name) == getattr(empty, field.name)
    ]
    assert different == ["run", "state"], "every other field of `whole` is set"
    assert RunReport.from_json(json.loads(json.dumps(whole().to_json()))) == whole()


@given(st.sets(st.sampled_from(sorted(whole().to_json()))), st.sets(st.sampled_from(sorted(DOCUMENTED["sources"][0]))))
def test_a_report_that_lacks_keys_is_read(gone: set[str], of_source: set[str]) -> None:
    document = whole().to_json()
    document["sources"] = [{key: value for key, value in document["sources"][0].items() if key not in of_source}]
    found = RunReport.from_json({key: value for key, value in document.items() if key not in gone})
    assert found.state in ("ok", "partial")
    assert found.queued == (0 if "queued" in gone else 17)
    assert found.alert_counts == (None if "standing" in gone else AlertCounts(40, 2))
    for source in found.sources:
        assert source.state in (*SOURCE_STATES, "")
        assert source.received == (0 if "received" in of_source else 812)


def test_keys_of_a_newer_program_are_passed_over() -> None:
    document = whole().to_json()
    document["sources"][0]["mood"] = document["papers"]["lost"] = document["weather"] = {"deep": [1]}
    assert RunReport.from_json(document) == whole()


def test_a_second_run_of_one_second_began_then() -> None:
    assert RunReport("2026-01-06T02:00:03Z-2", "ok").began == datetime(2026, 1, 6, 2, 0, 3, tzinfo=UTC)


def test_problems_name_the_source_and_then_the_steps() -> None:
    silent = SourceReport("arxiv", "failed", error="It fell silent.")
    report = RunReport("2026-01-06T02:00:03Z", "partial", (silent, SourceReport("hub")), errors=("There is no model.",))
    assert report.problems == ["arxiv: It fell silent.", "There is no model."]
