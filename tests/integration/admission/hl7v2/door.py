"""Sends HL7 v2 to a running admission."""

from typing import Any

import httpx
import msgspec

from services.admission.handlers.manage_access import NewSource
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.domain.adt.messages import PID, PV1, header

ZBE = "ZBE|{number}^CHU-X|20240306103000||{action}|N|{original}|Chir^^^^^X^UF^^^6268||HMS"


def adt(
    event: str = "A01",
    *,
    control_id: str = "42",
    number: str = "7",
    action: str = "INSERT",
    original: str = "",
    person: str = "000003",
    sent: str = "20240306111154",
) -> bytes:
    """A message of PAM.fr."""
    head = header(event, control_id=control_id, version="2.5^FRA^2.11", sent=sent)
    head = head.replace("|2.5^FRA^2.11", "|2.5^FRA^2.11|||||FRA|UNICODE UTF-8")
    zbe = ZBE.format(number=number, action=action, original=original)
    return "\r".join([head, PID.replace("000003", person), PV1, zbe]).encode()


async def send(admission: Admission, source: NewSource, raw: bytes, **headers: str) -> httpx.Response:
    """The answer of the door."""
    return await admission.client.post("/v1/hl7v2", content=raw, headers=bearer(source.secret) | headers)


def codes(answer: httpx.Response | bytes) -> list[str]:
    """MSA-1 of each acknowledgement in an answer."""
    text = answer.decode() if isinstance(answer, bytes) else answer.text
    return [line.split("|")[1] for line in text.split("\r") if line.startswith("MSA|")]


def errors(answer: httpx.Response) -> list[str]:
    """Place and code of each ERR segment, errors before warnings as they were said."""
    fields = [line.split("|") for line in answer.text.split("\r") if line.startswith("ERR|")]
    return [f"{each[2]} {each[3].split('^')[0]} {each[4]}" for each in fields]


async def movements(admission: Admission) -> list[dict[str, Any]]:
    """What was published of movements, in order."""
    rows = await admission.rows("SELECT data FROM ledger ORDER BY subject, sequence")
    return [msgspec.json.decode(row["data"]) for row in rows if b"movement_id" in bytes(row["data"])]
