"""What did a run show, in words? One screen."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.continuity.evidence import Evidence


def told(evidence: Evidence) -> str:
    """The figures of a run, and what the harness complains of."""
    return "\n".join(_lines(evidence))


def _lines(evidence: Evidence) -> Iterator[str]:
    figures = evidence.figures
    intake = figures["intake"]
    yield f"acknowledged by receipts: {figures['acknowledged']}"
    yield f"intake: {intake['share']:.2%} of {intake['sent']} movements answered within 2 s"
    delays = figures["acknowledged_to_gateway_seconds"]
    yield f"receipt to gateway, outside faults: {_quantiles(delays['outside_faults'])}"
    yield f"receipt to gateway, inside faults:  {_quantiles(delays['inside_faults'])}"
    yield (
        f"messages: {figures['messages']}, repeated {figures['messages_repeated']}, "
        f"left unanswered by the gateway {figures['ambiguous_at_gateway']}"
    )
    yield "fault                                     times  no effect  recovery in seconds"
    for kind, times in sorted(evidence.injected.items()):
        recovery = _quantiles(figures["recovery_seconds"].get(kind, {"count": 0}))
        yield f"  {kind:<40}{times:>5}{evidence.without_effect.get(kind, 0):>11}  {recovery}"
    for complaint in evidence.complaints:
        yield f"COMPLAINT {complaint}"


def _quantiles(found: Mapping[str, Any]) -> str:
    if not found["count"]:
        return "-"
    return f"p50 {found['p50']:.2f}, p99 {found['p99']:.2f}, max {found['max']:.2f} (of {found['count']})"
