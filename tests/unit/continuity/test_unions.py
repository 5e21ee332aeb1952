"""A carer may be told of whoever was one with their person when the message was claimed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.continuity.checker.invariants import judge
from tests.unit.continuity.valid_run import NOON, PERSON, Case, valid_run

OTHER = "person-2"


def told_of_another(case: Case) -> None:
    """The second message was about another person than whose circle the carer is in."""
    case.rows("notifications", "obligations")[1]["person_id"] = OTHER


def publish(case: Case, step: str, *, minutes: float) -> None:
    """Admission says that the two are one, or are not; notifications applies it then."""
    last = case.ledgers["admission"][-1]
    event_id = f"{step}-{minutes}"
    data = {"merge_id": "merge", "surviving": PERSON, "merged": OTHER}
    event = replace(
        last,
        event_id=event_id,
        sequence=last.sequence + 1,
        type=f"relais.admission.persons-{step}.v1",
        data=data,
    )
    case.ledgers["admission"].append(event)
    applied_at = NOON + timedelta(minutes=minutes)
    case.rows("notifications", "inbox").append(
        {"event_id": event_id, "publisher": "admission", "subject": PERSON, "sequence": event.sequence}
        | {"applied_at": applied_at}
    )


@pytest.mark.parametrize(
    ("merged_at", "separated_at", "entitled"), [(2.5, None, True), (3.5, None, False), (2, 2.5, False)]
)
def test_while_two_are_one_either_circle_is_told_of_both(
    merged_at: float, separated_at: float | None, entitled: bool
) -> None:
    case = valid_run()
    told_of_another(case)
    publish(case, "merged", minutes=merged_at)
    if separated_at is not None:
        publish(case, "unmerged", minutes=separated_at)

    assert ("I8 only the entitled" not in judge(case.evidence).broken) == entitled
