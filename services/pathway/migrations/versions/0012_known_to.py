"""Persons are shown to whom a relation shows something of them, and looked for by nobody else.

For persons who were known before, the column names whoever stated a stay or was named as a destination: more
than may see anything, which each read decides by itself. A worker of the version before does not keep the
column: after a change without a stop, rebuild pathway.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_FROM_DOCUMENTS = """
UPDATE pathways SET known_to = known.establishments
FROM (
    SELECT person_id, array_agg(DISTINCT establishment ORDER BY establishment) AS establishments
    FROM (
        SELECT person_id, stay ->> 'establishment' AS establishment
        FROM pathways, json_array_elements(document -> 'stays') AS stay
        WHERE stay ->> 'status' <> 'cancelled'
        UNION
        SELECT person_id, wait ->> 'to_establishment'
        FROM pathways, json_array_elements(document -> 'expectations') AS wait
    ) AS named
    GROUP BY person_id
) AS known
WHERE pathways.person_id = known.person_id
"""


def upgrade() -> None:
    op.add_column(
        "pathways",
        sa.Column(
            "known_to",
            ARRAY(sa.Text()),
            nullable=False,
            server_default=sa.text("'{}'"),
            comment="Establishments that a relation of the facts shows something to, now or at another time",
        ),
    )
    op.execute(_FROM_DOCUMENTS)


def downgrade() -> None:
    op.drop_column("pathways", "known_to")
