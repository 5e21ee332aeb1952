"""From which moment on an open obligation is told no more, as a death is dated ahead."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "obligations",
        sa.Column("silent_from", sa.DateTime(timezone=True), nullable=True, comment="A death is dated ahead"),
    )


def downgrade() -> None:
    op.drop_column("obligations", "silent_from")
