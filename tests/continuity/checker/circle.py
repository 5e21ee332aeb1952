"""I8: does everyone belong for as long as their establishment says? The harness has written that down."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from tests.continuity.checker import told
from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.run import Carer
from tests.continuity.checker.told import Reader
from tests.continuity.checker.verdict import Finding

ONE_CLOCK: Final = timedelta(seconds=1)
"""By which a moment of the database and one of the harness, on the same machine, may differ."""


def check_circle(evidence: Evidence) -> Finding:
    """Who was enrolled is a member by then; who left is none by then; who did not leave still is."""
    readers = {reader.carer.carer_id: reader for reader in told.readers_of(evidence)}
    violations = [
        f"carer {carer.carer_id} {what}"
        for carer in evidence.run.circle
        for what in _wrong(carer, readers.get(carer.carer_id))
    ]
    revoked = sum(carer.revoked_at is not None for carer in evidence.run.circle)
    return Finding(
        invariant="I8 the circle",
        looked_at=len(evidence.run.circle),
        violations=violations,
        figures={"revoked": revoked},
    )


def _wrong(carer: Carer, reader: Reader | None) -> Iterator[str]:
    if reader is None:
        yield "was enrolled and is in no circle"
        return
    if reader.joined_at > carer.joined_at + ONE_CLOCK:
        yield "was enrolled before they are said to have joined"
    if carer.revoked_at is not None and (
        reader.revoked_at is None or reader.revoked_at > carer.revoked_at + ONE_CLOCK
    ):
        yield f"was revoked at {carer.revoked_at}, and by then belongs to the circle"
    if reader.revoked_at is not None and (
        carer.leaves_at is None or reader.revoked_at < carer.leaves_at - ONE_CLOCK
    ):
        yield "does not belong any more, and nobody had said so"
