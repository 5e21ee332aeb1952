"""Deletions of stays are kept, for the movements of them that come later."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deleted_stays",
        sa.Column("stay_id", sa.Uuid(), primary_key=True),
        sa.Column("emitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Whom its number named"),
    )


def downgrade() -> None:
    op.drop_table("deleted_stays")
