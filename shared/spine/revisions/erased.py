"""Adds the ids of those who were erased."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add it; called by one revision of every service."""
    op.create_table(
        "erased",
        sa.Column("person_id", sa.Uuid(), primary_key=True, comment="An id that leads to nobody any more"),
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False, comment="Here"),
        comment="Persons of whom nothing may be kept, however late it comes",
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("erased")
