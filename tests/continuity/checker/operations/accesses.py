"""I12: checks that the audit holds every access of the harness, and no other.

Whatever was answered is there as done, and there are no more accesses than requests: of each operation, by
each key, to each thing. A request that was never answered may have been carried out or not.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.operations.requests import Access, Requests, requests_of
from tests.continuity.checker.reading.databases import Row
from tests.continuity.checker.verdict import Finding

_OF_NOTHING: Final = frozenset({"create_source", "list_work_items"})


@dataclass(kw_only=True)
class _Recorded:
    """The requests of which the audit has entries; and whom those name that were carried out."""

    requests: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    persons: set[str] = field(default_factory=set)


def check_accesses(evidence: Evidence) -> Finding:
    """Answered, recorded as done, recorded, asked: each at most as often as the next; and all chains hold."""
    requests = requests_of(evidence)
    return Finding(
        invariant="I12 no access unrecorded",
        looked_at=requests.answered.total(),
        violations=[*_faults(evidence), *_differences(requests, _recorded(evidence))],
        figures={"entries": sum(len(stored.rows("accesses")) for stored in evidence.stored.values())},
    )


def _faults(evidence: Evidence) -> Iterator[str]:
    for service, found in evidence.run.about.get("audit", {}).items():
        yield from (f"the audit of {service} is not as it was written: {fault}" for fault in found["faults"])


def _differences(requests: Requests, recorded: Mapping[Access, _Recorded]) -> Iterator[str]:
    for access in requests.asked.keys() | recorded.keys():
        found = recorded.get(access, _Recorded())
        asked, answered, done = requests.asked[access], requests.answered[access], len(found.done)
        said = f"{access.operation} of {access.about} in {access.service} by {access.establishment}"
        if done < answered:
            yield f"{said}: {answered} answered, {done} recorded"
        if len(found.requests) > asked:
            yield f"{said}: {len(found.requests)} recorded, {asked} asked"
        if missing := requests.persons[access] - found.persons:
            yield f"{said} is not recorded of {sorted(missing)}"


def _recorded(evidence: Evidence) -> Mapping[Access, _Recorded]:
    found: defaultdict[Access, _Recorded] = defaultdict(_Recorded)
    for service, stored in evidence.stored.items():
        for row in stored.rows("accesses"):
            entries = found[_access_of(service, row)]
            entries.requests.add(row["access_id"])
            if row["stage"] == "done":
                entries.done.add(row["access_id"])
                entries.persons.add(row["person_id"])
    return found


def _access_of(service: str, row: Row) -> Access:
    operation, establishment = row["operation"], row["establishment"]
    about = row["person_id"] if operation == "find_receipt" else row["object_id"]
    return Access(
        service,
        operation,
        establishment,
        row["key_id"] if establishment else None,
        None if operation in _OF_NOTHING else about,
    )
