"""To which address an attempt went, as an index that cannot be read: it counts over all persons."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "attempts",
        sa.Column("address", sa.LargeBinary(), nullable=True, comment="Blind index of where it went"),
    )
    op.create_index("ix_attempts_address", "attempts", ["address", "claimed_at"])


def downgrade() -> None:
    op.drop_index("ix_attempts_address", table_name="attempts")
    op.drop_column("attempts", "address")
