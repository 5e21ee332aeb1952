"""Adds what reconciliation and pauses need: establishments, recording times, hour counts, holes, pauses."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def upgrade() -> None:
    """Add them; called by revision 0002 of every service."""
    _create_publisher_tables()
    _create_consumer_tables()
    _create_reconciliation_tables()
    _create_pause_tables()


def downgrade() -> None:
    """Remove them."""
    op.drop_table("pauses")
    op.drop_table("reconciliations")
    op.drop_table("holes")
    op.drop_table("seals")
    for column in ("settled_because", "settled_by", "establishment", "recorded_at"):
        op.drop_column("parked", column)
    op.drop_index("ix_inbox_recorded_at", table_name="inbox")
    op.drop_column("inbox", "establishment")
    op.drop_column("inbox", "recorded_at")
    op.drop_index("ix_ledger_recorded_at", table_name="ledger")
    op.drop_column("ledger", "establishment")


def _create_publisher_tables() -> None:
    op.add_column(
        "ledger",
        sa.Column(
            "establishment", sa.Text(), nullable=True, comment="Whose fact it states, as the payload says"
        ),
    )
    op.execute(
        """
        UPDATE ledger SET establishment = coalesce(
            convert_from(data, 'UTF8')::json ->> 'establishment',
            convert_from(data, 'UTF8')::json ->> 'from_establishment'
        )
        """
    )
    _index_recorded_at("ledger")


def _create_consumer_tables() -> None:
    op.add_column(
        "inbox",
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="By the publisher: both sides agree on it",
        ),
    )
    # The nearest that is known; reconciliation corrects it from the publisher's ledger.
    op.execute("UPDATE inbox SET recorded_at = applied_at")
    op.alter_column("inbox", "recorded_at", nullable=False)
    op.add_column(
        "inbox",
        sa.Column(
            "establishment", sa.Text(), nullable=True, comment="Whose fact it states, as the payload says"
        ),
    )
    _index_recorded_at("inbox")
    op.add_column("parked", sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("parked", sa.Column("establishment", sa.Text(), nullable=True))
    op.add_column("parked", sa.Column("settled_by", sa.Text(), nullable=True))
    op.add_column("parked", sa.Column("settled_because", sa.Text(), nullable=True))


def _index_recorded_at(table: str) -> None:
    op.create_index(
        f"ix_{table}_recorded_at",
        table,
        ["recorded_at"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"autosummarize": True},
    )


def _create_reconciliation_tables() -> None:
    op.create_table(
        "seals",
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="open, counting or sealed; a late writer opens it again",
        ),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column(
            "counts", postgresql.ARRAY(sa.BigInteger()), nullable=True, comment="Events in each bucket"
        ),
        sa.Column("digests", postgresql.ARRAY(sa.BigInteger()), nullable=True, comment="Of each bucket"),
        sa.Column("tallies", postgresql.JSONB(), nullable=True, comment="Events of each establishment"),
        sa.Column(
            "verified_at", sa.DateTime(timezone=True), nullable=True, comment="When it was last counted"
        ),
        sa.PrimaryKeyConstraint("publisher", "window_start"),
        comment="What each hour that is over holds: of our ledger, and of what we hold of other publishers",
    )
    op.create_index(
        "ix_seals_unsealed",
        "seals",
        ["publisher", "window_start"],
        unique=False,
        postgresql_where=sa.text("state <> 'sealed'"),
    )
    op.create_index("ix_seals_verified_at", "seals", ["publisher", "verified_at"], unique=False)
    op.create_table(
        "holes",
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "absent_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the publisher said that it has no such event",
        ),
        sa.PrimaryKeyConstraint("publisher", "subject", "sequence"),
        comment="Sequence numbers whose successor came without them",
    )
    op.create_table(
        "reconciliations",
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", postgresql.JSONB(), nullable=False, comment="What the comparison found and did"),
        sa.PrimaryKeyConstraint("publisher"),
        comment="The last complete comparison with each publisher",
    )


def _create_pause_tables() -> None:
    op.create_table(
        "pauses",
        sa.Column("part", sa.Text(), nullable=False, comment="consumer, intake, sending or relay"),
        sa.Column("paused_by", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("part"),
        comment="What a person stopped, and why; a row that is gone is resumed",
    )
