"""I8: checks that carers are members for exactly as long as was said, and that only members are told."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.notifications import required
from tests.continuity.checker.notifications.required import Recipient
from tests.continuity.checker.notifications.unions import Unions
from tests.continuity.checker.reading.databases import Row
from tests.continuity.checker.reading.disturbances import Disturbances
from tests.continuity.checker.reading.journals import Carer, Line
from tests.continuity.checker.verdict import Finding

ONE_CLOCK: Final = timedelta(seconds=1)
"""By how much the clocks of database and harness, on the same machine, may differ."""
AT_THE_SAME_MOMENT: Final = timedelta(seconds=5)
"""A message that was claimed before a revocation may be on its way to the gateway."""
SENDER: Final = "notifications-worker"
LATE: Final = "left late in a fault"


def check_circle(evidence: Evidence) -> Finding:
    """Anyone who was enrolled is a member by then, anyone revoked is not, and nobody else ended."""
    recipients = {recipient.carer.carer_id: recipient for recipient in required.recipients_of(evidence)}
    violations = [
        f"carer {carer.carer_id} {what}"
        for carer in evidence.run.circle
        for what in _carer_violations(carer, recipients.get(carer.carer_id))
    ]
    revoked = sum(carer.revoked_at is not None for carer in evidence.run.circle)
    return Finding(
        invariant="I8 the circle",
        looked_at=len(evidence.run.circle),
        violations=violations,
        figures={"revoked": revoked},
    )


def _carer_violations(carer: Carer, recipient: Recipient | None) -> Iterator[str]:
    if recipient is None:
        yield "was enrolled and is in no circle"
        return
    if recipient.joined_at > carer.joined_at + ONE_CLOCK:
        yield "joined later than the enrolment was confirmed"
    if carer.revoked_at is not None and (
        recipient.revoked_at is None or recipient.revoked_at > carer.revoked_at + ONE_CLOCK
    ):
        yield f"was revoked at {carer.revoked_at}, and is still a member after that"
    if recipient.revoked_at is not None and (
        carer.leaves_at is None or recipient.revoked_at < carer.leaves_at - ONE_CLOCK
    ):
        yield "is no member any more, though nobody revoked them"


def check_entitled(evidence: Evidence) -> Finding:
    """Each message went to a member's phone, about the person whose circle they are in."""
    stored = evidence.stored["notifications"]
    obligations = {row["obligation_id"]: row for row in stored.rows("obligations")}
    attempts = {row["attempt_id"]: row for row in stored.rows("attempts")}
    by_phone: dict[str, list[Recipient]] = {}
    for recipient in required.recipients_of(evidence):
        by_phone.setdefault(recipient.carer.phone, []).append(recipient)
    sent = required.requests(evidence)
    disturbances = Disturbances(evidence.run, SENDER)
    one = Unions(evidence)
    violations: list[str] = []
    late = 0
    for line in sent:
        attempt = attempts.get(line.get("attempt", ""))
        obligation = obligations.get(attempt["obligation_id"]) if attempt is not None else None
        recipients = by_phone.get(line["to"], [])
        wrong = list(_not_entitled(attempt, obligation, recipients, one))
        if attempt is not None and any(_had_left(each, line) for each in recipients):
            # Claimed while they were a member; then the sender or the database was held up by a fault.
            if disturbances.overlapped(attempt["claimed_at"], required.at(line)):
                late += 1
            else:
                wrong.append("left after the platform had confirmed the revocation")
        violations += [f"request {line['request_id']}: {what}" for what in wrong]
    return Finding(
        invariant="I8 only the entitled", looked_at=len(sent), violations=violations, figures={LATE: late}
    )


def _had_left(recipient: Recipient, line: Line) -> bool:
    revoked_at = recipient.carer.revoked_at
    return revoked_at is not None and required.at(line) > revoked_at + AT_THE_SAME_MOMENT


def _not_entitled(
    attempt: Row | None, obligation: Row | None, recipients: list[Recipient], one: Unions
) -> Iterator[str]:
    if not recipients:
        yield "went to a phone that is in no circle"
        return
    if attempt is None or obligation is None:
        return  # check_attempts reports it
    recipient = next((each for each in recipients if each.member_id == obligation["recipient_id"]), None)
    about = obligation["person_id"]
    if recipient is None or about not in one.at(attempt["claimed_at"], recipient.carer.person_id):
        yield "is about another person than this phone's"
        return
    confirmed_at = recipient.carer.revoked_at
    if confirmed_at is not None and attempt["claimed_at"] > confirmed_at:
        yield f"was claimed {attempt['claimed_at'] - confirmed_at} after the revocation was confirmed"
