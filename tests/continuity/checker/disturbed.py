"""When may an answer of the gateway have been lost by the platform? While its sender or its database was."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from tests.continuity.checker.run import Line, Run, moment

ARRIVAL: Final = timedelta(seconds=5)
"""So long may a busy machine take from an answer's departure until it is on its way to the database."""
RETURN: Final = timedelta(seconds=10)
"""A database or a process that is started again is not back at once."""
_KEEPS_ANSWERS: Final = ("notifications-worker", "postgresql")
_WITHOUT_EFFECT: Final = ("not reached", "skipped", "failed")
_OF_ONE_SERVICE: Final = ("database.locks", "database.no_connections")


class Disturbances:
    """The faults of whoever receives and keeps answers, and the deaths that nobody planned."""

    def __init__(self, run: Run) -> None:
        moments: dict[str, list[datetime]] = defaultdict(list)
        notes = {line["fault"]: line.get("note") or "" for line in run.broken if line.get("phase") == "ended"}
        for line in run.broken:
            if _keeps_answers(line, notes.get(line["fault"], "")):
                moments[str(line["fault"])].append(moment(line["at"]))
        for name, deaths in run.about.get("deaths", {}).items():
            if name.startswith(_KEEPS_ANSWERS):
                for number, death in enumerate(deaths):
                    moments[f"{name} died {number}"].append(moment(death["at"]))
        self._intervals = [(min(found) - ARRIVAL, max(found) + RETURN) for found in moments.values()]

    def met(self, asked_at: datetime, replied_at: datetime) -> bool:
        """Whether one of them fell between a request and the keeping of its answer."""
        return any(began <= replied_at and asked_at <= ended for began, ended in self._intervals)


def _keeps_answers(line: Line, note: str) -> bool:
    """Whether a fault hit the worker of notifications or its database, and did so."""
    if note.startswith(_WITHOUT_EFFECT):
        return False
    if line["kind"] in _OF_ONE_SERVICE:
        return note in {"", "notifications"}  # no note: it is not over yet
    target: str = line["target"]
    return target == "notifications" or target.startswith(_KEEPS_ANSWERS)
