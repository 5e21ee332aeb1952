"""ADT messages for tests, and how they are read."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from services.admission.domain.adt.dialect import Dialect
from services.admission.domain.adt.read import read_adt
from services.admission.domain.adt.reading import Reading, Sender
from services.admission.domain.hl7v2.parse import parse_text

HOSPITAL = "750000002"
RECEIVED = datetime(2024, 3, 6, 12, tzinfo=UTC)

PID = "PID|1||000003^^^CHU-X&1.2.3.4&ISO^PI||MARTIN^JEANNE^JEANNE MARIE^^^^L~DURAND^^^^^^D||19410517|F"
PV1 = "PV1|1|I|CARDIO^12^A||||||||||||||||V7^^^CHU-X&1.2.3.4&ISO^VN"


def header(event: str, *, control_id: str = "42", version: str = "2.5", sent: str = "20240306111154") -> str:
    """MSH and EVN of an event."""
    msh = f"MSH|^~\\&|HIS|CHU|RELAIS|R|{sent}||ADT^{event}^ADT_{event}|{control_id}|P|{version}"
    return f"{msh}\rEVN||{sent}||||20240306110000"


def sender(**dialect: Any) -> Sender:
    """A source in Paris."""
    return Sender(
        establishment=HOSPITAL,
        zone=ZoneInfo("Europe/Paris"),
        received_at=RECEIVED,
        dialect=msgspec.convert(dialect, Dialect),
        takes_tests=True,
    )


def read(*segments: str, **dialect: Any) -> Reading:
    """What the message of these segments states."""
    return read_adt(parse_text("\r".join(segments)), sender(**dialect))


def body(*segments: str, **dialect: Any) -> dict[str, Any]:
    """The one statement of the message, as the JSON door would take it."""
    reading = read(*segments, **dialect)
    assert not reading.is_refused, reading.findings
    (stated,) = reading.statements
    decoded: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(stated.body))
    return decoded


def found(reading: Reading) -> set[tuple[int, str, int | None]]:
    """Code and place of everything that is wrong with it."""
    return {
        (
            finding.code,
            finding.place.segment if finding.place else "",
            finding.place.field if finding.place else None,
        )
        for finding in reading.findings
        if not finding.is_warning
    }
