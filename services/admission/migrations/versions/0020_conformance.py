"""How well what sources send fits, counted by day."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conformance_days",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="UTC"),
        sa.Column("seen", sa.BigInteger(), nullable=False, comment="Movements and messages answered"),
        sa.Column("faulty", sa.BigInteger(), nullable=False, comment="Those with a problem"),
        sa.PrimaryKeyConstraint("source_id", "day"),
    )
    op.create_table(
        "conformance_problems",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="UTC"),
        sa.Column("problem", sa.Text(), nullable=False, comment="By name, without anything of what was sent"),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "day", "problem"),
    )


def downgrade() -> None:
    op.drop_table("conformance_problems")
    op.drop_table("conformance_days")
