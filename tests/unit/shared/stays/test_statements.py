"""A statement carries the whole content of its movement, each field in its place."""

from msgspec.structs import replace

from shared.events.admission import Movement, MovementUpdated, Place
from shared.stays.statements import statement_of
from shared.testing.person_history import PersonHistory, minutes, movement_of


def test_a_statement_says_what_its_event_says() -> None:
    rose = PersonHistory()
    admission = rose.admit("stay", at=minutes(0))
    event = rose.update(admission, emitted=minutes(1), unit="surgery")
    movement = replace(
        movement_of(event),
        names=("unit",),
        origin=Place(mode="home"),
        destination=Place(mode="transfer", establishment="750000009"),
        restates=admission.event_id,
        legal_entity="750000008",
        time_zone="Indian/Reunion",
        ordered_at=minutes(2),
    )
    assert isinstance(movement, MovementUpdated)
    statement = statement_of(event, movement)
    assert statement.action == "update"
    for field in ("event_id", "sequence", "recorded_at"):
        assert getattr(statement, field) == getattr(event, field), field
    for field in (*Movement.__struct_fields__, "names"):
        assert getattr(statement, field) == getattr(movement, field), field
