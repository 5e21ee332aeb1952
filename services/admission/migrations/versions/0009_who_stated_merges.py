"""Who stated that two persons are one, and the persons who have numbers that somebody gave them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FINDINGS = "join, conflict or suspected_duplicate"
_FROM_STATEMENTS = """
UPDATE merges SET stated_by = s.establishment FROM identity_statements AS s WHERE s.merge_id = merges.merge_id
"""


def upgrade() -> None:
    op.add_column(
        "merges",
        sa.Column(
            "stated_by",
            sa.Text(),
            nullable=True,
            comment="The establishment that said so; none: decided in the work list, or by an INS",
        ),
    )
    op.execute(_FROM_STATEMENTS)
    op.alter_column(
        "identity_work_items",
        "finding",
        existing_type=sa.Text(),
        comment="join, conflict, suspected_duplicate or stated_as_one",
        existing_comment=_FINDINGS,
    )
    op.create_index(
        "ix_identifiers_decided",
        "identifiers",
        ["person_id"],
        postgresql_where=sa.text("basis = 'decided'"),
    )


def downgrade() -> None:
    op.drop_index("ix_identifiers_decided", table_name="identifiers")
    op.alter_column("identity_work_items", "finding", existing_type=sa.Text(), comment=_FINDINGS)
    op.drop_column("merges", "stated_by")
