"""Which paper the text of a README names, and where its other links lead, judged by the words around them."""

import re
from collections.abc import Iterable, Iterator

from harvester.catalog.importing.records.fields import is_code
from harvester.catalog.importing.records.page import Link, Page
from harvester.catalog.importing.records.paper_pages import paper_at
from harvester.domain.folding import whole_title

_CITING = re.compile(
    r"\b(?:cit(?:e|ing|ations?)|bibtex|(?:our|the) (?:papers?|publications?)|papers?|publications?|引用)\b"
)
_OTHERS = re.compile(
    r"\b(?:acknowledge?ments?|credits?|thanks|related|see also|baselines?|dependenc\w+|requirements?|third[ -]party"
    r"|data ?sets?|data|licen[sc]es?|built (?:up)?on|based on|other (?:works?|projects?|papers?)|references|resources"
    r"|benchmarks?|model zoo|further reading|comparisons?)\b"
)
_OWN = re.compile(
    r"\b(?:official|our|this (?:is|repo\w*|code\w*|project|package|software|implementation|work|paper)"
    r"|code (?:for|of|to)|implementation (?:of|for)|accompan\w+|described in|introduced in|presented (?:in|at)"
    r"|published (?:in|as|at)|accepted (?:in|at|to|by)|cit(?:e|ing|ation)|if you (?:use|find)"
    r"|supplement\w* (?:to|of|for)|companion)\b",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"\b(?:based (?:up)?on|built (?:up)?on|borrow\w*|adapt\w+ from|thanks? (?:to|for)|inspired by|modified from|uses?"
    r"|using|compared? (?:to|with|against)|baselines?|see also|follow(?:s|ing)?|from the|pre-?trained (?:on|with)"
    r"|original (?:paper|code|implementation)|data ?sets? (?:is|are|from|of))\b",
    re.IGNORECASE,
)
_PAPER = re.compile(
    r"\b(?:arxiv|papers?|pdf|preprint|article|publication|manuscript|doi|abs|medrxiv|biorxiv|论文)\b", re.IGNORECASE
)
_NO_PAPER_DOI = re.compile(r"doi:10\.(?:5281/zenodo|6084/|13026/|17632/|7910/dvn|5061/|21227/|34740/|24433/|57967/)")
_ROLES = {
    "project": re.compile(
        r"(?:project|home|web) ?(?:page|site)?|page|website|homepage|site|项目主页|主页", re.IGNORECASE
    ),
    "data": re.compile(r"data|data ?sets?|数据集?", re.IGNORECASE),
    "code": re.compile(r"code|github|source(?: code)?|official code|implementation|代码", re.IGNORECASE),
    "video": re.compile(r"videos?|youtube|talk|presentation|视频", re.IGNORECASE),
    "slides": re.compile(r"slides?|ppt", re.IGNORECASE),
    "poster": re.compile(r"poster", re.IGNORECASE),
    "demo": re.compile(r"(?:online |live |web )?demo|colab(?: demo)?|space", re.IGNORECASE),
    "model": re.compile(
        r"models?|weights|checkpoints?|pre-?trained (?:models?|weights)|hugging ?face(?: models?)?", re.IGNORECASE
    ),
    "blog": re.compile(r"blog(?: ?post)?", re.IGNORECASE),
}
_SENTENCE = re.compile(r"(?<=[^A-Z\W][.!?])\s+(?=[A-Z\[(])")
_QUOTED = re.compile(r"[“\"‘'](?P<title>[^“”\"]{12,250}?)[,.]?[”\"’']")
# "Doe, J. (2022). Title. Journal" and "Doe J, Roe R. Title. Journal. 2022"
_REFERENCE = re.compile(
    r"(?:\((?:19|20)\d\d[a-z]?(?:, [^()]{3,20})?\)\.?:?|[^\W\d_][\w'’-]+ [A-Z]{1,3}(?:, et al)?\.)\s+"
    r"(?P<title>[^.?!]{12,250}[?!]?)"
)
_LEAST_WORDS = 3  # of a link's text that is a title
_MOST_OWN = 3  # papers that a README can call its own; with more, it is a list


def rank(page: Page, line: int) -> int:
    """0 where a README says what to cite, 2 where it names other people's work, 1 elsewhere."""
    section = page.section(line)
    if _OTHERS.search(section):
        return 2
    return 0 if _CITING.search(section) else 1


def paper_id(link: Link) -> str:
    """The identifier of the paper that a link leads to; "" for software, data sets and other pages."""
    found = paper_at(link.address)
    return "" if _NO_PAPER_DOI.match(found) else found


def own_papers(page: Page) -> list[Link]:
    """The links to what is probably the README's own paper, the clearest first, each paper once."""
    named = [link for link in page.links if paper_id(link) and rank(page, link.line) < 2 and not _is_foreign(link)]
    clear = [link for link in named if _is_own(page, link)]
    # A link that says nothing about itself is believed if it is the only one.
    found = list(_distinct(clear or (named if len(set(map(paper_id, named))) == 1 else [])))
    if not found:  # "official code of [Title](a publisher's page)", whose address tells no identifier
        found = [link for link in page.links if _OWN.search(_sentence(link)) and _is_titled_page(link)]
        found = [link for link in found if rank(page, link.line) < 2 and not _is_foreign(link)][:1]
    return found if len(found) <= _MOST_OWN else []


def other_papers(page: Page) -> list[str]:
    """The identifiers of all papers that a README links to."""
    return list(dict.fromkeys(filter(None, map(paper_id, page.links))))


def title_at(link: Link) -> str:
    """The title that a link's words, or the reference before it, give its paper; "" if none."""
    words = link.label.strip(" \"“”'*_.")
    if len(words.split()) >= _LEAST_WORDS and "://" not in words and not _PAPER.search(words.split()[0]):
        return words
    found = list(_QUOTED.finditer(link.before)) or list(_REFERENCE.finditer(link.before))
    return found[-1]["title"].strip(" ,.") if found else ""


def links_by_role(page: Page) -> dict[str, str]:
    """The links of a README's head, and of sections about its paper, that are called project, data, video, ..."""
    links: dict[str, str] = {}
    for link in page.links:
        if (link.in_head or rank(page, link.line) == 0) and (role := _role(link)):
            links.setdefault(role, link.address)
    return links


def mentions(page: Page, title: str) -> bool:
    """Whether the head of a README contains the title."""
    return len(title.split()) >= _LEAST_WORDS and whole_title(title) in whole_title(page.head)


def _role(link: Link) -> str:
    words = re.sub(r"^\W+|\W+$", "", link.label)
    found = next((role for role, form in _ROLES.items() if form.fullmatch(words)), "")
    return "" if paper_id(link) or (is_code(link.address) and found != "code") else found


def _is_titled_page(link: Link) -> bool:
    enough = len(link.label.split()) > _LEAST_WORDS
    return enough and bool(title_at(link)) and not paper_at(link.address) and not is_code(link.address)


def _is_own(page: Page, link: Link) -> bool:
    if link.asked or rank(page, link.line) == 0 or _OWN.search(_sentence(link)):
        return True
    words = link.label.split() or link.before.split()[-2:]
    return link.in_head and len(words) <= _LEAST_WORDS and bool(_PAPER.search(" ".join(words)))


def _is_foreign(link: Link) -> bool:
    return bool(_FOREIGN.search(_sentence(link)))


def _sentence(link: Link) -> str:
    """The words of the sentence before the link."""
    return _SENTENCE.split(link.before)[-1]


def _distinct(links: Iterable[Link]) -> Iterator[Link]:
    """The first link of each paper; if another one of the paper gives its title, that one."""
    by_paper: dict[str, Link] = {}
    for link in links:
        held = by_paper.setdefault(paper_id(link), link)
        if not title_at(held) and title_at(link):
            by_paper[paper_id(link)] = link
    yield from by_paper.values()
