"""Adds which events were taken back, since their publisher never recorded them."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add it; called by one revision of every service."""
    op.create_table(
        "events_of_nobody",
        sa.Column("event_id", sa.Uuid(), primary_key=True),
        sa.Column("publisher", sa.Text(), nullable=False, comment="In whose name it came"),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), comment="As it said"),
        sa.Column("taken_back_at", sa.TIMESTAMP(timezone=True), nullable=False),
        comment="Events that their publisher never recorded; they are taken for nothing, however they come",
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("events_of_nobody")
