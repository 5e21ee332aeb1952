"""Creates the first tables of the spine: ledger, outbox, inbox, checkpoint, parked events and API keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def upgrade() -> None:
    """Create them; called by revision 0001 of every service."""
    _create_publisher_tables()
    _create_consumer_tables()
    _create_parked_tables()
    _create_access_tables()


def downgrade() -> None:
    """Drop them."""
    for table in ("subjects", "parked", "outbox", "ledger", "inbox", "checkpoint", "api_keys"):
        op.drop_table(table)


def _create_publisher_tables() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trace", sa.Text(), nullable=True, comment="W3C trace context as JSON"),
        sa.Column(
            "data", sa.LargeBinary(), nullable=False, comment="JSON, copied to the broker byte for byte"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event_id"),
        sa.UniqueConstraint("subject", "sequence"),
        comment="Append-only: everything this service ever published",
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ledger_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        comment="What the broker has not acknowledged yet, in the order to send it",
    )
    op.create_table(
        "subjects",
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
        comment="Last sequence drawn per subject; its row lock orders the writers of a subject",
    )


def _create_consumer_tables() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("consumer_group", sa.Text(), nullable=False),
        sa.Column("cluster_id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "epoch", sa.BigInteger(), nullable=False, comment="Raised by every new owner: fences the old one"
        ),
        sa.Column(
            "next_offset",
            sa.BigInteger(),
            nullable=True,
            comment="First record not applied; none until claimed",
        ),
        sa.PrimaryKeyConstraint("consumer_group", "cluster_id", "topic", "partition"),
        comment="Position of each partition; moves only in the transaction that applies the records",
    )
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
        sa.UniqueConstraint("publisher", "subject", "sequence"),
        comment="Every event this service applied, once",
    )


def _create_parked_tables() -> None:
    op.create_table(
        "parked",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'parked'"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="A constant phrase, no personal data"),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "settled_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When a person had it re-applied or dismissed it",
        ),
        sa.Column(
            "event_id", sa.Uuid(), nullable=True, comment="None when the record could not be read that far"
        ),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("cluster_id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("record_offset", sa.BigInteger(), nullable=False),
        sa.Column("record_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("headers", sa.LargeBinary(), nullable=False, comment="JSON list of [name, base64 value]"),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cluster_id", "topic", "partition", "record_offset", "record_sha256"),
        sa.UniqueConstraint("event_id"),
        comment="Events that are wrong or wait behind one that is; state: parked, applied or dismissed",
    )
    op.create_index(
        "ix_parked_blocking",
        "parked",
        ["publisher", "subject", "sequence"],
        unique=False,
        postgresql_where=sa.text("state = 'parked'"),
    )


def _create_access_tables() -> None:
    op.create_table(
        "api_keys",
        sa.Column("key_sha256", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=True),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key_sha256"),
        sa.UniqueConstraint("key_id"),
        comment="Replica of the keys that admission granted",
    )
