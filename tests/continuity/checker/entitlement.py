"""I8: was anybody told who may not know? Every message at the gateway, against the circle."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from tests.continuity.checker import told
from tests.continuity.checker.disturbed import Disturbances
from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.run import Line
from tests.continuity.checker.stored import Row
from tests.continuity.checker.told import Reader
from tests.continuity.checker.verdict import Finding

AT_THE_SAME_MOMENT: Final = timedelta(seconds=5)
"""A revocation may wait for a lock while what was claimed before it leaves."""
LATE: Final = "left late in a fault"


def check_entitled(evidence: Evidence) -> Finding:
    """Each message went to the phone of someone who belonged, and about the person they belong to."""
    stored = evidence.stored["notifications"]
    obligations = {row["obligation_id"]: row for row in stored.rows("obligations")}
    attempts = {row["attempt_id"]: row for row in stored.rows("attempts")}
    by_phone: dict[str, list[Reader]] = {}
    for reader in told.readers_of(evidence):
        by_phone.setdefault(reader.carer.phone, []).append(reader)
    sent = told.requests(evidence)
    disturbances = Disturbances(evidence.run)
    violations: list[str] = []
    late = 0
    for line in sent:
        attempt = attempts.get(line.get("attempt", ""))
        obligation = obligations.get(attempt["obligation_id"]) if attempt is not None else None
        readers = by_phone.get(line["to"], [])
        wrong = list(_not_entitled(attempt, obligation, readers))
        if attempt is not None and any(_had_left(each, line) for each in readers):
            # It was claimed while they belonged, and whoever claimed it, or the database, was held up then.
            if disturbances.met(attempt["claimed_at"], told.at(line)):
                late += 1
            else:
                wrong.append("left after the carer's establishment knew that they do not belong")
        violations += [f"request {line['request_id']}: {what}" for what in wrong]
    return Finding(
        invariant="I8 only the entitled", looked_at=len(sent), violations=violations, figures={LATE: late}
    )


def _had_left(reader: Reader, line: Line) -> bool:
    revoked_at = reader.carer.revoked_at
    return revoked_at is not None and told.at(line) > revoked_at + AT_THE_SAME_MOMENT


def _not_entitled(attempt: Row | None, obligation: Row | None, readers: list[Reader]) -> Iterator[str]:
    if not readers:
        yield "went to a phone of nobody's circle"
        return
    if attempt is None or obligation is None:
        return  # the orphan is `repeats`' to report
    reader = next((each for each in readers if each.member_id == obligation["recipient_id"]), None)
    if reader is None or reader.carer.person_id != obligation["person_id"]:
        yield "is about another person than this phone's"
    elif reader.revoked_at is not None and attempt["claimed_at"] > reader.revoked_at + AT_THE_SAME_MOMENT:
        yield f"left {attempt['claimed_at'] - reader.revoked_at} after the carer was revoked"
