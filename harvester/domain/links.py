"""What a web address says by itself: its host, its page, whether it is a home page or asks for a login. Pure."""

import re
from urllib.parse import quote, urldefrag, urljoin, urlsplit, urlunsplit

from harvester.base.escape import is_web_url

LONGEST = 4000  # characters; what is longer is no address that a person could use
_RESERVED = "/:?#[]@!$&'()*+,;=%~"
# Their addresses are meant to outlive the pages that they lead to.
_RESOLVERS = re.compile(
    r"(?:dx\.|www\.)?doi\.org|hdl\.handle\.net|n2t\.net|identifiers\.org|(?:www\.)?(?:purl\.org|w3id\.org)"
)
_LOGIN = re.compile(
    r"log-?_?[io]n|sign-?_?in|sso|saml2?|oauth2?|openid|shibboleth(?:\.sso)?|wayf|idp|authenticate|authoriz?e|captcha"
)
_LOGIN_HOST = re.compile(r"log-?in|sign-?in|sso|idp|auth|accounts?")
_ERROR = re.compile(r"(?:error-?_?)?404|(?:page-?_?)?not-?_?found|page-?_?gone|errors?")
_HOME = re.compile(r"index|home|default|main|welcome")
_LANGUAGE = re.compile(r"(?:en|de|es|fr|it|ja|jp|ko|nl|pl|pt|ru|sv|tr|zh|cn)(?:[-_][a-z]{2})?")
_OF_ONE_VISIT = re.compile(r"[?&;](?:\w*sess(?:ion)?_?(?:id)?|sid|token|ticket|cookie\w*)=", re.IGNORECASE)


def page(address: str) -> str:
    """The address without its fragment, which no server is sent."""
    return urldefrag(address).url


def host(address: str) -> str:
    """Host and port in lower case, without user name and password."""
    return urlsplit(address).netloc.rpartition("@")[2].lower()


def is_resolver(address: str) -> bool:
    """Whether the address is a persistent identifier, such as a DOI."""
    return bool(_RESOLVERS.fullmatch(host(address)))


def is_home(address: str) -> bool:
    """Whether it is the front page of a site, in one of its languages or not."""
    parts = urlsplit(address)
    names = [_stem(name) for name in parts.path.lower().split("/") if name]
    if names and _LANGUAGE.fullmatch(names[0]):
        names = names[1:]
    inside = parts.query or parts.fragment.startswith(("/", "!"))
    return not inside and (not names or (len(names) == 1 and bool(_HOME.fullmatch(names[0]))))


def is_login(address: str) -> bool:
    """Whether a login, or the proof that a person asks, stands where a page should."""
    first = host(address).partition(".")[0]
    return bool(_LOGIN_HOST.fullmatch(first)) or any(map(_LOGIN.fullmatch, _names(address)))


def is_error_page(address: str) -> bool:
    """Whether the address itself says that there is no such page."""
    return any(map(_ERROR.fullmatch, _names(address)))


def is_of_one_visit(address: str) -> bool:
    """Whether it contains a session, ticket or cookie test, which is worth nothing to anybody else, or a password."""
    return "@" in urlsplit(address).netloc or bool(_OF_ONE_VISIT.search(address))


def same_site(one: str, other: str) -> bool:
    """Whether the hosts are the same except for a subdomain, such as www."""
    names = sorted((host(one).removeprefix("www."), host(other).removeprefix("www.")), key=len)
    return names[0] == names[1] or names[1].endswith(f".{names[0]}")


def with_fragment(address: str, link: str) -> str:
    """A new address with the fragment of the link, unless it has its own (RFC 9110, section 10.2.2)."""
    fragment = link.partition("#")[2]
    return f"{address}#{fragment}" if fragment and "#" not in address else address


def redirect_target(address: str, location: str) -> str:
    """Where a Location header leads, in ASCII; it may be relative (RFC 9110, section 10.2.2).

    Raises:
        ValueError: nowhere: brackets that are no IPv6 address, an impossible host or port, or thousands of characters.
    """
    text = _as_utf8(location).strip()
    if len(text) > LONGEST:
        raise ValueError("too long")
    target = urljoin(address, text)
    if not is_web_url(target):
        return target
    parts = urlsplit(target)
    _ = parts.port  # raises ValueError for a port that cannot be
    name = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    path, query, fragment = (quote(part, _RESERVED) for part in parts[2:])
    return urlunsplit((parts.scheme, name, path or "/", query, fragment))


def _as_utf8(header: str) -> str:
    """A header's text, which HTTP libraries decode as Latin-1, although servers write UTF-8."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def _names(address: str) -> list[str]:
    return [_stem(name) for name in urlsplit(address).path.lower().split("/") if name]


def _stem(name: str) -> str:
    return re.sub(r"\.(?:html?|php|aspx?|jsp|do|action)\Z", "", name)
