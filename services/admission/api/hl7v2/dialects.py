"""Serves `/v1/sources/{source_id}/hl7v2-dialect`: how a source writes HL7 v2."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.domain.adt.dialect import Dialect
from services.admission.handlers.hl7v2.dialects import change_dialect, own_dialect
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode, uuid_in_path
from shared.web.problems import FieldError, Problem

PATH = "/v1/sources/{source_id}/hl7v2-dialect"

router = APIRouter()
Reader = Annotated[Principal, Depends(Permission("read_dialect"))]
Writer = Annotated[Principal, Depends(Permission("change_dialect"))]

_EXAMPLE = {
    "A hospital abroad": {
        "time_zone": "America/Martinique",
        "charset": "cp1252",
        "unsupported": "ignored",
        "events": {"A08": "ignored"},
        "authorities": {"HIS": "chu-ipp"},
        "units": {"CARDIO": "3401"},
        "classes": {"EMERGENCY": "emergency"},
    }
}


@router.get(
    PATH, **describe("Show a source's dialect", caller="operator", answers={200: Dialect}, problems=[404])
)
async def show_dialect(source_id: str, request: Request, operator: Reader) -> Response:
    """How the source differs from the standard and from PAM.fr; empty when it does not."""
    dialect = await own_dialect(DEPENDENCIES.of(request), uuid_in_path(source_id), by=operator)
    if dialect is None:
        raise Problem(404)
    return responses.json(200, dialect)


@router.put(
    PATH,
    **describe(
        "Change a source's dialect",
        caller="operator",
        answers={200: Dialect},
        request=Dialect,
        examples=_EXAMPLE,
        problems=[404],
    ),
)
async def put_dialect(source_id: str, request: Request, operator: Writer) -> Response:
    """From now on (in ten seconds in every process) messages of the source are read like this."""
    dependencies = DEPENDENCIES.of(request)
    dialect = decode(await request.body(), Dialect)
    if dialect.time_zone is not None:
        _check_zone(dialect.time_zone)
    if not await change_dialect(dependencies, uuid_in_path(source_id), dialect, by=operator):
        raise Problem(404)
    return responses.json(200, dialect)


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        error = FieldError("/time_zone", "is no IANA name of a time zone")
        raise Problem(422, "The body does not fit", errors=[error]) from None
