"""Alembic's entry: it runs the migrations on the connection that store.schema hands over."""

from typing import Any

from alembic import context

from harvester.store.schema import REVISIONS
from harvester.store.tables import metadata

watch = context.config.attributes.get("watch", lambda *_: None)


def tell(ctx: Any, step: Any, heads: Any, run_args: Any) -> None:
    """Called after every migration."""
    watch("migrating the store", REVISIONS.index(step.up_revision_id) + 1, len(REVISIONS))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters tables by copying them
    on_version_apply=tell,
    watch=watch,  # for migrations that go through all rows
)
context.run_migrations()
