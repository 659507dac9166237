"""Papers: what the sources showed, and what was merged or left out."""

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from harvester.store.tables.columns import Moment, metadata, paper_number

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
        index=True,
    ),
)

identifiers = Table(
    "identifiers",
    metadata,
    Column("name", Text, primary_key=True),
    paper_number(nullable=False, index=True),
)

sightings = Table(
    "sightings",
    metadata,
    Column("id", Integer, primary_key=True),
    paper_number(nullable=False),
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
    paper_number(nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("evidence", Text, nullable=False),  # title, or the identifier by which two papers proved to be one
    Column("kept", JSON, nullable=False),  # the paper before
    Column("authority", Integer, nullable=False),  # whose text that was
    Column("other", JSON, nullable=False),  # the record that joined it
    Column("other_authority", Integer, nullable=False),
    Column("sources", JSON, nullable=False),  # those that had shown the other record
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
    paper_number(primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),  # retraction, concern, correction
    Column("link", Text, nullable=False),
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
