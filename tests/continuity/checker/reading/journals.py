"""Reads the journals of a run: what clients, gateway and fault injector wrote down outside the platform."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

Line = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Carer:
    """A carer whom the harness enrolled: which person they may know about, and their phone."""

    person_id: str
    carer_id: str
    phone: str
    joined_at: datetime
    """When the platform had confirmed the enrolment."""
    leaves_at: datetime | None = None
    """When the harness sent the revocation."""
    revoked_at: datetime | None = None
    """When the platform had confirmed the revocation."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of the harness."""

    clients: tuple[Line, ...]
    gateway: tuple[Line, ...]
    faults: tuple[Line, ...]
    about: Line
    circle: tuple[Carer, ...] = ()
    decisions: tuple[Line, ...] = ()
    """What was decided about pairs of persons, in the order in which it was confirmed."""
    accesses: tuple[Line, ...] = ()
    """What the harness asked of the platform beside the movements, and what it was told."""
    watched: tuple[Line, ...] = ()
    """The metrics of each process, sampled every few seconds."""

    @cached_property
    def sent(self) -> Mapping[str, list[Line]]:
        """Source event id -> what was sent under it, with the digest by which its content is known, `sha256`.

        Of JSON that is the digest of the body. Of HL7 v2 only the receipts tell it; what was never answered
        may have any: `None`.
        """
        told = {
            _content(line): line["content_sha256"]
            for line in self.clients
            if line["what"] == "answer" and is_hl7(line) and line.get("content_sha256")
        }
        found: defaultdict[str, list[Line]] = defaultdict(list)
        for line in self.clients:
            if line["what"] == "send":
                digest = told.get(_content(line)) if is_hl7(line) else line["body_sha256"]
                found[line["source_event_id"]].append({**line, "sha256": digest})
        return found

    def sent_as(self, source_event_id: str, sha256: str) -> list[Line]:
        """The sendings of the content that is stored under this id, if its digest is this."""
        return [line for line in self.sent.get(source_event_id, ()) if line["sha256"] in {sha256, None}]

    @property
    def poison(self) -> list[Line]:
        """The malformed records that were or may have been sent to the topics."""
        return [line for line in self.faults if line["kind"] == "poison" and line.get("phase") != "ended"]

    @property
    def certain_poison(self) -> list[Line]:
        """Those of them that the broker acknowledged."""
        return [line for line in self.faults if line["kind"] == "poison" and line.get("phase") != "began"]

    @property
    def broken(self) -> list[Line]:
        """The faults: one line for the beginning of each, one for its end, one when what it hit is back."""
        return [line for line in self.faults if line["kind"] != "poison"]

    @cached_property
    def log_lost_at(self) -> datetime | None:
        """When the broker last lost acknowledged data; what it took afterwards it still holds."""
        lost = [
            line["at"]
            for line in self.broken
            if line["kind"] in {"broker.wipe", "broker.truncate"} and line.get("phase") != "back"
        ]
        return max(map(moment, lost), default=None)


def read_run(folder: Path) -> Run:
    """Read the journals, leaving out a last line that a kill cut short."""
    about = json.loads((folder / "run.json").read_text())
    return Run(
        clients=tuple(_lines(folder / "clients.jsonl")),
        gateway=tuple(_lines(folder / "gateway.jsonl")),
        faults=tuple(_lines(folder / "faults.jsonl")),
        decisions=tuple(_lines(folder / "decisions.jsonl")),
        accesses=tuple(_lines(folder / "accesses.jsonl")),
        about=about,
        watched=tuple(_lines(folder / "metrics.jsonl")),
        circle=tuple(_carer(each) for each in about.get("circle", ())),
    )


def is_hl7(line: Line) -> bool:
    """Whether a line of the clients' journal is about an HL7 v2 message."""
    return line.get("door") == "mllp"


def moment(said: str | float) -> datetime:
    """Parse a journal's time: ISO 8601 or seconds since the epoch."""
    if isinstance(said, str):
        return datetime.fromisoformat(said)
    return datetime.fromtimestamp(said, UTC)


def _content(line: Line) -> tuple[str, str]:
    return line["source_event_id"], line["body_sha256"]


def _lines(path: Path) -> Iterator[Line]:
    if not path.exists():
        return
    for text in path.read_text().splitlines(keepends=True):
        if text.endswith("\n"):
            yield json.loads(text)


def _carer(said: Line) -> Carer:
    left = [said.get(name) for name in ("leaves_at", "revoked_at")]
    leaves_at, revoked_at = (None if each is None else moment(each) for each in left)
    return Carer(
        person_id=said["person_id"],
        carer_id=said["carer_id"],
        phone=said["phone"],
        joined_at=moment(said["joined_at"]),
        leaves_at=leaves_at,
        revoked_at=revoked_at,
    )
