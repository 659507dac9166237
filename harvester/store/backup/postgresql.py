"""Archives of a PostgreSQL store, by PostgreSQL's own client programs (pg_dump's custom format)."""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, inspect

from harvester.base.errors import HarvesterError, StoreError

MAGIC = b"PGDMP"
CLIENTS = ("pg_dump", "pg_restore", "psql")


def copy_out(store: Engine, file: Path) -> None:
    """Write an archive of one snapshot of the database into `file`.

    Raises:
        HarvesterError: pg_dump is missing or fails.
    """
    _client("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}", store=store)


def copy_in(file: Path, store: Engine) -> None:
    """Replace all tables of the database with the archive's, in one transaction.

    Raises:
        HarvesterError: a client program is missing or fails; the database is as it was.
    """
    quote = store.dialect.identifier_preparer.quote
    names = [quote(name) for name in inspect(store).get_table_names()]
    store.dispose()  # a pooled connection must not hold what is dropped
    with TemporaryDirectory(prefix="harvester-restore-") as folder:
        drop, make = Path(folder, "drop.sql"), Path(folder, "make.sql")
        drop.write_text("".join(f"DROP TABLE {name} CASCADE;\n" for name in names), encoding="utf-8")
        _client("pg_restore", "--no-owner", "--no-privileges", f"--file={make}", str(file))
        options = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", "--output=/dev/null")
        _client("psql", *options, f"--file={drop}", f"--file={make}", store=store)


def revision_in(file: Path) -> str:
    """The schema of the store in an archive, after reading all of the archive.

    Raises:
        HarvesterError: the file is damaged or does not contain a store, or pg_restore is missing or too old for it.
    """
    if "TABLE DATA public alembic_version" not in _read(file, "--list"):
        raise HarvesterError(f"{file} is a PostgreSQL archive, but not of a harvester's store.")
    _read(file, "--file=/dev/null")  # --list reads the table of contents alone
    data = _read(file, "--data-only", "--table=alembic_version", "--file=-")
    found = re.search(r"^COPY [^\n]* FROM stdin;\n(\S+)\n\\\.$", data, re.MULTILINE)
    if not found:
        raise HarvesterError(f"{file} does not say which schema it has; take another backup.")
    return found[1]


def _read(file: Path, *options: str) -> str:
    try:
        return _client("pg_restore", *options, str(file))
    except StoreError as error:
        raise HarvesterError(f"{file} is damaged, or newer than pg_restore: {error} Take another backup.") from error


def _client(program: str, *arguments: str, store: Engine | None = None) -> str:
    """What a client program printed; the password goes through the environment, where `ps` does not show it."""
    environment = {**os.environ, "LC_MESSAGES": "C", "PGCONNECT_TIMEOUT": "10"}
    where = []
    if store is not None:
        environment["PGPASSWORD"] = store.url.password or environment.get("PGPASSWORD", "")
        where = [f"--dbname={_address(store)}"]
    return _run(
        program, [program, "--no-password", *where, *arguments] if where else [program, *arguments], environment
    )


def _run(program: str, command: Sequence[str], environment: dict[str, str]) -> str:
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    except FileNotFoundError:
        raise HarvesterError(
            f"{program} is not installed; install PostgreSQL's client programs (postgresql-client)."
        ) from None
    if done.returncode:
        told = [line for line in done.stderr.splitlines() if not re.match(r"(\S+: )*(NOTICE|HINT|DETAIL):", line)]
        reason = " ".join(" ".join(told).split()) or f"exit status {done.returncode}"
        raise StoreError(f"{program} failed: {reason[:400].rstrip('.')}.")
    return done.stdout


def _address(store: Engine) -> str:
    """A libpq connection string without the password."""
    from psycopg.conninfo import make_conninfo

    known = store.url.translate_connect_args(username="user", database="dbname")
    known.pop("password", None)
    return make_conninfo(**known, **{key: value for key, value in store.url.query.items() if isinstance(value, str)})
