"""Reads from the ledger which person has which movement, by the rule of the contract alone."""

from collections import defaultdict
from typing import Any, NamedTuple

import msgspec

from tests.integration.admission.running import Admission

_MOVEMENTS = """
SELECT subject, sequence, event_id, type, data FROM ledger
WHERE type LIKE 'relais.admission.%' AND type NOT LIKE '%access%' AND type NOT LIKE '%persons%'
ORDER BY subject, sequence
"""


class Held(NamedTuple):
    """Whose a movement is, and the first events that stated what that person has of it."""

    person_id: str
    origins: frozenset[str]


async def movements_held(admission: Admission) -> dict[str, Held]:
    """Movement -> who has it; fails where nobody or two have it."""
    stated: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in await admission.rows(_MOVEMENTS):
        data = msgspec.json.decode(row["data"])
        stated[data["movement_id"], str(row["subject"])].append(row | {"data": data})
    held: dict[str, list[Held]] = defaultdict(list)
    for (movement_id, person_id), events in stated.items():
        said = [each for each in events if "reassigned" not in each["type"]]
        origins = frozenset(str(each["data"].get("restates", each["event_id"])) for each in said)
        if "reassigned" not in events[-1]["type"]:
            held[movement_id].append(Held(person_id, origins))
    assert {len(each) for each in held.values()} <= {1}
    assert set(held) == {movement_id for movement_id, _ in stated}
    return {movement_id: each for movement_id, [each] in held.items()}


async def origins_of(admission: Admission) -> dict[str, frozenset[str]]:
    """Movement -> all events by which sources stated something of it."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in await admission.rows(_MOVEMENTS):
        data = msgspec.json.decode(row["data"])
        if "reassigned" not in row["type"] and "restates" not in data:
            found[data["movement_id"]].add(str(row["event_id"]))
    return {movement_id: frozenset(origins) for movement_id, origins in found.items()}
