"""The kinds of columns and indexes that the tables have."""

from typing import Any

from sqlalchemy import Column, DateTime, ForeignKey, Index, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field


def key() -> Any:
    return Field(sa_column=Column(Uuid, primary_key=True))


def uuid(*, null: bool = False, comment: str | None = None) -> Any:
    return Field(sa_column=Column(Uuid, nullable=null, comment=comment))


def foreign_key(to: Any, *, on_delete: str = "CASCADE") -> Any:
    return Field(sa_column=Column(Uuid, ForeignKey(to, ondelete=on_delete), nullable=False, index=True))


def text(*, null: bool = False, primary_key: bool = False, comment: str | None = None) -> Any:
    return Field(sa_column=Column(Text, primary_key=primary_key, nullable=null, comment=comment))


def text_array() -> Any:
    return Field(sa_column=Column(ARRAY(Text), nullable=False))


def timestamp(*, null: bool = False, comment: str | None = None) -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), nullable=null, comment=comment))


def encrypted(*, null: bool = False, comment: str = "Sealed with the person's key") -> Any:
    return Field(sa_column=Column(LargeBinary, nullable=null, comment=comment))


def brin(name: str, column: str) -> Index:
    return Index(name, column, postgresql_using="brin", postgresql_with={"autosummarize": True})
