"""Takes one HL7 v2 message from its bytes to its acknowledgement, whatever brought it.

What it states goes through the use cases of the JSON door, so it has the same guarantees: stored before it is
answered, once per MSH-10, under the same marks, all of a message in one commit. What it says of a person is
kept once, in the sealed record of its first statement about them. The same MSH-10 is known again by the whole
message but for the time at which it was sent.
"""

from hashlib import sha256
from typing import Final

import msgspec

from services.admission.api.hl7v2.reading import FOREIGN, read_message
from services.admission.api.hl7v2.stating import state_all
from services.admission.domain.adt.dialect import Dialect
from services.admission.domain.adt.reading import Reading
from services.admission.domain.conformance import names_of_findings
from services.admission.domain.hl7v2.acknowledgement import Answer, acknowledge, is_wanted, verdict_on
from services.admission.domain.hl7v2.errors import UnreadableMessage
from services.admission.domain.hl7v2.findings import Finding
from services.admission.domain.hl7v2.heartbeat import HEARTBEAT
from services.admission.domain.hl7v2.message import Message, Place, Segment
from services.admission.domain.hl7v2.parse import header_of, parse, transported
from services.admission.domain.hl7v2.sequence_number import sequence_number_of
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.group_commit import NotCommitted
from services.admission.handlers.hl7v2.dialects import dialect_of
from services.admission.handlers.hl7v2.quarantine import Refused, keep_refused
from shared.runtime.failures import TRANSIENT
from shared.security.principal import Principal
from shared.telemetry import metrics

INTAKE_FORMAT: Final = "hl7v2"
LIMIT_BYTES: Final = 256 * 1024
"""Of one message."""
_EVENT_OF: Final = frozenset({*(f"A{number:02}" for number in range(1, 63)), "Z99", HEARTBEAT})
_SENT_AT: Final = 7
_INCURABLE: Final = frozenset({200, 202, 203})
"""What no dialect changes: the type, the processing id and the version."""

NOT_NOW: Final = Finding(
    code=207,
    french="Le message n'a pas pu être enregistré ; renvoyez-le.",
    english="The message could not be stored; send it again.",
)
TOO_LONG: Final = Finding(code=207, french="Le message est trop long.", english="The message is too long.")


class Acknowledged(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one message, as it goes over the wire."""

    raw: bytes
    answer: Answer
    is_wanted: bool


async def take_message(
    dependencies: Dependencies,
    raw: bytes,
    *,
    source: Principal,
    charset: str | None = None,
    is_kept: bool = False,
) -> Acknowledged:
    """Read the message, state all that it says, and answer it; never raises for what came.

    What is refused and a dialect may cure is kept in quarantine, unless it is there (`is_kept`).
    """
    header, codec = header_of(raw), "utf-8"
    given: str | None = None
    event = "other"
    try:
        if len(raw) > LIMIT_BYTES:
            findings: tuple[Finding, ...] = (TOO_LONG,)
        else:
            given = transported(charset)
            dialect = await dialect_of(dependencies, source.source_id)
            message = parse(raw, usual_charset=dialect.charset, charset=given)
            header, codec = message.header, message.charset
            reading, findings = await _take(dependencies, message, dialect, source)
            event = reading.event if reading.event in _EVENT_OF else "other"
    except UnreadableMessage as error:
        findings = (unreadable(error),)
    except (NotCommitted, *TRANSIENT):
        findings = (NOT_NOW,)
    if not is_kept and _may_be_cured(findings):
        refused = Refused(raw=raw, charset=charset if given else None, event=event, findings=findings)
        findings = await _keep(dependencies, refused, source)
    answer = Answer(
        verdict=verdict_on(findings),
        findings=findings,
        control_id=sha256(raw).hexdigest()[:20],
        at=dependencies.clock(),
    )
    if NOT_NOW not in findings:
        _count(dependencies, source, header, event=event, findings=findings)
    metrics.intake_requests_total.labels(INTAKE_FORMAT, f"A{answer.verdict}").inc()
    metrics.hl7v2_answers_total.labels(event, f"A{answer.verdict}").inc()
    return _encoded(header, answer, codec)


def _count(
    dependencies: Dependencies,
    source: Principal,
    header: Segment | None,
    *,
    event: str,
    findings: tuple[Finding, ...],
) -> None:
    tally, source_id = dependencies.tally, source.source_id
    number = None if header is None else sequence_number_of(header)
    if number is not None:
        tally.numbers.setdefault(source_id, []).append(number)
    if event == HEARTBEAT:
        tally.heartbeats.add(source_id)
        return
    tally.seen[source_id] += 1
    tally.note(source_id, names_of_findings(findings))


def _may_be_cured(findings: tuple[Finding, ...]) -> bool:
    """Whether a change of the dialect may let the message be taken."""
    if verdict_on(findings) == "A" or NOT_NOW in findings or TOO_LONG in findings or FOREIGN in findings:
        return False
    return not any(finding.code in _INCURABLE for finding in findings)


async def _keep(dependencies: Dependencies, refused: Refused, source: Principal) -> tuple[Finding, ...]:
    try:
        await keep_refused(dependencies, refused, source=source)
    except TRANSIENT:
        return (NOT_NOW,)
    return refused.findings


async def _take(
    dependencies: Dependencies, message: Message, dialect: Dialect, source: Principal
) -> tuple[Reading, tuple[Finding, ...]]:
    reading = await read_message(dependencies, message, dialect, source=source)
    if reading.is_refused or not reading.statements:
        return reading, reading.findings
    if not await dependencies.intake.is_open():
        raise NotCommitted
    said = await state_all(dependencies, reading.statements, content=fingerprint(message), source=source)
    return reading, (*reading.findings, *said)


def fingerprint(message: Message) -> bytes:
    """A digest of all that the message says, but for the moment at which it was sent."""
    header = [field for place, field in enumerate(message.header.fields, 1) if place != _SENT_AT]
    digest = sha256("\x1d".join(header).encode())
    for segment in message.segments[1:]:
        digest.update("\x1d".join(("\x1e", segment.name, *segment.fields)).encode())
    return digest.digest()


def unreadable(error: UnreadableMessage) -> Finding:
    """What is answered to bytes that are no message."""
    place = Place("MSH", 18) if "charset" in str(error) else Place("MSH")
    return Finding(code=207, french="Message illisible.", english=str(error), place=place)


def _encoded(header: Segment | None, answer: Answer, codec: str) -> Acknowledged:
    raw = acknowledge(header, answer).encode(codec, "replace")
    return Acknowledged(raw=raw, answer=answer, is_wanted=is_wanted(header, answer.verdict))
