"""Opens what admission keeps of a person, for the person who asks: what was stated, granted and refused."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import msgspec

from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.grants.said import opened
from services.admission.handlers.hl7v2.quarantine import refused_mentioning
from services.admission.storage import erasures, export
from services.admission.storage.identities.statements import STATEMENT_CONTEXT
from services.admission.storage.submissions import RECORD_CONTEXT
from shared.spine.export.section import Content, Record, section

_FIRST: Final = UUID(int=0)
_TEXT: Final = "hl7v2"
"""Where a body has the message that it was read from."""
_OF_A_PAIR: Final = frozenset({"surviving", "merged", "former", "to", _TEXT})
"""What names both persons: the numbers, and the text of the message that gave them."""
_OWN: Final = frozenset({"traits", "delete_stay", "change_number", "delete_number"})
"""What is stated of one person alone."""


class _Number(msgspec.Struct, frozen=True):
    value: str


class _Named(msgspec.Struct, frozen=True):
    identifiers: tuple[_Number, ...] = ()


class _Statement(msgspec.Struct, frozen=True):
    person: _Named = _Named()


async def persons_who_are_one(dependencies: Dependencies, person_id: UUID) -> Sequence[UUID]:
    """Every id of the person; none of somebody unknown."""
    return await erasures.one_with(dependencies.pool, person_id)


def numbers_in(dependencies: Dependencies, stated: Collection[erasures.SealedRecord]) -> set[str]:
    """The numbers of the person in what sources sent."""
    found: set[str] = set()
    for each in stated:
        context = RECORD_CONTEXT + each.event_id.bytes
        body = dependencies.vault.decrypt(each.wrapped_key, each.record, context=context)
        statement = msgspec.json.decode(body, type=_Statement)
        found.update(number.value.strip() for number in statement.person.identifiers)
    return found - {""}


def _submission(dependencies: Dependencies, row: Content) -> Content:
    shown = _with_body(dependencies, row, context=RECORD_CONTEXT + row["event_id"].bytes)
    if shown.pop("named_another") and shown["record"]:
        shown["record"].pop(_TEXT, None)
        shown["record"].get("person", {}).pop("identifiers", None)
    return shown


def _statement(dependencies: Dependencies, row: Content) -> Content:
    shown = dict(_with_body(dependencies, row, context=STATEMENT_CONTEXT + row["receipt_id"].bytes))
    if not shown.pop("are_one") and row["action"] not in _OWN and shown["record"]:
        shown["record"] = {name: said for name, said in shown["record"].items() if name not in _OF_A_PAIR}
    return shown


def _grant(dependencies: Dependencies, row: Content) -> Content:
    said = row["said"] and opened(dependencies, row["wrapped_key"], row["grant_id"], row["said"])
    return {**row, "wrapped_key": None, "said": said}


def _with_body(dependencies: Dependencies, row: Content, *, context: bytes) -> dict[str, Any]:
    body = row["record"] and dependencies.vault.decrypt(row["wrapped_key"], row["record"], context=context)
    return {**row, "wrapped_key": None, "record": msgspec.json.decode(body) if body else None}


_ANSWERED: Final = section("hl7v2_quarantine", export.REFUSED, _FIRST)


async def _refused(
    dependencies: Dependencies, persons: Sequence[UUID], after: UUID, limit: int
) -> Sequence[Record]:
    """Refused messages that may name the person: nothing but their content says so, which is not shown.

    They are found as for deletion, rather too many: a number as short as `1` is anybody's.
    """
    stated = await erasures.records_of(dependencies.pool, persons)
    found = await refused_mentioning(
        dependencies,
        dependencies.pool,
        numbers_in(dependencies, stated),
        establishments={record.establishment for record in stated},
    )
    return await _ANSWERED.read(dependencies, [quarantine_id for quarantine_id, _ in found], after, limit)


SECTIONS: Final = (
    section("submissions", export.SUBMISSIONS, _FIRST, _submission),
    section("identity_statements", export.STATEMENTS, _FIRST, _statement),
    section("grants", export.GRANTS, _FIRST, _grant),
    section("identity_work_items", export.WORK_ITEMS, _FIRST),
    replace(_ANSWERED, read=_refused),
)
