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
from shared.testing.choices import CHOICES, Choices
from shared.testing.person_history import ESTABLISHMENTS, PersonHistory, id_of, minutes, movement_of

_GAPS_MINUTES = (-240, -120, -10, 0, 20, 90, 180, 1500)
"""From a departure to the next arrival: before it (papers, overlap, clocks), in time, late, next day."""
_STEPS_MINUTES = (0, 5, 45, 600)
_EMISSION_LAGS_MINUTES = (-30, 0, 0, 1, 1, 5, 300)
_ENDINGS = ("open", "home", "death", "transfer", "mutation", "transfer out", "planned transfer")
_FAR_AHEAD = datetime(2099, 1, 1, tzinfo=UTC)
_NAMES: Sequence[tuple[FurtherField, ...] | None] = (
    None,
    None,
    (),
    ("unit",),
    ("class_of_stay",),
    ("destination",),
    ("unit", "origin", "destination"),
)
"""The fields that an update states; what is chosen for others counts for nothing."""
_NO_PLACES: Sequence[FurtherKind] = (
    "planned_admission",
    "planned_transfer",
    "planned_discharge",
    "death",
    "temporary_departure",
)
_UNITS = (None, "2101", "2102")
_ORIGINS = (None, Place(mode="home"), Place(mode="transfer"))
_WAYS_TO_CORRECT = ("update", "repeat", "cancel", "cancel")
_CORRECTED_LATER_MINUTES = (-5, 0, 2, 600)
_SHIFTS_MINUTES = (-240, -1, 0, 15, 600)
_DESTINATIONS = (None, *ESTABLISHMENTS)
_CLASSES: Sequence[ClassOfStay | None] = (
    "inpatient",
    "inpatient",
    "emergency",
    "emergency",
    "outpatient",
    None,
)
_NEW_CLASSES: Sequence[ClassOfStay | None] = (None, None, None, "inpatient", "outpatient", "home")
"""Of a move within the stay, mostly none (A06, A07 state one)."""
_EXPECTED_WITHIN_MINUTES = (None, 30, 240)


@st.composite
def person_histories(draw: st.DrawFn, *, name: str = "Rose", max_stays: int = 3) -> list[RecordedEvent]:
    """Everything stated about one person, in order of sequence (1, 2, 3, ...)."""
    choose = draw(CHOICES)
    journey = PersonHistory(name)
    at = 0
    for number in range(choose.between(1, max_stays)):
        at += choose.of(_GAPS_MINUTES)
        at = _live_through_stay(choose, journey, number, at)
    if not journey.events:
        journey.admit("stay", at=minutes(at))
    _correct(choose, journey)
    return _accepted_in(journey.events, name, choose)


def people(count: int = 3) -> st.SearchStrategy[list[RecordedEvent]]:
    """The histories of several persons, one after the other; sequences are dense per person."""
    each = [person_histories(name=f"person {number}", max_stays=2) for number in range(count)]
    return st.tuples(*each).map(lambda histories: [event for history in histories for event in history])


@st.composite
def redeliveries(draw: st.DrawFn, events: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    """All events at least once, some twice, in any order."""
    choose = draw(CHOICES)
    return choose.shuffled([*events, *choose.some(events, at_most=4)])


@st.composite
def batches(draw: st.DrawFn, events: Sequence[RecordedEvent]) -> list[list[RecordedEvent]]:
    """The events, in their order, cut into batches of any sizes."""
    cuts = draw(CHOICES).some(range(1, max(2, len(events))), at_most=4)
    bounds = [0, *sorted(set(cuts)), len(events)]
    return [list(events[start:end]) for start, end in pairwise(bounds) if start < end]


def _live_through_stay(choose: Choices, journey: PersonHistory, number: int, at: int) -> int:
    stay = f"stay {number}"
    home = choose.of(ESTABLISHMENTS)
    if choose.below(10):  # one admission in ten was forgotten
        origin = choose.of(_ORIGINS)
        journey.admit(
            stay,
            at=minutes(at),
            establishment=home,
            origin=origin,
            unit=choose.of(_UNITS),
            class_of_stay=choose.of(_CLASSES),
            emitted=_emitted(choose, at),
        )
    for _ in range(choose.below(3)):
        at += choose.of(_STEPS_MINUTES)
        journey.transfer(
            stay,
            at=minutes(at),
            establishment=home,
            unit=choose.of(_UNITS),
            class_of_stay=choose.of(_NEW_CLASSES),
            emitted=_emitted(choose, at),
        )
    if choose.below(5) == 0:
        at = _go_on_leave(choose, journey, stay=stay, home=home, at=at)
    if choose.below(5) == 0:
        _say_what_is_no_place(choose, journey, stay=stay, home=home, at=at)
    at += choose.of(_STEPS_MINUTES)
    _end_stay(choose, journey, stay=stay, home=home, at=at)
    return at


def _go_on_leave(choose: Choices, journey: PersonHistory, *, stay: str, home: str, at: int) -> int:
    at += choose.of(_STEPS_MINUTES)
    ahead = choose.of(_EXPECTED_WITHIN_MINUTES)
    journey.further(
        "leave",
        stay,
        at=minutes(at),
        establishment=home,
        expected_at=None if ahead is None else minutes(at + ahead),
        emitted=_emitted(choose, at),
    )
    if choose.below(6):  # one return in six is never stated
        at += choose.of(_STEPS_MINUTES)
        journey.further("return", stay, at=minutes(at), establishment=home, emitted=_emitted(choose, at))
    return at


def _say_what_is_no_place(choose: Choices, journey: PersonHistory, *, stay: str, home: str, at: int) -> None:
    kind = choose.of(_NO_PLACES)
    ahead = None if not kind.startswith("planned_") else choose.of(_EXPECTED_WITHIN_MINUTES)
    journey.further(
        kind,
        stay,
        at=minutes(at),
        establishment=home,
        expected_at=None if ahead is None else minutes(at + ahead),
        emitted=_emitted(choose, at),
    )


def _end_stay(choose: Choices, journey: PersonHistory, *, stay: str, home: str, at: int) -> None:
    ending = choose.of(_ENDINGS)
    to = choose.of(ESTABLISHMENTS)  # sometimes its own
    ahead = choose.of(_EXPECTED_WITHIN_MINUTES)
    expected_at = None if ahead is None else minutes(at + ahead)
    emitted = _emitted(choose, at)
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
        journey.discharge(stay, at=minutes(at), establishment=home, to=to, emitted=_emitted(choose, at))


def _correct(choose: Choices, journey: PersonHistory) -> None:
    for _ in range(choose.below(4)):
        event = choose.of(journey.events)
        known = movement_of(event).ordered_at or movement_of(event).emitted_at
        emitted = known + timedelta(minutes=choose.of(_CORRECTED_LATER_MINUTES))
        ordered_at = None
        if choose.below(6) == 0:  # by a clock that admission does not believe
            emitted, ordered_at = _FAR_AHEAD, emitted
        changes = {**_changes(choose, event), "ordered_at": ordered_at}
        match choose.of(_WAYS_TO_CORRECT):
            case "update":
                journey.update(event, emitted=emitted, names=choose.of(_NAMES), **changes)
            case "repeat":
                journey.repeat(event, emitted=emitted, **changes)
            case _:
                journey.cancel(event, emitted=ordered_at or emitted)
    if len(journey.events) > 1 and choose.below(10) == 0:
        journey.events.pop(0)  # never sent: its updates and its cancel are about an unknown movement


def _changes(choose: Choices, event: RecordedEvent) -> dict[str, object]:
    movement = movement_of(event)
    shift = timedelta(minutes=choose.of(_SHIFTS_MINUTES))
    changes: dict[str, object] = {"occurred_at": movement.occurred_at + shift, "unit": choose.of(_UNITS)}
    if choose.below(6) == 0:
        changes["class_of_stay"] = choose.of(_CLASSES)
    if movement.destination is not None and choose.below(2):
        to = choose.of(_DESTINATIONS)
        changes["destination"] = Place(mode="transfer", establishment=to) if to else Place(mode="home")
    if choose.below(5) == 0:
        changes["source_id"] = id_of("another application", movement.establishment)
    return changes


def _emitted(choose: Choices, at: int) -> datetime:
    return minutes(at + choose.of(_EMISSION_LAGS_MINUTES))


def _accepted_in(stated: Sequence[RecordedEvent], name: str, choose: Choices) -> list[RecordedEvent]:
    """Numbers the events again: most histories are accepted as stated, some in another order."""
    accepted = PersonHistory(name)
    for event in choose.shuffled(stated) if choose.below(2) else stated:
        accepted.record(movement_of(event))
    return accepted.events
