"""Serves establishments: look one up, register one or a unit of it by hand."""

from typing import Annotated, Final
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct, ValidationError, convert
from msgspec.structs import asdict
from starlette.responses import Response

from services.admission.api import DEPENDENCIES, examples
from services.admission.domain.directory.entries import (
    Email,
    Establishment,
    Level,
    Phone,
    TimeZone,
    Unit,
)
from services.admission.domain.directory.numbers import is_finess
from services.admission.domain.directory.territories import METROPOLE
from services.admission.domain.movement import Code, Finess, Label
from services.admission.handlers.directory import register
from services.admission.handlers.directory.look_up import ListedEstablishment, look_up_establishment
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode
from shared.web.problems import FieldError, Problem

PATH: Final = "/v1/establishments/{finess}"
_EXPECTED: Final = "a FINESS number has 9 characters, the last one its key"

router = APIRouter()
Reader = Annotated[Principal, Depends(Permission("look_up_establishment"))]
Registrar = Annotated[Principal, Depends(Permission("register_establishment"))]
UnitRegistrar = Annotated[Principal, Depends(Permission("register_unit"))]


class RegisterEstablishment(Struct, frozen=True, kw_only=True):
    """What the directory says of an establishment under its number."""

    name: Label
    level: Level = "site"
    legal_entity: Finess | None = None
    """FINESS of the legal entity that runs this site."""
    kind: Label | None = None
    time_zone: TimeZone = METROPOLE
    """IANA name, such as Indian/Reunion."""
    phone: Phone | None = None


class RegisterUnit(Struct, frozen=True, kw_only=True):
    """What the directory says of a unit under its code."""

    name: Label
    kind: Code | None = None
    """Such as medicine, intensive care or long stay."""
    beds: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    phone: Phone | None = None
    email: Email | None = None


@router.get(
    PATH,
    **describe(
        "Look up an establishment", caller="reader", answers={200: ListedEstablishment}, problems=[404]
    ),
)
async def show_establishment(finess: str, request: Request, reader: Reader) -> Response:  # noqa: ARG001
    """The establishment under this FINESS number, legal or geographic, with its sites, units and mailboxes.
    422 for a number whose key is wrong."""
    _check_number(finess)
    found = await look_up_establishment(DEPENDENCIES.of(request), finess)
    if found is None:
        raise Problem(404)
    return responses.json(200, found)


@router.put(
    PATH,
    **describe(
        "Register an establishment",
        caller="operator",
        answers={200: Establishment},
        request=RegisterEstablishment,
        examples=examples.ESTABLISHMENTS,
    ),
)
async def put_establishment(finess: str, request: Request, operator: Registrar) -> Response:  # noqa: ARG001
    """Register an establishment that no extract lists, or that one lists otherwise; for operators of the
    platform. An extract that is loaded later replaces what it lists."""
    _check_number(finess)
    wanted = decode(await request.body(), RegisterEstablishment)
    _check(wanted)
    establishment = Establishment(finess=finess, **asdict(wanted))
    await register.register_establishment(DEPENDENCIES.of(request), establishment)
    return responses.json(200, establishment)


@router.put(
    PATH + "/units/{code:path}",  # a code may have a slash
    **describe(
        "Register a unit",
        caller="operator",
        answers={200: Unit},
        request=RegisterUnit,
        examples=examples.UNITS,
        problems=[404],
    ),
)
async def put_unit(finess: str, code: str, request: Request, operator: UnitRegistrar) -> Response:
    """Register a unit under the code that movements name; for operators of the establishment or the
    platform. 404 while the directory does not list the establishment."""
    _check_number(finess)
    _check_code(code)
    unit = Unit(code=code, **asdict(decode(await request.body(), RegisterUnit)))
    if not operator.may_see(finess):
        raise Problem(403, "The key belongs to another establishment")
    if not await register.register_unit(DEPENDENCIES.of(request), finess, unit):
        raise Problem(404)
    return responses.json(200, unit)


def _check_number(finess: str) -> None:
    if not is_finess(finess):
        raise Problem(422, "The number is wrong", errors=[FieldError("/path/finess", _EXPECTED)])


def _check_code(code: str) -> None:
    try:
        convert(code, Code)
    except ValidationError:
        error = FieldError("/path/code", "up to 60 characters, none of them a control character")
        raise Problem(422, "The unit cannot have this code", errors=[error]) from None


def _check(wanted: RegisterEstablishment) -> None:
    errors = []
    if wanted.legal_entity is not None and not is_finess(wanted.legal_entity):
        errors.append(FieldError("/legal_entity", _EXPECTED))
    if wanted.legal_entity is not None and wanted.level == "legal_entity":
        errors.append(FieldError("/legal_entity", "a legal entity belongs to no other"))
    if wanted.time_zone not in available_timezones():
        errors.append(FieldError("/time_zone", "must be an IANA time zone, such as Europe/Paris"))
    if errors:
        raise Problem(422, "The establishment cannot be registered so", errors=errors)
