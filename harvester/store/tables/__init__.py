"""The tables, a module a room. A change here needs a migration (migrations/versions); a test compares the two."""

from harvester.store.tables.columns import Moment, metadata
from harvester.store.tables.learning import backfills, extracts, label_texts, predictions, probes
from harvester.store.tables.literature import (
    filed_notices,
    identifiers,
    merges,
    odd_records,
    papers,
    separations,
    sightings,
)
from harvester.store.tables.mail import bounces, deliveries, digest_papers, digests, mailed, subscribers, suppressions
from harvester.store.tables.operations import attempts, coverages, cursors, gates, rota, runs
from harvester.store.tables.review import (
    batched,
    batches,
    candidates,
    decisions,
    proposal_branches,
    proposals,
    publications,
    sessions,
    suggestions,
    users,
)

__all__ = [
    "Moment",
    "attempts",
    "backfills",
    "batched",
    "batches",
    "bounces",
    "candidates",
    "coverages",
    "cursors",
    "decisions",
    "deliveries",
    "digest_papers",
    "digests",
    "extracts",
    "filed_notices",
    "gates",
    "identifiers",
    "label_texts",
    "mailed",
    "merges",
    "metadata",
    "odd_records",
    "papers",
    "predictions",
    "probes",
    "proposal_branches",
    "proposals",
    "publications",
    "rota",
    "runs",
    "separations",
    "sessions",
    "sightings",
    "subscribers",
    "suggestions",
    "suppressions",
    "users",
]
