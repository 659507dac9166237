"""Every check, passing and failing: each finding says what to do about it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from harvester.base.clock import rfc3339
from harvester.config.settings import Settings, load_settings
from harvester.config.store import StoreSettings
from harvester.domain.job_runs import JobRun
from harvester.domain.run_report import RunReport, SourceReport
from harvester.domain.statistics import Figures
from harvester.services.operations.doctor import disks, external, history, local
from harvester.services.operations.doctor.examination import examine
from harvester.services.operations.doctor.finding import DoctorFinding
from harvester.services.operations.status import Status
from harvester.store import schema
from harvester.store.engine import connect, write
from tests.conftest import Upstream
from tests.room import Room, Sink, feeds

NOW = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
Examine = Callable[[], dict[str, list[DoctorFinding]]]


@pytest.fixture
def room(tmp_path: Path, upstream: Upstream, smtp: Sink) -> Room:
    sections = {
        "harvest": {"contact": "ops@heart.example", "timeout": 5.0, "feeds": feeds(upstream.url, "circulation")},
        "harvest.arxiv_rss": {"url": f"{upstream.url}/rss"},
        "harvest.oai": {"url": f"{upstream.url}/oai"},
        "digest": {
            "sender": "Digest <digest@heart.example>",
            "base_url": "https://heart.example",
            "smtp_port": smtp.port,
        },
        "alert": {"mail": ["ops@heart.example"]},
    }
    return Room.make(tmp_path, upstream.url, "sqlite:///harvester.db", **sections)


@pytest.fixture
def found(room: Room, monkeypatch: pytest.MonkeyPatch) -> Examine:
    """Examine the room in this process, on an evening in June, without queries to a name server."""
    monkeypatch.setenv("HARVESTER_NOW", rfc3339(NOW))
    monkeypatch.setattr(external, "dns_texts", lambda _name: None)

    def look() -> dict[str, list[DoctorFinding]]:
        sorted_out: dict[str, list[DoctorFinding]] = {}
        for finding in examine(room.config):
            assert (finding.remedy == "") == (finding.state == "ok"), finding
            sorted_out.setdefault(finding.check, []).append(finding)
        return sorted_out

    return look


def states(findings: Sequence[DoctorFinding]) -> set[str]:
    return {finding.state for finding in findings}


def test_a_new_folder_is_well_but_nothing_ran_yet(found: Examine, upstream: Upstream, smtp: Sink) -> None:
    upstream.control(clear_log=True)
    every = found()
    unwell = {check for check, findings in every.items() if states(findings) != {"ok"}}
    assert unwell == {"runs", "schedule", "sender"}
    assert states(every["runs"] + every["schedule"] + every["sender"]) == {"warn"}
    for name in ("arxiv", "arxiv_rss", "arxiv_oai", "huggingface", "circulation"):
        assert f"upstream {name}" in every
    assert len(upstream.log()) == 6, "one each, and two of arXiv: all that its query matches, and lately"
    assert smtp.connections == 1
    assert smtp.raw == []


@pytest.mark.parametrize(
    ("fault", "check", "state"),
    [
        ({"match": "/api/query", "kind": "html"}, "upstream arxiv", "fail"),
        ({"match": "/api/query", "kind": "empty"}, "upstream arxiv", "fail"),
        ({"match": "/rss", "kind": "status", "status": 503}, "upstream arxiv_rss", "fail"),
        (
            {"match": "/oai", "kind": "status", "status": 429},
            "upstream arxiv_oai",
            "warn",
        ),
        ({"match": "/feed", "kind": "status", "status": 404}, "upstream circulation", "fail"),
    ],
)
def test_an_upstream_that_makes_no_sense(
    found: Examine, upstream: Upstream, fault: dict[str, Any], check: str, state: str
) -> None:
    upstream.control(faults=[{"count": -1, **fault}])
    every = found()
    assert states(every[check]) == {state}
    assert states(every["upstream huggingface"]) == {"ok"}


def test_the_commands_output_and_status(room: Room) -> None:
    broken = Room(room.folder, {"HARVESTER_DIGEST__SMTP_PORT": "1"})
    findings = broken.json("doctor", now=rfc3339(NOW), status=1)
    assert all(set(finding) == {"check", "state", "message", "remedy"} for finding in findings)
    (mail,) = [finding for finding in findings if finding["check"] == "mail server"]
    assert mail["state"] == "fail"
    assert "127.0.0.1:1" in mail["message"]


def test_a_broken_configuration_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[digest]\nsmtp_prot = 25\n")
    (finding,) = Room(tmp_path).json("doctor", status=1)
    assert (finding["check"], finding["state"]) == ("config", "fail")
    assert "smtp_prot" in finding["message"]


def test_the_store(tmp_path: Path, store_url: str) -> None:
    settings = Settings(store=StoreSettings(url=store_url))
    engine = connect(store_url)
    schema.upgrade(engine)
    assert local.check_store(settings).state == "ok"
    with write(engine) as db:
        db.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    engine.dispose()
    old = local.check_store(settings)
    assert (old.state, old.remedy) == ("fail", "Run `harvester db upgrade`.")
    if store_url.startswith("sqlite"):
        Path(store_url.removeprefix("sqlite:///")).write_bytes(b"no database " * 1000)
        assert local.check_store(settings).state == "fail"


def test_weights_that_were_tampered_with(found: Examine, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_CLASSIFIER__MODEL", str(room.folder / "nowhere"))
    assert states(found()["model"]) == {"fail"}
    monkeypatch.delenv("HARVESTER_CLASSIFIER__MODEL")
    chosen = load_settings(room.config).classifier
    told = local.check_encoder(chosen, "0" * 64)
    assert told.state == "fail"
    assert "the model needs 0000" in told.message
    (room.folder / "all-MiniLM-L6-v2").mkdir()
    (room.folder / "all-MiniLM-L6-v2" / "model.safetensors").write_bytes(b"tampered")
    folder = chosen.model_copy(update={"encoder": str(room.folder / "all-MiniLM-L6-v2")})
    assert local.check_encoder(folder, "0" * 64).state == "fail"


def test_what_still_stands_as_in_the_examples() -> None:
    told = local.check_config(Settings())
    assert states(told) == {"warn"}
    assert len(told) == 4
    several_hosts = Settings(store=StoreSettings(url="postgresql+psycopg://harvester@db/harvester"))
    assert len(local.check_config(several_hosts)) == 5


def test_the_programs_that_back_postgresql_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    several_hosts = Settings(store=StoreSettings(url="postgresql+psycopg://harvester@db/harvester"))
    assert local.check_clients(several_hosts).state == "ok"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert local.check_clients(several_hosts).state == "warn"
    assert local.check_clients(Settings()).state == "ok"


def test_folders_and_disks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert disks.check_folder("store", tmp_path / "not" / "yet").state == "ok"
    assert disks.check_folder("store", Path("/proc/1")).state == "fail"
    assert disks.check_disk("store", tmp_path).state == "ok"
    monkeypatch.setattr(disks, "LITTLE", 10**18)
    assert disks.check_disk("store", tmp_path).state == "warn"
    monkeypatch.setattr(disks, "TOO_LITTLE", 10**18)
    assert disks.check_disk("store", tmp_path).state == "fail"


@pytest.mark.parametrize(
    ("ahead", "state"), [([], "warn"), ([1], "ok"), ([-600, 5, 3], "ok"), ([300, 290], "warn"), ([-90_000], "fail")]
)
def test_the_clock(ahead: list[int], state: str) -> None:
    assert external.compare_clocks([timedelta(seconds=seconds) for seconds in ahead], NOW).state == state


SPF, DKIM, DMARC = "v=spf1 mx -all", "v=DKIM1; k=rsa; p=MIIB", "v=DMARC1; p=none"


@pytest.mark.parametrize(
    ("zone", "warned"),
    [
        ({"": [SPF], "mail._domainkey.": [DKIM], "_dmarc.": [DMARC]}, set()),
        ({"": ["google-site-verification=x"]}, {"spf", "dkim", "dmarc"}),
        ({"": [SPF, SPF], "s1._domainkey.": [DKIM], "_dmarc.": [DMARC]}, {"spf"}),
        ({"": [SPF], "s1._domainkey.": ["v=DKIM1; p="], "_dmarc.": ["v=spf1"]}, {"dmarc"}),
        (None, {"sender"}),
    ],
)
def test_the_senders_domain(zone: dict[str, list[str]] | None, warned: set[str]) -> None:
    def texts(name: str) -> Sequence[str] | None:
        return None if zone is None else zone.get(name.removesuffix("heart.example"), ())

    told = external.check_sender("Digest <digest@heart.example>", texts)
    assert {finding.check for finding in told if finding.state == "warn"} == warned


def status(
    state: str = "ok",
    *errors: str,
    source: str = "arxiv",
    ago: float = 8,
    cut_off: bool = False,
    **job_runs: JobRun,
) -> Status:
    have = Figures(10, {"pending": 5}, 0, NOW, {}, {}, {"arxiv": NOW - timedelta(hours=ago)})
    begun = rfc3339(NOW - timedelta(hours=ago))
    report = RunReport(begun, state, (SourceReport(source),), errors=errors)
    return Status(NOW, have, [report], cut_off, job_runs)


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (status(), {"ok"}),
        (status(ago=40), {"ok", "fail"}),
        (status(cut_off=True), {"ok", "warn"}),
        (status("partial", "There is no model."), {"warn"}),
        (status("failed"), {"fail"}),
        (replace(status(), reports=[]), {"warn"}),
    ],
)
def test_the_last_runs(now: Status, found: set[str]) -> None:
    assert states(list(history.check_runs(now))) == found


def test_a_source_left_behind() -> None:
    fortnight = timedelta(days=14)
    assert states(list(history.check_sources(status(), fortnight))) == {"ok"}
    assert states(list(history.check_sources(status(ago=24 * 15), fortnight))) == {"ok", "fail"}
    never = status(source="circulation")
    assert states(list(history.check_sources(never, fortnight))) == {"warn"}


@pytest.mark.parametrize(
    ("job_run", "found"),
    [
        (JobRun("run", datetime(2025, 6, 12, 2, 30, tzinfo=UTC), 1, NOW, NOW), {"ok"}),
        (JobRun("run", datetime(2025, 6, 11, 2, 30, tzinfo=UTC), 1, NOW, NOW), {"fail"}),
        (JobRun("run", datetime(2025, 6, 12, 2, 30, tzinfo=UTC), 1, NOW, None), {"fail"}),
        (JobRun("run", datetime(2025, 6, 12, 2, 30, tzinfo=UTC), 1, NOW, NOW, "arXiv is gone."), {"warn", "ok"}),
    ],
)
def test_the_schedule(job_run: JobRun, found: set[str]) -> None:
    assert states(list(history.check_schedule(status(run=job_run), Settings().schedule))) == found


def test_the_queue() -> None:
    assert history.check_queue(status(), 6).state == "ok"
    assert history.check_queue(status(), 5).state == "warn"
    most_of_a_backfill = replace(status(), figures=replace(status().figures, backlog=4))
    assert history.check_queue(most_of_a_backfill, 2).state == "ok"
    assert "4 of them from a backfill" in history.check_queue(most_of_a_backfill, 1).message


def test_an_address_without_tls_is_named(room: Room) -> None:
    room.config.write_text(room.config.read_text().replace("https://heart.example", "http://heart.example"))
    (finding,) = [one for one in local.check_config(load_settings(room.config)) if "base_url" in one.message]
    assert (finding.state, "unencrypted" in finding.message) == ("warn", True)


def test_one_disk_is_one_finding(tmp_path: Path) -> None:
    """It was named three times, once for each folder on it."""
    (disk,) = disks.check_disks({"catalog": tmp_path / "a", "backups": tmp_path / "b", "store": tmp_path})
    assert disk.message.endswith("are free for the catalog, backups, store.")


def test_a_remedy_points_to_where_the_finding_is(found: Examine) -> None:
    """The checks of the upstreams come after those of the runs: "see above" led nowhere."""
    told = list(found())  # in the order in which they are shown
    assert told.index("runs") < next(place for place, check in enumerate(told) if check.startswith("upstream"))
    now = status("failed", source="crossref")
    remedies = [
        finding.remedy for finding in (*history.check_runs(now), *history.check_sources(now, timedelta(days=14)))
    ]
    assert any("below" in remedy for remedy in remedies)
    assert not any("above" in remedy for remedy in remedies)
