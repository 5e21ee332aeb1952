"""Who may see what others stated: teams of care, networks, broken glasses."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "grants",
        sa.Column("grant_id", sa.Uuid(), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False, comment="team, network or break_the_glass"),
        sa.Column("subject", sa.Uuid(), nullable=False, comment="Under whom it is published"),
        sa.Column("person_id", sa.Uuid(), index=True, comment="Before any merge"),
        sa.Column("establishments", ARRAY(sa.Text()), nullable=False, comment="Who may see"),
        sa.Column("of", ARRAY(sa.Text()), nullable=False, comment="Whose statements; empty: all"),
        sa.Column("begins_at", moment, nullable=False),
        sa.Column("ends_at", moment),
        sa.Column("declared_by", sa.Text(), comment="None: an operator of the platform"),
        sa.Column("key_id", sa.Uuid(), comment="With which it was asked for"),
        sa.Column("ended_at", moment),
        sa.Column("said", sa.LargeBinary(), comment="By whom and why, sealed with the person's key"),
    )
    op.create_index(
        "ix_grants_glass",
        "grants",
        ["begins_at", "grant_id"],
        postgresql_where=sa.text("basis = 'break_the_glass'"),
    )
    op.create_table(
        "networks",
        sa.Column("network_id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("controller", sa.Text(), nullable=False, comment="FINESS of the legal entity"),
        sa.Column("purpose", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("networks")
    op.drop_index("ix_grants_glass", table_name="grants")
    op.drop_table("grants")
