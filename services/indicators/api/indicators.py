"""Serves `/v1/indicators`: what the indicators mean, and their values."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.indicators.api import DEPENDENCIES
from services.indicators.api.spreadsheet import MEDIA_TYPE, csv_of
from services.indicators.domain.calendar import Period
from services.indicators.domain.definitions import DEFINITIONS
from services.indicators.domain.definitions.definition import Definition
from services.indicators.domain.indicators import Question
from services.indicators.handlers.answer_question import IndicatorValues, answer_question, is_known
from services.indicators.handlers.dependencies import Dependencies
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.problems import FieldError, Problem

router = APIRouter()
Lister = Annotated[Principal, Depends(Permission("list_indicators"))]
Reader = Annotated[Principal, Depends(Permission("read_indicator"))]

MAX_PERIOD_DAYS: Final = 366
# Leaves room for a day more in any time zone, on both sides of what a calendar can hold.
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2200
_FINESS: Final = re.compile(r"[0-9A-Z]{9}")

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class DefinitionList(msgspec.Struct, frozen=True):
    """Every indicator there is."""

    indicators: tuple[Definition, ...]


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """The query parameters as they came."""

    establishment: str | None
    first_day: str | None
    last_day: str | None
    as_of: str | None
    format: str | None


@router.get(
    "/v1/indicators", **describe("List the indicators", caller="reader", answers={200: DefinitionList})
)
async def list_indicators(_reader: Lister) -> Response:
    """What each indicator says, of what, and what it does not say."""
    return responses.json(200, DefinitionList(DEFINITIONS))


def _parameters(
    establishment: Annotated[
        str | None, Query(description="FINESS number; by default the one that the key is bound to")
    ] = None,
    first_day: Annotated[str | None, Query(alias="from", description="First local day, 2026-03-01")] = None,
    last_day: Annotated[str | None, Query(alias="to", description="Last local day, included")] = None,
    as_of: Annotated[str | None, Query(description="As known at this moment; by default now")] = None,
    format_: Annotated[
        str | None, Query(alias="format", description="json or csv; by default what Accept prefers")
    ] = None,
) -> Parameters:
    return Parameters(
        establishment=establishment, first_day=first_day, last_day=last_day, as_of=as_of, format=format_
    )


@router.get(
    "/v1/indicators/{name}",
    **describe(
        "Read the values of an indicator",
        caller="reader",
        answers={200: (IndicatorValues, MEDIA_TYPE)},
        problems=(404,),
    ),
)
async def read_indicator(
    name: str, parameters: Annotated[Parameters, Depends(_parameters)], reader: Reader, request: Request
) -> Response:
    """The values of each day and of the whole period, as known at a moment. CSV holds the days."""
    dependencies = DEPENDENCIES.of(request)
    definition = next((known for known in DEFINITIONS if known.name == name), None)
    if definition is None:
        raise Problem(404)
    question = parse_question(parameters, reader, now=dependencies.clock())
    await _check_access(dependencies, reader, question.establishment)
    values = await answer_question(dependencies, definition, question)
    headers = {"vary": "accept"}
    if _wants_csv(parameters, request):
        return Response(csv_of(values), media_type=MEDIA_TYPE, headers=headers)
    return responses.json(200, values, headers=headers)


async def _check_access(dependencies: Dependencies, reader: Principal, establishment: str) -> None:
    # One answer for what does not exist and for what is someone else's; one's own always exists.
    if not reader.is_bound_to(establishment) and not (
        reader.may_see(establishment) and await is_known(dependencies, establishment)
    ):
        raise Problem(404)


def _wants_csv(parameters: Parameters, request: Request) -> bool:
    if parameters.format is not None:
        return parameters.format == "csv"
    accepted = [kind.partition(";")[0].strip() for kind in request.headers.get("accept", "").split(",")]
    return MEDIA_TYPE in accepted and "application/json" not in accepted


def parse_question(parameters: Parameters, principal: Principal, *, now: datetime) -> Question:
    """The question; raises `Problem` 422 with everything that is wrong with the parameters."""
    errors: list[FieldError] = []
    stated = parameters.establishment
    establishment = _parse_establishment(principal.establishment if stated is None else stated, errors)
    first_day = _parse_parameter("from", parameters.first_day, date, "a date, such as 2026-03-01", errors)
    last_day = _parse_parameter("to", parameters.last_day, date, "a date, such as 2026-03-31", errors)
    as_of = _parse_as_of(parameters.as_of, now, errors)
    if parameters.format not in (None, "json", "csv"):
        errors.append(FieldError("/query/format", "expected json or csv"))
    if first_day is not None and last_day is not None:
        _check_order(first_day, last_day, errors)
    if errors or establishment is None or first_day is None or last_day is None or as_of is None:
        raise Problem(422, "The parameters do not fit", errors=errors)
    period = Period(first_day=first_day, last_day=last_day)
    return Question(establishment=establishment, period=period, as_of=as_of)


def _parse_establishment(text: str | None, errors: list[FieldError]) -> str | None:
    if text is None:
        errors.append(FieldError("/query/establishment", "missing: the key is bound to no establishment"))
    elif not _FINESS.fullmatch(text):
        errors.append(FieldError("/query/establishment", "expected a FINESS number of 9 characters"))
    else:
        return text
    return None


def _parse_parameter(name: str, text: str | None, type_: Any, expected: str, errors: list[FieldError]) -> Any:
    if text is None:
        errors.append(FieldError(f"/query/{name}", f"missing: expected {expected}"))
        return None
    try:
        value = msgspec.convert(text, type_)
    except msgspec.ValidationError:
        errors.append(FieldError(f"/query/{name}", f"expected {expected}"))
        return None
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        errors.append(FieldError(f"/query/{name}", f"expected a year from {_FIRST_YEAR} to {_LAST_YEAR}"))
        return None
    return value


def _parse_as_of(text: str | None, now: datetime, errors: list[FieldError]) -> datetime | None:
    if text is None:
        return now
    # In a query a bare + means a space; nobody writes a space into an offset.
    expected = "a moment with its offset, such as 2026-03-31T08:00:00Z"
    moment: datetime | None = _parse_parameter("as_of", text.replace(" ", "+"), Moment, expected, errors)
    if moment is not None and moment > now:
        errors.append(FieldError("/query/as_of", "lies in the future: nobody knows yet"))
        return None
    return moment


def _check_order(first_day: date, last_day: date, errors: list[FieldError]) -> None:
    if last_day < first_day:
        errors.append(FieldError("/query/to", "lies before from"))
    elif last_day - first_day >= timedelta(days=MAX_PERIOD_DAYS):
        errors.append(FieldError("/query/to", f"at most {MAX_PERIOD_DAYS} days after and with from"))
