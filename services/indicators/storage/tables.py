"""Declares the tables of indicators: four of facts, one row for each event, beside those of the spine."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Index, MetaData, Text, Uuid
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.spine.tables import spine_tables

metadata = MetaData()


class Table(SQLModel, registry=registry(metadata=metadata)):
    """Parent of this service's tables: two services in one process do not share a registry."""


def _key() -> Any:
    return Field(sa_column=Column(Uuid, primary_key=True))


def _id() -> Any:
    return Field(sa_column=Column(Uuid, nullable=False))


def _words(*, null: bool = False) -> Any:
    return Field(sa_column=Column(Text, nullable=null))


def _moment(*, null: bool = False) -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), nullable=null))


def _sequence() -> Any:
    return Field(sa_column=Column(BigInteger, nullable=False))


class MovementRow(Table, table=True):
    """What admission published about a movement."""

    __tablename__ = "movement_facts"
    __table_args__ = (
        Index("ix_movement_facts_establishment", "establishment", "person_id", "movement_id"),
        Index("ix_movement_facts_movement", "person_id", "movement_id"),
        {"comment": "Append-only: every event about a movement"},
    )

    event_id: UUID = _key()
    person_id: UUID = _id()
    sequence: int = _sequence()
    recorded_at: datetime = _moment()
    action: str = _words()
    movement_id: UUID = _id()
    stay_id: UUID = _id()
    kind: str = _words()
    establishment: str = _words()
    destination_establishment: str | None = _words(null=True)
    occurred_at: datetime = _moment()
    emitted_at: datetime = _moment()
    class_of_stay: str | None = _words(null=True)
    ordered_at: datetime | None = _moment(null=True)
    names: str | None = _words(null=True)
    destination_mode: str | None = _words(null=True)


class ReassignmentRow(Table, table=True):
    """What admission published about a movement that is another person's."""

    __tablename__ = "reassignment_facts"
    __table_args__ = (
        Index("ix_reassignment_facts_establishment", "establishment"),
        {"comment": "Append-only: every event that ends a movement under one person"},
    )

    event_id: UUID = _key()
    person_id: UUID = _id()
    sequence: int = _sequence()
    recorded_at: datetime = _moment()
    movement_id: UUID = _id()
    establishment: str = _words()


class ExpectationRow(Table, table=True):
    """What pathway published about an expected arrival."""

    __tablename__ = "expectation_facts"
    __table_args__ = (
        Index("ix_expectation_facts_due", "from_establishment", "due_at"),
        Index("ix_expectation_facts_expectation", "expectation_id"),
        {"comment": "Append-only: every event about an expected arrival"},
    )

    event_id: UUID = _key()
    person_id: UUID = _id()
    sequence: int = _sequence()
    recorded_at: datetime = _moment()
    step: str = _words()
    expectation_id: UUID = _id()
    from_establishment: str = _words()
    to_establishment: str = _words()
    due_at: datetime = _moment()
    arrived_at: datetime | None = _moment(null=True)


class ObligationRow(Table, table=True):
    """What notifications published about a settled obligation."""

    __tablename__ = "obligation_facts"
    __table_args__ = (
        Index("ix_obligation_facts_settled", "establishment", "settled_at"),
        Index("ix_obligation_facts_obligation", "obligation_id"),
        {"comment": "Append-only: every outcome of an obligation"},
    )

    event_id: UUID = _key()
    person_id: UUID = _id()
    sequence: int = _sequence()
    recorded_at: datetime = _moment()
    obligation_id: UUID = _id()
    establishment: str = _words()
    recipient_role: str = _words()
    outcome: str = _words()
    fact_occurred_at: datetime = _moment()
    fact_recorded_at: datetime = _moment()
    settled_at: datetime = _moment()


spine_tables(metadata)
