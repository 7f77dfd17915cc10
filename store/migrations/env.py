"""Alembic's entry: it is handed a connection by `store.migrate` and never opens one of its own."""

from alembic import context

from store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=False)
context.run_migrations()
