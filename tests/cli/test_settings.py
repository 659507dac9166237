"""`harvester config`: what is in effect and why, and every misspelt name; the shipped files stay what they are."""

import json
import tomllib
from pathlib import Path

import pytest

from harvester.config.effective import MASK, masked
from harvester.config.names import meant, names
from harvester.config.settings import Settings, load_settings
from harvester.config.shipped import DEFAULTS, SOURCES, STARTER
from tests.conftest import ROOT
from tests.room import Room, harvester


def at(folder: Path, text: str, **environment: str) -> Room:
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return Room(folder, environment)


def shown(room: Room, *options: str) -> dict[str, tuple[object, str]]:
    return {one["key"]: (one["value"], one["from"]) for one in room.json("config", "show", *options)}


def test_every_setting_says_where_it_comes_from(tmp_path: Path) -> None:
    here = at(tmp_path, '[digest]\nsmtp_port = 587\nsmtp_user = "me"\n', HARVESTER_DIGEST__SMTP_PORT="465")
    found = shown(here)
    assert found["digest.smtp_port"] == (465, "environment")
    assert found["digest.smtp_user"] == ("me", "file")
    assert found["digest.smtp_host"] == ("localhost", "default")
    assert set(shown(here, "--changed")) == {"digest.smtp_port", "digest.smtp_user"}
    printed = here.run("config", "show", "--changed")
    assert [line.split()[::2] for line in printed.splitlines()[1:]] == [
        ["digest.smtp_port", "environment"], ["digest.smtp_user", "file"],
    ]  # fmt: skip


def test_every_leaf_of_the_settings_is_shown(tmp_path: Path) -> None:
    found = set(shown(at(tmp_path, "")))
    sections = {name for name in names(Settings) if any(other.startswith(f"{name}.") for other in names(Settings))}
    wanted = {name for name in names(Settings) if name not in sections and not name.endswith("_file")}
    assert {name for name in wanted if not name.startswith("harvest.feeds.")} | {"harvest.feeds"} == found


def test_secrets_are_masked_however_they_are_given(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("s3cret-1")
    feed = '[[harvest.feeds]]\nname = "x"\nurl = "https://u:s3cret-2@example.org/feed?api_key=s3cret-3&page=1"\n'
    here = at(
        tmp_path,
        f'{feed}[digest]\nsmtp_password_file = "pw"\n',
        HARVESTER_STORE__URL="postgresql+psycopg://u:s3cret-4@h/d",
        HARVESTER_ALERT__WEBHOOK="https://hooks.example.org/s3cret-5",
    )
    for said in (
        here.run("config", "show"),
        here.run("config", "show", "--json"),
        here.run("config", "check", "--json"),
    ):
        assert "s3cret" not in said
    found = shown(here)
    assert found["digest.smtp_password"][1] == "file"
    assert found["alert.webhook"][1] == "environment"
    assert "page=1" in json.dumps(found["harvest.feeds"])


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql+psycopg://u:s3/cr@t@h/d", f"postgresql+psycopg://u:{MASK}@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("https://s3cret@example.org/feed", f"https://{MASK}@example.org/feed"),
        ("https://example.org/feed#token=s3cret", f"https://example.org/feed#token={MASK}"),
        ("http://localhost:8000/@ann", f"http://localhost:{MASK}@ann"),
        ("https://example.org/ann@example.org", "https://example.org/ann@example.org"),
    ],
)
def test_what_may_be_a_secret_in_an_address_is_masked(address: str, shown: str) -> None:
    """A driver takes a password with a slash; so one more is masked rather than one shown."""
    assert masked(address) == shown


@pytest.mark.parametrize(
    ("text", "variable", "named"),
    [
        ("[digets]\nsmtp_port = 1\n", "", "unknown key digets; did you mean digest?"),
        ('[harvest.arxiv]\nqeury = "x"\n', "", "unknown key harvest.arxiv.qeury; did you mean harvest.arxiv.query?"),
        ('[harvest]\nsmtp_host = "x"\n', "", "unknown key harvest.smtp_host; did you mean digest.smtp_host?"),
        ('[[harvest.feeds]]\nname = "x"\nurl = "http://x"\nallow_privat = 1\n', "", "harvest.feeds.allow_private?"),
        ("", "HARVESTER_SMTP_HOST", "HARVESTER_SMTP_HOST names no setting; did you mean HARVESTER_DIGEST__SMTP_HOST?"),
        ("", "HARVESTER_DIGEST_SMTP_HOST", "did you mean HARVESTER_DIGEST__SMTP_HOST?"),
        ("", "HARVESTER_DIGETS__SMTP_PORT", "did you mean HARVESTER_DIGEST__SMTP_PORT?"),
        ("", "HARVESTER_STORE__URLL", "did you mean HARVESTER_STORE__URL?"),
        ("", "HARVESTER_XYZZY", "HARVESTER_XYZZY names no setting."),
    ],
)
def test_a_misspelt_name_is_named_with_the_right_one(tmp_path: Path, text: str, variable: str, named: str) -> None:
    here = at(tmp_path, text, **({variable: "1"} if variable else {}))
    assert named in here.run("config", "check", status=2)
    said = harvester("config", "check", "--json", folder=tmp_path, environment=here.environment)
    assert named in json.loads(said.stdout)["error"]


def test_all_mistakes_are_named_together(tmp_path: Path) -> None:
    here = at(tmp_path, "[webb]\n[digest]\nsmtp_port = 0\n", HARVESTER_SMTP_HOST="x", HARVESTER_WEB__PROT="1")
    said = here.run("config", "check", status=2)
    assert all(name in said for name in ("webb", "digest.smtp_port", "HARVESTER_SMTP_HOST", "HARVESTER_WEB__PROT"))


def test_a_command_warns_of_a_variable_that_looks_like_a_setting(tmp_path: Path) -> None:
    """It was ignored without a word; it is no error, since other programs may use such a name."""
    here = at(tmp_path, "", HARVESTER_SMTP_HOST="x")
    assert "did you mean HARVESTER_DIGEST__SMTP_HOST?" in here.start("queue").communicate()[1]


def test_other_variables_of_ours_are_no_settings(tmp_path: Path) -> None:
    here = at(tmp_path, "", HARVESTER_NOW="2025-06-12T00:00:00Z", HARVESTER_ALERT='{"queue": 5}', HARVESTER_SHARED="/")
    assert here.json("config", "check") == [{"key": "alert.queue", "value": 5, "from": "environment"}]


@pytest.mark.parametrize("setting", names(Settings))
def test_each_setting_is_found_where_a_letter_is_missing_or_its_section(setting: str) -> None:
    known = names(Settings)
    assert meant(setting, known) == setting
    assert meant(setting.replace(".", "_"), known) == setting


def test_an_old_full_file_goes_on_working(tmp_path: Path) -> None:
    """In the first release the shipped file, edited in place, was the settings."""
    assert "no mistakes" in at(tmp_path, DEFAULTS.read_text(encoding="utf-8")).run("config", "check")


def test_without_a_section_of_a_source_the_shipped_ones_run_else_those_that_are_there(tmp_path: Path) -> None:
    bare = at(tmp_path, '[harvest]\ncontact = "me@example.org"\n')
    assert load_settings(bare.config).harvest == load_settings(DEFAULTS).harvest.model_copy(
        update={"contact": "me@example.org"}
    )
    one = load_settings(at(tmp_path, "[harvest.arxiv]\nmin_interval = 1\n").config).harvest
    assert one.arxiv is not None
    assert (one.europepmc, one.feeds) == (None, ())
    assert shown(Room(tmp_path))["harvest.europepmc.enabled"] == (False, "file")


def test_a_new_folder_begins_with_defaults_only() -> None:
    """What the starting file says is what would hold without it: an upgrade of the program may change the rest."""
    begun, shipped = load_settings(STARTER), load_settings(DEFAULTS)
    assert begun.model_dump() == shipped.model_dump()
    assert tomllib.loads(STARTER.read_text(encoding="utf-8"))["harvest"].keys() >= SOURCES


def test_the_checkouts_own_settings_are_not_packaged() -> None:
    """`pip wheel` of an edited checkout shipped its maintainer's address."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert "config.toml" not in build["wheel"]["force-include"]
    assert {"/", "/config.toml"}.isdisjoint(build["sdist"]["include"])
