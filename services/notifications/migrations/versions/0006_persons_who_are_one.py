"""Persons who are one share their circles; persons of whom movements were given away are found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merges",
        sa.Column("merge_id", sa.Uuid(), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True, comment="The highest holds"),
        sa.Column("person_id", sa.Uuid(), nullable=False, index=True, comment="The surviving one"),
        sa.Column("merged", sa.Uuid(), nullable=False, index=True),
        sa.Column("is_merged", sa.Boolean(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        comment="Every statement that two persons are one, or are not",
    )
    op.create_table(
        "shared_circles",
        sa.Column("person_id", sa.Uuid(), primary_key=True),
        sa.Column(
            "circle_of", sa.Uuid(), primary_key=True, comment="Its members are told of the person, too"
        ),
        sa.Column("since", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True), comment="None while they are one"),
        comment="Follows from the merges",
    )
    op.create_index(
        "ix_facts_reassigned",
        "facts",
        ["person_id"],
        postgresql_where=sa.text("type = 'relais.admission.movement-reassigned.v1'"),
    )


def downgrade() -> None:
    op.drop_index("ix_facts_reassigned", table_name="facts")
    op.drop_table("shared_circles")
    op.drop_table("merges")
