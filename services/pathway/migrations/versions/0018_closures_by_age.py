"""An index for who closed an expectation, which goes after some years."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_expectations_closed_at",
        "expectations",
        ["closed_at"],
        postgresql_where=sa.text("closed_by <> ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_expectations_closed_at", "expectations")
