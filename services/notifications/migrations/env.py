"""Alembic's entry into the history of notifications."""

from services.notifications.storage.tables import metadata
from shared.db.migrations import run_migrations

run_migrations(metadata)
