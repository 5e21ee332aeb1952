"""Serves `/v1/indicators`: what the indicators mean, and their values."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.indicators.api import DEPENDENCIES
from services.indicators.api.parameters import Asked, question_of
from services.indicators.api.shapes import DefinitionList, IndicatorValues, values_of
from services.indicators.api.spreadsheet import MEDIA_TYPE, csv_of
from services.indicators.domain.definitions import DEFINITIONS
from services.indicators.handlers.answer_question import answer_question, is_known
from services.indicators.handlers.dependencies import Dependencies
from shared.security.authentication import require
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.problems import Problem

router = APIRouter()
Reader = Annotated[Principal, Depends(require("read"))]


@router.get(
    "/v1/indicators", **describe("List the indicators", caller="reader", answers={200: DefinitionList})
)
async def list_indicators(_reader: Reader) -> Response:
    """What each indicator says, of what, and what it does not say."""
    return responses.json(200, DefinitionList(DEFINITIONS))


def _asked(
    establishment: Annotated[
        str | None, Query(description="FINESS number; by default the one that the key is bound to")
    ] = None,
    first_day: Annotated[str | None, Query(alias="from", description="First local day, 2026-03-01")] = None,
    last_day: Annotated[str | None, Query(alias="to", description="Last local day, included")] = None,
    as_of: Annotated[str | None, Query(description="As known at this moment; by default now")] = None,
    format_: Annotated[
        str | None, Query(alias="format", description="json or csv; by default what Accept prefers")
    ] = None,
) -> Asked:
    return Asked(
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
    name: str, asked: Annotated[Asked, Depends(_asked)], reader: Reader, request: Request
) -> Response:
    """The values of each day and of the whole period, as known at a moment. CSV holds the days."""
    dependencies = DEPENDENCIES.of(request)
    definition = next((known for known in DEFINITIONS if known.name == name), None)
    if definition is None:
        raise Problem(404)
    question = question_of(asked, reader, now=dependencies.clock())
    await _check_sight(dependencies, reader, question.establishment)
    values = values_of(definition, await answer_question(dependencies, definition.name, question))
    headers = {"vary": "accept"}
    if _wants_csv(asked, request):
        return Response(csv_of(values), media_type=MEDIA_TYPE, headers=headers)
    return responses.json(200, values, headers=headers)


async def _check_sight(dependencies: Dependencies, reader: Principal, establishment: str) -> None:
    # One answer for what does not exist and for what is someone else's; one's own always exists.
    if reader.establishment != establishment and not (
        reader.may_see(establishment) and await is_known(dependencies, establishment)
    ):
        raise Problem(404)


def _wants_csv(asked: Asked, request: Request) -> bool:
    if asked.format is not None:
        return asked.format == "csv"
    accepted = [kind.partition(";")[0].strip() for kind in request.headers.get("accept", "").split(",")]
    return MEDIA_TYPE in accepted and "application/json" not in accepted
