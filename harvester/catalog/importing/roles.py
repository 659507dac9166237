"""Which part a link plays in an entry: by what it is called, by where it leads, and by what stands before it."""

import re
from collections.abc import Container, Iterable, Mapping
from itertools import count
from urllib.parse import urlsplit

from harvester.base.escape import is_web_url
from harvester.catalog.importing.citations import cited
from harvester.catalog.importing.dates import is_place_or_date, place_and_year
from harvester.catalog.importing.inline import Link
from harvester.catalog.importing.words import IDENTIFIERS, role_word
from harvester.domain.identity import arxiv_version, link_identifier

NOT_THE_PAPER = frozenset(
    {
        "code", "project", "data", "dataset", "video", "slides", "poster", "demo", "model", "weights", "blog", "colab",
        "supplement", "bibtex", "twitter", "zenodo", "benchmark", "tutorial", "news",
    }
)  # fmt: skip
TITLE = "title"
_CODE_HOSTS = frozenset({"github.com", "gitlab.com", "bitbucket.org", "gist.github.com", "gitee.com", "codeberg.org"})
_HOSTS: Mapping[str, str] = {
    "youtube.com": "video", "youtu.be": "video", "bilibili.com": "video", "colab.research.google.com": "colab",
    "twitter.com": "twitter", "x.com": "twitter", "kaggle.com": "data", "physionet.org": "data", "zenodo.org": "data",
}  # fmt: skip
_PUBLISHERS = (
    "acm.org", "ieee.org", "springer.com", "sciencedirect.com", "elsevier.com", "nature.com", "openreview.net",
    "thecvf.com", "mlr.press", "nips.cc", "neurips.cc", "aclanthology.org", "wiley.com", "tandfonline.com", "mdpi.com",
    "frontiersin.org", "plos.org", "ncbi.nlm.nih.gov", "oup.com", "ahajournals.org", "jamanetwork.com", "bmj.com",
    "thelancet.com", "cell.com", "science.org", "pnas.org", "iop.org", "spiedigitallibrary.org", "sagepub.com",
    "biomedcentral.com", "lww.com", "acs.org", "jmir.org", "aaai.org", "ijcai.org", "jacc.org", "nejm.org",
    "hindawi.com", "royalsocietypublishing.org", "cinc.org", "cambridge.org", "europepmc.org", "semanticscholar.org",
    "biorxiv.org", "medrxiv.org", "ssrn.com", "doi.org",
)  # fmt: skip
_PEOPLE_HOSTS = frozenset(
    {
        "discord.gg", "discord.com", "t.me", "join.slack.com", "linkedin.com", "twitter.com", "x.com", "bsky.app",
        "facebook.com", "instagram.com", "weibo.com", "mastodon.social", "medium.com",
    }
)  # fmt: skip
_BADGE = re.compile(
    r"shields\.io|badge|awesome\.re/|badgen|/stars/|visitor|hits\.|codecov|travis-ci|star-history", re.IGNORECASE
)
_NUMBERED = re.compile(r"-(?:[2-9]|[1-9]\d)\Z")  # of a second link of one role


def role_of(link: Link, hint: str = "") -> str:
    """``paper``, ``code``, ... by the link's text or, if that says nothing, by its address.

    Args:
        hint: the role that stands before the link, or above its column; counts where the text says nothing. The link
            of a title has the hint ``title``.
    """
    label = link.label
    hint = "" if hint == "link" else hint
    host = host_of(link.target)
    by_host = "code" if host in _CODE_HOSTS else "paper" if _publishes(host) else _HOSTS.get(host, "")
    if hint == TITLE:
        return by_host or "paper"
    if host == "huggingface.co" and role_word(label) in ("link", "") and not hint:
        return _on_hugging_face(link.target)
    if host == "arxiv.org" and link_identifier(link.target):
        return "pdf" if role_word(label) == "pdf" and hint in ("", "pdf") else "paper"
    bare = not label or "://" in label or arxiv_version(label) or label.lower().startswith(IDENTIFIERS)
    word = "link" if bare else role_word(label)
    if word in ("link", "paper") and host in _CODE_HOSTS and hint != "paper":
        return hint if hint in NOT_THE_PAPER else "code"
    if word and word != "link":
        return word
    if word == "link":
        return hint or by_host or "paper"
    identified = bool(link_identifier(link.target))
    if is_place_or_date(label) or cited(label) or (identified and place_and_year(label, trusted=True)):
        return hint or by_host or "paper"
    return by_host or hint or _slug(label)


def _on_hugging_face(address: str) -> str:
    """``huggingface.co/OWNER/MODEL`` is a model; data sets, demonstrations and papers have folders of their own."""
    folder = urlsplit(address).path.strip("/").partition("/")[0]
    return {"datasets": "data", "spaces": "demo", "papers": "paper"}.get(folder, "model")


def paper_link(role: str) -> bool:
    """Whether a link with this role leads to the paper itself, so that no other paper should have it."""
    return role.rstrip("0123456789").rstrip("-") not in NOT_THE_PAPER


def leads_to_code(link: Link) -> bool:
    """Whether a link leads to a host of code."""
    return host_of(link.target) in _CODE_HOSTS


def leads_to_publisher(link: Link) -> bool:
    """Whether a link leads to a publisher's site or an archive of papers."""
    return _publishes(host_of(link.target))


def names_part(link: Link) -> bool:
    """Whether a link is called what papers' links are: ``Paper``, ``Code``, ``Data``."""
    return role_word(link.label) in ("paper", "pdf", "code", "data", "dataset", "model", "weights", "demo")


def leads_to_people(link: Link) -> bool:
    """Whether a link leads to the list's makers and readers: a chat, a social network, an address for mail."""
    return host_of(link.target) in _PEOPLE_HOSTS or link.target.lower().startswith(("mailto:", "tel:"))


def by_role(links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Addresses by role; a second one with the same role (``paper``) gets a number (``paper-2``)."""
    by_address: dict[str, str] = {}
    numbers: dict[str, int] = {}
    taken: set[str] = set()
    for wanted, address in links:
        if address not in by_address:
            role, numbers[wanted] = _free(wanted, taken, numbers.get(wanted, 2))
            by_address[address] = role
            taken.add(role)
    return {role: address for address, role in by_address.items()}


def with_links(links: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """The links of an entry and those that it lacks; another page of the same role gets a number."""
    found = dict(links)
    for wanted, address in more.items():
        if _page(address) in map(_page, found.values()):
            continue
        role = wanted if wanted not in found else _NUMBERED.sub("", wanted)
        same = [other for name, other in found.items() if _NUMBERED.sub("", name) == role]
        name = link_identifier(address)
        if name is None or name not in map(link_identifier, same):
            found[_free(role, found)[0]] = address
    return found


def _free(role: str, taken: Container[str], first: int = 2) -> tuple[str, int]:
    """A role that is not taken, with a number from `first` if the bare one is; and the number to go on with."""
    if role not in taken:
        return role, first
    number = next(number for number in count(first) if f"{role}-{number}" not in taken)
    return f"{role}-{number}", number + 1


def _page(address: str) -> str:
    """An address as it is compared: without scheme, ``www.`` and a slash at its end."""
    return re.sub(r"\Ahttps?://(?:www\.)?", "", address).rstrip("/")


def host_of(address: str) -> str:
    """The host of an address, without ``www.``; "" if it has none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.").removeprefix("export.")
    except ValueError:
        return ""


def _publishes(host: str) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in _PUBLISHERS)


def is_badge(address: str) -> bool:
    """Whether a picture is a badge: a count of stars, a state of a build, the sign of Awesome lists."""
    return bool(_BADGE.search(address))


def why_no_web_link(link: Link) -> str:
    """Why an address cannot be the link of an entry; "" if it can."""
    target = link.target
    if link.image:
        return "badge" if is_badge(target) else "image"
    if target.startswith("#") or not target:
        return "navigation"
    if target.lower().startswith(("mailto:", "tel:")):
        return "contact"
    if is_web_url(target):
        return ""
    return "local file" if re.match(r"[\w./%-]", target) and ":" not in target.split("/")[0] else "no web address"


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")[:40].strip("-") or "link"
