"""A small loopback server that shows the bundled sample over the wire formats of the services that a run asks.

The demo harvests it with the same code as a real run, on a machine without a network. Every paper
of ``sample.jsonl`` is invented. It is a demo feed, not a search engine: ``/api/query`` honors ``id_list``
and the ``submittedDate:[... TO ...]`` range of ``search_query``, and treats every paper as a match for the rest.

    GET /api/query           arXiv API (Atom): search_query, id_list, start, max_results, sortBy, sortOrder
    GET /rss/<cat>[+<cat>]   arXiv RSS 2.0: the newest batch; a category without papers is an empty channel
    GET /api/daily_papers    Hugging Face: date, p, limit
    GET /api/papers/search   Hugging Face: q (every word of it in title, abstract or keywords), limit
    GET /europepmc/...       Europe PMC and
    GET /crossref/...        Crossref, see `literature`
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, time, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import starmap
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape, quoteattr

from harvester.services.operations.demo import literature
from harvester.services.operations.demo.sample import SAMPLE, SAMPLE_NOW, Query, Record, read_sample

_EASTERN = timezone(timedelta(hours=-5))  # arXiv's clock; winter time, as the sample's days are
_SPAN = re.compile(r"submittedDate:\[(\d{12}) TO (\d{12})\]")
_XML_ILLEGAL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_ATOM, _RSS = "application/atom+xml; charset=utf-8", "application/rss+xml; charset=utf-8"
_TEXT, _JSON = "text/plain; charset=utf-8", "application/json; charset=utf-8"
_PROLOGUE = "<?xml version='1.0' encoding='UTF-8'?>\n"
_ARXIV = 'xmlns:arxiv="http://arxiv.org/schemas/atom"'
_FEED = f'<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" {_ARXIV} xmlns="http://www.w3.org/2005/Atom">'
_CHANNEL = f'<rss {_ARXIV} xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>'


@contextmanager
def serve_sample(path: Path | None = None) -> Iterator[str]:
    """Serves the sample, or another file of the same format, on a free loopback port while the context lasts.

    Yields:
        The base URL, such as ``http://127.0.0.1:40123``.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(read_sample(path or SAMPLE)))
    thread = Thread(target=server.serve_forever, args=(0.05,), name="sample-upstream", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answer(papers: Sequence[Record], target: str) -> tuple[int, str, bytes]:
    """Status, content type and body for a request target; 400 if a parameter cannot be read."""
    url = urlsplit(target)
    query = dict(parse_qsl(url.query))
    try:
        match url.path.split("/")[1:]:
            case ["api", "query"]:
                return 200, _ATOM, arxiv_feed(papers, query)
            case ["rss", categories]:
                return 200, _RSS, rss_feed(papers, categories)
            case ["api", "daily_papers"]:
                return 200, _JSON, daily_papers(papers, query)
            case ["api", "papers", "search"]:
                return 200, _JSON, paper_search(papers, query)
            case ["europepmc", "webservices", "rest", "search"]:
                return 200, _JSON, literature.europepmc(query)
            case ["crossref", "works"]:
                return 200, _JSON, literature.crossref(query)
    except ValueError as error:
        return 400, _TEXT, f"Bad Request: {error}".encode(errors="replace")
    return 404, _TEXT, b"Not Found"


def arxiv_feed(papers: Sequence[Record], query: Query) -> bytes:
    """One page of the arXiv API; its title echoes the query that ran, as arXiv's does."""
    found = _matching(papers, query)
    start, size = _number(query, "start", 0), _number(query, "max_results", 10)
    asked, names = " ".join(query.get("search_query", "").split()), query.get("id_list", "")
    title = f"arXiv Query: search_query={asked}&id_list={names}&start={start}&max_results={size}"
    head = {
        "id": f"https://arxiv.org/api/{_digest(title)}",
        "title": title,
        "updated": f"{SAMPLE_NOW:%Y-%m-%dT%H:%M:%SZ}",
        "opensearch:itemsPerPage": str(size),
        "opensearch:totalResults": str(len(found)),
        "opensearch:startIndex": str(start),
    }
    entries = map(_atom_entry, found[start : start + size])
    return "".join([_PROLOGUE, _FEED, *starmap(_leaf, head.items()), *entries, "</feed>"]).encode()


def rss_feed(papers: Sequence[Record], categories: str) -> bytes:
    """The newest batch in categories joined by ``+``; a paper with another primary category is a ``cross``."""
    wanted, day = set(categories.split("+")), _newest_batch(papers)
    batch = [paper for paper in papers if _announced(paper) == day and wanted & set(paper["categories"])]
    midnight = format_datetime(datetime.combine(day, time(), _EASTERN))
    head = {
        "title": f"{categories} updates on arXiv.org",
        "link": f"http://rss.arxiv.org/rss/{categories}",
        "description": f"{categories} updates on the arXiv.org e-print archive.",
        "pubDate": midnight,
    }
    items = (_rss_item(p, "new" if p["categories"][0] in wanted else "cross", midnight) for p in batch)
    parts = [_PROLOGUE, _CHANNEL, *starmap(_leaf, head.items()), *items, "</channel></rss>"]
    return "".join(parts).encode()


def daily_papers(papers: Sequence[Record], query: Query) -> bytes:
    """Hugging Face's page of one day."""
    day = date.fromisoformat(query.get("date", f"{SAMPLE_NOW:%Y-%m-%d}")).isoformat()
    page, size = _number(query, "p", 0), _number(query, "limit", 50)
    found = [paper for paper in papers if paper.get("hf_date") == day]
    return json.dumps([_hub_listing(paper) for paper in found[page * size : (page + 1) * size]]).encode()


def paper_search(papers: Sequence[Record], query: Query) -> bytes:
    """Hugging Face's search among the papers listed there, newest first."""
    words = query.get("q", "").casefold().split()
    listed = (paper for paper in papers if paper.get("hf_date"))
    found = [paper for paper in listed if all(word in _hub_text(paper) for word in words)]
    found.sort(key=lambda paper: str(paper["published"]), reverse=True)
    return json.dumps([_hub_listing(paper) for paper in found[: _number(query, "limit", 120)]]).encode()


def _matching(papers: Sequence[Record], query: Query) -> list[Record]:
    ids = [re.sub(r"v\d+$", "", name) for name in query.get("id_list", "").split(",") if name]
    search = query.get("search_query", "")
    if not ids and not search:
        return []
    known = {paper["id"]: paper for paper in papers}
    named = [known[name] for name in ids if name in known] if ids else papers
    found = [paper for paper in named if _in_span(paper, search)]
    if "sortBy" in query:  # by either date: a sample paper has one version
        found.sort(key=lambda paper: str(paper["published"]), reverse=query.get("sortOrder") != "ascending")
    return found


def _in_span(paper: Record, search: str) -> bool:
    """Whether the paper lies in the query's date range, both ends included, to the minute, as on arXiv."""
    span = _SPAN.search(search)
    if span is None and "submittedDate" in search:  # never treat a misspelled range as "all papers"
        raise ValueError("submittedDate wants [YYYYMMDDHHMM TO YYYYMMDDHHMM]")
    return span is None or span[1] <= re.sub(r"\D", "", paper["published"])[:12] <= span[2]


def _number(query: Query, name: str, default: int) -> int:
    value = int(query.get(name, default))
    if value < 0:
        raise ValueError(f"{name} must not be negative")
    return value


def _announced(paper: Record) -> date:
    """The day a submission is announced: the next working day."""
    day = date.fromisoformat(paper["published"][:10])
    return day + timedelta(days=7 - day.weekday() if day.weekday() > 3 else 1)


def _newest_batch(papers: Sequence[Record]) -> date:
    today = SAMPLE_NOW.astimezone(_EASTERN).date()
    return max((day for day in map(_announced, papers) if day <= today), default=today)


def _atom_entry(paper: Record) -> str:
    page = f"arxiv.org/abs/{paper['id']}v{paper['version']}"
    parts = [
        _leaf("id", f"http://{page}"),  # arXiv's ids say http, its links https
        _leaf("title", paper["title"]),
        _leaf("updated", paper["updated"]),
        _leaf("link", href=f"https://{page}", rel="alternate", type="text/html"),
        _leaf("summary", paper["abstract"]),
        *(_leaf("category", term=name) for name in paper["categories"]),
        _leaf("published", paper["published"]),
        *(_leaf(f"arxiv:{name}", paper[name]) for name in ("comment", "doi") if paper.get(name)),
        _leaf("arxiv:primary_category", term=paper["categories"][0]),
        *(f"<author>{_leaf('name', name)}</author>" for name in paper["authors"]),
    ]
    return f"<entry>{''.join(parts)}</entry>"


def _rss_item(paper: Record, kind: str, midnight: str) -> str:
    name = f"{paper['id']}v{paper['version']}"
    parts = [
        _leaf("title", paper["title"]),
        _leaf("link", f"https://arxiv.org/abs/{paper['id']}"),
        _leaf("description", f"arXiv:{name} Announce Type: {kind} \nAbstract: {paper['abstract']}"),
        _leaf("guid", f"oai:arXiv.org:{name}", isPermaLink="false"),
        *(_leaf("category", category) for category in paper["categories"]),
        _leaf("pubDate", midnight),
        _leaf("arxiv:announce_type", kind),
        _leaf("dc:creator", ", ".join(paper["authors"])),
    ]
    return f"<item>{''.join(parts)}</item>"


def _leaf(tag: str, text: str = "", /, **attributes: str) -> str:
    """An element without children."""
    inside = "".join(f" {name}={quoteattr(_legal(value))}" for name, value in attributes.items())
    # As a reference: parsers make a line feed of a bare carriage return, and would tame a hostile title.
    return f"<{tag}{inside}>" + escape(_legal(text), {"\r": "&#13;"}) + f"</{tag}>"


def _legal(text: str) -> str:
    """Text without the characters that no XML 1.0 document may hold, not even as a reference."""
    return _XML_ILLEGAL.sub("", text)


def _hub_listing(paper: Record) -> dict[str, object]:
    """One item of a Hugging Face list; what nobody added to a paper is absent, not null."""
    added = {"github_repo": "githubRepo", "project_page": "projectPage", "ai_keywords": "ai_keywords"}
    moment = paper["published"].replace("Z", ".000Z")
    inner = {
        "id": paper["id"],
        "title": paper["title"],
        "summary": paper["abstract"],
        "authors": [{"_id": _digest(name), "name": name, "hidden": False} for name in paper["authors"]],
        "publishedAt": moment,
        "submittedOnDailyAt": f"{paper['hf_date']}T00:00:00.000Z",
        "upvotes": paper.get("upvotes", 0),
    }
    inner |= {theirs: paper[ours] for ours, theirs in added.items() if ours in paper}
    outer = {"title": paper["title"], "summary": paper["abstract"][:200], "publishedAt": moment}
    return {"paper": inner, **outer, "numComments": 0, "submittedBy": {}, "isAuthorParticipating": False}


def _hub_text(paper: Record) -> str:
    return " ".join([paper["title"], paper["abstract"], *paper.get("ai_keywords", ())]).casefold()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:24]


def _handler(papers: Sequence[Record]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = answer(papers, self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):  # an interrupted demo hangs up; that is not worth reporting
                self.wfile.write(body)

        def date_time_string(self, timestamp: float | None = None) -> str:
            """The Date header agrees with the moment that the demo pretends is now."""
            return format_datetime(SAMPLE_NOW, usegmt=True)

        def log_message(self, *args: object) -> None:
            """Log nothing: the demo's own report is what people should see."""

    return Handler
