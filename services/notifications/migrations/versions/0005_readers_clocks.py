"""The time zone of each reader, and of the establishment whose fact an obligation tells."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "members",
        sa.Column("zone", sa.Text(), nullable=True, comment="IANA name, declared or that of the number"),
    )
    op.add_column(
        "obligations",
        sa.Column("zone", sa.Text(), nullable=True, comment="IANA name, where the fact happened"),
    )


def downgrade() -> None:
    op.drop_column("obligations", "zone")
    op.drop_column("members", "zone")
