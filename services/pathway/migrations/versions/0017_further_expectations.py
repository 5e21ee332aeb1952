"""What is expected within a stay is watched, too: the return after a leave (decision 0043)."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "further_expectations",
        sa.Column("expectation_id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), primary_key=True),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="open, overdue, met, met_late, ended or withdrawn",
        ),
        sa.Column("document", sa.JSON(), nullable=False, comment="domain.further PublishedFurther"),
    )
    op.create_index("ix_further_expectations_person_id", "further_expectations", ["person_id"])
    op.create_index(
        "ix_further_expectations_open",
        "further_expectations",
        ["due_at"],
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    op.drop_table("further_expectations")
