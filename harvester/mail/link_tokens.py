"""The tokens in the links of mails and in a known browser's cookie: opaque, signed, each valid for one action only.

A token names its subscriber by a keyed hash of the address. So a link discloses no address, and a link from last
year's mail still finds the subscriber with that address today, even if they were erased in between.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from pathlib import Path

from itsdangerous import BadSignature, Signer

from harvester.base.errors import HarvesterError, UsageError
from harvester.base.files import write_atomic
from harvester.base.locks import file_lock
from harvester.config.settings import Settings

CONFIRM_WITHIN = timedelta(hours=48)
SECRET_FILE = Path("data/secret.key")
SHORTEST_SECRET = 16


class BadToken(HarvesterError):
    """A token that was not made here, or was made for another action."""


class ExpiredToken(HarvesterError):
    """A confirmation token that has expired."""


class Tokens:
    """Makes and reads tokens with one secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def key(self, email: str) -> str:
        """The name of an address in tokens and store, the same in upper and lower case."""
        digest = hmac.digest(self._secret.encode(), b"address " + email.casefold().encode(), hashlib.sha256)
        return urlsafe_b64encode(digest[:16]).decode().rstrip("=")

    def confirm(self, key: str, now: datetime) -> str:
        """A token that makes this subscriber active, for the next 48 hours."""
        return self._sign("confirm", f"{key}.{int(now.timestamp())}")

    def unsubscribe(self, key: str) -> str:
        """A token that ends this subscription; it never expires."""
        return self._sign("unsubscribe", key)

    def preferences(self, key: str) -> str:
        """A token that shows and changes what this subscriber gets."""
        return self._sign("preferences", key)

    def browser(self, value: str) -> str:
        """A token by which a browser is known again."""
        return self._sign("browser", value)

    def read_browser(self, token: str) -> str:
        """The value in a browser's token.

        Raises:
            BadToken: it is not such a token.
        """
        return self._read("browser", token)

    def read_confirm(self, token: str, now: datetime) -> str:
        """The key in a confirmation token.

        Raises:
            BadToken: it is not such a token.
            ExpiredToken: it is older than 48 hours.
        """
        key, _, made = self._read("confirm", token).rpartition(".")
        if now.timestamp() - int(made) > CONFIRM_WITHIN.total_seconds():
            raise ExpiredToken("This link was valid for 48 hours and has expired.")
        return key

    def read_unsubscribe(self, token: str) -> str:
        """The key in an unsubscribe token.

        Raises:
            BadToken: it is not such a token.
        """
        return self._read("unsubscribe", token)

    def read_preferences(self, token: str) -> str:
        """The key in a preferences token.

        Raises:
            BadToken: it is not such a token.
        """
        return self._read("preferences", token)

    def _sign(self, act: str, value: str) -> str:
        return self._signer(act).sign(value).decode()

    def _read(self, act: str, token: str) -> str:
        try:
            return self._signer(act).unsign(token).decode()
        except BadSignature:
            raise BadToken("This link is invalid or incomplete.") from None

    def _signer(self, act: str) -> Signer:
        return Signer(self._secret, salt=f"harvester {act}", key_derivation="hmac", digest_method=hashlib.sha256)


def open_tokens(settings: Settings) -> Tokens:
    """Tokens with the configured secret, else with one that is generated once and kept in ``data/secret.key``.

    If several hosts share a store, give all of them the same ``[web] secret``: a link made on one must work on all.

    Raises:
        UsageError: the configured secret is too short.
        HarvesterError: the secret's file cannot be read or created.
    """
    given = settings.web.secret
    if given is None:
        return Tokens(_kept_secret(settings.path(SECRET_FILE)))
    if len(given.get_secret_value()) < SHORTEST_SECRET:
        raise UsageError(
            f"[web] secret must have at least {SHORTEST_SECRET} characters; `openssl rand -hex 32` generates one."
        )
    return Tokens(given.get_secret_value())


def _kept_secret(path: Path) -> str:
    with file_lock(path.with_name(f"{path.name}.lock"), wait=True):  # two processes must not make two secrets
        if not path.exists():
            write_atomic(path, os.urandom(32).hex(), mode=0o600)
        try:
            secret = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise HarvesterError(f"Cannot read the secret key {path}: {error}.") from None
    if len(secret) < SHORTEST_SECRET:
        raise HarvesterError(
            f"{path} does not contain a secret key; restore it, or delete it: links already mailed then stop working."
        )
    return secret
