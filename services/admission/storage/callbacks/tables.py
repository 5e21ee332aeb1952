"""Declares the tables of callbacks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.admission.storage.schema import Table


class StoredCallback(Table, table=True):
    """Where a source is told what becomes of its movements."""

    __tablename__ = "callbacks"

    source_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    url: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False, comment="active, paused or suspended"))
    state_since: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    why: str | None = Field(sa_column=Column(Text, comment="Why it is suspended: gone or failing"))
    failures: int = Field(sa_column=Column(Integer, nullable=False, comment="In a row"))
    failing_since: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    rests_until: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    delivered_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True), comment="Last"))
    wrapped_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    secret: bytes = Field(sa_column=Column(LargeBinary, nullable=False, comment="Sealed"))
    former_secret: bytes | None = Field(sa_column=Column(LargeBinary, comment="Sealed; signs, too, until"))
    former_until: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class FollowedMovement(Table, table=True):
    """An event of whose fate its source is told, until nothing more is expected."""

    __tablename__ = "followed_movements"
    __table_args__ = (Index("ix_followed_movements_look_at", "look_at"),)

    event_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    source_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    receipt_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    accepted_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )
    look_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )
    told: Any = Field(sa_column=Column(JSONB, comment="What each service said; none: nothing was told yet"))


class StoredDelivery(Table, table=True):
    """One callback, tried until it is taken or given up."""

    __tablename__ = "callback_deliveries"
    __table_args__ = (
        Index("ix_callback_deliveries_listed", "source_id", "delivery_id"),
        Index(
            "ix_callback_deliveries_due",
            "source_id",
            "state",
            "due_at",
            postgresql_where=text("state <> 'delivered'"),
        ),
        Index("ix_callback_deliveries_found_at", "found_at"),
    )

    delivery_id: UUID = Field(sa_column=Column(Uuid, primary_key=True, comment="Its webhook-id"))
    source_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    receipt_id: UUID | None = Field(sa_column=Column(Uuid, comment="None of a ping"))
    news: Any = Field(sa_column=Column(JSONB, nullable=False))
    found_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False, comment="waiting, delivered or given_up"))
    due_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, comment="When it may be tried next")
    )
    attempts: int = Field(sa_column=Column(Integer, nullable=False))
    answer: str | None = Field(sa_column=Column(Text, comment="The last one: an HTTP status, or what failed"))
    ended_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
