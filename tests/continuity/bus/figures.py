"""Formats the results of many cycles as Markdown tables, one column per library."""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tests.continuity.bus.cycle import PATIENCE_SECONDS, Cycle, Recovery
from tests.continuity.bus.effects import Verdict

_COUNTED = {
    "members ended by the watchdog": "duty_failed ConsumerStalled",
    "members ended by any error": "duty_failed ",
    "joined again, fenced": "consumer_restarts Fenced",
    "joined again, another cluster": "consumer_restarts ClusterChanged",
    "stop() took over 10 s": "client_did_not_stop consumer",
    "stop() raised": "client_stopped_badly ",
    "events parked": "event_parked ",
    "records read again, dropped by the inbox": "duplicates_dropped",
}


def tables(cycles: Sequence[Cycle], verdicts: Mapping[str, Verdict], *, stalled_after_seconds: float) -> str:
    """Both tables: totals, and recovery by kind of fault."""
    clients = list(verdicts)
    totals = {client: _totals(cycles, client, verdicts[client], stalled_after_seconds) for client in clients}
    rows = [[name, *(str(totals[client][name]) for client in clients)] for name in totals[clients[0]]]
    return "\n\n".join([_markdown(["", *clients], rows), _by_kind(cycles, clients)])


def _totals(
    cycles: Sequence[Cycle], client: str, verdict: Verdict, stalled_after_seconds: float
) -> dict[str, int]:
    mine = [_recovery_of(cycle, client) for cycle in cycles]
    said: Counter[str] = Counter()
    for recovery in mine:
        said.update(recovery.said)
    stuck = sum(1 for each in mine if (each.applied_after_seconds or 1e9) > stalled_after_seconds)
    retries = sum(count for line, count in said.items() if line.startswith("duty_retries"))
    counted = {
        name: sum(count for line, count in said.items() if line.startswith(start))
        for name, start in _COUNTED.items()
    }
    return {
        "lost": verdict.lost,
        "applied twice": verdict.applied_twice,
        "out of order in their subject": verdict.out_of_order,
        f"cycles in which records waited over {stalled_after_seconds:g} s after the fault": stuck,
        f"not recovered within {PATIENCE_SECONDS:g} s": sum(
            1 for each in mine if each.applied_after_seconds is None
        ),
        f"group not stable within {PATIENCE_SECONDS:g} s": sum(
            1 for each in mine if each.stable_after_seconds is None
        ),
        "restarted by hand": sum(1 for each in mine if not each.came_back),
        **counted,
        "retries in place (broker or topic unreachable)": retries,
    }


def _by_kind(cycles: Sequence[Cycle], clients: Sequence[str]) -> str:
    heads = ["fault", "cycles"]
    for client in clients:
        heads += [f"{client}: applied", "stable", "longest wait"]
    rows = []
    for kind in dict.fromkeys(cycle.kind for cycle in sorted(cycles, key=lambda each: each.kind)):
        ours = [cycle for cycle in cycles if cycle.kind == kind]
        row = [kind, str(len(ours))]
        for client in clients:
            mine = [_recovery_of(cycle, client) for cycle in ours]
            row.append(_median_and_max(each.applied_after_seconds for each in mine))
            row.append(_median_and_max(each.stable_after_seconds for each in mine))
            row.append(_median_and_max(each.longest_wait_seconds for each in mine))
        rows.append(row)
    return _markdown(heads, rows)


def _recovery_of(cycle: Cycle, client: str) -> Recovery:
    return next(each for each in cycle.recoveries if each.client == client)


def _median_and_max(seconds: Iterable[float | None]) -> str:
    known = [each for each in seconds if each is not None]
    return f"{statistics.median(known):.1f} / {max(known):.1f}" if known else "-"


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = "|---|" + "---:|" * (len(heads) - 1)
    return "\n".join(
        ["| " + " | ".join(heads) + " |", rule, *("| " + " | ".join(row) + " |" for row in rows)]
    )
