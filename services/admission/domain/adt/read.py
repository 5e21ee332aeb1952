"""Reads an ADT message into the statements that it makes: all of them, or every reason why none."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from msgspec.structs import replace

from services.admission.domain.adt.clock import sent_at, zone_of
from services.admission.domain.adt.dialect import Meaning
from services.admission.domain.adt.identities import (
    changes_of,
    deletion_of,
    moves_of,
    pairs_of,
    traits_of,
)
from services.admission.domain.adt.movements import movements_of
from services.admission.domain.adt.reading import (
    AdtStatement,
    Findings,
    Group,
    Reading,
    Sender,
    groups_of,
)
from services.admission.domain.adt.visit import stay_number
from services.admission.domain.hl7v2.message import Message, Place

_VERSION: Final = re.compile(r"2\.[1-9](\.[0-9]{1,2})?")
_FRENCH: Final = "FRA"
_PRODUCTION: Final = frozenset({"", "P"})
MOST_PERSONS: Final = 50
MOST_STATEMENTS: Final = 50
"""Of one message, all of which are committed together."""


def event_of(message: Message) -> str:
    """The trigger: MSH-9.2, in older messages EVN-1."""
    return message.header.text(9, 2).strip().upper() or message.first("EVN").text(1).strip().upper()


def read_adt(message: Message, sender: Sender) -> Reading:
    """What the message states; every problem at once where it states nothing."""
    findings = Findings()
    event = event_of(message)
    _check_header(message, sender, findings)
    meaning = sender.dialect.meaning(event)
    if not findings.found and meaning in {None, "ignored"}:
        return _unsupported(message, event, meaning, sender)
    statements: list[AdtStatement] = []
    if not findings.found and meaning is not None:
        for line in message.unread_lines:
            findings.warn(100, f"Ligne {line} illisible.", f"Line {line} is no segment.")
        sender = replace(sender, zone=zone_of(message, sender))
        sent = sent_at(message, sender, findings)
        statements = list(_statements(message, meaning, sender, findings, sent=sent))
    reading = Reading(statements=tuple(statements), findings=tuple(findings.found), event=event)
    return Reading(findings=reading.findings, event=event) if reading.is_refused else reading


def _statements(
    message: Message, meaning: Meaning, sender: Sender, findings: Findings, *, sent: datetime
) -> Iterator[AdtStatement]:
    groups = groups_of(message)
    if not groups:
        findings.missing("PID")
    if len(groups) > MOST_PERSONS:
        findings.error(100, "Trop de segments PID.", "There are too many PID segments.", Place("PID"))
        return
    number: dict[str, Any] = {"source_event_id": message.header.text(10)}
    count = 0
    for text, group in _parts(message, groups, meaning):
        kept = text
        for stated in _of_groups(group, meaning, sender, findings, sent=sent):
            count += 1
            if count > MOST_STATEMENTS:
                findings.error(
                    100,
                    "Trop de mouvements (ZBE-1).",
                    "There are too many movements (ZBE-1).",
                    Place("ZBE", 1),
                )
                return
            stated.places["/source_event_id"] = Place("MSH", 10)
            yield replace(stated, body=number | stated.body, text=kept)
            kept = ""


def _parts(message: Message, groups: list[Group], meaning: Meaning) -> Iterator[tuple[str, list[Group]]]:
    """The message by the persons of whom it speaks: what it says of one is kept with nobody else."""
    if len(groups) == 1 or meaning in {"link", "unlink"}:
        yield message.text, groups
        return
    for place, group in enumerate(groups):
        yield group.written(with_header=not place), [group]


def _of_groups(
    groups: list[Group], meaning: Meaning, sender: Sender, findings: Findings, *, sent: datetime
) -> Iterator[AdtStatement]:
    if not groups:
        return iter(())
    if meaning in {"merge", "link", "unlink"}:
        return pairs_of(groups, meaning, sender, findings, sent=sent)
    group = groups[0]
    of_one = _OF_ONE.get(meaning)
    if of_one is not None:
        return of_one(group, sender, findings, sent=sent)
    return movements_of(group, meaning, sender, findings, sent=sent)


def _of_person(group: Group, sender: Sender, findings: Findings, *, sent: datetime) -> Iterator[AdtStatement]:
    """Whom the numbers mean; in a stay, that the person died, which says it too and has no event."""
    if group.text("PID-30").upper() != "Y" or stay_number(group, sender.dialect) is None:
        return traits_of(group, sender, findings, sent=sent)
    # A movement that such a message names is not the death.
    without = Group(group.message, tuple(each for each in group.segments if each.name != "ZBE"))
    return movements_of(without, "death", sender, findings, sent=sent)


_OF_ONE: Final[Mapping[Meaning, Callable[..., Iterator[AdtStatement]]]] = {
    "traits": _of_person,
    "move_stay": moves_of,
    "cancel_stay": deletion_of,
    "change_number": changes_of,
}
"""What is stated of one person and is no movement."""


def _check_header(message: Message, sender: Sender, findings: Findings) -> None:
    header = message.header
    type_ = header.text(9).strip().upper()
    if type_ != "ADT":
        findings.error(
            200,
            "Seuls les messages ADT sont pris.",
            "Only ADT messages are taken.",
            Place("MSH", 9, component=1),
        )
    version = header.text(12).strip()
    if version and _VERSION.fullmatch(version) is None:
        findings.error(
            203, "Version non prise : 2.1 à 2.9.", "The version is not taken: 2.1 to 2.9.", Place("MSH", 12)
        )
    if header.text(11).strip().upper() not in _PRODUCTION and not sender.takes_tests:
        findings.error(
            202,
            "Message d'essai (MSH-11) refusé en production.",
            "A message of tests (MSH-11) is refused in production.",
            Place("MSH", 11),
        )
    if not header.text(10).strip():
        findings.missing("MSH", 10)


def _unsupported(message: Message, event: str, meaning: Meaning | None, sender: Sender) -> Reading:
    chosen = sender.dialect.unsupported
    is_french = message.header.text(12, 2).strip().upper() == _FRENCH
    if meaning == "ignored" or chosen == "ignored" or (chosen is None and is_french):
        return Reading(event=event, is_ignored=True)
    findings = Findings()
    findings.error(201, "Événement non géré.", "The event is not supported.", Place("MSH", 9, component=2))
    return Reading(event=event, findings=tuple(findings.found))
