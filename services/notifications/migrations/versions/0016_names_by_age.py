"""An index for the names of who told somebody, which go after some years."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_obligations_human_at",
        "obligations",
        ["human_at"],
        postgresql_where=sa.text("human_by IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_obligations_human_at", "obligations")
