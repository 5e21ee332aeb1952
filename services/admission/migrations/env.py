"""Alembic's entry into admission's history."""

from services.admission.storage.tables import metadata
from shared.database.migrations import run_migrations

run_migrations(metadata)
