"""Lists the invariants in the order in which they are checked: I1 to I14 of the specification.

I9 (reading one's own write) and I13 (complete traces) are tested under tests/e2e instead. I12 stands for the
specification's invariant about alerts, for secrecy and for the audit.
"""

from collections.abc import Callable, Sequence
from typing import Final

from tests.continuity.checker.admission import acknowledged, sequences, stated
from tests.continuity.checker.bus import copies, inboxes, order, positions
from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.identities import attribution
from tests.continuity.checker.notifications import circle, obligations, outcomes, repeats
from tests.continuity.checker.operations import accesses, alerts, quiet, secrecy
from tests.continuity.checker.pathway import pathways, statements
from tests.continuity.checker.verdict import Finding, Verdict

INVARIANTS: Final[Sequence[Callable[[Evidence], Finding]]] = (
    acknowledged.check_acknowledged,
    acknowledged.check_unknown,
    acknowledged.check_nothing_invented,
    stated.check_whose,
    attribution.check_in_the_end,
    sequences.check_sequences,
    inboxes.check_inboxes,
    copies.check_copies,
    pathways.check_pathways,
    statements.check_statements,
    order.check_order,
    positions.check_positions,
    positions.check_pulled,
    obligations.check_told,
    obligations.check_latest_news,
    obligations.check_taken_back,
    circle.check_circle,
    circle.check_entitled,
    repeats.check_repeats,
    repeats.check_attempts,
    inboxes.check_parked,
    outcomes.check_outcomes,
    alerts.check_alerts,
    secrecy.check_secrecy,
    accesses.check_accesses,
    quiet.check_quiet,
)


def judge(evidence: Evidence) -> Verdict:
    """Check every invariant, whatever an earlier one found."""
    findings = [check(evidence) for check in INVARIANTS]
    return Verdict(acknowledged=len(evidence.answers), findings=findings)
