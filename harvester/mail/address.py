"""Mail addresses: one plain ASCII address, or a sentence that says what is wrong with it."""

import re

import idna

from harvester.base.errors import UsageError

LONGEST = 254  # RFC 5321 4.5.3.1.3: a path of 256 with its angle brackets
LONGEST_LOCAL = 64
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?|localhost"
)


def parse_address(text: str) -> str:
    """The address as it is sent to: its domain in lower case and in ASCII (``xn--``).

    Names, comments, lists, quoted local parts and letters outside ASCII before the @ (which many servers cannot
    take) are refused, and with them everything that could break out of a header or an SMTP command.

    Raises:
        UsageError: naming the text and the reason.
    """
    local, _, domain = text.strip().rpartition("@")
    address = f"{local}@{_ascii_domain(text, domain)}"
    if not _ATOMS.fullmatch(local):
        raise _refused(
            text, "write it plainly, as name@example.org, without a name around it, quotes or special letters"
        )
    if len(local) > LONGEST_LOCAL or len(address) > LONGEST:
        raise _refused(text, f"it is longer than {LONGEST_LOCAL} characters before the @ or {LONGEST} in all")
    return address


def _ascii_domain(text: str, domain: str) -> str:
    try:
        plain = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as error:
        raise _refused(text, f"its domain does not exist in the Domain Name System: {error}") from None
    if not _DOMAIN.fullmatch(plain):
        raise _refused(text, "its domain must be a full name such as example.org")
    return plain


def _refused(text: str, why: str) -> UsageError:
    shown = text if len(text) <= 80 else f"{text[:77]}..."
    return UsageError(f"{shown!r} is not a valid e-mail address: {why}.")
