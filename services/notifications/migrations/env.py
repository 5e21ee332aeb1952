"""Alembic's entry into the history of notifications."""

from services.notifications.storage.tables import metadata
from shared.database.migrations import run_migrations

run_migrations(metadata)
