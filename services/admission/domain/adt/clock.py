"""Says when a message was sent and when what it tells happened, in the zone of its source."""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, Final

from services.admission.domain.adt.reading import Findings, Group, Sender
from services.admission.domain.checks import YEARS
from services.admission.domain.hl7v2.message import DELETED, Message, Place
from services.admission.domain.hl7v2.moments import Written, written
from services.admission.domain.movement import Kind

_AHEAD: Final = timedelta(minutes=5)
"""How far a source's clock may be ahead of ours when it writes an hour that comes twice."""
_NOON: Final = 12
_LAST_HOUR, _LAST_MINUTE = 23, 59


_MAY_BE_UNKNOWN: Final = frozenset({"EVN-6", "PV1-44", "PV1-45", "PID-29"})
"""Where a program may have to write something when it knows no time."""


def time_in(text: str) -> Written | None:
    """The time that is written there; `None` of what is none, or is filled in for none (0001, 9999)."""
    read = written(text)
    return read if read is not None and read.local.year in YEARS else None


def zone_of(message: Message, sender: Sender) -> tzinfo:
    """That of the times without an offset: of MSH-7, if it has one (CH2 2.14.9.7), unless a dialect says it.

    Where the source's own zone has that offset then, it is meant: an hour of summer may be told in winter.
    """
    read = time_in(message.header.text(7))
    if sender.dialect.time_zone or read is None or read.offset_minutes is None:
        return sender.zone
    sent = read.at(sender.zone)
    is_its_own = sent.astimezone(sender.zone).utcoffset() == sent.utcoffset()
    return sender.zone if is_its_own else timezone(timedelta(minutes=read.offset_minutes))


def sent_at(message: Message, sender: Sender, findings: Findings) -> datetime:
    """MSH-7; without one, the moment in which the event was recorded (EVN-2), or in which it came."""
    for segment, field in (("MSH", 7), ("EVN", 2)):
        text = message.first(segment).text(field)
        read = time_in(text)
        if read is not None and read.has_time:
            return read.at(sender.zone, not_after=sender.received_at + _AHEAD)
        if text:
            findings.warn(
                102,
                f"{segment}-{field} n'est pas une date avec heure ; ignoré.",
                f"{segment}-{field} is no date with a time; it is left out.",
                Place(segment, field),
            )
    return sender.received_at


def occurred_at(
    group: Group, places: Iterable[str], sender: Sender, findings: Findings, *, sent: datetime
) -> tuple[datetime, Place]:
    """The first of these places that has a time; where none has, a day counts as its noon, and that is said.

    What was written later on that same day says more than the day does, and comes before noon.
    """
    days: list[tuple[Written, Place]] = []
    for written_place in places:
        segment, _, field = written_place.partition("-")
        place = Place(segment, int(field))
        text = group.first(segment).text(int(field))
        read = time_in(text)
        if read is None:
            if text:
                is_filler = written_place in _MAY_BE_UNKNOWN and written(text) is not None
                (findings.warn if is_filler else findings.error)(
                    102, f"{written_place} n'est pas une date.", f"{written_place} is no date.", place
                )
            continue
        if read.has_time and (not days or days[0][0].local.date() == read.local.date()):
            return read.at(sender.zone, not_after=sent), place
        days.append((read, place))
    day = next((each for each in days if each[0].precision == "day"), None)
    if day is None:
        findings.error(101, "Aucune date du mouvement.", "There is no date of the movement.", Place("EVN", 2))
        return sent, Place("EVN", 2)
    findings.warn(
        102,
        "Date sans heure : prise à midi.",
        "A date without a time: it is taken as noon.",
        day[1],
    )
    noon = Written(day[0].local.replace(hour=_NOON), "hour", day[0].offset_minutes)
    return noon.at(sender.zone), day[1]


EXPECTED_AT: Final[dict[Kind, tuple[str, ...]]] = {
    "leave": ("PV2-47",),
    "planned_admission": ("EVN-3", "PV2-8", "ZBE-2"),
    "planned_transfer": ("EVN-3", "ZBE-2"),
    "planned_discharge": ("EVN-3", "PV2-9", "ZBE-2"),
}
"""Where it stands when what follows is expected: a return, or what is planned."""


def expected_at(
    group: Group, written_places: Iterable[str], sender: Sender, findings: Findings, places: dict[str, Place]
) -> dict[str, Any]:
    """When what follows is expected, by the first of the places that says: a day alone means by its end."""
    for written_place in written_places:
        segment, _, field = written_place.partition("-")
        place = Place(segment, int(field))
        if group.first(segment).raw(place.field or 0) == DELETED:
            return {"expected_at": None}
        text = group.text(written_place)
        read = time_in(text)
        if read is not None and (read.has_time or read.precision == "day"):
            places["/expected_at"] = place
            return {"expected_at": _by_its_end(read).at(sender.zone)}
        if text:
            findings.warn(
                102, f"{written_place} : date ignorée.", f"{written_place}: no date; it is left out.", place
            )
    return {}


def planned_day(group: Group) -> str:
    """The day for which an admission is planned; empty where none is said."""
    for place in EXPECTED_AT["planned_admission"]:
        read = time_in(group.text(place))
        if read is not None and (read.has_time or read.precision == "day"):
            return read.day
    return ""


def _by_its_end(read: Written) -> Written:
    if read.has_time:
        return read
    return Written(read.local.replace(hour=_LAST_HOUR, minute=_LAST_MINUTE), "minute", read.offset_minutes)
