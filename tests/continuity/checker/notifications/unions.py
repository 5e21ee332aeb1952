"""Finds who was one person with whom for notifications, by the merges that it had applied at a moment."""

from datetime import datetime, timedelta
from typing import Final

from tests.continuity.checker.evidence import Evidence

AT_THE_SAME_MOMENT: Final = timedelta(seconds=5)
"""A message may be claimed while the separation of its person is applied."""


class Unions:
    """The merges and separations that admission published, each from when notifications applied it."""

    def __init__(self, evidence: Evidence) -> None:
        applied = {
            row["event_id"]: row["applied_at"] for row in evidence.stored["notifications"].rows("inbox")
        }
        self._steps: list[tuple[datetime, str, str, str, bool]] = []
        for event in evidence.stored["admission"].ledger:
            if event.is_merge and event.event_id in applied:
                are_one = event.type.endswith("persons-merged.v1")
                since = applied[event.event_id] + (timedelta() if are_one else AT_THE_SAME_MOMENT)
                pair = (event.data["surviving"], event.data["merged"])
                self._steps.append((since, str(event.data["merge_id"]), *pair, are_one))
        self._steps.sort()

    def at(self, moment: datetime, person_id: str) -> set[str]:
        """All who were one with the person, themselves included."""
        holding: dict[str, tuple[str, str]] = {}
        for since, merge_id, surviving, merged, are_one in self._steps:
            if since <= moment and are_one:
                holding[merge_id] = (surviving, merged)
            elif since <= moment:
                holding.pop(merge_id, None)
        found = {person_id}
        while more := {one for pair in holding.values() if found & set(pair) for one in pair} - found:
            found |= more
        return found
