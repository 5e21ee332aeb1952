"""Persons who were erased, on what basis and by whom."""

import sqlalchemy as sa
from alembic import op

from shared.spine.revisions import erased

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    erased.upgrade()
    op.create_table(
        "erasures",
        sa.Column("erasure_id", sa.Uuid(), primary_key=True),
        sa.Column("basis", sa.Text(), nullable=False, comment="GDPR article 17(1)"),
        sa.Column("author", sa.Text(), nullable=False, comment="Who decided, and the source of the key"),
        sa.Column("key_id", sa.Uuid(), comment="With which it was asked for"),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("erasures")
    erased.downgrade()
