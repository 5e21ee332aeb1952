"""Who was told by a person, or said so themselves: when, and by whom."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("obligations", sa.Column("human_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "obligations",
        sa.Column("human_by", sa.LargeBinary(), nullable=True, comment="Sealed with the person's key"),
    )
    op.add_column(
        "obligations", sa.Column("human_source", sa.Uuid(), nullable=True, comment="The caller who said so")
    )


def downgrade() -> None:
    op.drop_column("obligations", "human_source")
    op.drop_column("obligations", "human_by")
    op.drop_column("obligations", "human_at")
