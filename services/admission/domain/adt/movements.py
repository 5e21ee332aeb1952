"""Says which movements a message inserts, updates or cancels, and under which numbers.

With ZBE the intent is that of ZBE-4 and the number that of ZBE-1 (PAM.fr). Without, a number is made of the
stay and of what happened, so that a resend is a repetition and a cancel finds what it cancels: a stay begins
once under each way of coming and ends once (`synthesised_numbers`); a move within it is known by its time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from services.admission.domain.adt.clock import EXPECTED_AT, expected_at, occurred_at, time_in
from services.admission.domain.adt.dialect import Dialect, Meaning
from services.admission.domain.adt.person import person_of
from services.admission.domain.adt.reading import AdtStatement, Findings, Group, Sender, cleaned
from services.admission.domain.adt.synthesised_numbers import SynthesisedNumber
from services.admission.domain.adt.visit import planned_stay_number, stay_number, visit_fields
from services.admission.domain.hl7v2.message import Place
from services.admission.domain.movement import Action, Kind

MEANT: Final[dict[Meaning, tuple[Action, Kind]]] = {
    "admission": ("insert", "admission"),
    "transfer": ("insert", "transfer"),
    "discharge": ("insert", "discharge"),
    "cancel_admission": ("cancel", "admission"),
    "cancel_transfer": ("cancel", "transfer"),
    "cancel_discharge": ("cancel", "discharge"),
    "leave": ("insert", "leave"),
    "return": ("insert", "return"),
    "cancel_leave": ("cancel", "leave"),
    "cancel_return": ("cancel", "return"),
    "planned_admission": ("insert", "planned_admission"),
    "planned_transfer": ("insert", "planned_transfer"),
    "planned_discharge": ("insert", "planned_discharge"),
    "cancel_planned_admission": ("cancel", "planned_admission"),
    "cancel_planned_transfer": ("cancel", "planned_transfer"),
    "cancel_planned_discharge": ("cancel", "planned_discharge"),
    "temporary_departure": ("insert", "temporary_departure"),
    "temporary_arrival": ("insert", "temporary_arrival"),
    "cancel_temporary_departure": ("cancel", "temporary_departure"),
    "cancel_temporary_arrival": ("cancel", "temporary_arrival"),
    "change_of_responsibility": ("insert", "change_of_responsibility"),
    "cancel_change_of_responsibility": ("cancel", "change_of_responsibility"),
    "death": ("insert", "death"),
    "cancel_death": ("cancel", "death"),
    "update": ("update", "admission"),
}
_INTENTS: Final[dict[str, Action]] = {"INSERT": "insert", "UPDATE": "update", "CANCEL": "cancel"}
_WHEN_INSIDE: Final = ("ZBE-2", "EVN-6", "EVN-2", "MSH-7")
_WHEN_PLANNED: Final = ("EVN-2", "MSH-7")
"""When it was planned: what is expected then stands elsewhere (`EXPECTED_AT`)."""
_WHEN: Final[dict[Kind, tuple[str, ...]]] = {
    "admission": ("ZBE-2", "EVN-6", "PV1-44", "EVN-2", "MSH-7"),
    "discharge": ("ZBE-2", "EVN-6", "PV1-45", "EVN-2", "MSH-7"),
    "planned_admission": _WHEN_PLANNED,
    "planned_transfer": _WHEN_PLANNED,
    "planned_discharge": _WHEN_PLANNED,
    "death": ("ZBE-2", "PID-29", "EVN-6", "EVN-2", "MSH-7"),
}
_KNOWN_BY_TIME: Final[dict[Kind, tuple[str, str]]] = {
    "transfer": ("quelle mutation est annulée", "transfer"),
    "leave": ("quelle permission est annulée", "leave"),
    "return": ("quel retour est annulé", "return"),
    "temporary_departure": ("quel départ temporaire est annulé", "temporary departure"),
    "temporary_arrival": ("quelle arrivée temporaire est annulée", "temporary arrival"),
    "change_of_responsibility": ("quel changement de responsabilité est annulé", "change of responsibility"),
}
"""Movements of which a stay may have several: without ZBE, each is known by its time."""
_BEFORE_A_NUMBER: Final = frozenset({"planned_admission", "cancel_planned_admission"})
_WITHOUT_BED: Final = frozenset({"emergency", "outpatient", "recurring", "telemonitoring"})


class _What(NamedTuple):
    action: Action
    kind: Kind
    movement_id: str
    place: Place
    """Where its number stands."""
    synthesised: SynthesisedNumber | None = None


def movements_of(
    group: Group, meaning: Meaning, sender: Sender, findings: Findings, *, sent: datetime
) -> Iterator[AdtStatement]:
    """The movements that a group states; what is wrong with it is among the findings."""
    places: dict[str, Place] = {"/emitted_at": Place("MSH", 7)}
    dialect = sender.dialect
    person = person_of(group, dialect, findings, places)
    stay = stay_number(group, dialect)
    if stay is None and meaning in _BEFORE_A_NUMBER:
        stay = planned_stay_number(group, person)
    if not group.has("PV1"):
        findings.missing("PV1")
    elif stay is None:
        findings.missing("PV1", 19)
    action, kind = _intent(group, meaning, dialect, findings)
    stay_id, places["/stay_id"] = stay or ("", Place("PV1", 19))
    when, places["/occurred_at"] = occurred_at(
        group, _WHEN.get(kind, _WHEN_INSIDE), sender, findings, sent=sent
    )
    fields = visit_fields(group, kind, dialect, findings, places)
    if kind in EXPECTED_AT:
        fields |= expected_at(group, EXPECTED_AT[kind], sender, findings, places)
    body: dict[str, Any] = {
        "stay_id": stay_id,
        "person": person,
        "establishment": sender.establishment,
        "occurred_at": when,
        "emitted_at": sent,
        **fields,
    }
    for what in _numbered(group, meaning, (action, kind), body, findings):
        own = {**body, "movement_id": what.movement_id, "action": what.action, "kind": what.kind}
        yield AdtStatement(
            command="movement",
            body=own,
            places={**places, "/movement_id": what.place},
            synthesised=what.synthesised,
        )


def _intent(group: Group, meaning: Meaning, dialect: Dialect, findings: Findings) -> tuple[Action, Kind]:
    """What is done, and to which kind of movement: ZBE-4 and ZBE-6 where they are, else the trigger."""
    action, kind = MEANT.get(meaning, ("cancel", "admission"))
    zbe = group.first("ZBE")
    intent = cleaned(zbe.text(4)).upper()
    if intent and intent not in _INTENTS:
        findings.error(103, "ZBE-4 : action inconnue.", "ZBE-4: an unknown action.", Place("ZBE", 4))
    elif intent:
        if action == "cancel" and intent != "CANCEL":
            findings.error(
                103,
                "ZBE-4 contredit un événement d'annulation.",
                "ZBE-4 contradicts an event that cancels.",
                Place("ZBE", 4),
            )
        action = _INTENTS[intent]
    original = cleaned(zbe.text(6)).upper()
    of_original = MEANT.get(dialect.meaning(original) or "ignored")
    if original and action != "insert":
        if of_original is None:
            findings.error(
                103, "ZBE-6 : événement non géré.", "ZBE-6: an event that is not taken.", Place("ZBE", 6)
            )
        else:
            kind = of_original[1]
    elif meaning == "update":
        findings.missing("ZBE", 6)
    if kind == "transfer" and _moves_nobody(cleaned(zbe.text(9)).upper()):
        kind = "change_of_responsibility"
    return action, kind


def _moves_nobody(changes: str) -> bool:
    """Whether a transfer says that only the responsibility changes, and neither unit nor bed (ZBE-9)."""
    return bool({*changes} & {"M", "S"}) and not {*changes} & {"H", "L"}


def _numbered(
    group: Group,
    meaning: Meaning,
    intent: tuple[Action, Kind],
    body: dict[str, Any],
    findings: Findings,
) -> Iterator[_What]:
    action, kind = intent
    numbers = [
        ("^".join(filter(None, (cleaned(value.text(part)) for part in (1, 2, 3)))), repetition)
        for repetition, value in enumerate(group.first("ZBE").values(1), 1)
        if value.text().strip()
    ]
    for number, repetition in numbers:
        yield _What(action, kind, number, Place("ZBE", 1, repetition))
    if numbers:
        return
    if group.has("ZBE") or meaning == "update":
        findings.missing("ZBE", 1)
        return
    if action == "cancel" and kind in _KNOWN_BY_TIME and time_in(group.text("EVN-6")) is None:
        french, english = _KNOWN_BY_TIME[kind]
        findings.error(
            101,
            f"Sans ZBE, EVN-6 doit dire {french} (son heure).",
            f"Without ZBE, EVN-6 must say which {english} is cancelled (its time).",
            Place("EVN", 6),
        )
    if kind in _KNOWN_BY_TIME:
        number = f"{body['stay_id']}/{kind}/{body['occurred_at'].astimezone(UTC):%Y%m%d%H%M%S}"
        yield _What(action, kind, number, Place("PV1", 19))
    else:
        synthesised = SynthesisedNumber(body["stay_id"], _happened(kind, body))
        yield _What(action, kind, synthesised.numbers()[0], Place("PV1", 19), synthesised)


def _happened(kind: Kind, body: dict[str, Any]) -> str:
    is_visit = kind == "admission" and body.get("class_of_stay") in _WITHOUT_BED
    return "visit" if is_visit else kind
