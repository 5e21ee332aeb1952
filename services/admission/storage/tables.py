"""Declares the tables of admission: submissions, identities, sources and directory, beside the spine's."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.admission.storage import conformance_tables
from services.admission.storage.callbacks import tables as callback_tables
from services.admission.storage.hl7v2 import tables as hl7v2_tables
from services.admission.storage.identities import tables as identity_tables
from services.admission.storage.schema import Table, metadata
from services.admission.storage.silences import tables as silence_tables
from shared.spine.tables import spine_tables

__all__ = [
    "callback_tables",
    "conformance_tables",
    "hl7v2_tables",
    "identity_tables",
    "metadata",
    "silence_tables",
]

_NAMES_ANOTHER = "other_person_id IS NOT NULL"
_GLASS = "basis = 'break_the_glass'"


class Source(Table, table=True):
    """An application of an establishment that states movements."""

    __tablename__ = "sources"

    source_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    establishment: str | None = Field(sa_column=Column(Text))
    tolerance_seconds: int
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Person(Table, table=True):
    """A person; without the key, what is stored of them cannot be read any more."""

    __tablename__ = "persons"

    person_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    wrapped_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    survivor_id: UUID | None = Field(
        sa_column=Column(Uuid, comment="Under whom all is published while merged; none: itself")
    )


class Identifier(Table, table=True):
    """Whose identifier it is; the identifier itself is only in the encrypted records."""

    __tablename__ = "identifiers"
    __table_args__ = (
        Index("ix_identifiers_decided", "person_id", postgresql_where=text("basis = 'decided'")),
        Index("ix_identifiers_joined", "person_id", postgresql_where=text("basis = 'qualified_ins'")),
        Index("ix_identifiers_unscoped", "blind_index", postgresql_where=text("scope IS NULL")),
    )

    blind_index: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    person_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey(Person.person_id), nullable=False)  # type: ignore[arg-type]
    )
    scope: str | None = Field(
        sa_column=Column(Text, comment="In which it was stated first; none from before there were scopes")
    )
    basis: str | None = Field(
        sa_column=Column(Text, comment="stated, qualified_ins (joined by traits) or decided (by a person)")
    )


class FormerNumber(Table, table=True):
    """Whose an identifier was, until it was changed or deleted."""

    __tablename__ = "former_numbers"

    blind_index: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    ended_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), primary_key=True, comment="When that was stated")
    )
    person_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey(Person.person_id), nullable=False, index=True)  # type: ignore[arg-type]
    )
    scope: str = Field(sa_column=Column(Text, nullable=False))


class Submission(Table, table=True):
    """What a source sent, once per its own event id; the ledger has the event that it became."""

    __tablename__ = "submissions"

    source_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    source_event_id: str = Field(sa_column=Column(Text, primary_key=True))
    content_sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    receipt_id: UUID = Field(sa_column=Column(Uuid, nullable=False, unique=True))
    event_id: UUID = Field(sa_column=Column(Uuid, nullable=False, index=True))
    establishment: str = Field(sa_column=Column(Text, nullable=False))
    marks: Any = Field(sa_column=Column(ARRAY(Text), nullable=False))
    record: bytes = Field(
        sa_column=Column(
            LargeBinary, nullable=False, comment="The body as it came, sealed with the person's key"
        )
    )


class IdentityWorkItem(Table, table=True):
    """Two persons whom numbers name as one, and what was decided about it."""

    __tablename__ = "identity_work_items"
    __table_args__ = (
        Index(
            "ix_identity_work_items_pair",
            text("least(person_id, other_person_id)"),
            text("greatest(person_id, other_person_id)"),
            unique=True,
        ),
        Index("ix_identity_work_items_state", "state", "found_at", "work_item_id"),
        Index("ix_identity_work_items_person", "person_id"),
        Index("ix_identity_work_items_other", "other_person_id"),
    )

    work_item_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    finding: str = Field(
        sa_column=Column(Text, nullable=False, comment="join, conflict, suspected_duplicate or stated_as_one")
    )
    state: str = Field(sa_column=Column(Text, nullable=False, comment="joining, open or settled"))
    person_id: UUID = Field(sa_column=Column(Uuid, nullable=False, comment="Before any merge, as the other"))
    other_person_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    establishments: Any = Field(sa_column=Column(ARRAY(Text), nullable=False))
    evidence: Any = Field(sa_column=Column(JSONB, nullable=False, comment="Who stated it, by which receipt"))
    disagreeing: Any = Field(sa_column=Column(ARRAY(Text), nullable=False, comment="Names of traits"))
    unknown: Any = Field(sa_column=Column(ARRAY(Text), nullable=False, comment="Names of traits"))
    found_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    decisions: Any = Field(sa_column=Column(JSONB, nullable=False, comment="By whom and why, newest last"))


class IdentityStatement(Table, table=True):
    """What a source stated about identities, once per its own event id, and the receipt of it."""

    __tablename__ = "identity_statements"
    __table_args__ = (
        Index("ix_identity_statements_traits", "person_id", postgresql_where=text("action = 'traits'")),
        Index("ix_identity_statements_person", "person_id"),
        Index("ix_identity_statements_other", "other_person_id", postgresql_where=text(_NAMES_ANOTHER)),
    )

    source_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    source_event_id: str = Field(sa_column=Column(Text, primary_key=True))
    content_sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    receipt_id: UUID = Field(sa_column=Column(Uuid, nullable=False, unique=True))
    action: str = Field(sa_column=Column(Text, nullable=False))
    establishment: str = Field(sa_column=Column(Text, nullable=False))
    emitted_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    merge_id: UUID | None = Field(
        sa_column=Column(Uuid, index=True, comment="The merge that it states or undoes")
    )
    person_id: UUID = Field(
        sa_column=Column(Uuid, nullable=False, comment="With whose key the record is sealed")
    )
    other_person_id: UUID | None = Field(
        sa_column=Column(Uuid, comment="Who else is named in the record, where no merge says so")
    )
    marks: Any = Field(sa_column=Column(ARRAY(Text), nullable=False))
    accepted_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    record: bytes = Field(sa_column=Column(LargeBinary, nullable=False, comment="The body as it came"))
    number: int = Field(sa_column=Column(BigInteger, Identity(always=True), nullable=False, index=True))


class StoredGrant(Table, table=True):
    """Who may see what others stated, of a person or within a network."""

    __tablename__ = "grants"
    __table_args__ = (Index("ix_grants_glass", "begins_at", "grant_id", postgresql_where=text(_GLASS)),)

    grant_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    revision: int
    basis: str = Field(sa_column=Column(Text, nullable=False, comment="team, network or break_the_glass"))
    subject: UUID = Field(sa_column=Column(Uuid, nullable=False, comment="Under whom it is published"))
    person_id: UUID | None = Field(sa_column=Column(Uuid, index=True, comment="Before any merge"))
    establishments: Any = Field(sa_column=Column(ARRAY(Text), nullable=False, comment="Who may see"))
    of: Any = Field(sa_column=Column(ARRAY(Text), nullable=False, comment="Whose statements; empty: all"))
    begins_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ends_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    declared_by: str | None = Field(sa_column=Column(Text, comment="None: an operator of the platform"))
    key_id: UUID | None = Field(sa_column=Column(Uuid, comment="With which it was asked for"))
    ended_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    said: bytes | None = Field(
        sa_column=Column(LargeBinary, comment="By whom and why, sealed with the person's key")
    )


class StoredNetwork(Table, table=True):
    """What is kept of a network beside its grant."""

    __tablename__ = "networks"

    network_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    controller: str = Field(sa_column=Column(Text, nullable=False, comment="FINESS of the legal entity"))
    purpose: str = Field(sa_column=Column(Text, nullable=False))


class Establishment(Table, table=True):
    """An organisation with a FINESS number: a legal entity, or one of its sites."""

    __tablename__ = "establishments"

    finess: str = Field(sa_column=Column(Text, primary_key=True))
    level: str = Field(sa_column=Column(Text, nullable=False, comment="legal_entity or site"))
    legal_entity: str | None = Field(
        sa_column=Column(
            Text, index=True, comment="FINESS of a site's legal entity; may come after its sites"
        )
    )
    name: str = Field(sa_column=Column(Text, nullable=False))
    category: str | None = Field(sa_column=Column(Text, comment="Code of the national category"))
    kind: str | None = Field(sa_column=Column(Text, comment="What the category is called"))
    commune: str | None = Field(sa_column=Column(Text, comment="COG code"))
    town: str | None = Field(sa_column=Column(Text, comment="Last line of the postal address"))
    time_zone: str = Field(sa_column=Column(Text, nullable=False))
    phone: str | None = Field(sa_column=Column(Text, comment="Of the switchboard"))


class Unit(Table, table=True):
    """A part of an establishment under the code that its movements name."""

    __tablename__ = "units"

    establishment: str = Field(sa_column=Column(Text, primary_key=True))
    code: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    kind: str | None = Field(sa_column=Column(Text))
    beds: int | None = Field(sa_column=Column(Integer))
    phone: str | None = Field(sa_column=Column(Text))
    email: str | None = Field(sa_column=Column(Text))


class IdentityDomain(Table, table=True):
    """An establishment, or a legal entity with all its sites, that shares an authority's numbers."""

    __tablename__ = "identity_domains"

    authority: str = Field(sa_column=Column(Text, primary_key=True, comment="In its one spelling"))
    member: str = Field(sa_column=Column(Text, primary_key=True, comment="FINESS of a site or legal entity"))
    domain: str = Field(sa_column=Column(Text, nullable=False, index=True))


class Professional(Table, table=True):
    """A health professional as the national directory lists them."""

    __tablename__ = "professionals"

    rpps: str = Field(sa_column=Column(Text, primary_key=True))
    family_name: str = Field(sa_column=Column(Text, nullable=False))
    given_name: str | None = Field(sa_column=Column(Text))
    profession: str = Field(sa_column=Column(Text, nullable=False))
    specialty: str | None = Field(sa_column=Column(Text))


class Practice(Table, table=True):
    """A professional works in an establishment."""

    __tablename__ = "practices"

    rpps: str = Field(sa_column=Column(Text, primary_key=True))
    establishment: str = Field(sa_column=Column(Text, primary_key=True))


class Mailbox(Table, table=True):
    """A mailbox of the secure messaging space (MSSanté) of a professional or of an establishment."""

    __tablename__ = "mailboxes"

    holder: str = Field(sa_column=Column(Text, primary_key=True, comment="RPPS (11 digits) or FINESS (9)"))
    address: str = Field(sa_column=Column(Text, primary_key=True))
    kind: str = Field(sa_column=Column(Text, nullable=False, comment="personal, organisation or application"))
    service: str | None = Field(sa_column=Column(Text, comment="Of the establishment"))


spine_tables(metadata, seals=True)
