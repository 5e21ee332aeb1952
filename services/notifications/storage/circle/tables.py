"""The tables of who is related to a person: persons who are one, shared circles, what admission granted."""

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, MetaData, Table, Uuid, text

from shared.spine.access.relations import relation_table

_moment = DateTime(timezone=True)


def circle_tables(metadata: MetaData) -> None:
    """Add them to the service's metadata."""
    relation_table(metadata)
    Table(
        "merges",
        metadata,
        Column("merge_id", Uuid, primary_key=True),
        Column("revision", Integer, primary_key=True, comment="The highest holds"),
        Column("person_id", Uuid, nullable=False, index=True, comment="The surviving one"),
        Column("merged", Uuid, nullable=False, index=True),
        Column("is_merged", Boolean, nullable=False),
        Column("stated_at", _moment, nullable=False),
        comment="Every statement that two persons are one, or are not",
    )
    Table(
        "shared_circles",
        metadata,
        Column("person_id", Uuid, primary_key=True),
        Column("circle_of", Uuid, primary_key=True, comment="Its members are told of the person, too"),
        Column("since", _moment, primary_key=True),
        Column("until", _moment, comment="None while they are one"),
        comment="Follows from the merges",
    )
    Index(
        "ix_facts_reassigned",
        metadata.tables["facts"].c.person_id,
        postgresql_where=text("type = 'relais.admission.movement-reassigned.v1'"),
    )
