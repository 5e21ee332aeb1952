"""Parses the bodies of requests on the circle into domain objects, or names all that is wrong at once."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Literal, TypeVar
from unicodedata import normalize

import msgspec

from services.notifications.api.requests import PutCarer, PutProfessional, StatedChannel, StatedConsent
from services.notifications.domain.circle import alias as aliases
from services.notifications.domain.circle.addresses import SMS_COUNTRIES, canonical, zone_of
from services.notifications.domain.circle.members import Carer, Consent, Contact, Preferences, Professional
from services.notifications.domain.obligations.timing import zone_named
from shared.web.decoding import decode
from shared.web.problems import FieldError, Problem

T = TypeVar("T")


def parse_carer(body: bytes, *, now: datetime, countries: Collection[str] = SMS_COUNTRIES) -> Carer:
    """Raises `Problem` 422 with every problem, those of form and those of sense."""
    stated = _fitting(body, PutCarer, now=now, countries=countries)
    channels = sorted(
        stated.channels, key=lambda channel: channel.order or stated.channels.index(channel) + 1
    )
    contacts = tuple(_contact(channel, countries) for channel in channels)
    of_numbers = (zone_of(contact.value) for contact in contacts if contact.channel == "sms")
    return Carer(
        alias=normalize("NFC", stated.alias),
        consent=_consent(stated.consent),
        contacts=contacts,
        basis=stated.basis,
        preferences=Preferences(
            channels=tuple(channel.medium for channel in channels),
            night=stated.night,
            discretion=stated.discretion,
            zone=stated.zone or next(of_numbers, None),
        ),
    )


def parse_professional(body: bytes, *, now: datetime) -> Professional:
    """Raises `Problem` 422 with every problem, those of form and those of sense."""
    stated = _fitting(body, PutProfessional, now=now)
    return Professional(
        basis=stated.basis,
        contacts=(Contact(channel="email", value=canonical("email", stated.email)),),
        consent=None if stated.consent is None else _consent(stated.consent),
    )


def _contact(channel: StatedChannel, countries: Collection[str]) -> Contact:
    value = canonical(channel.medium, channel.address, countries=countries)
    return Contact(channel=channel.medium, value=value)


def _consent(stated: StatedConsent) -> Consent:
    return Consent(
        given_at=stated.given_at,
        proof_kind=stated.proof.kind,
        proof_reference=stated.proof.reference,
    )


def _fitting(body: bytes, type_: type[T], *, now: datetime, countries: Collection[str] = SMS_COUNTRIES) -> T:
    try:
        stated = decode(body, type_)
    except Problem as problem:
        known = {error.pointer for error in problem.errors}
        sense = _problems_of_sense(_read(body), now=now, countries=countries)
        more = [error for error in sense if error.pointer not in known]
        raise Problem(422, problem.title, errors=[*problem.errors, *more]) from None
    if errors := list(_problems_of_sense(_read(body), now=now, countries=countries)):
        raise Problem(422, "The body does not fit", errors=errors)
    return stated


def _read(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _problems_of_sense(body: Any, *, now: datetime, countries: Collection[str]) -> Iterator[FieldError]:
    """What no schema says; looks at whatever part of the body has the right form."""
    if not isinstance(body, dict):
        return
    if isinstance(alias := body.get("alias"), str) and (why := aliases.problem(normalize("NFC", alias))):
        yield FieldError("/alias", why)
    if isinstance(zone := body.get("zone"), str) and zone_named(zone) is None:
        yield FieldError("/zone", "expected the IANA name of a time zone, such as Indian/Reunion")
    if "email" in body:
        yield from _problem_of_address("email", body["email"], "/email", countries)
    seen: set[str] = set()
    for index, channel in enumerate(_listed(body.get("channels"))):
        medium = channel.get("medium")
        if medium not in ("sms", "email"):
            continue
        if medium in seen:
            yield FieldError(f"/channels/{index}/medium", "a medium may be given once")
        seen.add(medium)
        pointer = f"/channels/{index}/address"
        yield from _problem_of_address(medium, channel.get("address"), pointer, countries)
    if body.get("basis") == "consent" and body.get("consent") is None:
        yield FieldError("/consent", "required where the basis is consent")
    yield from _problem_of_date(body.get("consent"), now=now)


def _listed(channels: Any) -> list[dict[str, Any]]:
    return [item if isinstance(item, dict) else {} for item in channels] if isinstance(channels, list) else []


def _problem_of_address(
    medium: Literal["sms", "email"], address: Any, pointer: str, countries: Collection[str]
) -> Iterator[FieldError]:
    if not isinstance(address, str):
        return
    try:
        canonical(medium, address, countries=countries)
    except ValueError as error:
        yield FieldError(pointer, str(error))


def _problem_of_date(consent: Any, *, now: datetime) -> Iterator[FieldError]:
    try:
        given_at = msgspec.convert(consent, StatedConsent).given_at
    except msgspec.ValidationError:
        return
    if given_at > now:
        yield FieldError("/consent/given_at", "must not be in the future")
