"""Alembic's entry: it runs the migrations on the connection that store.schema hands over."""

from alembic import context

from harvester.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters tables by copying them
)
context.run_migrations()
