"""What Europe PMC and Crossref say of the demo's articles, in their formats: one is the article of a sample's preprint.

GET /europepmc/webservices/rest/search   query, of which FIRST_IDATE:[... TO ...] counts; one page
GET /crossref/works                      filter, of which the days of indexing, DOIs and titles of venues count
"""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache

from harvester.services.operations.demo.sample import LITERATURE, Query, Record, read_sample

_SPAN = re.compile(r"FIRST_IDATE:\[(\S+) TO (\S+)\]")


def europepmc(query: Query) -> bytes:
    """The only page of a search; every article matches the words."""
    asked = query.get("query", "")
    span = _SPAN.search(asked)
    first, last = span.groups() if span else ("0000", "9999")
    found = [article for article in _articles("europepmc") if first <= article["indexed"] <= last]
    listed = list(map(_europepmc_record, found)) if query.get("cursorMark", "*") == "*" else []
    answer = {"version": "6.9", "hitCount": len(found), "request": {"queryString": asked}}
    return json.dumps({**answer, "resultList": {"result": listed}}).encode()


def crossref(query: Query) -> bytes:
    """A list of works that fits on one page."""
    wanted = [(name, value) for name, _, value in (part.partition(":") for part in query.get("filter", "").split(","))]
    works = [_crossref_work(article) for article in _articles("crossref") if _matches(article, wanted)]
    message = {"total-results": len(works), "items": works if query.get("rows") != "0" else [], "next-cursor": "-"}
    return json.dumps({"status": "ok", "message-type": "work-list", "message": message}).encode()


@cache
def _literature() -> Sequence[Record]:
    return read_sample(LITERATURE)


def _articles(service: str) -> Iterator[Record]:
    """The articles that a service has, in the order of their indexing."""
    return (article for article in sorted(_literature(), key=_indexed) if service in article["at"])


def _indexed(article: Record) -> str:
    return str(article["indexed"])


def _matches(article: Record, wanted: Sequence[tuple[str, str]]) -> bool:
    """Whether all kinds of filters hold; of several with one name, any."""
    days = {"from-index-date": article["indexed"].__ge__, "until-index-date": article["indexed"].__le__}
    if not all(days[name](value) for name, value in wanted if name in days):
        return False
    for name, mine in (("doi", article["doi"]), ("container-title", article["venue"])):
        given = [value.casefold() for kind, value in wanted if kind == name]
        if given and mine.casefold() not in given:
            return False
    return True


def _europepmc_record(article: Record) -> Record:
    names = [name.rpartition(" ") for name in article["authors"]]
    return {
        "source": "MED",
        "id": article["pmid"],
        "pmid": article["pmid"],
        "doi": article["doi"],
        "title": f"{article['title']}.",
        "authorList": {"author": [{"firstName": given, "lastName": family} for given, _, family in names]},
        "abstractText": article["abstract"],
        "journalInfo": {"journal": {"title": article["venue"]}},
        "pubTypeList": {"pubType": ["Journal Article"]},
        "firstIndexDate": article["indexed"],
        "firstPublicationDate": article["indexed"],
    }


def _crossref_work(article: Record) -> Record:
    names = [name.rpartition(" ") for name in article["authors"]]
    day = [int(part) for part in article["indexed"].split("-")]
    preprint = {"id-type": "doi", "id": f"10.48550/arXiv.{article.get('preprint')}"}
    return {
        "DOI": article["doi"],
        "type": article["type"],
        "title": [article["title"]],
        "container-title": [article["venue"]],
        "author": [{"given": given, "family": family} for given, _, family in names],
        "abstract": article["abstract"],
        "created": {"date-parts": [day]},
        "issued": {"date-parts": [day]},
        **({"relation": {"has-preprint": [preprint]}} if "preprint" in article else {}),
    }
