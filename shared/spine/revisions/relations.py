"""Adds the replica of the relations that admission granted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY


def upgrade() -> None:
    """Add it; called by one revision of every service that shows persons."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "relations",
        sa.Column(
            "person_id", sa.Uuid(), primary_key=True, comment="A network in place of one: for all persons"
        ),
        sa.Column("grant_id", sa.Uuid(), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False, comment="The highest holds"),
        sa.Column("basis", sa.Text(), comment="None where only the end is known"),
        sa.Column("establishments", ARRAY(sa.Text()), nullable=False, comment="Who may see"),
        sa.Column("of", ARRAY(sa.Text()), nullable=False, comment="Whose statements; empty: everybody's"),
        sa.Column("begins_at", moment),
        sa.Column("ends_at", moment),
        sa.Column("ended", sa.Boolean(), nullable=False),
        comment="Replica of the relations that admission granted",
    )
    op.create_index(
        "ix_relations_networks", "relations", ["grant_id"], postgresql_where=sa.text("basis = 'network'")
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_index("ix_relations_networks", table_name="relations")
    op.drop_table("relations")
