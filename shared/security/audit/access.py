"""Follows one access from the door to its answer, and holds what its handlers add: of whom, and why.

What an access must leave is decided here, once for all routes: whoever names an operation at the door cannot
forget it. A read leaves its entry before the answer does, a change before and after it is made; the intake
writes its entries in its own commits, so what comes over MLLP, past these doors, leaves the same.
"""

from contextvars import ContextVar
from datetime import datetime
from typing import Any, Final, Protocol, get_args
from uuid import UUID, uuid4

from starlette.requests import Request

from shared.security.audit.entry import Entry, Stage
from shared.security.policy.decide import Refusal
from shared.security.policy.operations import AUDITS, Operation
from shared.security.principal import Principal
from shared.web.state import StateEntry

_REFUSED: Final = frozenset({401, 403, 404})
_REFUSALS: Final = frozenset(get_args(Refusal))
_FIRST_ERROR: Final = 400


class Auditor(Protocol):
    """Records accesses."""

    async def open(
        self,
        request: Request,
        principal: Principal | None,
        operation: Operation,
        *,
        refusal: str | None = None,
    ) -> None:
        """Begin to follow a request that is let in or refused; no change is made that cannot be recorded."""
        ...


AUDITOR: Final = StateEntry[Auditor]("auditor")
"""Records the accesses of an application."""

_current: Final[ContextVar["Access | None"]] = ContextVar("access", default=None)


class Access:
    """What one request does with whose data."""

    def __init__(
        self, principal: Principal | None, operation: Operation, path_parameters: dict[str, Any]
    ) -> None:
        self.access_id = uuid4()
        self.principal = principal
        self.operation = operation
        self.persons: dict[UUID, None] = {}
        self.object_id: UUID | None = None
        self.why: str | None = None
        for name, value in path_parameters.items():
            found = _uuid(value)
            if found is not None and name == "person_id":
                self.persons[found] = None
            elif found is not None:
                self.object_id = found
        _current.set(self)

    @property
    def changes(self) -> bool:
        """Whether it leaves an entry before it is made."""
        return AUDITS[self.operation] == "change"

    def entries(self, stage: Stage, *, at: datetime) -> list[Entry]:
        """One for each person; one without, when nobody is known."""
        return [
            entry_of(
                self.principal,
                self.operation,
                stage,
                at=at,
                access_id=self.access_id,
                person_id=person_id,
                object_id=self.object_id,
                why=self.why,
            )
            for person_id in self.persons or [None]
        ]

    def stage_of(self, status: int) -> Stage | None:
        """What an answer of this status makes of it; `None` when it leaves nothing."""
        if self.why in _REFUSALS:
            return "refused"  # also where the answer is that there is nothing
        if status < _FIRST_ERROR:
            return None if AUDITS[self.operation] == "with_commit" else "done"
        if status in _REFUSED:
            return "refused"
        return "failed" if self.changes else None


def note(*persons: UUID, why: str | None = None, object_id: UUID | None = None) -> None:
    """Say of the access of the running request, if there is one, whose data it concerns, and why it may."""
    access = _current.get()
    if access is None:
        return
    access.persons.update(dict.fromkeys(persons))
    access.why = why or access.why
    access.object_id = object_id or access.object_id


def entry_of(
    principal: Principal | None,
    operation: Operation,
    stage: Stage,
    *,
    at: datetime,
    access_id: UUID,
    person_id: UUID | None = None,
    object_id: UUID | None = None,
    why: str | None = None,
) -> Entry:
    """The entry of an access by this caller."""
    return Entry(
        at=at,
        access_id=access_id,
        operation=operation,
        stage=stage,
        why=why,
        person_id=person_id,
        object_id=object_id,
        key_id=None if principal is None else principal.key_id,
        source_id=None if principal is None else principal.source_id,
        establishment=None if principal is None else principal.establishment,
    )


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
