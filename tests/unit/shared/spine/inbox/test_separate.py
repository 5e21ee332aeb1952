"""Records are applied or parked by what is known to be wrong, and streams do not affect each other."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from shared.spine.inbox.separate import WAITS, separate
from shared.spine.records.incoming import IncomingRecord
from shared.testing.records import WRONG, event_id, incoming, unreadable

REFUSED = "refused by the use case"
SUBJECTS = [UUID(int=number) for number in range(1, 4)]


def sequences(records: list[IncomingRecord]) -> list[int]:
    return [record.envelope.sequence for record in records if record.envelope is not None]


def test_without_anything_wrong_all_are_admitted_in_their_order() -> None:
    batch = [incoming(uuid4(), 3), incoming(uuid4(), 1), incoming(uuid4(), 2)]
    separated = separate(batch, rejected={}, blocked={})
    assert separated.applicable == batch
    assert separated.to_park == []


def test_what_was_rejected_is_parked_with_its_reason_and_its_successors_wait() -> None:
    subject = uuid4()
    batch = [incoming(subject, sequence) for sequence in (1, 2, 3)]
    separated = separate(batch, rejected={event_id(batch[1]): REFUSED}, blocked={})
    assert sequences(separated.applicable) == [1]
    assert [record.reason for record in separated.to_park] == [REFUSED, WAITS]


def test_a_blocked_stream_parks_what_comes_after_its_first_parked_sequence() -> None:
    subject = uuid4()
    batch = [incoming(subject, sequence) for sequence in (4, 6)]
    separated = separate(batch, rejected={}, blocked={("admission", subject): 5})
    assert sequences(separated.applicable) == [4]
    assert sequences([record.incoming for record in separated.to_park]) == [6]


def test_the_same_subject_of_another_publisher_is_another_stream() -> None:
    subject = uuid4()
    separated = separate([incoming(subject, 6)], rejected={}, blocked={("pathway", subject): 1})
    assert sequences(separated.applicable) == [6]


def test_an_event_of_unknown_type_need_not_wait() -> None:
    subject = uuid4()
    newer = incoming(subject, 6, known_type=False)
    assert separate([newer], rejected={}, blocked={("admission", subject): 1}).applicable == [newer]


def test_what_cannot_be_read_blocks_nothing() -> None:
    good = incoming(uuid4(), 1)
    separated = separate([unreadable(), good], rejected={}, blocked={})
    assert separated.applicable == [good]
    assert len(separated.to_park) == 1


@given(
    st.lists(st.tuples(st.sampled_from(SUBJECTS), st.integers(1, 9), st.booleans()), max_size=30, unique=True)
)
def test_nothing_is_lost_and_nothing_overtakes_a_wrong_event_of_its_subject(
    facts: list[tuple[UUID, int, bool]],
) -> None:
    batch = [
        incoming(subject, sequence, reason=WRONG if wrong else None) for subject, sequence, wrong in facts
    ]
    separated = separate(batch, rejected={}, blocked={})
    parked = [record.incoming for record in separated.to_park]
    assert sorted(map(id, separated.applicable + parked)) == sorted(map(id, batch))
    for subject in SUBJECTS:
        wrong_ones = [sequence for of, sequence, wrong in facts if of == subject and wrong]
        admitted = [
            record.envelope.sequence
            for record in separated.applicable
            if record.envelope and record.envelope.subject == subject
        ]
        assert all(sequence <= min(wrong_ones) for sequence in admitted if wrong_ones)
    assert sequences(parked) == sorted(sequences(parked))
