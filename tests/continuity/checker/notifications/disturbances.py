"""Finds the intervals in which a fault of the sender or its database may have lost a gateway's answer."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from tests.continuity.checker.reading.journals import Line, Run, moment

ARRIVAL: Final = timedelta(seconds=5)
"""How long an answer may take on a busy machine until it is on its way to the database."""
RETURN: Final = timedelta(seconds=10)
"""How long a restarted database or process may take to be available."""
_STORES_ANSWERS: Final = ("notifications-worker", "postgresql")
_WITHOUT_EFFECT: Final = ("not reached", "skipped", "failed")
_OF_ONE_SERVICE: Final = ("database.locks", "database.no_connections")


class Disturbances:
    """The faults of the processes that receive and store answers, and their unplanned deaths."""

    def __init__(self, run: Run) -> None:
        moments: dict[str, list[datetime]] = defaultdict(list)
        notes = {line["fault"]: line.get("note") or "" for line in run.broken if line.get("phase") == "ended"}
        for line in run.broken:
            if _stores_answers(line, notes.get(line["fault"], "")):
                moments[str(line["fault"])].append(moment(line["at"]))
        for name, deaths in run.about.get("deaths", {}).items():
            if name.startswith(_STORES_ANSWERS):
                for number, death in enumerate(deaths):
                    moments[f"{name} died {number}"].append(moment(death["at"]))
        self._intervals = [(min(found) - ARRIVAL, max(found) + RETURN) for found in moments.values()]

    def overlapped(self, asked_at: datetime, replied_at: datetime) -> bool:
        """Whether one of them overlapped the time from a request until its answer was stored."""
        return any(began <= replied_at and asked_at <= ended for began, ended in self._intervals)


def _stores_answers(line: Line, note: str) -> bool:
    """Whether a fault took effect on the worker of notifications or its database."""
    if note.startswith(_WITHOUT_EFFECT):
        return False
    if line["kind"] in _OF_ONE_SERVICE:
        return note in {"", "notifications"}  # no note: the fault has not ended yet
    target: str = line["target"]
    return target == "notifications" or target.startswith(_STORES_ANSWERS)
