"""Declares the tables of when each source was heard, and of its silences."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Index, Text, Uuid, text
from sqlmodel import Field

from services.admission.storage.schema import Table


class HeardHour(Table, table=True):
    """In which minutes of an hour a source was heard; under the id of nobody, those in which we listened."""

    __tablename__ = "heard_hours"

    source_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    hour: datetime = Field(sa_column=Column(DateTime(timezone=True), primary_key=True))
    messages: int = Field(sa_column=Column(BigInteger, nullable=False, comment="A bit for each minute"))
    heartbeats: int = Field(sa_column=Column(BigInteger, nullable=False, comment="A bit for each minute"))


class StoredSequence(Table, table=True):
    """How far a source has numbered what it sent."""

    __tablename__ = "source_sequences"

    source_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    sequence: str = Field(
        sa_column=Column(Text, nullable=False, comment="JSON: the last number, and what is missing")
    )


class StoredSilence(Table, table=True):
    """A pause of a source that is longer than its rhythm lets expect."""

    __tablename__ = "silences"
    __table_args__ = (
        Index("ix_silences_open", "source_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    source_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    reason: str = Field(sa_column=Column(Text, primary_key=True, comment="nothing_heard or only_heartbeats"))
    since: datetime = Field(
        sa_column=Column(DateTime(timezone=True), primary_key=True, comment="When what is missing came last")
    )
    noticed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
