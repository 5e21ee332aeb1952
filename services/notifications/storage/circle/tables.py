"""The tables of who is related to a person: who are one, shared circles, what was granted, who is invited."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

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
    invitations = Table(
        "invitations",
        metadata,
        Column("contact_id", Uuid, primary_key=True),
        Column("person_id", Uuid, nullable=False, index=True),
        Column("declared_by", Text, nullable=False, server_default="", comment="The establishment that did"),
        Column("address", LargeBinary, nullable=False, comment="Blind index of where it goes"),
        Column("token_sha256", LargeBinary, nullable=False, unique=True),
        Column("asked_at", _moment, nullable=False),
        Column("expires_at", _moment, nullable=False),
        Column("next_at", _moment, comment="When it is sent; none for no more"),
        Column("sent", SmallInteger, nullable=False, server_default="0"),
        Column("last_sent_at", _moment),
        Column("answer", Text),
        Column("answered_at", _moment),
        comment="The owner of an address is asked before anything is told there; outlives the contact",
    )
    Index("ix_invitations_address", invitations.c.address, invitations.c.last_sent_at)
    Index("ix_invitations_next_at", invitations.c.next_at, postgresql_where=text("next_at IS NOT NULL"))
    Index(
        "ix_facts_reassigned",
        metadata.tables["facts"].c.person_id,
        postgresql_where=text("type = 'relais.admission.movement-reassigned.v1'"),
    )
