"""Feeds of establishments are known to be current until some emission, and departures since when."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("expectations", sa.Column("known_at", sa.DateTime(timezone=True)))
    op.create_table(
        "feed_hearings",
        sa.Column("hearing_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("emitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hearing_id"),
    )
    op.create_table(
        "feeds",
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("current_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("establishment"),
    )


def downgrade() -> None:
    op.drop_table("feeds")
    op.drop_table("feed_hearings")
    op.drop_column("expectations", "known_at")
