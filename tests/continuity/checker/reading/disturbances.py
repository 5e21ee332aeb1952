"""Finds the intervals in which a fault, or want of a processor, held up a service or its database."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from tests.continuity.checker.reading.journals import Line, Run, moment

ARRIVAL: Final = timedelta(seconds=5)
"""How long an answer may take on a busy machine until it is on its way to the database."""
RETURN: Final = timedelta(seconds=10)
"""How long a database or process may take from being back to having done what waited."""
SLOW: Final = 1.0
"""Who takes longer than this to say its metrics gets no processor."""
DATABASE: Final = "postgresql"
_WITHOUT_EFFECT: Final = ("not reached", "skipped", "failed")
_OF_ONE_SERVICE: Final = ("database.locks", "database.no_connections")


class Disturbances:
    """What held up the processes of one service whose names begin so, or the database that they need."""

    def __init__(self, run: Run, processes: str) -> None:
        self._service = processes.partition("-")[0]
        self._processes = processes
        self._intervals = [*self._faults(run), *self._deaths(run), *self._starved(run)]

    def overlapped(self, asked_at: datetime, replied_at: datetime) -> bool:
        """Whether one of them overlapped the time from a request until its answer was stored."""
        return any(began <= replied_at and asked_at <= ended for began, ended in self._intervals)

    def over_at(self, at: datetime) -> datetime:
        """When the last of those that overlap a moment is over; the moment itself when there is none."""
        return max((ended for began, ended in self._intervals if began <= at <= ended), default=at)

    def _faults(self, run: Run) -> Iterator[tuple[datetime, datetime]]:
        """Each from its beginning until what it hit is back, and has caught up."""
        moments: dict[str, list[datetime]] = defaultdict(list)
        notes = {line["fault"]: line.get("note") or "" for line in run.broken if line.get("phase") == "ended"}
        for line in run.broken:
            if self._is_hit(line, notes.get(line["fault"], "")):
                moments[str(line["fault"])].append(moment(line["at"]))
        for found in moments.values():
            yield min(found) - ARRIVAL, max(found) + RETURN

    def _deaths(self, run: Run) -> Iterator[tuple[datetime, datetime]]:
        for name, deaths in run.about.get("deaths", {}).items():
            if name.startswith((self._processes, DATABASE)):
                for death in deaths:
                    yield moment(death["at"]) - ARRIVAL, moment(death["at"]) + RETURN

    def _starved(self, run: Run) -> Iterator[tuple[datetime, datetime]]:
        for line in run.watched:
            if line["process"].startswith(self._processes) and line.get("took", 0) > SLOW:
                answered = moment(line["at"])
                yield answered - timedelta(seconds=line["took"]) - ARRIVAL, answered + ARRIVAL

    def _is_hit(self, line: Line, note: str) -> bool:
        """Whether a fault took effect on these processes or their database."""
        if note.startswith(_WITHOUT_EFFECT):
            return False
        if line["kind"] in _OF_ONE_SERVICE:
            return note in {"", self._service}  # no note: the fault has not ended yet
        target: str = line["target"]
        return target == self._service or target.startswith((self._processes, DATABASE))
