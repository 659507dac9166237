"""Code and data that a paper names: addresses in its abstract and comment, and what a source declares. Pure.

Only hosts are known that exist for code or data; their addresses are written in one form, whatever the paper's.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from harvester.base.escape import is_web_url
from harvester.domain.papers import Paper

ROLES = ("code", "data")
_START = r"(?<![\w.@-])(?:https?://)?(?:www\.)?"
_NAME = r"[\w.-]{1,100}"
_FORMS: tuple[tuple[str, str, str], ...] = (
    ("code", _START + rf"github\.com/(?P<name>(?!(?:orgs|topics|features|sponsors|apps)/)[\w-]{{1,39}}/{_NAME})",
     "https://github.com/{}"),
    ("code", _START + rf"gitlab\.com/(?P<name>{_NAME}(?:/(?!-/){_NAME}){{1,5}})", "https://gitlab.com/{}"),
    ("data", _START + rf"(?:huggingface\.co|hf\.co)/(?P<name>datasets/{_NAME}/{_NAME})", "https://huggingface.co/{}"),
    ("data", _START + rf"physionet\.org/(?P<name>content/{_NAME}(?:/\d[\d.]{{0,20}})?)", "https://physionet.org/{}"),
    ("data", r"(?<![\w/])(?:https?://)?(?:doi\.org/)?(?P<name>10\.13026/[\w-]{1,60})", "https://doi.org/{}"),
    ("data", _START + r"zenodo\.org/(?:records?|deposit)/(?P<name>\d{1,12})", "https://zenodo.org/records/{}"),
    ("data", r"(?P<name>10\.5281/zenodo\.\d{1,12})", "https://doi.org/{}"),
    ("data", r"(?P<name>10\.6084/m9\.figshare\.[\w.]{1,40})", "https://doi.org/{}"),
    ("data", r"(?P<name>(?:[\w-]{1,60}\.)?figshare\.com/(?:articles|collections|s)/[\w.%/-]{1,200})", "https://{}"),
    ("code", _START + r"(?:huggingface\.co|hf\.co)/(?P<name>(?:spaces/)?"
     rf"(?!(?:papers|docs|blog|datasets|spaces|collections|models|tasks|learn|join|pricing)/){_NAME}/{_NAME})",
     "https://huggingface.co/{}"),
)  # fmt: skip
"""The role of a link, how papers write it, and how it is written here; of one role, the first that is found counts."""

_FOUND = tuple((role, re.compile(pattern, re.IGNORECASE), form.format) for role, pattern, form in _FORMS)
_BEHIND = re.compile(r"(?:\.git|[./-])+\Z", re.IGNORECASE)  # of the sentence, not of the name
_LATEX = re.compile(r"\\([_%#&~])")


def resources(paper: Paper) -> dict[str, str]:
    """The address of the paper's ``code`` and ``data``, as far as it names any; what a source declares comes first."""
    text = _LATEX.sub(r"\1", f"{paper.abstract}\n{paper.comment}")
    found = {role: link for role in ROLES if is_web_url(link := paper.links.get(role, ""))}
    for role, link in _links(text):
        found.setdefault(role, link)
    return {role: found[role] for role in ROLES if role in found}


def with_resources(paper: Paper, kept: Mapping[str, str]) -> Paper:
    """The paper with these links to code and data, and no others."""
    return replace(paper, links={role: link for role, link in paper.links.items() if role not in ROLES} | dict(kept))


def _links(text: str) -> Iterator[tuple[str, str]]:
    for role, pattern, write in _FOUND:
        if (found := pattern.search(text)) and (link := _written(found, write)):
            yield role, link


def _written(found: re.Match[str], write: Callable[[str], str]) -> str:
    name = _BEHIND.sub("", found["name"])
    return write(name) if name else ""
