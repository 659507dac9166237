"""The environment of the pages: upstreams, a mail server and a checkout, all on this machine."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from harvester.services.operations.demo.sample import SAMPLE_NOW, read_sample
from harvester.services.operations.demo.upstream import answer
from tests.conftest import ROOT
from tests.room import Sink, serve

JOURNAL = """\
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>An invented journal</title><item>
<title>Reading Ejection Fraction from Echocardiography Clips with a Small Video Transformer</title>
<link>https://doi.org/10.5555/invented.1</link><dc:identifier>doi:10.5555/invented.1</dc:identifier>
<dc:creator>Ada Invented</dc:creator><dc:date>2026-01-05</dc:date>
<description>A deep network finds the left ventricle in echocardiography and measures ejection fraction.</description>
</item></channel></rss>
"""
ISSUE = {"source": "MED", "id": "1", "title": "Table of Contents.", "firstIndexDate": "2026-01-05"}
WORKS = json.dumps(
    {
        "message-type": "work-list",
        "message": {"total-results": 1, "items": [{"DOI": "10.9999/toc", "type": "journal-issue"}], "next-cursor": "x"},
    }
).encode()
TIDES = b"# Tides\n@article{t, title={Tides of the aorta}, author={Sol, Eva}, year=2022, doi={10.9999/tides}}"
OAI = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{}</OAI-PMH>'
WHO = OAI.format("<Identify><repositoryName>arXiv</repositoryName></Identify>")
CHANGED = OAI.format(
    "<ListRecords><record><header><identifier>oai:arXiv.org:{id}</identifier><datestamp>2026-01-05</datestamp></header>"
    '<metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>{id}</id><version version="v1"/>'
    "<title>{title}</title><abstract>{abstract}</abstract></arXivRaw></metadata></record></ListRecords>"
)


@dataclass(frozen=True)
class World:
    """The addresses of the services, and the environment variables that name them."""

    upstream: str
    sink: Sink
    forks: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def checkout(self, folder: Path) -> Path:
        """What `git clone` and `make demo` leave: the repository's files, and a virtual environment.

        The code is copied too, because it looks for its taxonomy, model and labels beside itself.
        """
        for name in ("classifiers", "data", "deploy", "harvester"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.db*", "*.key*", "__pycache__"))
        for name in (".gitignore", "Makefile"):
            shutil.copy(ROOT / name, folder / name)
        self._virtual_environment(folder / ".venv")
        for name in ("config.toml", "harvester/config/starter.toml"):  # the second one is what `init` writes
            (folder / name).write_text(self.here((ROOT / name).read_text(encoding="utf-8")))
        for command in ("init --quiet --initial-branch=main", "add --all", "commit --quiet --message=Cloned"):
            subprocess.run(["git", *command.split()], cwd=folder, check=True, env={**os.environ, **self.environment})
        return folder

    def _virtual_environment(self, folder: Path) -> None:
        """One that can be activated, with the commands that are forked."""
        (folder / "bin").mkdir(parents=True)
        activate = (Path(sys.prefix) / "bin" / "activate").read_text(encoding="utf-8")
        (folder / "bin" / "activate").write_text(activate.replace(sys.prefix, str(folder)), encoding="utf-8")
        for command in self.forks.iterdir():
            (folder / "bin" / command.name).symlink_to(command)

    def here(self, config: str) -> str:
        """The configuration with all upstreams on this machine."""
        for host in ("export.arxiv.org", "rss.arxiv.org", "oaipmh.arxiv.org", "huggingface.co"):
            config = config.replace(f"https://{host}", self.upstream)
        config = config.replace("https://www.ebi.ac.uk/europepmc", f"{self.upstream}/europepmc")
        config = config.replace("https://api.crossref.org", f"{self.upstream}/crossref")
        config = config.replace("[catalog]\n", f'[catalog]\nraw_url = "{self.upstream}/raw"\n')
        config = re.sub(r"https://[^\"\s]+\.(?:rss|xml)", f"{self.upstream}/feed/journal.xml", config)
        config = config.replace("[harvest.arxiv]\n", "[harvest.arxiv]\nmin_interval = 0.0\n")
        return config.replace("[[harvest.feeds]]\n", "[[harvest.feeds]]\nallow_private = true\n")


@pytest.fixture(scope="session")
def world(forks: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    sink = Sink()
    mail = serve(sink)
    environment = {
        "PATH": os.pathsep.join([str(forks), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(tmp_path_factory.mktemp("home")),
        "USER": "ann",
        "LOGNAME": "ann",
        "OMP_NUM_THREADS": "1",  # other tests run beside these
        "HARVESTER_NOW": SAMPLE_NOW.isoformat(),
        "HARVESTER_REVIEW__EXPLANATIONS": "2",  # half a second each
        "HARVESTER_DIGEST__SMTP_HOST": "127.0.0.1",
        "HARVESTER_DIGEST__SMTP_PORT": str(sink.port),
        "HARVESTER_DIGEST__SMTP_SECURITY": "none",
        "HARVESTER_DIGEST__SMTP_USER": "",
        **{f"GIT_{who}_{what}": "ann@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    with _upstream() as url:
        yield World(url, sink, forks, environment)
    mail.stop(no_assert=True)


def _found(target: str) -> bytes:
    query = parse_qs(urlsplit(target).query)["query"][0]
    return json.dumps({"hitCount": 1, "request": {"queryString": query}, "resultList": {"result": [ISSUE]}}).encode()


@contextmanager
def _upstream() -> Iterator[str]:
    """The demo's upstream, a journal, a repository, a Europe PMC and a Crossref that find a table of contents, and an
    OAI-PMH that lists one of the demo's papers in every set.
    """
    papers = read_sample()
    changed = CHANGED.format_map(papers[1])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/feed/"):
                status, kind, body = 200, "application/rss+xml", JOURNAL.encode()
            elif self.path.startswith("/europepmc/"):
                status, kind, body = 200, "application/json", _found(self.path)
            elif self.path.startswith("/crossref/"):
                status, kind, body = 200, "application/json", WORKS
            elif self.path == "/raw/invented/tides/HEAD/README.md":
                status, kind, body = 200, "text/plain", TIDES
            elif self.path.startswith("/oai"):
                status, kind, body = 200, "text/xml", (WHO if "Identify" in self.path else changed).encode()
            else:
                status, kind, body = answer(papers, self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return format_datetime(SAMPLE_NOW, usegmt=True)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
