"""Counts losses and repeats of both from the same journals."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.notifications.required import UNANSWERED, was_accepted
from tests.continuity.checker.reading.journals import read_run
from tests.continuity.checker.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Losses:
    """The figures that are compared."""

    acknowledged: int
    not_stored: int
    """Acknowledged and not stored."""
    contradicted: int
    """Other content acknowledged under the same id."""
    not_applied: int
    """Acknowledged and not applied by a consumer."""
    applied_again: int
    due: int
    """Messages that had to be sent to carers."""
    not_told: int
    """Messages due that were neither sent nor handed to a person."""
    repeats: int
    unheard: int
    """Messages that the gateway accepted without answering."""


async def losses_of_peer(folder: Path, database: str, phones: dict[str, str]) -> Losses:
    """`phones`: alias of a person to the carer's phone."""
    run = read_run(folder)
    acknowledged: dict[str, set[str]] = {}
    person_of: dict[str, str] = {}
    for line in run.clients:
        if line["what"] == "answer" and line["status"] in {200, 202}:
            acknowledged.setdefault(line["source_event_id"], set()).add(line["body_sha256"])
            person_of[line["source_event_id"]] = line["person"]
    connection = await asyncpg.connect(database, timeout=30)
    try:
        stored = {row[0] for row in await connection.fetch("SELECT source_event_id FROM peerevent")}
        applied = Counter(row[0] for row in await connection.fetch("SELECT source_event_id FROM peerapplied"))
    finally:
        await connection.close()
    told = Counter(line["attempt"] for line in run.gateway if "to" in line and was_accepted(line))
    due = {event for event in acknowledged if person_of[event] in phones}
    return Losses(
        acknowledged=len(acknowledged),
        not_stored=len(acknowledged.keys() - stored),
        contradicted=sum(len(contents) > 1 for contents in acknowledged.values()),
        not_applied=len(acknowledged.keys() - applied.keys()),
        applied_again=sum(count - 1 for count in applied.values()),
        due=len(due),
        not_told=len(due - told.keys()),
        repeats=sum(count - 1 for count in told.values()),
        unheard=sum(line["answered"] in UNANSWERED for line in run.gateway if "to" in line),
    )


def losses_of_ours(evidence: Evidence, verdict: Verdict) -> Losses:
    """The same figures, from the checker's findings."""
    found = {finding.invariant: finding for finding in verdict.findings}
    told = found["I8 required is told"]
    contents: dict[str, set[str]] = {}
    for line in evidence.run.clients:
        if line["what"] == "answer" and line["status"] in {200, 202}:
            contents.setdefault(line["source_event_id"], set()).add(line["body_sha256"])
    return Losses(
        acknowledged=verdict.acknowledged,
        not_stored=len(found["I1 acknowledged"].lost),
        contradicted=sum(len(said) > 1 for said in contents.values()),
        not_applied=len(found["I5 inbox = ledger"].lost),
        applied_again=len(found["I6 copies of facts"].violations),
        due=told.looked_at,
        not_told=len(told.lost) + len(told.violations),
        repeats=found["I8 repeats"].figures["repeats"],
        unheard=sum(line["answered"] in UNANSWERED for line in evidence.run.gateway if "to" in line),
    )
