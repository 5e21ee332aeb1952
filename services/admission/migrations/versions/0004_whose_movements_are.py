"""Whose each movement is, and which persons are merged.

A movement that two persons share, from before this revision, is of whom its newest statement names.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_FROM_LEDGER = """
INSERT INTO movements (movement_id, stated_as)
SELECT DISTINCT ON (movement_id) movement_id, subject FROM (
    SELECT id, subject, (convert_from(data, 'UTF8')::jsonb ->> 'movement_id')::uuid AS movement_id,
        (convert_from(data, 'UTF8')::jsonb ->> 'emitted_at')::timestamptz AS emitted_at
    FROM ledger WHERE type IN ('relais.admission.patient-admitted.v1',
        'relais.admission.patient-transferred.v1', 'relais.admission.patient-discharged.v1',
        'relais.admission.movement-updated.v1', 'relais.admission.movement-cancelled.v1')
) AS stated ORDER BY movement_id, emitted_at DESC, id DESC
"""


def upgrade() -> None:
    op.create_table(
        "movements",
        sa.Column("movement_id", sa.Uuid(), primary_key=True),
        sa.Column("stated_as", sa.Uuid(), nullable=False, comment="Whose it is, before any merge"),
        sa.Column(
            "decided_at",
            sa.DateTime(timezone=True),
            comment="When somebody said whose; what was stated before does not change it",
        ),
    )
    op.execute(_FROM_LEDGER)
    op.add_column(
        "persons",
        sa.Column("survivor_id", sa.Uuid(), comment="Under whom all is published while merged; none: itself"),
    )
    op.create_table(
        "merges",
        sa.Column("merge_id", sa.Uuid(), primary_key=True),
        sa.Column("surviving", sa.Uuid(), nullable=False, index=True),
        sa.Column("merged", sa.Uuid(), nullable=False, index=True),
        sa.Column("revision", sa.Integer(), nullable=False, comment="Grows with every merge and unmerge"),
        sa.Column("is_merged", sa.Boolean(), nullable=False),
    )
    op.execute("CREATE SEQUENCE identity_revision")


def downgrade() -> None:
    op.execute("DROP SEQUENCE identity_revision")
    op.drop_table("merges")
    op.drop_column("persons", "survivor_id")
    op.drop_table("movements")
