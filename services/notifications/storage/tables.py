"""The tables of notifications: circles, facts, obligations and attempts, beside the spine's."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy import (
    text as sql_text,
)
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from services.notifications.domain.obligations.obligation import TERMINAL
from services.notifications.storage.audit.tables import audit_tables
from services.notifications.storage.circle.tables import circle_tables
from services.notifications.storage.columns import (
    brin,
    encrypted,
    foreign_key,
    key,
    text,
    text_array,
    timestamp,
    uuid,
)
from shared.spine.tables import spine_tables

metadata = MetaData()
DECLARED_BY: Final = "Establishment that may see and change them; empty: none may without breaking the glass"


class Table(SQLModel, registry=registry(metadata=metadata)):
    """Parent of this service's tables, with a registry of its own, since tests load two services."""


class Person(Table, table=True):
    """Someone of whom facts are known; its row lock serialises planning for that person."""

    __tablename__ = "persons"

    person_id: UUID = key()
    wrapped_key: bytes | None = encrypted(
        null=True, comment="From the first enrolment on; without it, erased"
    )


class EstablishmentAccess(Table, table=True):
    """An establishment that states facts of a person; with more than one, messages name none."""

    __tablename__ = "presence"

    person_id: UUID = key()
    establishment: str = text(primary_key=True)


class StatedEvent(Table, table=True):
    """Every fact received that someone may have to be told: the set that obligations derive from."""

    __tablename__ = "facts"
    __table_args__ = (
        brin("ix_facts_known_at", "known_at"),
        Index("ix_facts_stated_by", "person_id", "stated_by"),
    )

    event_id: UUID = key()
    person_id: UUID = uuid()
    publisher: str = text()
    sequence: int = Field(sa_column=Column(BigInteger, nullable=False))
    type: str = text()
    stated_by: str | None = text(null=True, comment="Establishment whose event it is")
    occurred_at: datetime = timestamp()
    recorded_at: datetime = timestamp()
    trace: str | None = text(null=True, comment="W3C trace context as JSON, of the span that applied it")
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False, comment="The payload as JSON"))
    known_at: datetime | None = Field(
        sa_column=Column(
            DateTime(timezone=True),
            server_default=sql_text("clock_timestamp()"),
            comment="By the clock of the database",
        )
    )


class Member(Table, table=True):
    """One membership in a care circle, from joining to revocation; joining again is a new one."""

    __tablename__ = "members"
    __table_args__ = (
        Index(
            "uq_members_carer",
            "person_id",
            "carer_id",
            "declared_by",
            unique=True,
            postgresql_where=sql_text("revoked_at IS NULL AND carer_id IS NOT NULL"),
        ),
        Index(
            "uq_members_professional",
            "person_id",
            "establishment",
            "declared_by",
            unique=True,
            postgresql_where=sql_text("revoked_at IS NULL AND establishment IS NOT NULL"),
        ),
        CheckConstraint("(carer_id IS NULL) <> (establishment IS NULL)", name="carer_or_professional"),
        Index("ix_members_joined_at", "joined_at"),
        Index("ix_members_revoked_at", "revoked_at", postgresql_where=sql_text("revoked_at IS NOT NULL")),
    )

    member_id: UUID = key()
    person_id: UUID = foreign_key(Person.person_id)
    role: str = text()
    carer_id: UUID | None = uuid(null=True)
    establishment: str | None = text(null=True)
    alias: bytes | None = encrypted(null=True)
    basis: str = text()
    consent: bytes | None = encrypted(null=True)
    channels: list[str] = text_array()
    night: bool
    discretion: int = Field(sa_column=Column(SmallInteger, nullable=False))
    zone: str | None = text(null=True, comment="IANA name, declared or that of the number")
    joined_at: datetime = timestamp()
    revoked_at: datetime | None = timestamp(null=True)
    declared_by: str = Field(sa_column=Column(Text, nullable=False, server_default="", comment=DECLARED_BY))


class ContactPoint(Table, table=True):
    """One way to reach a member; deleted when the member is revoked."""

    __tablename__ = "contact_points"
    __table_args__ = (UniqueConstraint("member_id", "channel"),)

    contact_id: UUID = key()
    member_id: UUID = foreign_key(Member.member_id)
    channel: str = text()
    value: bytes = encrypted()
    value_index: bytes = Field(
        sa_column=Column(LargeBinary, nullable=False, index=True, comment="Blind: finds the same contact")
    )
    state: str = text()
    changed_at: datetime = timestamp()
    proof: str | None = text(null=True, comment="Why it may be written to; none: its owner has not accepted")


class Obligation(Table, table=True):
    """One recipient must be told of one event; ends in exactly one outcome."""

    __tablename__ = "obligations"
    __table_args__ = (
        UniqueConstraint("event_id", "recipient_id", "kind"),
        CheckConstraint(
            "(next_action_at IS NULL) = (status IN (" + ", ".join(f"'{s}'" for s in TERMINAL) + "))",
            name="no_orphan",
        ),
        Index(
            "ix_obligations_due",
            "lane",
            "next_action_at",
            postgresql_where=sql_text("next_action_at IS NOT NULL"),
        ),
        Index(
            "ix_obligations_open",
            "person_id",
            postgresql_where=sql_text("next_action_at IS NOT NULL"),
        ),
        brin("ix_obligations_fact_recorded_at", "fact_recorded_at"),
        Index("ix_obligations_human_at", "human_at", postgresql_where=sql_text("human_by IS NOT NULL")),
    )

    obligation_id: UUID = key()
    event_id: UUID = uuid()
    recipient_id: UUID = foreign_key(Member.member_id)
    kind: str = text()
    person_id: UUID = foreign_key(Person.person_id)
    recipient_role: str = text()
    stated_by: str = text(comment="Establishment that stated the fact")
    aspect: str = text(comment="What the news is about; older news is not sent after newer")
    fact_key: str = text(comment="The fact whose versions supersede each other")
    shown_kind: str = text(comment="The fact that the reader is told")
    said: str = text(comment="Equal for equal words")
    fact_occurred_at: datetime = timestamp()
    fact_recorded_at: datetime = timestamp()
    fact_sequence: int = Field(sa_column=Column(BigInteger, nullable=False))
    status: str = text()
    reason: str | None = text(null=True)
    barred_by: str | None = text(null=True, comment="Why it is not sent again, once what is open is known")
    superseded_by: UUID | None = uuid(null=True, comment="The event that made it old news")
    silent_from: datetime | None = timestamp(null=True, comment="A death is dated ahead")
    lane: str = text(comment="Channel that is due next")
    held: bool
    not_before: datetime = timestamp()
    deadline: datetime = timestamp()
    expires_at: datetime = timestamp()
    next_action_at: datetime | None = timestamp(null=True)
    channel: str | None = text(null=True, comment="The one that reached the recipient")
    evidence: str | None = text(null=True)
    created_at: datetime = timestamp()
    settled_at: datetime | None = timestamp(null=True)
    zone: str | None = text(null=True, comment="IANA name, where the fact happened")
    trace: str | None = text(null=True, comment="W3C trace context as JSON")
    human_at: datetime | None = timestamp(null=True)
    human_by: bytes | None = encrypted(null=True)
    human_source: UUID | None = uuid(null=True, comment="The caller who said so")


class Attempt(Table, table=True):
    """One try over one channel; committed before the call, so that no call is forgotten."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("obligation_id", "number"),
        Index("ix_attempts_claimed", "lease_until", postgresql_where=sql_text("status = 'claimed'")),
        Index("ix_attempts_address", "address", "claimed_at"),
    )

    attempt_id: UUID = key()
    obligation_id: UUID = uuid()
    number: int = Field(sa_column=Column(SmallInteger, nullable=False))
    step: int = Field(sa_column=Column(SmallInteger, nullable=False))
    channel: str = text()
    contact_id: UUID | None = uuid(null=True)
    status: str = text()
    reason: str | None = text(null=True)
    provider_id: str | None = text(null=True)
    template: str | None = text(null=True)
    address: bytes | None = encrypted(null=True, comment="Blind index of where it went")
    claimed_at: datetime = timestamp()
    lease_until: datetime = timestamp()
    answered_at: datetime | None = timestamp(null=True)


class DeliveryReport(Table, table=True):
    """What a provider reported, as it came, before anything is concluded from it."""

    __tablename__ = "delivery_reports"
    __table_args__ = (
        Index("ix_delivery_reports_waiting", "received_at", postgresql_where=sql_text("applied_at IS NULL")),
    )

    report_id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    attempt_id: UUID = Field(sa_column=Column(Uuid, nullable=False, index=True))
    provider_id: str | None = text(null=True)
    state: str = text()
    detail: str | None = text(null=True)
    received_at: datetime = timestamp()
    applied_at: datetime | None = timestamp(null=True)


class PageToken(Table, table=True):
    """The link in a message opens one small page; the token itself is stored nowhere."""

    __tablename__ = "page_tokens"

    token_sha256: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    obligation_id: UUID = foreign_key(Obligation.obligation_id)
    expires_at: datetime = timestamp()


class HumanTask(Table, table=True):
    """Someone was not told by machine: a person must see to it."""

    __tablename__ = "human_tasks"

    obligation_id: UUID = key()
    reason: str = text()
    opened_at: datetime = timestamp()
    closed_at: datetime | None = timestamp(null=True)


class Transition(Table, table=True):
    """Evidence: every status that an obligation ever had; written by a trigger, never changed."""

    __tablename__ = "transitions"
    __table_args__ = (brin("ix_transitions_changed_at", "changed_at"),)

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    obligation_id: UUID = Field(sa_column=Column(Uuid, nullable=False, index=True))
    status: str = text()
    reason: str | None = text(null=True)
    changed_at: datetime = timestamp()


spine_tables(metadata, seals=True)
audit_tables(metadata)
circle_tables(metadata)
