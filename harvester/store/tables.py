"""The tables. A change here needs a migration beside it (migrations/versions); a test compares the two.

Times are UTC: SQLite keeps no zone, so ``Moment`` takes it off on the way in and puts it on again on the way out.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

from harvester.base.clock import as_utc


class Moment(TypeDecorator[datetime]):
    """A UTC-aware datetime on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As UTC; SQLite gets it without its zone."""
        if value is None:
            return None
        value = as_utc(value)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """As UTC again."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _paper_number(**options: Any) -> "Column[int]":
    return Column("paper", Integer, ForeignKey("papers.number", ondelete="CASCADE"), **options)


papers = Table(
    "papers",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("abstract", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("published", Moment),
    Column("updated", Moment),
    Column("version", Integer, nullable=False),
    Column("categories", JSON, nullable=False),
    Column("venue", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("links", JSON, nullable=False),
    Column("keywords", JSON, nullable=False),
    Column("upvotes", Integer),
    Column("withdrawn", Boolean, nullable=False),
    Column("authority", Integer, nullable=False),  # whose text this is: see harvester.domain.provenance.Rank
    Column("text_hash", String(64), nullable=False, index=True),
    Column("added", Moment, nullable=False),
    Column("text_source", Text, nullable=False, server_default=""),  # of those of equal authority, whose text this is
    Column("kind", Text, nullable=False, server_default=""),  # what its source declares it to be; "" is research
    # Hash of the whole title as it is compared, by which records of one work find each other.
    Column("title_hash", String(64), nullable=False, server_default="", index=True),
    # One of its identifiers: a paper that nothing can name cannot be stored. The migration adds triggers against null.
    Column(
        "name",
        Text,
        ForeignKey("identifiers.name", deferrable=True, initially="DEFERRED", use_alter=True, name="fk_papers_name"),
    ),
)

identifiers = Table(
    "identifiers",
    metadata,
    Column("name", Text, primary_key=True),
    _paper_number(nullable=False, index=True),
)

sightings = Table(
    "sightings",
    metadata,
    Column("id", Integer, primary_key=True),
    _paper_number(nullable=False),
    Column("source", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("announced", Date),
    Column("announce_type", Text, nullable=False),
    Column("seen", Moment, nullable=False),
    UniqueConstraint("paper", "source", "version"),
)

# Records that were merged without a common identifier, as they were before, so that a wrong merge can be taken apart.
merges = Table(
    "merges",
    metadata,
    Column("id", Integer, primary_key=True),
    _paper_number(nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("evidence", Text, nullable=False),  # title, or the identifier by which two papers proved to be one
    Column("kept", JSON, nullable=False),  # the paper before
    Column("authority", Integer, nullable=False),  # whose text that was
    Column("other", JSON, nullable=False),  # the record that joined it
    Column("other_authority", Integer, nullable=False),
    Column("sources", JSON, nullable=False),  # those that had shown the other record
)

# Records that could not be read, as they came, for the next version of the program.
odd_records = Table(
    "odd_records",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("digest", String(64), nullable=False),  # of the record
    Column("raw", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("version", Text, nullable=False),  # of the program that tried last
    Column("at", Moment, nullable=False),
    UniqueConstraint("source", "digest"),
)

# Names of records that people have taken apart: what has one is never merged with what has the other.
separations = Table(
    "separations",
    metadata,
    Column("first", Text, primary_key=True),
    Column("second", Text, primary_key=True),
)

# The notices that have stood in the paper's entry: one that people remove from its file is not written again.
filed_notices = Table(
    "filed_notices",
    metadata,
    _paper_number(primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),  # retraction, concern, correction
    Column("link", Text, nullable=False),
)

predictions = Table(
    "predictions",
    metadata,
    Column("id", Integer, primary_key=True),
    _paper_number(nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("model", Text, nullable=False),
    Column("scope", Float, nullable=False),
    Column("in_scope", Boolean, nullable=False),
    Column("labels", JSON, nullable=False),  # facet -> labels; an exclusive facet has one
    Column("unsure", JSON, nullable=False),
    Column("probabilities", JSON, nullable=False),
    Column("made", Moment, nullable=False),
    UniqueConstraint("paper", "text_hash", "model"),
)

# One row per paper that ever joined the queue. Its state repeats what its decisions say, for fast reading.
candidates = Table(
    "candidates",
    metadata,
    _paper_number(primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),  # grows with every decision: the optimistic lock
    Column("score", Float, key="scope", nullable=False),  # the probability of being in scope; 0 once withdrawn
    Column("queued", Moment, nullable=False),
    Column("entry", Text),  # the entry's file, relative to the catalog's folder
    Column("filed", Boolean, nullable=False),  # whether the catalog's files already show the decisions
    Column("accepted_by", Integer),  # the decision that put it into the catalog; null while it is not in it
    Column("decision", Integer, index=True),  # the decision in effect; null if there is none
    Column("backlog", Boolean, nullable=False, server_default=false()),  # found by a backfill: listed after all others
    # The position in the reading order; 0 for newcomers, who come first, and for the backlog.
    Column("place", Integer, key="reading_position", nullable=False, server_default="0"),
    Column("useful", Float, key="usefulness", nullable=False, server_default="0"),  # of reading it there, 0 to 1
    Index("ix_candidates_order", "state", "backlog", "reading_position"),  # how `queue.BEST_FIRST` begins
)

# Append-only: undo is another row.
decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    _paper_number(nullable=False, index=True),
    Column("action", Text, nullable=False),  # accept, reject, defer, withdraw, undo
    Column("via", Text, nullable=False),  # review: a person here; files: an entry file said so
    Column("labels", JSON),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_decisions_by", "by"),
)

# What a journal's version of an accepted preprint would change in the preprint's entry.
suggestions = Table(
    "suggestions",
    metadata,
    Column("id", Integer, primary_key=True),
    _paper_number(nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("venue", Text, nullable=False),
    Column("published", Date),
    Column("link", Text, nullable=False),
    Column("made", Moment, nullable=False),
    Column("state", Text, nullable=False),  # open, taken, dismissed
    Column("by", Text, nullable=False),
    UniqueConstraint("paper", "source"),
)

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
    Column("report", JSON),  # null while it runs, and forever if it was killed
)

gates = Table(
    "gates",
    metadata,
    Column("name", Text, primary_key=True),
    Column("not_before", Float, nullable=False),  # seconds since 1970: real time, never the replayed clock
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # keyed hash of the address, which tokens contain instead of it
    Column("email", Text, nullable=False),
    Column("state", Text, nullable=False),  # pending, active, unsubscribed, bounced, complained
    Column("topics", JSON, nullable=False),  # facet -> labels; {} is everything
    Column("every", Text, nullable=False),  # day, week
    Column("joined", Moment, nullable=False),
    Column("confirmed", Moment),  # the time of their consent
    Column("confirmed_after", Integer),  # the newest decision at that time: only later ones are mailed
    Column("weekday", Integer),  # of weekly digests, 0 is Monday; null: seven days after the last one
    Column("form", Text, nullable=False, server_default="html"),  # html, text
    Column("consent", Text, nullable=False, server_default=""),  # the version of the text they agreed to
)

digests = Table(
    "digests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("day", Date, nullable=False, unique=True),
    Column("composed", Moment, nullable=False),
    Column("sent", Moment),  # when its first message was accepted by the mail server; null before that
)

# The ledger: written before and after the mail server accepts a message.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", Integer, ForeignKey("digests.id"), nullable=False),
    Column("subscriber", Integer, ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("state", Text, nullable=False, index=True),  # queued, sending, sent, failed, unknown
    Column("papers", JSON, nullable=False),
    Column("message_id", Text, nullable=False, index=True),
    Column("changed", Moment, nullable=False),
    Column("error", Text, nullable=False),
    Column("reserved", Text),  # the boot of the machine that may have sent it without waiting for the disk
    UniqueConstraint("digest", "subscriber"),
)

# No paper twice to one subscriber, whatever happens to labels, digests and cursors.
mailed = Table(
    "mailed",
    metadata,
    Column("subscriber", Integer, ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    _paper_number(primary_key=True),
    Column("delivery", Integer, ForeignKey("deliveries.id", ondelete="CASCADE"), nullable=False, index=True),
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

# What each digest contained, for the archive: erasing a subscriber leaves no gap in it.
digest_papers = Table(
    "digest_papers",
    metadata,
    Column("digest", Integer, ForeignKey("digests.id", ondelete="CASCADE"), primary_key=True),
    _paper_number(primary_key=True),
)

# The sentences of an abstract that support a paper's labels; computed once per text.
extracts = Table(
    "extracts",
    metadata,
    _paper_number(primary_key=True, autoincrement=False),
    Column("text_hash", String(64), nullable=False),
    Column("words", Text, nullable=False),
)

# Addresses that get no mail, whoever asks: all that is kept of people who were erased.
suppressions = Table(
    "suppressions",
    metadata,
    Column("key", Text, primary_key=True),
    Column("reason", Text, nullable=False),  # erased, complaint
    Column("since", Moment, nullable=False),
)

# Bounces and complaints, kept as evidence for what they led to.
bounces = Table(
    "bounces",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber", Integer, ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Text, nullable=False),  # hard, soft, complaint, opt-out
    Column("at", Moment, nullable=False),
    Column("status", Text, nullable=False),  # RFC 3463
    Column("diagnostic", Text, nullable=False),
    Column("report", String(64), nullable=False, unique=True),  # SHA-256 of report and recipient: read twice, kept once
    Column("evidence", Text, nullable=False),
)

# Who may review.
users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),  # reviewer, admin
    Column("password", Text, nullable=False),  # an argon2 hash
    Column("joined", Moment, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", String(64), nullable=False, unique=True),  # the sha256 of the cookie
    Column("user", Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("begun", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
)

# Decisions that were made together, so that they can be undone together.
batches = Table(
    "batches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("action", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

batched = Table(
    "batched",
    metadata,
    Column("batch", Integer, ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
    Column("decision", Integer, ForeignKey("decisions.id", ondelete="CASCADE"), primary_key=True),
)

# Each time the list was rendered and published, with the commit.
publications = Table(
    "publications",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("decision", Integer, nullable=False),  # the newest one at that time
    Column("commit", Text, nullable=False),  # "" if git was off or nothing had changed
)

# Papers that somebody proposed for the queue: kept before they are fetched, so that none is lost.
proposals = Table(
    "proposals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),  # the identifier that was given
    Column("note", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", Text, nullable=False, index=True),  # waiting, queued, unknown
    _paper_number(index=True),
)

# How far the backfill of a snapshot has come; committed together with the papers of each part.
backfills = Table(
    "backfills",
    metadata,
    Column("fingerprint", String(64), primary_key=True),  # of the file's content: its name may change
    Column("model", Text, primary_key=True),
    Column("categories", Text, primary_key=True),  # what --where selects; empty for all
    Column("line", Integer, nullable=False),  # the last line that was processed
    Column("records", Integer, nullable=False),
    Column("judged", Integer, nullable=False),
    Column("in_scope", Integer, nullable=False),
    Column("queued", Integer, nullable=False),
    Column("errors", Integer, nullable=False),
    Column("problems", JSON, nullable=False),  # the first errors, each with its line
    Column("changed", Moment, nullable=False),
)

# Papers from just below the scope threshold that were queued anyway, to measure lost recall: ten per week.
probes = Table(
    "probes",
    metadata,
    _paper_number(primary_key=True, autoincrement=False),
    Column("week", String(8), nullable=False, index=True),  # ISO 8601: 2025-W24
    Column("model", Text, nullable=False),
    Column("scope", Float, nullable=False),
)

# The texts of the labeled set, fetched for training. They are not in the queue: they were labeled long ago.
label_texts = Table(
    "label_texts",
    metadata,
    Column("name", Text, primary_key=True),  # the paper's identifier in the labeled set
    Column("title", Text, nullable=False),
    Column("abstract", Text, nullable=False),
    Column("fetched", Moment, nullable=False),
)
