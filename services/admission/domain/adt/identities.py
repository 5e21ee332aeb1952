"""Says what a message states about identities: merges, links, moved stays, changed numbers, traits."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from services.admission.domain.adt.dialect import Meaning
from services.admission.domain.adt.person import authority_of, identifiers_of, person_of
from services.admission.domain.adt.reading import AdtStatement, Findings, Group, Sender, cleaned
from services.admission.domain.adt.visit import stay_number, with_authority
from services.admission.domain.checks import BILLING_NUMBER
from services.admission.domain.hl7v2.message import Place
from services.admission.domain.identities.statement import Action

Numbered = tuple[dict[str, str], Place]
_NO_CLASS: Final = frozenset({"", "N", "U"})
"""PV1-2 of what is about no visit."""


def traits_of(group: Group, sender: Sender, findings: Findings, *, sent: datetime) -> Iterator[AdtStatement]:
    """Whom the numbers mean, and their traits (A28, A31, A08)."""
    places: dict[str, Place] = {"/emitted_at": Place("MSH", 7)}
    person = person_of(group, sender.dialect, findings, places)
    visit = group.first("PV1")
    if cleaned(visit.text(3)) or cleaned(visit.text(2)).upper() not in _NO_CLASS:
        findings.warn(
            102,
            "PV1 : cet événement énonce l'identité et ne change rien au séjour.",
            "PV1: this event states who somebody is, and changes nothing of the visit.",
            Place("PV1"),
        )
    yield AdtStatement(command="traits", body=_body(sender, sent) | {"person": person}, places=places)


def pairs_of(
    groups: list[Group], meaning: Meaning, sender: Sender, findings: Findings, *, sent: datetime
) -> Iterator[AdtStatement]:
    """Pairs of numbers that are one person's: of PID and MRG or, where persons are linked, of two PID."""
    command: Action = "unlink" if meaning == "unlink" else "link" if meaning == "link" else "merge"
    if command in {"link", "unlink"} and len(groups) == 2:  # noqa: PLR2004 - a pair
        sides = [(_numbers(groups[0], "PID", 3, sender), _numbers(groups[1], "PID", 3, sender))]
    else:
        sides = [(_numbers(each, "PID", 3, sender), _numbers(each, "MRG", 1, sender)) for each in groups]
    for surviving, merged in sides:
        pair = _of_one_authority(surviving, merged)
        if pair is None:
            findings.missing("MRG" if not merged else "PID", 1 if not merged else 3)
            continue
        more = _further(surviving, merged, pair, findings) if command == "merge" else ()
        for (stays, stays_at), (goes, goes_at) in (pair, *more):
            yield AdtStatement(
                command=command,
                body=_body(sender, sent) | {"surviving": stays, "merged": goes},
                places={"/surviving": stays_at, "/merged": goes_at},
            )


def _further(
    surviving: list[Numbered], merged: list[Numbered], first: tuple[Numbered, Numbered], findings: Findings
) -> Iterator[tuple[Numbered, Numbered]]:
    """Of several numbers that are merged, the others; one that is not merged by itself is pointed at."""
    stays, goes = first
    for number, at in merged:
        if number == goes[0] or any(_is_same(number, other) for other, _ in surviving):
            continue
        if number["authority"] == stays[0]["authority"] == goes[0]["authority"]:
            yield stays, (number, at)
        else:
            findings.warn(
                102,
                "MRG-1 : numéro non fusionné, aucun de PID-3 n'a la même autorité ou il suit l'autre.",
                "MRG-1: this number is not merged by itself; it stays with whom it means.",
                at,
            )


def _is_same(one: dict[str, str], other: dict[str, str]) -> bool:
    return (one["authority"], one["value"]) == (other["authority"], other["value"])


def moves_of(group: Group, sender: Sender, findings: Findings, *, sent: datetime) -> Iterator[AdtStatement]:
    """A stay that is another person's (A44, A45): PID has it now, MRG-1 had it."""
    to, former = _numbers(group, "PID", 3, sender), _numbers(group, "MRG", 1, sender)
    stay = _moved_stay(group, sender)
    if not to:
        findings.missing("PID", 3)
    if not former:
        findings.missing("MRG", 1)
    if stay is None:
        findings.missing("PV1", 19)
    if to and former and stay:
        (to_number, to_at), (former_number, former_at) = _of_one_authority(to, former) or (to[0], former[0])
        yield AdtStatement(
            command="move",
            body=_body(sender, sent) | {"to": to_number, "former": former_number, "stay_ids": [stay[0]]},
            places={"/to": to_at, "/former": former_at, "/stay_ids": stay[1]},
        )


def deletion_of(
    group: Group, sender: Sender, findings: Findings, *, sent: datetime
) -> Iterator[AdtStatement]:
    """A stay that never was (A23): with ZBE or without, all that was stated of it."""
    numbers = _numbers(group, "PID", 3, sender) or _numbers(group, "PID", 2, sender)
    stay = stay_number(group, sender.dialect)
    if not numbers:
        findings.missing("PID", 3)
    if stay is None:
        findings.missing("PV1", 19)
    if numbers and stay:
        number, at = next((each for each in numbers if each[0].get("type") != BILLING_NUMBER), numbers[0])
        yield AdtStatement(
            command="delete_stay",
            body=_body(sender, sent) | {"number": number, "stay_ids": [stay[0]]},
            places={"/number": at, "/stay_ids": stay[1], "/emitted_at": Place("MSH", 7)},
        )


def changes_of(group: Group, sender: Sender, findings: Findings, *, sent: datetime) -> Iterator[AdtStatement]:
    """Numbers that changed (A46, A47): MRG-1 was, PID-3 is; `""` in its place deletes (PAM.fr 4.4.3)."""
    former, now = _numbers(group, "MRG", 1, sender), _numbers(group, "PID", 3, sender)
    if not former:
        findings.missing("MRG", 1)
    deleted = {
        authority_of(value, sender.dialect)
        for value in group.first("PID").values(3)
        if value.raw.startswith('""')
    }
    status = {
        name: value
        for name, value in person_of(group, sender.dialect, Findings(), {}).items()
        if name.startswith("identity_")
    }
    for number, at in former:
        after = next((each for each in now if each[0]["authority"] == number["authority"]), None)
        if after is not None:
            changed = {"former": number, "number": after[0], **status}
            places = {"/former": at, "/number": after[1]}
            yield AdtStatement(command="change_number", body=_body(sender, sent) | changed, places=places)
        elif number["authority"] in deleted:
            body = _body(sender, sent) | {"number": number}
            yield AdtStatement(command="delete_number", body=body, places={"/number": at})
        else:
            findings.missing("PID", 3)


def _body(sender: Sender, sent: datetime) -> dict[str, Any]:
    return {"establishment": sender.establishment, "emitted_at": sent}


def _numbers(group: Group, segment: str, field: int, sender: Sender) -> list[Numbered]:
    return list(identifiers_of(group.first(segment), field, sender.dialect))


def _of_one_authority(surviving: list[Numbered], merged: list[Numbered]) -> tuple[Numbered, Numbered] | None:
    """The first two numbers under one authority that differ; a merge is between numbers of one kind."""
    for goes in merged:
        for stays in surviving:
            if stays[0]["authority"] == goes[0]["authority"] and stays[0]["value"] != goes[0]["value"]:
                return stays, goes
    return (surviving[0], merged[0]) if surviving and merged else None


def _moved_stay(group: Group, sender: Sender) -> tuple[str, Place] | None:
    value = group.first("MRG").value(5)
    number = cleaned(value.text())
    if number:
        return with_authority(number, value, sender.dialect), Place("MRG", 5)
    return stay_number(group, sender.dialect)
