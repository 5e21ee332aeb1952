"""Persons are found by the establishment where a stay of theirs is in progress.

A worker of the version before does not keep the column: after a change without a stop, rebuild pathway.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_FROM_DOCUMENTS = """
UPDATE pathways SET in_progress_at = known.establishments
FROM (
    SELECT person_id, array_agg(DISTINCT stay ->> 'establishment' ORDER BY stay ->> 'establishment')
        AS establishments
    FROM pathways, json_array_elements(document -> 'stays') AS stay
    WHERE stay ->> 'status' = 'in_progress' GROUP BY person_id
) AS known
WHERE pathways.person_id = known.person_id
"""


def upgrade() -> None:
    op.add_column(
        "pathways",
        sa.Column(
            "in_progress_at",
            ARRAY(sa.Text()),
            nullable=False,
            server_default=sa.text("'{}'"),
            comment="Establishments where a stay is in progress; most updates leave it, and its index, alone",
        ),
    )
    op.execute(_FROM_DOCUMENTS)
    op.create_index("ix_pathways_in_progress_at", "pathways", ["in_progress_at"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("ix_pathways_in_progress_at", table_name="pathways")
    op.drop_column("pathways", "in_progress_at")
