"""Facts about movements that turned out to be another person's."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reassignment_facts",
        sa.Column("event_id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False, index=True),
        comment="Append-only: every event that ends a movement under one person",
    )


def downgrade() -> None:
    op.drop_table("reassignment_facts")
