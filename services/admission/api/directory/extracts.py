"""Serves `POST /v1/directory/extracts`, which loads parts of the national extracts."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.domain.directory.extract import UnknownExtractError
from services.admission.handlers.directory.load_extract import SECOND_LINE, LoadedExtract, load_extract
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.problems import FieldError, Problem

PATH: Final = "/v1/directory/extracts"
LIMIT_BYTES: Final = 8 * 1024 * 1024

router = APIRouter()


@router.post(PATH, **describe("Load an extract", caller="operator", answers={200: LoadedExtract}))
async def post_extract(
    request: Request,
    operator: Annotated[Principal, Depends(Permission("load_directory"))],  # noqa: ARG001
    first_line: Annotated[
        int, Query(ge=SECOND_LINE, description="Number in the file of the body's second line")
    ] = SECOND_LINE,
) -> Response:
    """Load a part of a FINESS, RPPS or MSSanté extract; for operators of the platform.

    The body is text, up to 8 MB: the first line of the file, then some of its lines. Each line that states
    something is stored, whatever is wrong with others, and the same part again changes nothing. The answer
    names each line that was refused, by its number in the file. `relais directory load` sends a whole file.
    """
    try:
        loaded = await load_extract(DEPENDENCIES.of(request), await request.body(), first_line=first_line)
    except UnknownExtractError as error:
        raise Problem(422, "The extract is unknown", errors=[FieldError("", str(error))]) from None
    return responses.json(200, loaded)
