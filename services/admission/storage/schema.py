"""Holds what all tables of admission belong to."""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

metadata = MetaData()


class Table(SQLModel, registry=registry(metadata=metadata)):
    """Parent of this service's tables: two services in one process do not share a registry."""
