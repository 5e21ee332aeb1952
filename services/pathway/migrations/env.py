"""Alembic's entry into pathway's history."""

from services.pathway.storage.tables import metadata
from shared.database.migrations import run_migrations

run_migrations(metadata)
