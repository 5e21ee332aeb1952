"""Says for the audit who stated what of whom: every request, also one that is told a first receipt again."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from services.admission.domain.receipt import Receipt
from services.admission.domain.submission import Identified, Submission, SubmissionKey
from shared.security.audit.entry import Entry


def accesses_of(
    batch: Sequence[Submission],
    identified: Sequence[Identified],
    repeated: Mapping[SubmissionKey, Receipt],
    *,
    at: datetime,
) -> Iterator[Entry]:
    """The entry of each submission that became, or had become, an event; `repeated` were stored before.

    Of several under one key in a batch the first is stored, and the others say the same again.
    """
    stored = {one.submission.key: one for one in identified}
    for submission in batch:
        one, before = stored.get(submission.key), repeated.get(submission.key)
        if one is None:
            continue
        is_first = before is None and one.submission is submission
        yield Entry(
            at=at,
            # All that one message states is one access.
            access_id=submission.message_event_id or submission.receipt_id,
            operation="state_movement",
            stage="done",
            why="states" if is_first else "repeated",
            person_id=one.person.person_id if before is None else before.person_id,
            object_id=one.submission.event_id if before is None else before.event_id,
            key_id=submission.key_id,
            source_id=submission.source_id,
            establishment=submission.data.establishment,
        )
