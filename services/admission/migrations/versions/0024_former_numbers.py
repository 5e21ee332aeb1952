"""Whose a number was, until it was changed or deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_numbers",
        sa.Column("blind_index", sa.LargeBinary(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False, comment="When that was stated"),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("persons.person_id"), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("blind_index", "ended_at"),
    )
    op.create_index("ix_former_numbers_person_id", "former_numbers", ["person_id"])


def downgrade() -> None:
    op.drop_table("former_numbers")
