"""The queue, its decisions, and the people who make them."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from harvester.store.tables.columns import Moment, metadata, paper_number

# One row per paper that ever joined the queue. Its state repeats what its decisions say, for fast reading.
candidates = Table(
    "candidates",
    metadata,
    paper_number(primary_key=True, autoincrement=False),
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
    # Partial, where not filed: migration 0017 says so. Said here, it would import PostgreSQL's dialect everywhere.
    Index("ix_candidates_unfiled", "paper"),
    Index("ix_candidates_order", "state", "backlog", "reading_position"),  # how `queue.BEST_FIRST` begins
)

# What each folder of the catalog held when it was last read or written. Only a folder that held a paper's file can
# withdraw the paper by losing it, and only labels that differ from these were changed there.
entry_files = Table(
    "entry_files",
    metadata,
    Column("folder", Text, primary_key=True),  # see `Workspace.catalog_key`
    paper_number(primary_key=True, autoincrement=False, index=True),
    Column("labels", JSON, nullable=False),
)

# Append-only: undo is another row.
decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    paper_number(nullable=False, index=True),
    Column("action", Text, nullable=False),  # accept, reject, defer, withdraw, undo
    Column("via", Text, nullable=False),  # review: a person here; files: an entry file said so
    Column("labels", JSON),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    # Whether the entry gets the code and data that the paper names.
    Column("links", Boolean, nullable=False, server_default=true()),
    Index("ix_decisions_by", "by"),
)

# What a journal's version of an accepted preprint would change in the preprint's entry.
suggestions = Table(
    "suggestions",
    metadata,
    Column("id", Integer, primary_key=True),
    paper_number(nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("venue", Text, nullable=False),
    Column("published", Date),
    Column("link", Text, nullable=False),
    Column("made", Moment, nullable=False),
    Column("state", Text, nullable=False),  # open, taken, dismissed
    Column("by", Text, nullable=False),
    UniqueConstraint("paper", "source"),
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
    paper_number(index=True),
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
    Column("decision", Integer, ForeignKey("decisions.id", ondelete="CASCADE"), primary_key=True, index=True),
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

# Branches that propose papers for the catalog ([catalog] git = "propose").
proposal_branches = Table(
    "proposal_branches",
    metadata,
    Column("name", Text, primary_key=True),
    Column("base", Text, nullable=False),  # the commit that it starts from
    Column("tip", Text, nullable=False),  # its newest commit when it was last read
    Column("made", Moment, nullable=False),
    Column("closed", Moment),  # when all its papers were decided; null while some wait
    Column("papers", JSON, nullable=False),  # those that wait: id, file, and version of the candidate
)

# Who may review.
users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),  # as it is shown
    # As names are compared: no two differ in case or composition only. Python folds it; databases disagree on case.
    Column("folded", Text, nullable=False, server_default=""),
    Column("role", Text, nullable=False),  # reviewer, admin
    Column("password", Text, nullable=False),  # an argon2 hash
    Column("joined", Moment, nullable=False),
    Index("ix_users_folded", "folded", unique=True),
)

# Who has which paper open. A row counts for less than a minute, unless the browser renews it.
presences = Table(
    "presences",
    metadata,
    Column("user", Integer, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    paper_number(nullable=False, index=True),
    Column("seen", Moment, nullable=False),
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
