"""Holds the findings of the checker, one per invariant, and sums them up."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

MAX_EXAMPLES: Final = 5


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What checking one invariant found: how much was looked at, and the violations."""

    invariant: str
    """Number and short name, such as `I4 sequence`."""
    looked_at: int
    violations: Sequence[str] = ()
    lost: frozenset[str] = frozenset()
    """Acknowledged events that this invariant found missing somewhere."""
    figures: dict[str, Any] = field(default_factory=dict)
    """Numbers worth reading even without a violation."""

    @property
    def holds(self) -> bool:
        return not self.violations and not self.lost


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """All findings of a run."""

    acknowledged: int
    findings: Sequence[Finding]

    @property
    def lost(self) -> int:
        return len({event for finding in self.findings for event in finding.lost})

    @property
    def unexplained(self) -> int:
        return sum(len(finding.violations) for finding in self.findings)

    @property
    def holds(self) -> bool:
        return self.lost == 0 and self.unexplained == 0 and self.acknowledged > 0

    @property
    def line(self) -> str:
        return f"acknowledged {self.acknowledged}, lost {self.lost}, unexplained {self.unexplained}"

    @property
    def broken(self) -> list[str]:
        return [finding.invariant for finding in self.findings if not finding.holds]


def table(verdict: Verdict) -> str:
    """One row per invariant, with examples below those that are violated."""
    rows = [f"{'invariant':<28}{'looked at':>10}{'lost':>8}{'violated':>10}"]
    for finding in verdict.findings:
        counts = f"{finding.looked_at:>10}{len(finding.lost):>8}{len(finding.violations):>10}"
        figures = "  ".join(f"{name} {value}" for name, value in finding.figures.items())
        rows.append(f"{finding.invariant:<28}{counts}  {figures}".rstrip())
        rows += [f"    {example}" for example in _examples(finding)]
    return "\n".join(rows)


def keep(verdict: Verdict, path: Path) -> None:
    """Write the verdict as JSON, with every violation."""
    path.write_text(
        json.dumps(
            {
                "acknowledged": verdict.acknowledged,
                "lost": verdict.lost,
                "unexplained": verdict.unexplained,
                "holds": verdict.holds,
                "findings": [
                    {
                        "invariant": finding.invariant,
                        "looked_at": finding.looked_at,
                        "violations": list(finding.violations),
                        "lost": sorted(finding.lost),
                        "figures": finding.figures,
                    }
                    for finding in verdict.findings
                ],
            },
            indent=1,
        )
    )


def _examples(finding: Finding) -> list[str]:
    lost = [f"lost: {event}" for event in sorted(finding.lost)]
    every = [*finding.violations, *lost]
    more = len(every) - MAX_EXAMPLES
    return every[:MAX_EXAMPLES] + ([f"... and {more} more"] if more > 0 else [])
