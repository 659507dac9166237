"""The messages themselves: headers and parts, ready for the wire.

Python's handling of headers needs care. Its default policy folds a long List-Unsubscribe into an encoded word, and mail
programs then show no button (odoo #289182, flask-mail #246). With a longer line limit it makes encoded words of more
than the 75 characters that RFC 2047 allows, and at 78 it loses the space between two of them (``email.header``
miscounts as well). It may begin a long subject on the second line, which puts a blank before the first word. So
subjects are encoded and folded here.
"""

import textwrap
from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from urllib.parse import quote, urlsplit

from harvester.base.errors import UsageError
from harvester.config.digest import DigestSettings
from harvester.domain.address import parse_address

BOUNDARY = b"=_the-other-form"  # "=_" never occurs in quoted-printable text (RFC 2045 6.7), so no part can contain it
LONGEST_BASE = 500  # characters of base_url: with a token, the line stays far below SMTP's limit of 998
_FOLDED = SMTP.clone(cte_type="7bit")
LONGEST_LINE = 76
WORD_BYTES = 39  # of text in one encoded word: in base64, with "=?utf-8?b?", "?=" and "Subject: " 73 of 76 columns


def encoded_words(text: str) -> list[str]:
    """RFC 2047 encoded words, each of whole characters; mail programs join them without a space."""
    words, word = [], b""
    for character in (character.encode() for character in text):
        if len(word) + len(character) > WORD_BYTES:
            words.append(word)
            word = b""
        word += character
    return [f"=?utf-8?b?{b64encode(chunk).decode()}?=" for chunk in (*words, word)]


def _at_spaces(text: str) -> list[str]:
    """One-line text in pieces that leave room for "Subject: "; a longer word stays whole."""
    return textwrap.wrap(text, LONGEST_LINE - len("Subject: "), break_long_words=False, break_on_hyphens=False) or [""]


class _Policy(EmailPolicy):
    """Headers on one raw line; only names and subjects, which are free text, are folded."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """One header as it goes over the wire."""
        if name.lower() == "subject":
            lines = _at_spaces(value) if value.isascii() else encoded_words(value)
            return f"{name}: {f'{self.linesep} '.join(lines)}{self.linesep}".encode("ascii")
        if name.lower() == "from":
            return _FOLDED.fold_binary(name, value)
        return super().fold_binary(name, value)


POLICY = _Policy(linesep="\r\n", max_line_length=998, cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The sender, the reply address, and the base of the links."""

    sender: Address
    reply_to: str
    base_url: str
    title: str

    @property
    def list_id(self) -> str:
        """RFC 2919: a name for the list within the sender's domain."""
        label = "".join(c if c.isalnum() else "-" for c in self.sender.username.lower()).strip("-") or "digest"
        return f"<{label}.{self.sender.domain}>"

    def link(self, act: str, token: str = "") -> str:
        """The address of a page, such as ``/archive`` or ``/confirm/TOKEN``."""
        return f"{self.base_url}/{act}/{token}" if token else f"{self.base_url}/{act}"

    def unsubscribe_by_mail(self, token: str) -> str:
        """The mailto address that ends a subscription; ``harvester bounces`` reads the mail that arrives there."""
        return f"mailto:{quote(self.reply_to, safe='@')}?subject=unsubscribe%20{token}"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is written: `html` is empty if plain text is wanted, `unsubscribe` is a token."""

    to: str
    subject: str
    message_id: str
    unsubscribe: str
    text: bytes
    html: bytes | None


def letterhead(settings: DigestSettings, title: str) -> Letterhead:
    """The letterhead that the configuration describes.

    Raises:
        UsageError: base_url cannot be used in a header.
    """
    name, address = parseaddr(settings.sender)
    sender = Address(name, addr_spec=parse_address(address))
    url = settings.base_url
    if not url.isascii() or len(url) > LONGEST_BASE or any(c in url for c in "<> \t") or urlsplit(url).query:
        raise UsageError(
            f"[digest] base_url {url[:80]!r} cannot be used in a mail's header: write its host as xn--..., "
            f"without spaces, < > and ?, in at most {LONGEST_BASE} characters."
        )
    return Letterhead(sender, parse_address(settings.reply_to or address), url, title)


def write(head: Letterhead, letter: Letter, now: datetime) -> bytes:
    """The whole message as it goes over the wire, in ASCII with CRLF.

    RFC 8058 wants List-Unsubscribe with an https address, here before the mailto one, and List-Unsubscribe-Post.
    """
    leave = f"<{head.link('unsubscribe', letter.unsubscribe)}>, <{head.unsubscribe_by_mail(letter.unsubscribe)}>"
    headers = (
        _folded("From", str(head.sender)),
        _plain("To", letter.to),
        _plain("Reply-To", head.reply_to),
        # A title that looks like an encoded word would be decoded.
        _folded("Subject", letter.subject.replace("=?", "= ?")),
        _plain("Date", format_datetime(now)),
        _plain("Message-ID", letter.message_id),
        _plain("List-Id", head.list_id),
        _plain("List-Unsubscribe", leave),
        _plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        _plain("Auto-Submitted", "auto-generated"),
        _plain("MIME-Version", "1.0"),
    )
    return b"".join((*headers, *_body(letter)))


def encoded(text: str) -> bytes:
    """Lines of text in quoted-printable; lines encoded separately may be joined."""
    return b2a_qp(text.encode().replace(b"\n", b"\r\n"))


def _body(letter: Letter) -> Sequence[bytes]:
    plain = (_part_head("plain"), letter.text)
    if letter.html is None:
        return plain
    kind = b'Content-Type: multipart/alternative; boundary="' + BOUNDARY + b'"\r\n\r\n'
    opening, closing = b"--" + BOUNDARY + b"\r\n", b"--" + BOUNDARY + b"--\r\n"
    return (kind, opening, *plain, b"\r\n", opening, _part_head("html"), letter.html, b"\r\n", closing)


def _part_head(kind: str) -> bytes:
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return head.encode("ascii")


@lru_cache(maxsize=512)
def _folded(name: str, value: str) -> bytes:
    """A header with free text, by Python's rules except for long words."""
    return POLICY.fold_binary(*POLICY.header_store_parse(name, value))


def _plain(name: str, value: str) -> bytes:
    """A header that we generate, on one raw line.

    Raises:
        ValueError: the value contains something that could end the line.
    """
    if not value.isascii() or not value.isprintable():
        raise ValueError(f"{name} must be plain printable ASCII, not {value!r}")
    return f"{name}: {value}\r\n".encode("ascii")
