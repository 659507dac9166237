"""Settings: defaults < ``config.toml`` < ``HARVESTER_<SECTION>__<KEY>`` in the environment.

A source runs where its section stands in ``config.toml`` (or the environment sets one of its keys) and is not
``enabled = false``. Unknown keys are errors. A secret may be given as ``<key>_file``, the name of a file that holds it.
"""

import json
import os
import re
import tomllib
from contextvars import ContextVar
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from harvester.base.cron import cron_expression, zone_name
from harvester.base.errors import UsageError
from harvester.base.escape import is_web_url, one_line

SEARCH_TERMS = (
    # the heart and its diseases
    "cardiac", "cardiology", "cardiologist", "cardiovascular", "cardiomyopathy", "cardiotoxicity", "cardiomegaly",
    "cardiothoracic", "cardiopulmonary", "cardiorespiratory", "cardiotocography", "heart", "heartbeat", "myocardial",
    "myocardium", "ventricular", "ventricle", "atrial", "coronary", "arrhythmia", "arrhythmic", "fibrillation",
    "tachycardia", "mitral", "aortic", "aorta",
    # vessels, blood and brain
    "artery", "arterial", "vascular", "vasculature", "vessel", "angiography", "angiogram", "carotid", "stenosis",
    "atherosclerosis", "aneurysm", "hemodynamics", "hemodynamic", "haemodynamics", "haemodynamic", "hypertension",
    "thrombosis", "thrombectomy", "embolism", "cerebrovascular", "stroke", "ischemia", "ischemic", "ischaemic",
    "blood pressure", "blood flow", "pulse wave", "intracranial hemorrhage",
    # signals and images
    "ECG", "EKG", "electrocardiogram", "electrocardiography", "electrocardiographic", "echocardiography",
    "echocardiogram", "echocardiographic", "photoplethysmography", "photoplethysmogram", "PPG", "rPPG",
    "phonocardiogram", "phonocardiography", "seismocardiography", "intravascular", "electrophysiology",
    "electrophysiological", "CCTA", "PTB-XL", "EchoNet", "ACDC",
)  # fmt: skip
DEFAULT_QUERY = " OR ".join(f'all:"{term}"' if re.search(r"\W", term) else f"all:{term}" for term in SEARCH_TERMS)
"""Wide on purpose: the query decides what can be found at all, the classifier what is in scope."""


TAKEN_NAMES = ("arxiv", "arxiv_rss", "arxiv_oai", "huggingface", "catalog")
"""Sources of the store that are no journal's."""

_FOLDER: ContextVar[Path] = ContextVar("folder of the config.toml being read", default=Path())


class Section(BaseModel):
    """A table of config.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    secrets: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        values = dict(given)
        for key in cls.secrets:
            if name := values.pop(f"{key}_file", None):
                values[key] = _secret(f"{key}_file", Path(name))
        return values


def _secret(key: str, path: Path) -> str:
    try:
        return (_FOLDER.get() / path).read_text().strip()
    except OSError as error:
        raise ValueError(f"{key} names {path}, which cannot be read: {error.strerror}") from None


def _web_address(value: str) -> str:
    if not is_web_url(value):
        raise ValueError(f"{value!r} is no http(s) address")
    return value.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web_address)]


class StoreSettings(Section):
    """Where the working memory is."""

    secrets = ("url",)
    url: str = "sqlite:///data/harvester.db"


class WebSource(Section):
    """A source with one address."""

    enabled: bool = True
    url: WebAddress


class ArxivSettings(WebSource):
    """The arXiv query API."""

    url: WebAddress = "https://export.arxiv.org/api/query"
    min_interval: float = Field(default=3.0, ge=0)
    query: str = DEFAULT_QUERY

    @field_validator("query")
    @classmethod
    def _on_one_line(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("it is empty; arXiv would answer with nothing")
        return one_line(value)


class OaiSettings(WebSource):
    """arXiv's OAI-PMH, for the completeness audit."""

    url: WebAddress = "https://oaipmh.arxiv.org/oai"


class RssSettings(WebSource):
    """arXiv's announcement feeds."""

    url: WebAddress = "https://rss.arxiv.org/rss"
    categories: tuple[str, ...] = (
        "eess.IV", "eess.SP", "cs.CV", "cs.LG", "q-bio.QM", "physics.med-ph", "stat.ML", "cs.AI",
    )  # fmt: skip


class HuggingFaceSettings(WebSource):
    """Hugging Face's daily papers and paper search."""

    url: WebAddress = "https://huggingface.co"
    queries: tuple[str, ...] = (
        "cardiac", "cardiovascular", "heart", "ECG", "electrocardiogram", "echocardiography", "coronary", "arrhythmia",
        "photoplethysmography", "stroke",
    )  # fmt: skip


class FeedSettings(WebSource):
    """A journal's feed."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    allow_private: bool = False


class HarvestSettings(Section):
    """What all sources share."""

    contact: str = ""
    overlap_days: int = Field(default=14, ge=0)
    timeout: float = Field(default=30.0, gt=0)
    read_limit: float = Field(default=120.0, gt=0)
    max_bytes: int = Field(default=20_000_000, gt=0)
    attempts: int = Field(default=4, ge=1)
    max_wait: float = Field(default=120.0, ge=0)
    arxiv: ArxivSettings | None = None
    oai: OaiSettings | None = None
    arxiv_rss: RssSettings | None = None
    huggingface: HuggingFaceSettings | None = None
    feeds: tuple[FeedSettings, ...] = ()

    @field_validator("feeds")
    @classmethod
    def _have_names_of_their_own(cls, value: tuple[FeedSettings, ...]) -> tuple[FeedSettings, ...]:
        taken = set(TAKEN_NAMES)
        for feed in value:
            if feed.name in taken:
                whose = "a source of the program" if feed.name in TAKEN_NAMES else "another feed"
                raise ValueError(f"the name {feed.name!r} belongs to {whose}; give this feed one of its own")
            taken.add(feed.name)
        return value


class ClassifierSettings(Section):
    """Which encoder, model and taxonomy; unset means the packaged ones, and the model that was promoted last."""

    encoder: str = "all-MiniLM-L6-v2"
    model: Path | None = None
    models: Path = Path("data/models")
    taxonomy: Path | None = None


class ReviewSettings(Section):
    """The queue's rules."""

    approvals: Literal[1] = 1


class CatalogSettings(Section):
    """Where entries and the rendered list live."""

    dir: Path = Path("data/catalog")
    templates: Path | None = None
    raw_url: WebAddress = "https://raw.githubusercontent.com"
    git: Literal["off", "commit", "branch"] = "off"


class DigestSettings(Section):
    """How digests are sent."""

    secrets = ("smtp_password",)
    sender: str = "Cardio digest <digest@example.org>"
    smtp_host: str = "localhost"
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    base_url: WebAddress = "http://localhost:8000"
    reply_to: str = ""
    per_minute: int = Field(default=0, ge=0)
    attempts: int = Field(default=3, ge=1)
    retry_after: float = Field(default=5.0, ge=0)
    heartbeat: bool = False

    @field_validator("sender")
    @classmethod
    def _is_sender(cls, value: str) -> str:
        if "@" not in parseaddr(value)[1] or any(c in value for c in "\r\n"):
            raise ValueError(f"{value!r} is no mail address; write Name <name@host>")
        return value

    @field_validator("reply_to")
    @classmethod
    def _is_nothing_or_plain(cls, value: str) -> str:
        if value and ("@" not in value or any(c in value for c in "<>\r\n ,")):
            raise ValueError(f"{value!r} is no plain mail address; write name@host")
        return value

    @model_validator(mode="after")
    def _plain_only_to_this_host(self) -> "DigestSettings":
        if self.smtp_security == "none" and self.smtp_host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError(
                f'smtp_security = "none" is only for a mail server on this host, not {self.smtp_host}; use "starttls"'
            )
        return self


class WebSettings(Section):
    """The web server."""

    secrets = ("secret",)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    secret: SecretStr | None = None


class ScheduleSettings(Section):
    """When each job is due: cron expressions in one time zone. An empty one turns its job off."""

    timezone: str = "UTC"
    run: str = "30 2 * * *"
    digest: str = "0 6 * * *"
    morning: str = "30 6 * * *"
    audit: str = "0 5 * * sun"
    train: str = "0 4 1 * *"
    backup: str = "0 1 * * *"
    host: str = "127.0.0.1"
    port: int = Field(default=8001, ge=1, le=65535)

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        return zone_name(value)

    @field_validator("run", "digest", "morning", "audit", "train", "backup")
    @classmethod
    def _is_cron(cls, value: str) -> str:
        return cron_expression(value)


class BackupSettings(Section):
    """Where the scheduled backups go."""

    dir: Path = Path("data/backups")
    keep: int = Field(default=14, ge=1)


class LogSettings(Section):
    """What the programs tell on standard error, and in which form."""

    format: Literal["console", "json"] = "console"
    level: Literal["debug", "info", "warning", "error"] = "warning"


class AlertSettings(Section):
    """Whom to tell of what went wrong, and from how many waiting papers on the queue counts as growing."""

    secrets = ("webhook",)
    mail: tuple[str, ...] = ()
    webhook: SecretStr | None = None
    queue: int = Field(default=200, ge=1)

    @field_validator("mail")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [one for one in value if "@" not in one or any(c in one for c in "\r\n ,")]:
            raise ValueError(f"{wrong[0]!r} is no mail address")
        return value

    @field_validator("webhook")
    @classmethod
    def _is_web(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not is_web_url(value.get_secret_value()):
            raise ValueError("it is no http(s) address")
        return value


class Settings(BaseSettings):
    """All of config.toml, checked."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix="HARVESTER_", env_nested_delimiter="__")
    store: StoreSettings = StoreSettings()
    harvest: HarvestSettings = HarvestSettings()
    classifier: ClassifierSettings = ClassifierSettings()
    review: ReviewSettings = ReviewSettings()
    catalog: CatalogSettings = CatalogSettings()
    digest: DigestSettings = DigestSettings()
    web: WebSettings = WebSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    backup: BackupSettings = BackupSettings()
    logs: LogSettings = LogSettings()
    alert: AlertSettings = AlertSettings()
    _folder: Path = PrivateAttr(default_factory=lambda: _FOLDER.get())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before the file, which arrives as init arguments; nothing else is read."""
        return env_settings, init_settings

    def path(self, relative: Path) -> Path:
        """A path of config.toml, resolved against the folder of config.toml."""
        return relative if relative.is_absolute() else self._folder / relative

    def secret_values(self) -> list[str]:
        """Everything here that no log may show: passwords, keys, and addresses that are secrets themselves."""
        given = [self.digest.smtp_password, self.web.secret, self.alert.webhook]
        found = [one.get_secret_value() for one in given if one is not None]
        hook = self.alert.webhook.get_secret_value() if self.alert.webhook else ""
        password = re.search(r"://[^:/@]*:(.+)@", self.store.url)
        return [one for one in (*found, urlsplit(hook).path.strip("/"), password[1] if password else "") if one]

    @property
    def store_url(self) -> str:
        """The store's URL with an SQLite file made absolute; one that names no file stays, for the store to refuse."""
        prefix = "sqlite:///"
        if not self.store.url.startswith(prefix) or self.store.url in (prefix, f"{prefix}:memory:"):
            return self.store.url
        return f"{prefix}{self.path(Path(self.store.url.removeprefix(prefix)))}"


class FileSettings(Settings):
    """config.toml alone: for a scratch folder that the settings of the person who made it must not reach."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The file, which arrives as init arguments."""
        return (init_settings,)


def load_settings(path: Path, kind: type[Settings] = Settings) -> Settings:
    """Read and check the configuration.

    Raises:
        UsageError: no such file, broken TOML, an unknown key or a wrong type, each named.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"There is no {path}; give one with --config or $HARVESTER_CONFIG.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is no valid TOML: {error}.") from None
    if kind is Settings:
        _check_environment()
    token = _FOLDER.set(path.absolute().parent)
    try:
        return kind(**given)
    except ValidationError as error:
        raise UsageError(f"{path}: {_explain(error)}") from None
    except SettingsError as error:
        raise UsageError(
            f'{_variable(error)} cannot be read; lists are written as JSON: ["one", "two"], tables as {{"key": "one"}}.'
        ) from None
    finally:
        _FOLDER.reset(token)


def config_path(flag: Path | None) -> Path:
    """``--config``, else ``$HARVESTER_CONFIG``, else ``config.toml`` here."""
    return flag or Path(os.environ.get("HARVESTER_CONFIG") or "config.toml")


def _check_environment() -> None:
    """Refuse a misspelt section: pydantic passes over the variables of those it does not know."""
    for name in sorted(os.environ):
        section, nested, _ = name.upper().removeprefix("HARVESTER_").partition("__")
        if name.upper().startswith("HARVESTER_") and nested and section.lower() not in Settings.model_fields:
            there = ", ".join(Settings.model_fields)
            raise UsageError(f"The environment's {name} names no section of config.toml; there are: {there}.")


def _variable(error: SettingsError) -> str:
    """The environment variable whose value is no JSON; pydantic names only its section."""
    value = error.__cause__.doc if isinstance(error.__cause__, json.JSONDecodeError) else None
    names = (name for name in os.environ if name.upper().startswith("HARVESTER_") and os.environ[name] == value)
    return next(names, "A HARVESTER_... variable of the environment")


def _explain(error: ValidationError) -> str:
    problems = []
    for found in error.errors():
        key = ".".join(str(part) for part in found["loc"])
        if found["type"] == "extra_forbidden":
            problems.append(f"unknown key {key}; see the shipped config.toml for the keys there are")
        else:
            problems.append(f"{key}: {found['msg'].removeprefix('Value error, ')}")
    return "; ".join(problems) + "."
