"""Reads a person's pathway as the service would show it to a key, from the facts alone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from services.pathway.domain.fold import fold
from services.pathway.domain.pathway import Watched
from services.pathway.domain.rules import RULES
from services.pathway.domain.showing import Seen, relations_of, seen_by
from shared.events.envelope import RecordedEvent
from shared.security.policy.decide import decide
from shared.security.principal import Principal
from shared.stays.relations import Relation

NOTHING: Final = Seen((), (), ())


def seen(
    events: Iterable[RecordedEvent], reader: str, *, now: datetime, granted: Iterable[Relation] = ()
) -> Seen:
    """What an establishment sees, with a key that reads."""
    principal = Principal(source_id=UUID(int=1), establishment=reader, scopes=frozenset({"read"}))
    pathway = fold(events, RULES, now=now)
    decision = decide(principal, "read_pathway", [*relations_of(pathway), *granted], at=now)
    if not decision.allowed:
        return NOTHING
    overdue = {each.expectation_id: Watched(overdue=now > each.due_at) for each in pathway.expectations}
    return seen_by(pathway, overdue, decision=decision, own=principal.establishments)


def places(shown: Seen) -> set[str]:
    """The establishments whose movements are shown."""
    return {movement.establishment for movement in shown.movements}
