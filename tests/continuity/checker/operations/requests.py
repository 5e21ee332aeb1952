"""Says from the journals which accesses the harness made: what it asked, and what it was answered."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.reading.journals import Line, is_hl7

_ACKNOWLEDGED: Final = {200, 202}
_OPERATOR: Final = "operator"
_ID: Final = "([0-9a-f-]{36})"
_OPERATIONS: Final = tuple(
    (re.compile(pattern), operation)
    for pattern, operation in (
        ("POST /v1/sources", "create_source"),
        (f"PUT /v1/sources/{_ID}/mllp-callers", "change_mllp_callers"),
        ("GET /v1/receipts", "find_receipt"),
        ("GET /v1/identities/work-items", "list_work_items"),
        (f"POST /v1/identities/work-items/{_ID}/decision", "decide_work_item"),
        ("POST /v1/identities/[a-z-]+", "state_identity"),
        (f"(?:PUT|DELETE) /v1/persons/{_ID}/circle/carers/{_ID}", "change_circle"),
    )
)
_ASKED_FOR_RECEIPTS: Final = ("pathway", "notifications")
"""The services that run an API, which admission asks for whoever reads a receipt."""
_NOT_SHOWN: Final = frozenset({"pending", "unreachable"})


class Access(NamedTuple):
    """What may be done several times, by the same key to the same thing."""

    service: str
    operation: str
    establishment: str | None
    """None: an operator of the platform."""
    key_id: str | None
    """None: over MLLP, and of operators."""
    about: str | None


@dataclass(kw_only=True)
class Requests:
    """How often each access was asked for, and answered as made; and of whom something was said then."""

    asked: Counter[Access] = field(default_factory=Counter)
    answered: Counter[Access] = field(default_factory=Counter)
    persons: defaultdict[Access, set[str]] = field(default_factory=lambda: defaultdict(set))


def requests_of(evidence: Evidence) -> Requests:
    """Count the lines of both journals."""
    requests = Requests()
    told = {line["access"]: line for line in evidence.run.accesses if line["what"] == "told"}
    names = _Names(evidence, told)
    for line in evidence.run.clients:
        _count_movement(line, requests, names)
    for line in evidence.run.accesses:
        if line["what"] == "asked":
            _count(line, told.get(line["access"]), requests, names)
    return requests


class _Names:
    """What things are called in the audit that the harness calls by their senders' ids."""

    def __init__(self, evidence: Evidence, told: Mapping[int, Line]) -> None:
        admission = evidence.stored["admission"]
        self.keys = {line["establishment"]: line["key_id"] for line in told.values() if "key_id" in line}
        self.events = {row["source_event_id"]: row["event_id"] for row in admission.rows("submissions")}
        self.receipts = {row["source_event_id"]: row["receipt_id"] for row in admission.rows("statements")}
        self.subjects = {event.event_id: event.subject for event in evidence.movements}


def _count_movement(line: Line, requests: Requests, names: _Names) -> None:
    source = line.get("source", "")
    event_id = line.get("event_id") or names.events.get(line["source_event_id"])
    key_id = None if is_hl7(line) else names.keys.get(source)
    own = Access("admission", "state_movement", source or None, key_id, event_id)
    if line["what"] == "send":
        requests.asked[own] += 1
    elif line["what"] == "answer" and line["status"] in _ACKNOWLEDGED:
        requests.answered[own] += 1
        requests.persons[own].add(line["person_id"])


def _count(line: Line, answer: Line | None, requests: Requests, names: _Names) -> None:
    own = _access_of(line, names)
    requests.asked[own] += 1
    if answer is not None:
        requests.answered[own] += 1
        requests.persons[own] |= set(answer["persons"])
    if own.operation != "find_receipt":
        return
    for service in _ASKED_FOR_RECEIPTS:
        there = own._replace(service=service, operation="read_outcome", about=names.events.get(line["named"]))
        requests.asked[there] += 1
        state = answer["outcomes"].get(service, "pending") if answer else "pending"
        requests.answered[there] += state not in _NOT_SHOWN


def _access_of(line: Line, names: _Names) -> Access:
    request = f"{line['method']} {line['path']}"
    for pattern, operation in _OPERATIONS:
        if found := pattern.fullmatch(request):
            establishment = None if line["by"] == _OPERATOR else line["by"]
            about = found.groups()[-1] if found.groups() else None
            if operation == "state_identity":
                about = names.receipts.get(line["named"])
            elif operation == "find_receipt":  # of whom, since its entry names no receipt
                about = names.subjects.get(names.events.get(line["named"], ""))
            key_id = names.keys[establishment] if establishment else None
            return Access(line["service"], operation, establishment, key_id, about)
    raise ValueError(f"what {request} leaves in the audit is not said here")
