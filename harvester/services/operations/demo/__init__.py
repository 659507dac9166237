"""The demo: a complete nightly run on an invented sample, in a separate folder, with the code of a real run."""

import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from harvester.base.errors import HarvesterError
from harvester.base.files import write_atomic
from harvester.config.settings import FileSettings, load_settings
from harvester.domain.candidates import QueueFilter, QueueRow
from harvester.domain.run_report import RunReport
from harvester.services.catalog.lists import build
from harvester.services.digest.sending import send_digests
from harvester.services.operations import nightly
from harvester.services.operations.demo.sample import SAMPLE_NOW
from harvester.services.operations.demo.upstream import serve_sample
from harvester.services.review.decisions import decide_all
from harvester.services.review.queries import queue_page
from harvester.services.subscribers.subscriptions import add_subscriber
from harvester.services.workspace import Workspace, taxonomy_of
from harvester.store.engine import open_store

CONFIG = """\
# A demo: every paper in it is invented. It is read from a sample feed that ran only while the demo did.
[harvest.arxiv]
url = "{url}/api/query"
min_interval = 0.0
[harvest.europepmc]
url = "{url}/europepmc/webservices/rest"
min_interval = 0.0
[harvest.crossref]
url = "{url}/crossref"
min_interval = 0.0
venues = ["Proceedings of Invented Cardiac Computing", "Invented Journal of Cardiac Signals"]
[harvest.huggingface]
url = "{url}"
"""
READER = "reader@example.org"
SHOWN = "arxiv:2601.90038"  # the paper that the demo accepts: one with several labels and a code link


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo made and where; `queue` is what ``harvester queue`` shows, `accepted` the accepted paper."""

    report: RunReport
    queue: tuple[QueueRow, ...]
    accepted: str
    config: Path
    page: Path
    mails: list[Path]

    def to_json(self) -> dict[str, Any]:
        """The run report, and where to look."""
        places = {"config": str(self.config), "list": str(self.page), "mails": [str(mail) for mail in self.mails]}
        return self.report.to_json() | {"accepted": self.accepted, **places}


def demo(folder: Path | None = None) -> Demo:
    """Harvest, classify and queue the sample, accept one paper, rebuild the list, write the digest's mail.

    Args:
        folder: an empty folder to work in; without one, a new temporary folder.

    Raises:
        HarvesterError: the folder cannot be written, the model cannot be loaded, or the paper cannot be accepted.
    """
    root = folder or Path(tempfile.mkdtemp(prefix="harvester-demo-"))
    config, mailbox = root / "config.toml", root / "mails"
    with serve_sample() as url:
        write_atomic(config, CONFIG.format(url=url))
        settings = load_settings(config, FileSettings)
        store = open_store(settings.store_url)
        before = Workspace(settings, store, taxonomy_of(settings), lambda: SAMPLE_NOW - timedelta(days=1))
        add_subscriber(before, READER, confirmed=True)
        ws = Workspace(settings, store, before.taxonomy, lambda: SAMPLE_NOW)
        report = nightly.run(ws)
    queue = queue_page(ws, QueueFilter()).rows
    (accepted,) = decide_all(ws, "accept", [SHOWN], "demo", "", {})
    if accepted.error:
        raise HarvesterError(f"The demo's paper could not be accepted: {accepted.error}")
    build(ws)
    send_digests(ws, eml=mailbox)
    return Demo(report, queue, accepted.id, config, ws.catalog / "README.md", sorted(mailbox.glob("*.eml")))
