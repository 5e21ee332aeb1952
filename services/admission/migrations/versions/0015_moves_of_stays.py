"""Moves of stays are kept, for the movements of them that come later."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stay_moves",
        sa.Column("stay_id", sa.Uuid(), primary_key=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("former", sa.Uuid(), nullable=False, comment="Whose it was, before any merge"),
        sa.Column("to_person", sa.Uuid(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("stay_moves")
