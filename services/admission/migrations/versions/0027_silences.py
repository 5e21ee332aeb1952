"""When each source was heard, and its silences."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heard_hours",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False, comment="A bit for each minute"),
        sa.Column("heartbeats", sa.BigInteger(), nullable=False, comment="A bit for each minute"),
        sa.PrimaryKeyConstraint("source_id", "hour"),
    )
    op.create_table(
        "silences",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="nothing_heard or only_heartbeats"),
        sa.Column(
            "since", sa.DateTime(timezone=True), nullable=False, comment="When what is missing came last"
        ),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("source_id", "reason", "since"),
    )
    op.create_index(
        "ix_silences_open", "silences", ["source_id"], unique=True, postgresql_where="ended_at IS NULL"
    )


def downgrade() -> None:
    op.drop_table("silences")
    op.drop_table("heard_hours")
