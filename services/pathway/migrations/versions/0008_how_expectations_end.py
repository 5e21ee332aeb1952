"""Expectations end in other ways than by an arrival: shown by a movement, or said by a person."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BEFORE = "open, overdue, met, met_late or withdrawn"
_STATES = "open, overdue, met, met_late, elsewhere, returned, closed or withdrawn"


def upgrade() -> None:
    op.add_column("expectations", sa.Column("ended_at", sa.DateTime(timezone=True)))
    op.add_column("expectations", sa.Column("ended_by_movement_id", sa.Uuid()))
    op.add_column("expectations", sa.Column("closed_at", sa.DateTime(timezone=True)))
    op.add_column(
        "expectations", sa.Column("closed_by", sa.Text(), comment="The name that was given, and its key")
    )
    op.add_column("expectations", sa.Column("closed_because", sa.Text()))
    op.alter_column("expectations", "state", comment=_STATES, existing_comment=_BEFORE)


def downgrade() -> None:
    op.alter_column("expectations", "state", comment=_BEFORE, existing_comment=_STATES)
    for column in ("closed_because", "closed_by", "closed_at", "ended_by_movement_id", "ended_at"):
        op.drop_column("expectations", column)
