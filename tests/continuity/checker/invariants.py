"""Which invariants are checked, in which order? I1-I14 of the specification, as far as they apply.

Not here: I9 (reading one's own write) and I13 (whole traces) have tests of their own under tests/e2e. I12 is
both the specification's (alerts) and secrecy.
"""

from collections.abc import Callable, Sequence
from typing import Final

from tests.continuity.checker import (
    acknowledged,
    alerts,
    circle,
    copies,
    entitlement,
    inboxes,
    obligations,
    order,
    outcomes,
    pathways,
    positions,
    quiet,
    repeats,
    secrecy,
    sequences,
    stated,
    statements,
)
from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.verdict import Finding, Verdict

INVARIANTS: Final[Sequence[Callable[[Evidence], Finding]]] = (
    acknowledged.check_acknowledged,
    acknowledged.check_unknown,
    acknowledged.check_nothing_invented,
    stated.check_whose,
    sequences.check_sequences,
    inboxes.check_inboxes,
    copies.check_copies,
    pathways.check_pathways,
    statements.check_statements,
    order.check_order,
    positions.check_positions,
    positions.check_pulled,
    obligations.check_told,
    obligations.check_last_word,
    circle.check_circle,
    entitlement.check_entitled,
    repeats.check_repeats,
    repeats.check_attempts,
    inboxes.check_parked,
    outcomes.check_outcomes,
    alerts.check_alerts,
    secrecy.check_secrecy,
    quiet.check_quiet,
)


def judge(evidence: Evidence) -> Verdict:
    """Look at everything, whatever was found before."""
    findings = [check(evidence) for check in INVARIANTS]
    return Verdict(acknowledged=len(evidence.answers), findings=findings)
