"""Run migrations on the connection that the engine module provides."""

from __future__ import annotations

from alembic import context

from graphsvc.appdb.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
