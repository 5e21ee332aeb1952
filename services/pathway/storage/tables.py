"""Declares the tables of pathway: events, pathways and expectations, beside those of the spine."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.spine.access.relations import relation_table
from shared.spine.tables import spine_tables

metadata = MetaData()


class Table(SQLModel, registry=registry(metadata=metadata)):
    """Parent of this service's tables: two services in one process do not share a registry."""


def _key() -> Any:
    return Field(sa_column=Column(Uuid, primary_key=True))


def _id(*, null: bool = False, index: bool = False) -> Any:
    return Field(sa_column=Column(Uuid, nullable=null, index=index))


def _moment(*, null: bool = False) -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), nullable=null))


def _words(*, null: bool = False, comment: str | None = None) -> Any:
    return Field(sa_column=Column(Text, nullable=null, comment=comment))


class MovementEvent(Table, table=True):
    """Every event stated about a movement: the set that a person's pathway is folded from."""

    __tablename__ = "movement_events"

    event_id: UUID = _key()
    person_id: UUID = _id(index=True)
    establishment: str = _words()
    movement_id: UUID = _id()
    sequence: int = Field(sa_column=Column(BigInteger, nullable=False))
    type: str = _words()
    recorded_at: datetime = _moment()
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False, comment="The payload as JSON"))


class PersonPathway(Table, table=True):
    """A person's pathway as it is known now; its row lock orders the transactions about that person."""

    __tablename__ = "pathways"
    __table_args__ = (
        Index("ix_pathways_in_progress_at", "in_progress_at", postgresql_using="gin"),
        Index("ix_pathways_next_plan_at", "next_plan_at", postgresql_where=text("next_plan_at IS NOT NULL")),
    )

    person_id: UUID = _key()
    in_progress_at: Any = Field(
        sa_column=Column(
            ARRAY(Text),
            nullable=False,
            server_default=text("'{}'"),
            comment="Establishments where a stay is in progress; most updates leave it, and its index, alone",
        )
    )
    document: Any = Field(
        sa_column=Column(
            JSON, comment="domain.pathway.Pathway; none only inside the transaction that makes it"
        )
    )
    next_plan_at: datetime | None = _moment(null=True)
    known_to: Any = Field(
        sa_column=Column(
            ARRAY(Text),
            nullable=False,
            server_default=text("'{}'"),
            comment="Establishments that a relation of the facts shows something to, now or at another time",
        )
    )


class TrackedExpectation(Table, table=True):
    """An expectation as it was published last; the next publication is the difference to it."""

    __tablename__ = "expectations"
    __table_args__ = (
        Index("ix_expectations_open", "due_at", postgresql_where=text("state = 'open'")),
        Index("ix_expectations_overdue", "due_at", postgresql_where=text("state = 'overdue'")),
        Index("ix_expectations_closed_at", "closed_at", postgresql_where=text("closed_by <> ''")),
    )

    expectation_id: UUID = _key()
    person_id: UUID = Field(sa_column=Column(Uuid, primary_key=True, index=True))
    departure_movement_id: UUID = _id()
    from_establishment: str = _words()
    to_establishment: str = _words()
    departed_at: datetime = _moment()
    due_at: datetime = _moment()
    rules_version: int
    arrival_movement_id: UUID | None = _id(null=True)
    arrived_at: datetime | None = _moment(null=True)
    state: str = _words(comment="open, overdue, met, met_late, elsewhere, returned, closed or withdrawn")
    version: int
    trace: str | None = _words(null=True, comment="W3C trace context as JSON")
    known_at: datetime | None = _moment(null=True)
    ended_at: datetime | None = _moment(null=True)
    ended_by_movement_id: UUID | None = _id(null=True)
    closed_at: datetime | None = _moment(null=True)
    closed_by: str | None = _words(null=True, comment="The name that was given, and its key")
    closed_because: str | None = _words(null=True)
    deadline_unknown: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    reassigned: str | None = _words(null=True, comment="Why the departure is another person's")


class TrackedFurtherExpectation(Table, table=True):
    """A further expectation as it was published last, in a table that the release before leaves alone."""

    __tablename__ = "further_expectations"
    __table_args__ = (
        Index("ix_further_expectations_open", "due_at", postgresql_where=text("state = 'open'")),
    )

    expectation_id: UUID = _key()
    person_id: UUID = Field(sa_column=Column(Uuid, primary_key=True, index=True))
    establishment: str = _words()
    due_at: datetime = _moment()
    known_at: datetime = _moment()
    state: str = _words(comment="open, overdue, met, met_late, ended or withdrawn")
    document: Any = Field(sa_column=Column(JSON, nullable=False, comment="domain.further PublishedFurther"))


class FeedHearing(Table, table=True):
    """The newest of what one batch said of an establishment; added to until it is settled into `feeds`."""

    __tablename__ = "feed_hearings"

    hearing_id: int = Field(sa_column=Column(BigInteger, Identity(), primary_key=True))
    establishment: str = _words()
    heard_at: datetime = _moment()
    recorded_at: datetime = _moment()
    emitted_at: datetime = _moment()
    legal_entity: str | None = _words(null=True)


class Feed(Table, table=True):
    """Until when everything that an establishment emitted is known to be here."""

    __tablename__ = "feeds"

    establishment: str = Field(sa_column=Column(Text, primary_key=True))
    current_until: datetime = _moment()
    legal_entity: str | None = _words(null=True)


spine_tables(metadata)
relation_table(metadata)
