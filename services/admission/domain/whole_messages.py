"""Keeps together what one HL7 v2 message states: all of it is stored, or nothing; pure.

A message is known again by its first statement, under its MSH-10. The others are kept under a number with a
control character, which no sender can write in an id.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from services.admission.domain.receipt import Accepted, Conflict, Outcome, Receipt
from services.admission.domain.submission import Submission, SubmissionKey

_SEPARATOR: Final = "\x1f"


def numbered(source_event_id: str, place: int) -> str:
    """The id of the statement in this place of its message."""
    return f"{source_event_id}{_SEPARATOR}{place + 1}" if place else source_event_id


def follows(submission: Submission) -> bool:
    """Whether another statement of its message comes before it."""
    return submission.message_event_id not in {None, submission.event_id}


def whole(batch: Sequence[Submission], *, without: Collection[UUID]) -> Iterator[Submission]:
    """The batch without these messages, and of one that comes in it twice only the first time."""
    known: set[SubmissionKey] = set()
    taken: set[UUID] = set()
    for submission in batch:
        message = submission.message_event_id
        if message == submission.event_id and submission.key not in known and message not in without:
            known.add(submission.key)
            taken.add(message)
        if message is None or message in taken:
            yield submission


def torn(submissions: Sequence[Submission], stored: Collection[UUID]) -> set[UUID]:
    """Messages of which a later statement was stored and the first was not: it had been stored before."""
    return {
        each.message_event_id
        for each in submissions
        if each.message_event_id is not None
        and each.message_event_id not in stored
        and each.event_id in stored
    }


def outcomes(
    batch: Sequence[Submission],
    receipts: Mapping[SubmissionKey, Receipt],
    *,
    otherwise: Mapping[UUID, str],
) -> Iterator[Outcome]:
    """The outcome of each; what follows in a message that is not new is answered as its first statement is.

    `otherwise`: messages whose MSH-10 another one has, which states no movements, with that one's digest.
    """
    outcome: Outcome | None = None
    for submission in batch:
        if follows(submission) and outcome is not None and not isinstance(outcome, Accepted):
            yield outcome
            continue
        if submission.message_event_id is not None and submission.message_event_id in otherwise:
            outcome = Conflict(otherwise[submission.message_event_id], submission.content_sha256.hex())
        else:
            outcome = submission.outcome(receipts[submission.key])
        yield outcome
