"""Alembic's entry into every service's history: it runs the revisions that were asked for."""

from shared.database.migrations import run_migrations

run_migrations()
