"""The work list of identities."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_work_items",
        sa.Column("work_item_id", sa.Uuid(), primary_key=True),
        sa.Column("finding", sa.Text(), nullable=False, comment="join, conflict or suspected_duplicate"),
        sa.Column("state", sa.Text(), nullable=False, comment="joining, open or settled"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Before any merge, as the other"),
        sa.Column("other_person_id", sa.Uuid(), nullable=False),
        sa.Column("establishments", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False, comment="Who stated it, by which receipt"),
        sa.Column("disagreeing", postgresql.ARRAY(sa.Text()), nullable=False, comment="Names of traits"),
        sa.Column("unknown", postgresql.ARRAY(sa.Text()), nullable=False, comment="Names of traits"),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decisions", postgresql.JSONB(), nullable=False, comment="By whom and why, newest last"),
    )
    op.create_index(
        "ix_identity_work_items_pair",
        "identity_work_items",
        [sa.text("least(person_id, other_person_id)"), sa.text("greatest(person_id, other_person_id)")],
        unique=True,
    )
    op.create_index(
        "ix_identity_work_items_state", "identity_work_items", ["state", "found_at", "work_item_id"]
    )


def downgrade() -> None:
    op.drop_table("identity_work_items")
