"""`python -m tests.continuity.report FOLDER`: formats run.json and verdict.json as Markdown."""

import json
import signal
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

NONE: Final = "-"
NAMES: Final = {"json": "JSON over HTTP", "mllp": "HL7 v2 over MLLP"}


def report_of(folder: Path) -> str:
    """A run's figures as Markdown tables; without the checker's part when it was not run."""
    run = json.loads((folder / "run.json").read_text())
    judged = folder / "verdict.json"
    verdict = json.loads(judged.read_text()) if judged.exists() else None
    return "\n".join([*_figures(run, verdict), "", *_faults(run), *_complaints(run)])


def _figures(run: Mapping[str, Any], verdict: Mapping[str, Any] | None) -> Iterator[str]:
    figures = run["figures"]
    intake, delays = figures["intake"], figures["acknowledged_to_gateway_seconds"]
    yield f"| seed {run['seed']}, N = {run['n']} | |"
    yield "|---|---|"
    if verdict is not None:
        yield from _verdict(figures, verdict)
    yield f"| messages that reached the gateway | {figures['messages']} |"
    yield f"| answered within 2 s | {intake['share']:.2%} of {intake['sent']} movements |"
    for door, found in figures["by_door"].items():
        yield f"| by {NAMES[door]} | {found['acknowledged']}; {found['share']:.2%} within 2 s |"
    yield f"| receipt to gateway, outside faults | {_delay_quantiles(delays['outside_faults'])} |"
    yield f"| receipt to gateway, inside faults | {_delay_quantiles(delays['inside_faults'])} |"
    yield f"| load and faults | {_minutes(run, 'load_began_at', 'load_ended_at')} |"
    yield f"| healed until nothing was left to do | {_minutes(run, 'load_ended_at', 'quiesced_at')} |"
    codes = [death["code"] for deaths in run["deaths"].values() for death in deaths]
    at_failpoints = codes.count(-signal.SIGKILL)
    yield f"| processes that killed themselves at a failpoint | {at_failpoints} |"
    yield f"| processes that ended for any other reason of their own | {len(codes) - at_failpoints} |"


def _verdict(figures: Mapping[str, Any], verdict: Mapping[str, Any]) -> Iterator[str]:
    found = {finding["invariant"]: finding["figures"] for finding in verdict["findings"]}
    repeats, alerts = found["I8 repeats"], found["I12 alerts"]
    yield f"| acknowledged | {verdict['acknowledged']} |"
    yield f"| lost | {verdict['lost']} |"
    yield f"| unexplained | {verdict['unexplained']} |"
    yield f"| rate of loss, 95 % confidence | {_bound(verdict)} |"
    doubts = {name: count for name, count in repeats.items() if name not in {"ambiguous", "repeats"}}
    said = ", ".join(f"{count} {name}" for name, count in doubts.items())
    yield f"| ambiguous outcomes at the gateway | {repeats['ambiguous']}{f' ({said})' if said else ''} |"
    yield f"| messages repeated | {repeats['repeats']} |"
    yield f"| events pulled from a ledger | {found['I9 nothing passed over']['pulled']} |"
    yield f"| records sent to the broker again | {found['I7 order on the bus']['sent again']} |"
    yield f"| outages of more than 75 s | {alerts['long outages']} |"


def _bound(verdict: Mapping[str, Any]) -> str:
    if verdict["lost"] or not verdict["acknowledged"]:
        return NONE
    return f"below 3/N = {3 / verdict['acknowledged']:.2g}"


def _faults(run: Mapping[str, Any]) -> Iterator[str]:
    recovered = run["figures"]["recovery_seconds"]
    missed, left_out = run["faults_without_effect"], run["faults_left_out"]
    yield "| fault | times | no effect | left out | recovery: median, max |"
    yield "|---|---|---|---|---|"
    for kind in sorted({*run["faults"], *left_out}):
        spread = recovered.get(kind, {"count": 0})
        recovery = f"{spread['p50']:.1f} s, {spread['max']:.1f} s" if spread["count"] else NONE
        counts = f"{run['faults'].get(kind, 0)} | {missed.get(kind, 0)} | {left_out.get(kind, 0)}"
        yield f"| `{kind}` | {counts} | {recovery} |"
    totals = " | ".join(str(sum(each.values())) for each in (run["faults"], missed, left_out))
    yield f"| all | {totals} | |"


def _complaints(run: Mapping[str, Any]) -> Iterator[str]:
    for complaint in run["complaints"]:
        yield f"\nCOMPLAINT {complaint}"


def _delay_quantiles(found: Mapping[str, Any]) -> str:
    if not found["count"]:
        return NONE
    quantiles = ", ".join(f"{name} {found[name]:.2f} s" for name in ("p50", "p99", "max"))
    return f"{quantiles} ({found['count']} messages)"


def _minutes(run: Mapping[str, Any], began: str, ended: str) -> str:
    seconds = (datetime.fromisoformat(run[ended]) - datetime.fromisoformat(run[began])).total_seconds()
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


if __name__ == "__main__":
    sys.stdout.write(f"{report_of(Path(sys.argv[1]))}\n")
