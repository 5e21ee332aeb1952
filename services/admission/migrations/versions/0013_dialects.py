"""Sources have dialects of HL7 v2."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hl7v2_dialects",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("dialect", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source_id"),
    )


def downgrade() -> None:
    op.drop_table("hl7v2_dialects")
