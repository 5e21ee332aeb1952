"""Declares the tables of the HL7 v2 door."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.admission.storage.schema import Table


class StoredDialect(Table, table=True):
    """How a source writes HL7 v2, where it differs from the standard."""

    __tablename__ = "hl7v2_dialects"

    source_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    dialect: str = Field(sa_column=Column(Text, nullable=False, comment="JSON"))
    changed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class MllpCaller(Table, table=True):
    """Who speaks over MLLP as which source."""

    __tablename__ = "mllp_callers"
    __table_args__ = (Index("ix_mllp_callers_source", "source_id"),)

    caller: str = Field(
        sa_column=Column(Text, primary_key=True, comment="Network, or sha256: and a certificate's digest")
    )
    source_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    allowed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Quarantined(Table, table=True):
    """A message that was refused, and may be taken once its source's dialect is right."""

    __tablename__ = "hl7v2_quarantine"
    __table_args__ = (
        Index("ix_hl7v2_quarantine_raw", "source_id", "raw_index", unique=True),
        Index("ix_hl7v2_quarantine_seen_at", "seen_at"),
        Index("ix_hl7v2_quarantine_state", "state", "received_at", "quarantine_id"),
    )

    quarantine_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    source_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    establishment: str | None = Field(sa_column=Column(Text))
    raw_index: bytes = Field(
        sa_column=Column(LargeBinary, nullable=False, comment="By which the same bytes are found again")
    )
    charset: str | None = Field(sa_column=Column(Text, comment="What its transport said of it"))
    event: str = Field(
        sa_column=Column(Text, nullable=False, comment="Trigger; empty where none could be read")
    )
    findings: Any = Field(sa_column=Column(JSONB, nullable=False, comment="As they were answered last"))
    state: str = Field(sa_column=Column(Text, nullable=False, comment="open, applied or dismissed"))
    times: int = Field(sa_column=Column(Integer, nullable=False, comment="How often it came"))
    received_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    seen_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, comment="When it came last")
    )
    settled_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    settled_by: UUID | None = Field(sa_column=Column(Uuid, comment="Key of the operator"))
    wrapped_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    record: bytes = Field(
        sa_column=Column(
            LargeBinary, nullable=False, comment="The bytes as they came, sealed with a key of their own"
        )
    )
