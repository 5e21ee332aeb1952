"""Counts the transfers whose arrival was confirmed by the time it was due.

An expected arrival is opened, met, withdrawn or ended otherwise; the newest of these by sequence is the
current one. It is confirmed in time when the current confirmation was recorded by `due_at`: an arrival that
happened in time and was reported late left the sender without news, and was a rupture. Who was admitted
elsewhere, or is not waited for on a person's word, was not confirmed; who came back, was not transferred.
A departure that is moved to another person is expected to end there under the same id; what was confirmed
before it was moved stays confirmed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import dropwhile, takewhile
from uuid import UUID

from services.indicators.domain.calendar import Period, day_of
from services.indicators.domain.facts import ExpectationFact
from services.indicators.domain.figures import Evidence, Figures, Observation, share


class DueTransfer(Observation, frozen=True, kw_only=True):
    """A transfer whose arrival was due on that day."""

    confirmed_in_time: bool
    arrived_in_time: bool
    arrived: bool


def due_transfers(
    facts: Iterable[ExpectationFact], *, establishment: str, period: Period, as_of: datetime
) -> list[DueTransfer]:
    """The transfers out of the establishment that were due in the period and before `as_of`.

    Those not due yet are left out even when they are confirmed: otherwise good results would count before
    bad ones can.
    """
    stated: dict[UUID, dict[UUID, dict[UUID, ExpectationFact]]] = defaultdict(lambda: defaultdict(dict))
    for fact in facts:
        if not fact.step.startswith("rupture"):
            stated[fact.expectation_id][fact.person_id][fact.event_id] = fact
    histories = (
        [sorted(history.values(), key=lambda fact: fact.sequence) for history in by_person.values()]
        for by_person in stated.values()
    )
    standing = (
        (history, of_all) for of_all in histories for history in of_all if history[-1].step != "withdrawn"
    )
    return [
        _due_transfer(history, of_all)
        for history, of_all in standing
        if history[-1].from_establishment == establishment
        and history[-1].due_at <= as_of
        and day_of(history[-1].due_at) in period
    ]


def transfers_confirmed_in_time(observed: Sequence[DueTransfer]) -> Figures:
    """The share of due transfers whose arrival was confirmed by then."""
    confirmed = sum(transfer.confirmed_in_time for transfer in observed)
    return Figures(
        value=share(confirmed, len(observed)),
        numerator=confirmed if observed else None,
        denominator=len(observed),
        details={
            "arrived_in_time": sum(transfer.arrived_in_time for transfer in observed),
            "arrived": sum(transfer.arrived for transfer in observed),
        },
    )


def _due_transfer(history: list[ExpectationFact], of_all: Sequence[list[ExpectationFact]]) -> DueTransfer:
    newest = history[-1]
    recorded_at = max(fact.recorded_at for fact in history)
    return DueTransfer(
        day=day_of(newest.due_at),
        rests_on=(Evidence(events=len(history), newest_recorded_at=recorded_at),),
        confirmed_in_time=newest.step == "met" and _confirmed_at(newest, of_all) <= newest.due_at,
        arrived_in_time=newest.arrived_at is not None and newest.arrived_at <= newest.due_at,
        arrived=newest.arrived_at is not None,
    )


def _confirmed_at(newest: ExpectationFact, of_all: Sequence[list[ExpectationFact]]) -> datetime:
    """When the current confirmation was first recorded, under whomever; later events only add to it."""
    confirmed: list[datetime] = []
    for history in of_all:
        steps = dropwhile(lambda fact: fact.step == "withdrawn", reversed(history))
        current = list(takewhile(lambda fact: fact.step == "met", steps))
        if current and current[0].arrived_at == newest.arrived_at:
            confirmed += [fact.recorded_at for fact in current]
    return min(confirmed)
