"""What the classifier says of papers, and what it learns from."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from harvester.store.tables.columns import Moment, metadata, paper_number

predictions = Table(
    "predictions",
    metadata,
    Column("id", Integer, primary_key=True),
    paper_number(nullable=False),
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

# Why a prediction says what it says, for papers of the queue: computed by a run, so that the review page need not.
explanations = Table(
    "explanations",
    metadata,
    Column(
        "prediction",
        Integer,
        ForeignKey("predictions.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("reasons", JSON, nullable=False),  # facet:label -> at most two sentences, each with its drop
    Column("labeled", JSON, nullable=False),  # the nearest papers of the labeled set: id, title, similarity
    Column("made", Moment, nullable=False),
)

# The accepted papers whose words are most like those of a pending one, as the last run found them.
similar_papers = Table(
    "similar_papers",
    metadata,
    paper_number(primary_key=True, autoincrement=False),
    Column("nearest", JSON, nullable=False),  # numbers of papers, each with its cosine; the nearest first
)

# Where the catalog's papers are on its map, as the last run placed them: one row, each list in the order of the ids.
layouts = Table(
    "layouts",
    metadata,
    Column("mark", String(64), primary_key=True),  # the hash of the texts that it was made from
    Column("ids", JSON, nullable=False),
    Column("places", JSON, nullable=False),
    Column("groups", JSON, nullable=False),
    Column("similar", JSON, nullable=False),
    Column("made", Moment, nullable=False),
)

# Papers from just below the scope threshold that were queued anyway, to measure lost recall: ten per week.
probes = Table(
    "probes",
    metadata,
    paper_number(primary_key=True, autoincrement=False),
    Column("week", String(8), nullable=False, index=True),  # ISO 8601: 2025-W24
    Column("model", Text, nullable=False),
    Column("scope", Float, nullable=False),
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

# The texts of the labeled set, fetched for training. They are not in the queue: they were labeled long ago.
label_texts = Table(
    "label_texts",
    metadata,
    Column("name", Text, primary_key=True),  # the paper's identifier in the labeled set
    Column("title", Text, nullable=False),
    Column("abstract", Text, nullable=False),
    Column("fetched", Moment, nullable=False),
)
