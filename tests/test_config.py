from pathlib import Path

import pytest

from harvester.base.errors import UsageError
from harvester.config.settings import FileSettings, Settings, load_settings
from harvester.config.shipped import DEFAULTS


def load(folder: Path, text: str) -> Settings:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


FEED = '[[harvest.feeds]]\nname = "{}"\nurl = "https://example.org/feed"\n'


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[stores]", "unknown key stores"),
        ('[store]\nurll = "x"', "unknown key store.urll"),
        ('[harvest]\noverlap_days = "many"', "harvest.overlap_days"),
        ("[harvest.arxiv]\nmin_interval = -1", "harvest.arxiv.min_interval"),
        ('[harvest.arxiv]\nurl = "file:///etc/passwd"', "file:///etc/passwd"),
        ('[harvest.arxiv]\nquery = " "', "harvest.arxiv.query"),
        ('[digest]\nsmtp_host = "mail.example.org"\nsmtp_security = "none"', "mail.example.org"),
        ('[digest]\nsender = "nobody"', "'nobody' is not a valid e-mail address"),
        ('[digest]\nsender = "No Body <no body@example.org>"', "is not a valid e-mail address"),
        ('[digest]\nreply_to = "jö@example.org"', "'jö@example.org' is not a valid e-mail address"),
        ('[alert]\nmail = ["a@example.org, b@example.org"]', "is not a valid e-mail address"),
        (FEED.format("circulation") * 2, "harvest.feeds: the name 'circulation' belongs to another feed"),
        (FEED.format("arxiv"), "harvest.feeds: the name 'arxiv' belongs to a source of the program"),
        (FEED.format("catalog"), "'catalog'"),
        ('[digest]\nsmtp_password_file = "missing"', "missing"),
        ("[store\n", "is not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(UsageError, match=r"config\.toml") as caught:
        load(tmp_path, text)
    assert named in str(caught.value)
    assert caught.value.exit_status == 2


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.toml"):
        load_settings(tmp_path / "nowhere.toml")


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_HARVEST__ARXIV__URL", "http://127.0.0.1:9/api/query/")
    settings = load(tmp_path, "[harvest.arxiv]\nmin_interval = 0.5")
    assert settings.harvest.arxiv is not None
    assert settings.harvest.arxiv.url == "http://127.0.0.1:9/api/query"
    assert settings.harvest.arxiv.min_interval == 0.5
    monkeypatch.setenv("HARVESTER_STORE__URLL", "x")
    with pytest.raises(UsageError, match="HARVESTER_STORE__URLL"):
        load(tmp_path, "")


def test_a_wrong_value_is_blamed_on_whoever_sets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[web]\nport = "many"\n')
    monkeypatch.setenv("HARVESTER_DIGEST__SMTP_PORT", "some")
    with pytest.raises(UsageError) as said:
        load_settings(file)
    assert f"{file}: web.port: Input should be a valid integer" in str(said.value)
    assert "HARVESTER_DIGEST__SMTP_PORT: digest.smtp_port: Input should be a valid integer" in str(said.value)
    assert f"{file}: digest" not in str(said.value), "the file has no such key"
    file.write_text("")
    with pytest.raises(UsageError) as alone:
        load_settings(file)
    assert str(alone.value).startswith("The environment's HARVESTER_DIGEST__SMTP_PORT: ")


def test_a_file_that_is_no_text_is_named_without_the_words_of_python(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"config\.toml is not UTF-8 text, so it is no TOML file\.$"):
        load_settings(file)
    with pytest.raises(UsageError, match=r" cannot be read: Is a directory\.$"):
        load_settings(tmp_path)


def test_paths_start_at_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret\n")
    settings = load(tmp_path, '[digest]\nsmtp_password_file = "password"')
    assert settings.digest.smtp_password.get_secret_value() == "s3cret"
    assert "s3cret" not in repr(settings)
    assert settings.store_url == f"sqlite:///{tmp_path}/data/harvester.db"
    assert settings.path(settings.catalog.dir) == tmp_path / "data/catalog"


SECTIONS = ("store", "classifier", "review", "catalog", "digest", "web", "alert")
SOURCES = ("arxiv", "arxiv_rss", "oai", "europepmc", "crossref", "huggingface")


def test_the_shipped_file_states_the_defaults() -> None:
    """Every value in config.toml is the default."""
    shipped, bare = load_settings(DEFAULTS), Settings()
    for section in SECTIONS:
        assert getattr(shipped, section) == getattr(bare, section), section
    for name in SOURCES:
        source = getattr(shipped.harvest, name)
        assert source == type(source)(), name
    listed = {*SOURCES, "feeds"}
    assert shipped.harvest.model_dump(exclude=listed) == bare.harvest.model_dump(exclude=listed)


def test_the_shipped_file_names_every_key() -> None:
    text = DEFAULTS.read_text(encoding="utf-8")
    shipped = load_settings(DEFAULTS)
    tables = [getattr(shipped, section) for section in SECTIONS]
    tables += [shipped.harvest, *(getattr(shipped.harvest, name) for name in SOURCES), *shipped.harvest.feeds]
    secret_or_table = {*SOURCES, "feeds", "smtp_password", "secret", "webhook"}
    for table in tables:
        for key in type(table).model_fields:
            assert key in secret_or_table or f"\n{key} = " in text or f"\n# {key} = " in text, key


def test_a_scratch_folder_does_not_hear_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`harvester demo`, run in an operator's environment, wrote into their store and mailed their subscribers."""
    monkeypatch.setenv("HARVESTER_STORE__URL", "postgresql+psycopg://real@db/production")
    (tmp_path / "config.toml").write_text("")
    assert load_settings(tmp_path / "config.toml").store.url.endswith("production")
    assert load_settings(tmp_path / "config.toml", FileSettings).store_url == f"sqlite:///{tmp_path}/data/harvester.db"
