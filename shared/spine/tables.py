"""Declares the tables that every service has: what it published, what it applied, who may call it."""

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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

_moment = DateTime(timezone=True)


def spine_tables(metadata: MetaData, *, seals: bool = False) -> None:
    """Add the spine's tables to a service's metadata; `seals`: it seals what is personal, under keys."""
    _add_publisher_tables(metadata)
    _add_consumer_tables(metadata)
    _add_parked_tables(metadata)
    _add_reconciliation_tables(metadata)
    _add_pause_tables(metadata)
    _add_erased(metadata)
    _add_events_of_nobody(metadata)
    _api_keys(metadata)
    if seals:
        _add_key_checks(metadata)


def _add_publisher_tables(metadata: MetaData) -> None:
    Table(
        "subjects",
        metadata,
        Column("subject", Uuid, primary_key=True),
        Column("last_sequence", BigInteger, nullable=False),
        comment="Last sequence drawn per subject; its row lock orders the writers of a subject",
    )
    ledger = Table(
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
        Column("establishment", Text, comment="Whose fact it states, as the payload says"),
        UniqueConstraint("subject", "sequence"),
        comment="Append-only: everything this service ever published",
    )
    _in_order_of_recording(ledger)
    Table(
        "outbox",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("ledger_id", BigInteger, nullable=False),
        comment="What the broker has not acknowledged yet, in the order to send it",
    )


def _add_consumer_tables(metadata: MetaData) -> None:
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
    inbox = Table(
        "inbox",
        metadata,
        Column("event_id", Uuid, primary_key=True),
        Column("publisher", Text, nullable=False),
        Column("subject", Uuid, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("applied_at", _moment, nullable=False),
        Column("recorded_at", _moment, nullable=False, comment="By the publisher: both sides agree on it"),
        Column("establishment", Text, comment="Whose fact it states, as the payload says"),
        UniqueConstraint("publisher", "subject", "sequence"),
        comment="Every event this service applied, once",
    )
    _in_order_of_recording(inbox)


def _in_order_of_recording(events: Table) -> None:
    # Rows are written about in this order, so a few bytes for each megabyte find an hour again.
    Index(
        f"ix_{events.name}_recorded_at",
        events.c.recorded_at,
        postgresql_using="brin",
        postgresql_with={"autosummarize": True},
    )


def _add_parked_tables(metadata: MetaData) -> None:
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
        Column("recorded_at", _moment),
        Column("establishment", Text),
        Column("settled_by", Text),
        Column("settled_because", Text),
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


def _add_reconciliation_tables(metadata: MetaData) -> None:
    seals = Table(
        "seals",
        metadata,
        Column("publisher", Text, primary_key=True),
        Column("window_start", _moment, primary_key=True),
        Column(
            "state", Text, nullable=False, comment="open, counting or sealed; a late writer opens it again"
        ),
        Column("total", BigInteger),
        Column("counts", ARRAY(BigInteger), comment="Events in each bucket"),
        Column("digests", ARRAY(BigInteger), comment="Of each bucket"),
        Column("tallies", JSONB, comment="Events of each establishment"),
        Column("verified_at", _moment, comment="When it was last counted"),
        comment="What each hour that is over holds: of our ledger, and of what we hold of other publishers",
    )
    Index(
        "ix_seals_unsealed",
        seals.c.publisher,
        seals.c.window_start,
        postgresql_where=text("state <> 'sealed'"),
    )
    Index("ix_seals_verified_at", seals.c.publisher, seals.c.verified_at)
    Table(
        "holes",
        metadata,
        Column("publisher", Text, primary_key=True),
        Column("subject", Uuid, primary_key=True),
        Column("sequence", BigInteger, primary_key=True, autoincrement=False),
        Column("noticed_at", _moment, nullable=False),
        Column("absent_at", _moment, comment="When the publisher said that it has no such event"),
        comment="Sequence numbers whose successor came without them",
    )
    Table(
        "reconciliations",
        metadata,
        Column("publisher", Text, primary_key=True),
        Column("completed_at", _moment, nullable=False),
        Column("result", JSONB, nullable=False, comment="What the comparison found and did"),
        comment="The last complete comparison with each publisher",
    )


def _add_pause_tables(metadata: MetaData) -> None:
    Table(
        "pauses",
        metadata,
        Column("part", Text, primary_key=True, comment="consumer, intake, sending or relay"),
        Column("paused_by", Text, nullable=False),
        Column("because", Text, nullable=False),
        Column("paused_at", _moment, nullable=False),
        comment="What a person stopped, and why; a row that is gone is resumed",
    )


def _add_erased(metadata: MetaData) -> None:
    Table(
        "erased",
        metadata,
        Column("person_id", Uuid, primary_key=True, comment="An id that leads to nobody any more"),
        Column("erasure_id", Uuid, nullable=False),
        Column("erased_at", _moment, nullable=False, comment="Here"),
        comment="Persons of whom nothing may be kept, however late it comes",
    )


def _add_events_of_nobody(metadata: MetaData) -> None:
    Table(
        "events_of_nobody",
        metadata,
        Column("event_id", Uuid, primary_key=True),
        Column("publisher", Text, nullable=False, comment="In whose name it came"),
        Column("subject", Uuid, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("recorded_at", _moment, comment="As it said"),
        Column("taken_back_at", _moment, nullable=False),
        comment="Events that their publisher never recorded; they are taken for nothing, however they come",
    )


def _add_key_checks(metadata: MetaData) -> None:
    Table(
        "key_checks",
        metadata,
        Column("name", Text, primary_key=True, comment="Id of a master key, or `index key`"),
        Column("value", LargeBinary, nullable=False, comment="Derived from the key; opens and finds nothing"),
        comment="Under which keys this database was written",
    )


_SHARE = "Of one process; without, a share of what there is"


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
        Column(
            "sites",
            ARRAY(Text),
            nullable=False,
            server_default=text("'{}'"),
            comment="Other sites to which the key is bound, too",
        ),
        Column("expires_at", _moment, comment="When it ends by itself; without, never"),
        Column("last_used_at", _moment, comment="At this service, within an hour"),
        Column("requests_per_second", Integer, comment=_SHARE),
        Column("concurrent_requests", Integer, comment=_SHARE),
        Column("bytes_per_minute", BigInteger, comment=_SHARE),
        comment="Replica of the keys that admission granted",
    )
