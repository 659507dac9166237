"""The one place that makes foreign text safe for where it is shown.

HTML is escaped by Jinja2's autoescape (templates end in ``.html``); here is what Jinja2 does not know.
"""

import re
import unicodedata
from urllib.parse import quote, urlsplit

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~$])")
# What GitHub makes a link of without any markup (https://github.github.com/gfm/#autolinks-extension-).
_AUTOLINK = re.compile(r"(?P<before>\b(?:https?|ftp|mailto|xmpp)(?=:)|\bwww(?=\.))(?P<sign>[:.])", re.IGNORECASE)
_CSV_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # full-width ones count in some locales
_DIRECTIONS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})  # UAX #9, section 2
_ENTITY = re.compile(r"&(?=#?\w+;)")
_MARKUP = re.compile(r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])|\A[#+=-]")
_LAST_ROUND = re.compile(r"[(（](?P<words>[^()（）]*\d[^()（）]*)[)）](?=\W*\Z)")
_REFERENCE = re.compile(r"[@#!](?=\w)|\bGH-(?=\d)|:(?=//)|\bwww(?=\.)", re.IGNORECASE)
_ZERO_WIDTH_SPACE = "\u200b"
_URL_UNSAFE = re.compile(r"[\x00-\x20\x7f\"<>\\^`{|}]")


def one_line(text: str) -> str:
    """White space of every kind folded to single spaces: for e-mail headers and list lines."""
    return " ".join(text.split())


def excerpt(text: str, longest: int) -> str:
    """The beginning of what another program said, on one line; an ellipsis says that there was more."""
    line = one_line(text)
    return line if len(line) <= longest else f"{line[: longest + 1].rsplit(' ', 1)[0][:longest]}…"


def markdown(text: str) -> str:
    """Text that Markdown renders as itself: markup is backslashed, HTML turned into entities.

    https://spec.commonmark.org/0.31.2/#backslash-escapes
    """
    line = one_line(text)
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _AUTOLINK.sub(r"\g<before>\\\g<sign>", _MARKDOWN.sub(r"\\\1", line))


def forge_markdown(text: str) -> str:
    """As `markdown`, for pull requests: there, plain text also mentions people, refers to issues and closes them.

    Escape sequences and changes of direction are left out. A zero-width space after the sign prevents references, which
    a backslash does not: https://docs.github.com/en/get-started/writing-on-github (Autolinked references and URLs).
    """
    shown = terminal(one_line(text))
    return markdown(_REFERENCE.sub(lambda sign: f"{sign.group()}{_ZERO_WIDTH_SPACE}", shown))


def terminal(text: str) -> str:
    """Text for a terminal: lines and columns stay; escape sequences and changes of direction do not."""
    return "".join(char for char in text.expandtabs() if char == "\n" or not _obeyed(char))


def _obeyed(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") or unicodedata.bidirectional(char) in _DIRECTIONS


def sparing_markdown(text: str) -> str:
    """As `markdown`, but only what Markdown reads as markup where other text stands on both sides is escaped.

    Round brackets with a number at the end are, because lists put a year or a venue there.
    """
    line = _ENTITY.sub("&amp;", one_line(text)).replace("<", "&lt;").replace(">", "&gt;")
    return _LAST_ROUND.sub(r"\\(\g<words>\\)", _MARKUP.sub(r"\\\g<0>", line))


def csv_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP: CSV Injection); one apostrophe more says what was one."""
    return f"'{text}" if text.lstrip("'").startswith(_CSV_FORMULA) else text


def csv_text(cell: str) -> str:
    """What `csv_cell` was given: its inverse."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_CSV_FORMULA) else cell


def toml_string(text: str) -> str:
    """A TOML basic string in quotes, https://toml.io/en/v1.0.0#string."""
    from tomlkit import item  # slow to import, and few files are written with it

    return item(text).as_string()


def is_web_url(url: str) -> bool:
    """Whether `url` is an absolute http(s) address with a host, and so may be shown as a link."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def url(text: str) -> str:
    """A link target that no HTML attribute, Markdown parenthesis or header can be broken with; "" unless http(s)."""
    text = text.strip()
    if not is_web_url(text):
        return ""
    text = _URL_UNSAFE.sub(lambda found: quote(found.group()), text)
    return text.replace("(", "%28").replace(")", "%29")


def markdown_url(text: str) -> str:
    """A link target as it is written in Markdown, where ``&copy;`` would be read as a character."""
    return _ENTITY.sub("&amp;", url(text))
