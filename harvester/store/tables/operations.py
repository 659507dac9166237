"""How far each source was read, and what runs when."""

from sqlalchemy import JSON, Column, Float, Index, Integer, String, Table, Text

from harvester.store.tables.columns import Moment, metadata

cursors = Table(
    "cursors",
    metadata,
    Column("source", Text, primary_key=True),
    Column("until", Moment),  # complete up to here; null before the first complete window
    Column("batch", Moment),  # when the newest announcement that an answer has reached was due
    Column("validators", JSON, nullable=False),  # ETag and Last-Modified of the last answer
    Column("progress", JSON),  # how far the current window has come; null between windows
)

runs = Table(
    "runs",
    metadata,
    Column("name", Text, primary_key=True),
    Column("started", Moment, nullable=False),
    Column("number", Integer, nullable=False, server_default="0"),  # in the order in which runs began: clocks are wrong
    Column("report", JSON),  # null while it runs, and forever if it was killed
)

# How much of each list the sources covered when that was last measured.
coverages = Table(
    "coverages",
    metadata,
    Column("of", Text, primary_key=True),  # the list's file as it was given; "" is the catalog
    Column("at", Moment, nullable=False),
    Column("found", JSON, nullable=False),  # what `harvester coverage --json` printed
)

gates = Table(
    "gates",
    metadata,
    Column("name", Text, primary_key=True),
    Column("not_before", Float, nullable=False),  # seconds since 1970: real time, never the replayed clock
)

# Each scheduled job's last due time for which it was started.
rota = Table(
    "rota",
    metadata,
    Column("job", Text, primary_key=True),
    Column("due", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("begun", Moment),
    Column("ended", Moment),  # null while it runs, and if it was killed
    Column("failure", Text, nullable=False),
)

# Attempts at rate-limited actions: signing in, subscribing, suggesting.
attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("act", Text, nullable=False),
    Column("who", String(64), nullable=False),  # a hash
    Column("at", Moment, nullable=False),
    Index("ix_attempts_act_who", "act", "who"),
)
