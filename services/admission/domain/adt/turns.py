"""Tells when the opposite of what a movement states happened in its stay: what tells it from a correction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.admission.domain.identities.deletion import what_stands
from services.admission.domain.identities.reassignment import Statement
from shared.events.admission import Movement
from shared.stays.statements import is_departure


def turns_of(stated: Movement, held: Mapping[UUID, Sequence[Statement]]) -> list[datetime]:
    """The ends of its stay, for a begin; the begins, for an end; nothing of what has no opposite.

    `held`: movement -> all statements about it, in the order of receipt.
    """
    stands = (what_stands(statements) for statements in held.values())
    known = [each for each in stands if each is not None and each.stay_id == stated.stay_id]
    if stated.kind == "admission":
        return [
            each.occurred_at
            for each in known
            if each.kind == "discharge" or is_departure(each.kind, each.destination, each.establishment)
        ]
    return [each.occurred_at for each in known if each.kind == "admission" and stated.kind == "discharge"]
