"""Declares the tables that say whose movements and stays are, and which persons are one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Integer, Text, Uuid
from sqlmodel import Field

from services.admission.storage.schema import Table


class Movement(Table, table=True):
    """Whose a movement is; its row lock orders the transactions that state something of it."""

    __tablename__ = "movements"

    movement_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    stated_as: UUID = Field(sa_column=Column(Uuid, nullable=False, comment="Whose it is, before any merge"))
    decided_at: datetime | None = Field(
        sa_column=Column(
            DateTime(timezone=True),
            comment="When somebody said whose; what was stated before does not change it",
        )
    )


class StoredErasure(Table, table=True):
    """That a person was erased; `erased` has the ids, which lead to nobody any more."""

    __tablename__ = "erasures"

    erasure_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    basis: str = Field(sa_column=Column(Text, nullable=False, comment="GDPR article 17(1)"))
    author: str = Field(
        sa_column=Column(Text, nullable=False, comment="Who decided, and the source of the key")
    )
    key_id: UUID | None = Field(sa_column=Column(Uuid, comment="With which it was asked for"))
    erased_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class StayMove(Table, table=True):
    """A stay that somebody said is another person's; what comes of it later is that one's, too."""

    __tablename__ = "stay_moves"

    stay_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    decided_at: datetime = Field(sa_column=Column(DateTime(timezone=True), primary_key=True))
    former: UUID = Field(
        sa_column=Column(Uuid, nullable=False, index=True, comment="Whose it was, before any merge")
    )
    to_person: UUID = Field(sa_column=Column(Uuid, nullable=False))


class DeletedStay(Table, table=True):
    """A stay that its establishment deleted; what comes of it later, and was emitted before, is cancelled."""

    __tablename__ = "deleted_stays"

    stay_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    emitted_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    source_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    person_id: UUID = Field(sa_column=Column(Uuid, primary_key=True, comment="Whom its number named"))


class Merge(Table, table=True):
    """Two persons that are one, or were."""

    __tablename__ = "merges"

    merge_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    surviving: UUID = Field(sa_column=Column(Uuid, nullable=False, index=True))
    merged: UUID = Field(sa_column=Column(Uuid, nullable=False, index=True))
    revision: int = Field(
        sa_column=Column(Integer, nullable=False, comment="Grows with every merge and unmerge")
    )
    is_merged: bool
    stated_by: str | None = Field(
        sa_column=Column(
            Text, comment="The establishment that said so; none: decided in the work list, or by an INS"
        )
    )


class TraitCheck(Table, table=True):
    """Up to where what establishments state of joined persons was compared; one row."""

    __tablename__ = "trait_checks"

    ledger: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    statement: int = Field(sa_column=Column(BigInteger, nullable=False))
