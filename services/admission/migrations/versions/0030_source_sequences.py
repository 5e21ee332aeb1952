"""How far sources have numbered what they sent."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source_sequences",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column(
            "sequence", sa.Text(), nullable=False, comment="JSON: the last number, and what is missing"
        ),
        sa.PrimaryKeyConstraint("source_id"),
    )


def downgrade() -> None:
    op.drop_table("source_sequences")
