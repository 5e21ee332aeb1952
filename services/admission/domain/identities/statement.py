"""Defines what an establishment states about identities: which numbers are one person's, and whose a stay is.

In the words of HL7 v2: merge (A40 and older forms), link and unlink (A24, A37), move (A43 to A45), deletion
of a stay (A23), change and deletion of a number (A46 to A51), numbers and traits without a movement (A28,
A31). Each is about numbers of the establishment's own.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from services.admission.domain.authorities import TEST
from services.admission.domain.checks import (
    BILLING_NUMBER,
    YEARS,
    Contradiction,
    PersonFields,
    PersonIdentifiers,
    check_identifier,
    check_person,
    has_wrong_ins_key,
    refused_test_numbers,
)
from services.admission.domain.identifiers import normalised
from services.admission.domain.movement import (
    Finess,
    Identifier,
    IdentityAttribute,
    IdentityStatus,
    Label,
    Moment,
    Person,
    SourceNumber,
)

Action = Literal[
    "merge", "unmerge", "link", "unlink", "move", "delete_stay", "change_number", "delete_number", "traits"
]

StatementMark = Literal[
    "superseded", "nothing_changed", "identity_conflict", "not_stated_yet", "ins_key_invalid"
]
"""`superseded`: a statement about the same two numbers, or stay, that was emitted later stands.
`not_stated_yet`: a movement or a stay that it names is not there yet: it follows when it comes."""


class Statement(Struct, frozen=True, kw_only=True):
    """What every statement about identities says."""

    source_event_id: SourceNumber
    establishment: Finess
    emitted_at: Moment
    """When the source sent it: of two statements about the same two numbers, the later one counts."""
    author: Label | None = None
    """Who decided it."""
    reason: Label | None = None


class PairStatement(Statement, frozen=True, kw_only=True):
    """Two numbers of the establishment's own are one person's, or are not after all."""

    surviving: Identifier
    """The number to go on with (PID-3)."""
    merged: Identifier
    """The number that was another person's (MRG-1)."""


class MoveStatement(Statement, frozen=True, kw_only=True):
    """Stays, or single movements, are another person's than whom they were stated of."""

    to: Identifier
    """A number of whose they are."""
    former: Identifier
    """A number of whom they were stated of."""
    stay_ids: Annotated[tuple[SourceNumber, ...], Meta(max_length=100)] = ()
    movement_ids: Annotated[tuple[SourceNumber, ...], Meta(max_length=100)] = ()


class StayDeletion(Statement, frozen=True, kw_only=True):
    """Stays should never have been stated: nothing that was emitted of them until then holds."""

    number: Identifier
    """A number of whom they were stated of."""
    stay_ids: Annotated[tuple[SourceNumber, ...], Meta(min_length=1, max_length=100)]


class NumberChange(Statement, frozen=True, kw_only=True):
    """A person has another number from now on; the former one means nobody any more."""

    former: Identifier
    number: Identifier
    identity_status: IdentityStatus | None = None
    """Of the identity under the new number: only a qualified INS means the same person elsewhere."""
    identity_attributes: Annotated[tuple[IdentityAttribute, ...], Meta(max_length=3)] = ()


class NumberDeletion(Statement, frozen=True, kw_only=True):
    """A number means nobody any more."""

    number: Identifier


class TraitsStatement(Statement, frozen=True, kw_only=True):
    """Whom numbers mean, and what is known of that person; there need not be any movement yet."""

    person: Person


class IdentityReceipt(Struct, frozen=True, kw_only=True):
    """Proof that a statement about identities is stored and carried out."""

    receipt_id: UUID
    source_event_id: str
    action: Action
    person_id: UUID
    """Whose the number to go on with is."""
    accepted_at: datetime
    content_sha256: str  # of the action and the body's canonical JSON, hexadecimal
    marks: tuple[StatementMark, ...] = ()


def marks_of_numbers(statement: Statement) -> tuple[StatementMark, ...]:
    """The doubts about the numbers that it names, whatever they mean."""
    named = [getattr(statement, name) for name in statement.__struct_fields__]
    identifiers = [each for each in named if isinstance(each, Identifier)]
    if isinstance(statement, TraitsStatement):
        identifiers += statement.person.identifiers
    return ("ins_key_invalid",) if has_wrong_ins_key(identifiers) else ()


def mistakes(statement: Statement, *, accepts_test_numbers: bool) -> Iterator[Contradiction]:
    """What cannot be meant by a statement whose fields are valid each."""
    if statement.emitted_at.year not in YEARS:
        yield Contradiction("/emitted_at", "must be from 1900 to 2199")
    numbers = {}
    for name in statement.__struct_fields__:
        identifier = getattr(statement, name)
        if not isinstance(identifier, Identifier):
            continue
        if identifier.type == BILLING_NUMBER:
            yield Contradiction(f"/{name}", "a billing number (NH) identifies nobody")
        found = list(check_identifier(identifier, f"/{name}"))
        yield from found
        if found:
            continue
        numbers[name] = normalised(identifier.authority, identifier.value)
        if numbers[name].authority in TEST and not accepts_test_numbers:
            yield Contradiction(
                f"/{name}/authority", "numbers of tests and demonstrations are refused in production"
            )
    if isinstance(statement, TraitsStatement):
        part = PersonFields(PersonIdentifiers(statement.person.identifiers))
        yield from check_person(part)
        if not accepts_test_numbers:
            yield from refused_test_numbers(part)
    if len(set(numbers.values())) < len(numbers):
        yield Contradiction(f"/{next(iter(numbers))}", "the two numbers are the same")
    if isinstance(statement, MoveStatement) and not (statement.stay_ids or statement.movement_ids):
        yield Contradiction("/stay_ids", "a stay or a movement must be named")
