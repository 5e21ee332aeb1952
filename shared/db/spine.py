"""Which tables does every service have? The spine: what it published, what it applied, who may call it."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

_moment = DateTime(timezone=True)


def spine_tables(metadata: MetaData) -> None:
    """Add the spine's tables to a service's metadata."""
    _published(metadata)
    _consumed(metadata)
    _parked(metadata)
    _api_keys(metadata)


def _published(metadata: MetaData) -> None:
    Table(
        "subjects",
        metadata,
        Column("subject", Uuid, primary_key=True),
        Column("last_sequence", BigInteger, nullable=False),
        comment="Last sequence drawn per subject; its row lock orders the writers of a subject",
    )
    Table(
        "ledger",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("event_id", Uuid, nullable=False, unique=True),
        Column("subject", Uuid, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("type", Text, nullable=False),
        Column("occurred_at", _moment, nullable=False),
        Column("recorded_at", _moment, nullable=False),
        Column("trace", Text, comment="W3C trace context as JSON"),
        Column("data", LargeBinary, nullable=False, comment="JSON, copied to the broker byte for byte"),
        UniqueConstraint("subject", "sequence"),
        comment="Append-only: everything this service ever published",
    )
    Table(
        "outbox",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("ledger_id", BigInteger, nullable=False),
        comment="What the broker has not acknowledged yet, in the order to send it",
    )


def _consumed(metadata: MetaData) -> None:
    Table(
        "checkpoint",
        metadata,
        Column("consumer_group", Text, primary_key=True),
        Column("cluster_id", Text, primary_key=True),
        Column("topic", Text, primary_key=True),
        Column("partition", Integer, primary_key=True, autoincrement=False),
        Column("epoch", BigInteger, nullable=False, comment="Raised by every new owner: fences the old one"),
        Column("next_offset", BigInteger, comment="First record not applied; none until claimed"),
        comment="Position of each partition; moves only in the transaction that applies the records",
    )
    Table(
        "inbox",
        metadata,
        Column("event_id", Uuid, primary_key=True),
        Column("publisher", Text, nullable=False),
        Column("subject", Uuid, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("applied_at", _moment, nullable=False),
        UniqueConstraint("publisher", "subject", "sequence"),
        comment="Every event this service applied, once",
    )


def _parked(metadata: MetaData) -> None:
    parked = Table(
        "parked",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("state", Text, nullable=False, server_default=text("'parked'")),
        Column("reason", Text, nullable=False, comment="A constant phrase, no personal data"),
        Column("parked_at", _moment, nullable=False),
        Column("settled_at", _moment, comment="When a person had it re-applied or dismissed it"),
        Column("event_id", Uuid, unique=True, comment="None when the record could not be read that far"),
        Column("publisher", Text),
        Column("subject", Uuid),
        Column("sequence", BigInteger),
        Column("type", Text),
        Column("cluster_id", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("partition", Integer, nullable=False),
        Column("record_offset", BigInteger, nullable=False),
        Column("record_sha256", LargeBinary, nullable=False),
        Column("key", LargeBinary),
        Column("headers", LargeBinary, nullable=False, comment="JSON list of [name, base64 value]"),
        Column("value", LargeBinary),
        # A log that lost its tail gives a place twice: the place alone does not say which record it was.
        UniqueConstraint("cluster_id", "topic", "partition", "record_offset", "record_sha256"),
        comment="Events that are wrong or wait behind one that is; state: parked, applied or dismissed",
    )
    # A subject with a row here is blocked: its later events are parked too.
    Index(
        "ix_parked_blocking",
        parked.c.publisher,
        parked.c.subject,
        parked.c.sequence,
        postgresql_where=text("state = 'parked'"),
    )


def _api_keys(metadata: MetaData) -> None:
    Table(
        "api_keys",
        metadata,
        Column("key_sha256", Text, primary_key=True),
        Column("key_id", Uuid, nullable=False, unique=True),
        Column("source_id", Uuid, nullable=False),
        Column("establishment", Text),
        Column("scopes", ARRAY(Text), nullable=False),
        Column("revoked_at", _moment),
        comment="Replica of the keys that admission granted",
    )
