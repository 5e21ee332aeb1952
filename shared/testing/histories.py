"""Generates the histories that a person can have: Hypothesis strategies for the events of admission.

A history is made like the real ones: a journey over one to three establishments, then what sources do
to it afterwards: forgotten admissions, updates, repeated inserts, cancels, cancels of what was never
inserted, clocks that disagree, ties. Events come in order of sequence, which is not the order of
emission. Deliver them through `redeliveries` or `batches` to prove that a projection converges.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import strategies as st

from shared.events.admission import ClassOfStay, FurtherField, FurtherKind, Mode, Place
from shared.events.envelope import RecordedEvent
from shared.testing.person_history import ESTABLISHMENTS, PersonHistory, id_of, minutes, movement_of
from shared.testing.places import place_in, places_in, shuffled

_GAPS_MINUTES = st.sampled_from((-240, -120, -10, 0, 20, 90, 180, 1500))
"""From a departure to the next arrival: before it (papers, overlap, clocks), in time, late, next day."""
_STEPS_MINUTES = st.sampled_from((0, 5, 45, 600))
_EMISSION_LAGS_MINUTES = st.sampled_from((-30, 0, 0, 1, 1, 5, 300))
_ENDINGS = st.sampled_from(
    ("open", "home", "death", "transfer", "mutation", "transfer out", "planned transfer")
)
_FAR_AHEAD = datetime(2099, 1, 1, tzinfo=UTC)
_NAMES: st.SearchStrategy[tuple[FurtherField, ...] | None] = st.sampled_from(
    (None, None, (), ("unit",), ("class_of_stay",), ("destination",), ("unit", "origin", "destination"))
)
"""The fields that an update states; what is drawn for others counts for nothing."""
_NO_PLACES: st.SearchStrategy[FurtherKind] = st.sampled_from(
    ("planned_admission", "planned_transfer", "planned_discharge", "death", "temporary_departure")
)
_UNITS = st.sampled_from((None, "2101", "2102"))
_HOMES = st.sampled_from(ESTABLISHMENTS)
_ORIGINS = st.sampled_from((None, Place(mode="home"), Place(mode="transfer")))
_UP_TO_TWO = st.integers(0, 2)
_UP_TO_THREE = st.integers(0, 3)
_ONE_IN_FIVE = st.integers(0, 4)
_ONE_IN_SIX = st.integers(0, 5)
_ONE_IN_TEN = st.integers(0, 9)
_WAYS_TO_CORRECT = st.sampled_from(("update", "repeat", "cancel", "cancel"))
_CORRECTED_LATER_MINUTES = st.sampled_from((-5, 0, 2, 600))
_SHIFTS_MINUTES = st.sampled_from((-240, -1, 0, 15, 600))
_DESTINATIONS = st.sampled_from((None, *ESTABLISHMENTS))
_CLASSES: st.SearchStrategy[ClassOfStay | None] = st.sampled_from(
    ("inpatient", "inpatient", "emergency", "emergency", "outpatient", None)
)
_NEW_CLASSES: st.SearchStrategy[ClassOfStay | None] = st.sampled_from(
    (None, None, None, "inpatient", "outpatient", "home")
)
"""Of a move within the stay, mostly none (A06, A07 state one)."""
_EXPECTED_WITHIN_MINUTES = st.sampled_from((None, 30, 240))
_EITHER = st.booleans()


@st.composite
def person_histories(draw: st.DrawFn, *, name: str = "Rose", max_stays: int = 3) -> list[RecordedEvent]:
    """Everything stated about one person, in order of sequence (1, 2, 3, ...)."""
    journey = PersonHistory(name)
    at = 0
    for number in range(1 + draw(place_in(max_stays))):
        at += draw(_GAPS_MINUTES)
        at = _live_through_stay(draw, journey, number, at)
    if not journey.events:
        journey.admit("stay", at=minutes(at))
    _correct(draw, journey)
    return _accepted_in(journey.events, name, draw)


def people(count: int = 3) -> st.SearchStrategy[list[RecordedEvent]]:
    """The histories of several persons, one after the other; sequences are dense per person."""
    each = [person_histories(name=f"person {number}", max_stays=2) for number in range(count)]
    return st.tuples(*each).map(lambda histories: [event for history in histories for event in history])


@st.composite
def redeliveries(draw: st.DrawFn, events: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    """All events at least once, some twice, in any order."""
    again = [events[place] for place in draw(places_in(len(events), at_most=4))]
    return shuffled(draw, [*events, *again])


@st.composite
def batches(draw: st.DrawFn, events: Sequence[RecordedEvent]) -> list[list[RecordedEvent]]:
    """The events, in their order, cut into batches of any sizes."""
    cuts = {1 + place for place in draw(places_in(max(1, len(events) - 1), at_most=4))}
    bounds = [0, *sorted(cuts), len(events)]
    return [list(events[start:end]) for start, end in pairwise(bounds) if start < end]


def _live_through_stay(draw: st.DrawFn, journey: PersonHistory, number: int, at: int) -> int:
    stay = f"stay {number}"
    home = draw(_HOMES)
    if draw(_ONE_IN_TEN):  # one admission in ten was forgotten
        origin = draw(_ORIGINS)
        journey.admit(
            stay,
            at=minutes(at),
            establishment=home,
            origin=origin,
            unit=draw(_UNITS),
            class_of_stay=draw(_CLASSES),
            emitted=_emitted(draw, at),
        )
    for _ in range(draw(_UP_TO_TWO)):
        at += draw(_STEPS_MINUTES)
        journey.transfer(
            stay,
            at=minutes(at),
            establishment=home,
            unit=draw(_UNITS),
            class_of_stay=draw(_NEW_CLASSES),
            emitted=_emitted(draw, at),
        )
    if draw(_ONE_IN_FIVE) == 0:
        at = _go_on_leave(draw, journey, stay=stay, home=home, at=at)
    if draw(_ONE_IN_FIVE) == 0:
        _say_what_is_no_place(draw, journey, stay=stay, home=home, at=at)
    at += draw(_STEPS_MINUTES)
    _end_stay(draw, journey, stay=stay, home=home, at=at)
    return at


def _go_on_leave(draw: st.DrawFn, journey: PersonHistory, *, stay: str, home: str, at: int) -> int:
    at += draw(_STEPS_MINUTES)
    ahead = draw(_EXPECTED_WITHIN_MINUTES)
    journey.further(
        "leave",
        stay,
        at=minutes(at),
        establishment=home,
        expected_at=None if ahead is None else minutes(at + ahead),
        emitted=_emitted(draw, at),
    )
    if draw(_ONE_IN_SIX):  # one return in six is never stated
        at += draw(_STEPS_MINUTES)
        journey.further("return", stay, at=minutes(at), establishment=home, emitted=_emitted(draw, at))
    return at


def _say_what_is_no_place(draw: st.DrawFn, journey: PersonHistory, *, stay: str, home: str, at: int) -> None:
    kind = draw(_NO_PLACES)
    ahead = None if not kind.startswith("planned_") else draw(_EXPECTED_WITHIN_MINUTES)
    journey.further(
        kind,
        stay,
        at=minutes(at),
        establishment=home,
        expected_at=None if ahead is None else minutes(at + ahead),
        emitted=_emitted(draw, at),
    )


def _end_stay(draw: st.DrawFn, journey: PersonHistory, *, stay: str, home: str, at: int) -> None:
    ending = draw(_ENDINGS)
    to = draw(_HOMES)  # sometimes its own
    ahead = draw(_EXPECTED_WITHIN_MINUTES)
    expected_at = None if ahead is None else minutes(at + ahead)
    emitted = _emitted(draw, at)
    modes: dict[str, Mode] = {
        "home": "home",
        "death": "death",
        "mutation": "mutation",
        "transfer": "transfer",
    }
    if ending in ("home", "death"):
        journey.discharge(stay, at=minutes(at), establishment=home, mode=modes[ending], emitted=emitted)
    elif ending in ("transfer", "mutation"):
        journey.discharge(
            stay,
            at=minutes(at),
            establishment=home,
            to=to,
            mode=modes[ending],
            expected_at=expected_at,
            emitted=emitted,
        )
    elif ending in ("transfer out", "planned transfer"):
        journey.transfer(
            stay, at=minutes(at), establishment=home, to=to, expected_at=expected_at, emitted=emitted
        )
    if ending == "planned transfer":  # said before it happened, then the stay is closed
        journey.discharge(stay, at=minutes(at), establishment=home, to=to, emitted=_emitted(draw, at))


def _correct(draw: st.DrawFn, journey: PersonHistory) -> None:
    for _ in range(draw(_UP_TO_THREE)):
        event = journey.events[draw(place_in(len(journey.events)))]
        known = movement_of(event).ordered_at or movement_of(event).emitted_at
        emitted = known + timedelta(minutes=draw(_CORRECTED_LATER_MINUTES))
        ordered_at = None
        if draw(_ONE_IN_SIX) == 0:  # by a clock that admission does not believe
            emitted, ordered_at = _FAR_AHEAD, emitted
        changes = {**_changes(draw, event), "ordered_at": ordered_at}
        match draw(_WAYS_TO_CORRECT):
            case "update":
                journey.update(event, emitted=emitted, names=draw(_NAMES), **changes)
            case "repeat":
                journey.repeat(event, emitted=emitted, **changes)
            case _:
                journey.cancel(event, emitted=ordered_at or emitted)
    if len(journey.events) > 1 and draw(_ONE_IN_TEN) == 0:
        journey.events.pop(0)  # never sent: its updates and its cancel are about an unknown movement


def _changes(draw: st.DrawFn, event: RecordedEvent) -> dict[str, object]:
    movement = movement_of(event)
    shift = timedelta(minutes=draw(_SHIFTS_MINUTES))
    changes: dict[str, object] = {"occurred_at": movement.occurred_at + shift, "unit": draw(_UNITS)}
    if draw(_ONE_IN_SIX) == 0:
        changes["class_of_stay"] = draw(_CLASSES)
    if movement.destination is not None and draw(_EITHER):
        to = draw(_DESTINATIONS)
        changes["destination"] = Place(mode="transfer", establishment=to) if to else Place(mode="home")
    if draw(_ONE_IN_FIVE) == 0:
        changes["source_id"] = id_of("another application", movement.establishment)
    return changes


def _emitted(draw: st.DrawFn, at: int) -> datetime:
    return minutes(at + draw(_EMISSION_LAGS_MINUTES))


def _accepted_in(stated: Sequence[RecordedEvent], name: str, draw: st.DrawFn) -> list[RecordedEvent]:
    """Numbers the events again: most histories are accepted as stated, some in another order."""
    accepted = PersonHistory(name)
    for event in shuffled(draw, stated) if draw(_EITHER) else stated:
        accepted.record(movement_of(event))
    return accepted.events
