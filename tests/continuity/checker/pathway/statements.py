"""I6: checks that the last event pathway published of each expectation agrees with its stored state."""

from collections import defaultdict

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.verdict import Finding


def check_statements(evidence: Evidence) -> Finding:
    """Opened, met or withdrawn as stored; a rupture is open exactly while the arrival is overdue."""
    stored = evidence.stored["pathway"]
    said: dict[tuple[str, str], str] = {}
    ruptures: dict[tuple[str, str], int] = defaultdict(int)
    for event in stored.ledger:
        step = event.type.removeprefix("relais.pathway.").removesuffix(".v1")
        # A departure that moves to another person keeps its id there.
        expectation = (event.subject, event.data["expectation_id"])
        if step.startswith("rupture"):
            ruptures[expectation] += 1 if step == "rupture-opened" else -1
        else:
            said[expectation] = event.data.get("ended_as") or _meaning(
                step, late=bool(event.data.get("late"))
            )
    violations: list[str] = []
    for row in stored.rows("expectations"):
        expectation, state = (row["person_id"], row["expectation_id"]), row["state"]
        wanted = {"open", "overdue"} if state in {"open", "overdue"} else {state}
        told = said.get(expectation)
        if not (told in wanted or (told is None and state == "withdrawn")):
            violations.append(f"{expectation} is {state}, but was last said to be {told}")
        if ruptures[expectation] != (1 if state == "overdue" else 0):
            violations.append(f"{expectation} is {state} with {ruptures[expectation]} open ruptures")
    tracked = {(row["person_id"], row["expectation_id"]) for row in stored.rows("expectations")}
    violations += [f"{each} was stated and is not tracked" for each in said.keys() - tracked]
    return Finding(invariant="I6 arrivals as stated", looked_at=len(tracked), violations=violations)


def _meaning(step: str, *, late: bool) -> str:
    if step == "expectation-met":
        return "met_late" if late else "met"
    return {"expectation-opened": "open", "expectation-withdrawn": "withdrawn"}[step]
