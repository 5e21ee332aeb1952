"""The tables of the audit: what was derived, what differed, how far it has come."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)

_moment = DateTime(timezone=True)


def audit_tables(metadata: MetaData) -> None:
    """Add them to the service's metadata."""
    Table(
        "audited_days",
        metadata,
        Column("person_id", Uuid, primary_key=True),
        Column("day", Date, primary_key=True, comment="Of recording, in UTC"),
        Column("establishment", Text, primary_key=True, comment="That stated the facts"),
        Column("derived", Integer, nullable=False, comment="Obligations that the ledgers' events make due"),
        Column("found", Integer, nullable=False, comment="Obligations that were there"),
        Column("missing", Integer, nullable=False),
        Column("unexpected", Integer, nullable=False),
        Index("ix_audited_days_day", "day"),
        comment="What the last audit of each person found",
    )
    _differences(metadata)
    Table(
        "audit_wanted",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("person_id", Uuid, nullable=False),
        comment="Persons to be audited at the next turn; a person may stand here several times",
    )
    Table(
        "audit_progress",
        metadata,
        Column("the_only", Boolean, primary_key=True, server_default=text("true")),
        Column("changes_until", _moment, nullable=False, comment="Changes before this were audited"),
        Column("swept_to", Uuid, comment="The slow sweep over all persons came this far"),
        Column("swept_at", _moment, comment="When it last came to the end"),
        CheckConstraint("the_only", name="one_row"),
    )


def _differences(metadata: MetaData) -> None:
    differences = Table(
        "obligation_differences",
        metadata,
        Column("event_id", Uuid, primary_key=True),
        Column("recipient_id", Uuid, primary_key=True),
        Column("kind", Text, primary_key=True),
        Column("difference", Text, primary_key=True, comment="missing, unexpected or told_without_right"),
        Column("reason", Text, nullable=False, comment="A constant phrase"),
        Column("person_id", Uuid, nullable=False, index=True),
        Column("establishment", Text, nullable=False),
        Column("day", Date, nullable=False),
        Column("noticed_at", _moment, nullable=False),
        Column("settled_at", _moment, comment="When it was no more"),
        Column("settled_as", Text, comment="repaired, or gone by itself"),
        Index("ix_obligation_differences_day", "day"),
        comment="Where the derivation from the ledgers and the table of obligations did not agree",
    )
    Index(
        "ix_obligation_differences_open",
        differences.c.difference,
        postgresql_where=text("settled_at IS NULL"),
    )
