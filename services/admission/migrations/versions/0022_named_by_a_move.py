"""Whom a move names beside whose it is, and indexes for what is looked for by person or by age."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_identity_statements_person", "identity_statements", "person_id"),
    ("ix_identity_work_items_person", "identity_work_items", "person_id"),
    ("ix_identity_work_items_other", "identity_work_items", "other_person_id"),
    ("ix_hl7v2_quarantine_seen_at", "hl7v2_quarantine", "seen_at"),
    ("ix_stay_moves_former", "stay_moves", "former"),
)


def upgrade() -> None:
    op.add_column(
        "identity_statements",
        sa.Column(
            "other_person_id",
            sa.Uuid(),
            nullable=True,
            comment="Who else is named in the record, where no merge says so",
        ),
    )
    op.create_index(
        "ix_identity_statements_other",
        "identity_statements",
        ["other_person_id"],
        postgresql_where=sa.text("other_person_id IS NOT NULL"),
    )
    for name, table, column in _INDEXES:
        op.create_index(name, table, [column])


def downgrade() -> None:
    for name, table, _ in _INDEXES:
        op.drop_index(name, table)
    op.drop_column("identity_statements", "other_person_id")
