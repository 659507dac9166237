"""The links of an entry as the site shows them. ``data.js`` follows the same rules."""

import re

from harvester.base.escape import url
from harvester.catalog.entry import Entry
from harvester.catalog.export.records import paper_address
from harvester.catalog.form.item import link_name
from harvester.domain.notices import NOTICE_KINDS

_ORDER = ("code", "data", "paper", "preprint", "published")
_NUMBER = re.compile(r"-\d+\Z")


def shown_links(entry: Entry) -> list[tuple[str, str]]:
    """Names and addresses: code and data first, then the paper, then the others; notices are shown apart."""
    links = {"paper": paper_address(entry), **entry.links}
    roles = sorted((role for role in links if role not in NOTICE_KINDS), key=_place)
    return [(link_name(role, address), address) for role in roles if (address := url(links[role]))]


def notices(entry: Entry) -> list[tuple[str, str]]:
    """What is said of the paper (``retracted``, ``corrected``) and where; the gravest first."""
    found = ((said, url(entry.links.get(kind, ""))) for kind, said in NOTICE_KINDS.items())
    return [(said, address) for said, address in found if address]


def _place(role: str) -> int:
    kind = _NUMBER.sub("", role)
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
