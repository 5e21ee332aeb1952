"""I8: checks that an obligation was given up only after every attempt failed, by the gateway's journal."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from tests.continuity.checker.notifications import required
from tests.continuity.checker.reading.databases import Row
from tests.continuity.checker.reading.disturbances import Disturbances
from tests.continuity.checker.reading.journals import Line, Run, moment

DELIVERED: Final = 1
"""Kannel's report type for a delivered message."""
CALL: Final = timedelta(seconds=30)
"""A claimed attempt is sent within its lease or not at all."""
AT_THE_SAME_MOMENT: Final = timedelta(seconds=5)


class Tries:
    """What the gateway's journal says about each attempt."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._disturbances = Disturbances(run, "notifications-")

    @cached_property
    def _asked(self) -> dict[str, Line]:
        return {line["attempt"]: line for line in self._run.gateway if "to" in line}

    @cached_property
    def _reported_at(self) -> dict[str, datetime]:
        """Attempt -> when the platform first accepted the report of its delivery."""
        found: dict[str, datetime] = {}
        for line in self._run.gateway:
            report = line.get("report")
            if isinstance(report, dict) and report["type"] == DELIVERED and report["sent"]:
                found.setdefault(report["attempt"], moment(line["at"]))
        return found

    def unfounded(self, attempt: Row, *, given_up_at: datetime) -> str | None:
        """Why this attempt cannot be counted as failed by then; None when it failed."""
        line = self._asked.get(attempt["attempt_id"])
        if line is None:
            left_by = attempt["claimed_at"] + CALL
            return None if self._disturbances.overlapped(attempt["claimed_at"], left_by) else "never left"
        if not required.was_accepted(line):
            return None
        reported_at = self._reported_at.get(attempt["attempt_id"])
        if reported_at is None or reported_at + AT_THE_SAME_MOMENT > given_up_at:
            return None
        return None if self._disturbances.overlapped(reported_at, given_up_at) else "had arrived"


def unjustified(tries: Tries, obligation: Row, attempts: Sequence[Row]) -> Iterator[str]:
    """The reasons why an obligation should not have been handed to a person."""
    if obligation["reason"] != "unreachable" or not attempts:
        yield f"given up after {len(attempts)} tries: {obligation['reason']}"
    for attempt in attempts:
        if wrong := tries.unfounded(attempt, given_up_at=obligation["settled_at"]):
            yield f"given up, though attempt {attempt['attempt_id']} {wrong}"
