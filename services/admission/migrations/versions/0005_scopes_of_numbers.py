"""Numbers have a scope, and records are found by their event."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "identifiers",
        sa.Column(
            "scope",
            sa.Text(),
            nullable=True,
            comment="In which it was stated first; none from before there were scopes",
        ),
    )
    op.add_column(
        "identifiers",
        sa.Column(
            "basis",
            sa.Text(),
            nullable=True,
            comment="stated, qualified_ins (joined by traits) or decided (by a person)",
        ),
    )
    op.create_index("ix_submissions_event_id", "submissions", ["event_id"])


def downgrade() -> None:
    op.drop_index("ix_submissions_event_id", table_name="submissions")
    op.drop_column("identifiers", "basis")
    op.drop_column("identifiers", "scope")
