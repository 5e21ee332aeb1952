"""Who speaks over MLLP as which source."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mllp_callers",
        sa.Column(
            "caller", sa.Text(), nullable=False, comment="Network, or sha256: and a certificate's digest"
        ),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("allowed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller"),
    )
    op.create_index("ix_mllp_callers_source", "mllp_callers", ["source_id"])


def downgrade() -> None:
    op.drop_table("mllp_callers")
