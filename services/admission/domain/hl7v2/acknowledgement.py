"""Writes acknowledgements: original mode, or the accept acknowledgement of the enhanced one (CH2 2.9).

What is answered was committed before, so the accept acknowledgement says as much as the other would.
"""

from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from services.admission.domain.hl7v2.findings import CODES, Finding
from services.admission.domain.hl7v2.message import Delimiters, Place, Segment
from services.admission.domain.hl7v2.moments import as_hl7

Verdict = Literal["A", "E", "R"]
"""Accepted; wrong in content; not taken for another reason, which may pass."""

NAME: Final = "RELAIS"
_LISTED_SINCE: Final = "2.5"
_ENHANCED: Final = frozenset({"AL", "ER", "SU"})
_CUT: Final = 250


class Answer(Struct, frozen=True, kw_only=True):
    """What is answered to a message."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    control_id: str
    """MSH-10 of the answer."""
    at: datetime


def verdict_on(findings: tuple[Finding, ...]) -> Verdict:
    """What findings alone amount to."""
    if any(finding.is_rejection for finding in findings):
        return "R"
    return "E" if any(not finding.is_warning for finding in findings) else "A"


def is_wanted(header: Segment | None, verdict: Verdict) -> bool:
    """Whether the sender wants this answer (MSH-15, MSH-16; table 0155)."""
    if header is None:
        return True
    accept, application = (header.text(field).strip().upper() for field in (15, 16))
    condition = accept if accept in _ENHANCED else application
    return {"NE": False, "ER": verdict != "A", "SU": verdict == "A"}.get(condition, True)


def acknowledge(header: Segment | None, answer: Answer) -> str:
    """The acknowledgement of a message with this header, or of one without any that could be read."""
    delimiters = header.delimiters if header else Delimiters()
    echo = _Echo(header)
    is_enhanced = echo.text(15).upper() in _ENHANCED
    code = ("C" if is_enhanced else "A") + answer.verdict
    event = echo.component(9, 2)
    type_ = delimiters.component.join(("ACK", event, "ACK") if event else ("ACK",))
    encoding = "".join(
        (delimiters.component, delimiters.repetition, delimiters.escape, delimiters.subcomponent)
    )
    msh = [
        "MSH",
        encoding,
        NAME,
        echo.raw(6),
        echo.raw(3),
        echo.raw(4),
        as_hl7(answer.at),
        "",
        type_,
        answer.control_id,
        echo.raw(11) or "P",
        echo.raw(12) or _LISTED_SINCE,
        *[""] * 5,
        echo.raw(18),
    ]
    is_listed = (echo.component(12, 1) or _LISTED_SINCE) >= _LISTED_SINCE
    errors = [finding for finding in answer.findings if not finding.is_warning]
    first = [_said(errors[0], delimiters)] if errors and not is_listed else []
    segments = [msh, ["MSA", code, echo.raw(10), *first]]
    segments += [_err(finding, delimiters, is_listed=is_listed) for finding in answer.findings]
    return "".join(delimiters.field.join(fields).rstrip(delimiters.field) + "\r" for fields in segments)


class _Echo:
    """What of the sender's header is said again."""

    def __init__(self, header: Segment | None) -> None:
        self._header = header

    def raw(self, field: int) -> str:
        return self._header.raw(field)[:_CUT] if self._header else ""

    def text(self, field: int) -> str:
        return self._header.text(field).strip() if self._header else ""

    def component(self, field: int, component: int) -> str:
        """A component, if it is plain enough to be said again."""
        text = self._header.text(field, component).strip() if self._header else ""
        return text if text.replace(".", "").isalnum() else ""


def _err(finding: Finding, delimiters: Delimiters, *, is_listed: bool) -> list[str]:
    name = CODES[finding.code]
    if not is_listed:  # before 2.5: segment, sequence, field, code and text in ERR-1
        parts = _location(finding.place, delimiters)[:3]
        coded = delimiters.subcomponent.join((str(finding.code), _escaped(name, delimiters)))
        return ["ERR", delimiters.component.join((*parts, *[""] * (3 - len(parts)), coded))]
    return [
        "ERR",
        "",
        delimiters.component.join(_location(finding.place, delimiters)),
        delimiters.component.join((str(finding.code), _escaped(name, delimiters), "HL70357")),
        "W" if finding.is_warning else "E",
        "",
        "",
        "",
        _said(finding, delimiters),
    ]


def _location(place: Place | None, delimiters: Delimiters) -> list[str]:
    if place is None:
        return []
    numbers = [place.occurrence, place.field, place.repetition or 1, place.component]
    while numbers and numbers[-1] is None:
        numbers.pop()
    if place.field is None:
        numbers = numbers[:1]
    return [_escaped(place.segment, delimiters), *("" if each is None else str(each) for each in numbers)]


def _said(finding: Finding, delimiters: Delimiters) -> str:
    return _escaped(f"{finding.french} / {finding.english}", delimiters)


def _escaped(text: str, delimiters: Delimiters) -> str:
    letters = {character: letter for letter, character in delimiters.escapes.items()}
    escape = delimiters.escape
    return "".join(f"{escape}{letters[each]}{escape}" if each in letters else each for each in text)
