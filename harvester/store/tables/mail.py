"""Subscribers, digests, and the ledger of what was sent."""

from sqlalchemy import JSON, Column, Date, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from harvester.store.tables.columns import Moment, metadata, paper_number

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # keyed hash of the address, which tokens contain instead of it
    Column("email", Text, nullable=False),
    Column("state", Text, nullable=False),  # pending, active, unsubscribed, bounced, complained
    Column("topics", JSON, nullable=False),  # facet -> labels; {} is everything
    Column("every", Text, nullable=False),  # day, week, month
    Column("joined", Moment, nullable=False),
    Column("confirmed", Moment),  # the time of their consent
    Column("confirmed_after", Integer),  # the newest decision at that time: only later ones are mailed
    Column("weekday", Integer),  # of weekly digests, 0 is Monday; null: seven days after the last one
    Column("form", Text, nullable=False, server_default="html"),  # html, text
    Column("consent", Text, nullable=False, server_default=""),  # the version of the text they agreed to
    Column("match", Text, nullable=False, server_default="any"),  # all, any: of these lists
    Column("authors", JSON, nullable=False, server_default="[]"),
    Column("words", JSON, nullable=False, server_default="[]"),
    Column("ended", Moment),  # when an active subscriber left, which can be taken back for a while
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
    paper_number(primary_key=True, index=True),
    Column("delivery", Integer, ForeignKey("deliveries.id", ondelete="CASCADE"), nullable=False, index=True),
)

# What each digest contained, for the archive: erasing a subscriber leaves no gap in it.
digest_papers = Table(
    "digest_papers",
    metadata,
    Column("digest", Integer, ForeignKey("digests.id", ondelete="CASCADE"), primary_key=True),
    paper_number(primary_key=True, index=True),
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

# Addresses that get no mail, whoever asks: all that is kept of people who were erased.
suppressions = Table(
    "suppressions",
    metadata,
    Column("key", Text, primary_key=True),
    Column("reason", Text, nullable=False),  # erased, complaint
    Column("since", Moment, nullable=False),
)
