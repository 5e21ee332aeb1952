"""Persons are found when the hour of a planned movement has come.

Those with a movement that is dated ahead now are folded again at once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_FROM_DOCUMENTS = """
UPDATE pathways SET next_plan_at = now() WHERE EXISTS (
    SELECT FROM json_array_elements(document -> 'movements') AS movement
    WHERE (movement ->> 'occurred_at')::timestamptz > now()
)
"""


def upgrade() -> None:
    op.add_column("pathways", sa.Column("next_plan_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(_FROM_DOCUMENTS)
    op.create_index(
        "ix_pathways_next_plan_at",
        "pathways",
        ["next_plan_at"],
        postgresql_where=sa.text("next_plan_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_pathways_next_plan_at", table_name="pathways")
    op.drop_column("pathways", "next_plan_at")
