"""Declares the tables of what is wrong with what sources send."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, Column, Date, Text, Uuid
from sqlmodel import Field

from services.admission.storage.schema import Table


class StoredConformanceDay(Table, table=True):
    """How much a source sent on one day, and how much of it had a problem."""

    __tablename__ = "conformance_days"

    source_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    day: date = Field(sa_column=Column(Date, primary_key=True, comment="UTC"))
    seen: int = Field(sa_column=Column(BigInteger, nullable=False, comment="Movements and messages answered"))
    faulty: int = Field(sa_column=Column(BigInteger, nullable=False, comment="Those with a problem"))


class StoredProblem(Table, table=True):
    """How often one problem of a source came on one day."""

    __tablename__ = "conformance_problems"

    source_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    day: date = Field(sa_column=Column(Date, primary_key=True, comment="UTC"))
    problem: str = Field(
        sa_column=Column(Text, primary_key=True, comment="By name, without anything of what was sent")
    )
    times: int = Field(sa_column=Column(BigInteger, nullable=False))
