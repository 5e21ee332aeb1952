"""Declares the tables of admission: submissions, identities and sources, beside those of the spine."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKey, LargeBinary, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.spine.tables import spine_tables

metadata = MetaData()


class Table(SQLModel, registry=registry(metadata=metadata)):
    """Parent of this service's tables: two services in one process do not share a registry."""


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


class Identifier(Table, table=True):
    """Whose identifier it is; the identifier itself is only in the encrypted records."""

    __tablename__ = "identifiers"

    blind_index: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    person_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey(Person.person_id), nullable=False)  # type: ignore[arg-type]
    )


class Submission(Table, table=True):
    """What a source sent, once per its own event id; the ledger has the event that it became."""

    __tablename__ = "submissions"

    source_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    source_event_id: str = Field(sa_column=Column(Text, primary_key=True))
    content_sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    receipt_id: UUID = Field(sa_column=Column(Uuid, nullable=False, unique=True))
    event_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    establishment: str = Field(sa_column=Column(Text, nullable=False))
    marks: Any = Field(sa_column=Column(ARRAY(Text), nullable=False))
    record: bytes = Field(
        sa_column=Column(
            LargeBinary, nullable=False, comment="The body as it came, sealed with the person's key"
        )
    )


spine_tables(metadata)
