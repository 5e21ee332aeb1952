"""Alembic's entry into the history of indicators."""

from services.indicators.storage.tables import metadata
from shared.database.migrations import run_migrations

run_migrations(metadata)
