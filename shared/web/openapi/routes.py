"""Serves `/openapi.json`, and `/docs` to read it and try it with a key; nothing comes from another host."""

import asyncio
from functools import lru_cache
from html import escape
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

import msgspec
from fastapi import APIRouter, FastAPI, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from shared.web.openapi.document import openapi
from shared.web.problems import Problem

_SECURITY: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_CACHED: Final = {"cache-control": "public, max-age=86400"}
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
async def show_document(request: Request) -> Response:
    """The OpenAPI document of this service, made at the first request."""
    body = await asyncio.to_thread(_encoded_document, request.app)
    return Response(body, media_type="application/json", headers={"x-content-type-options": "nosniff"})


@router.get("/docs")
async def show_page(request: Request) -> Response:
    """The page on which the document is read and tried."""
    return HTMLResponse(_PAGE.format(title=escape(request.app.title)), headers=_SECURITY)


@router.get("/docs/{name}")
async def show_asset(name: str) -> Response:
    """A script or a style sheet of the page."""
    asset = _assets().get(name)
    if asset is None:
        raise Problem(404)
    return FileResponse(asset, headers=_SECURITY | _CACHED)


@lru_cache(maxsize=1)
def _encoded_document(app: FastAPI) -> bytes:
    return msgspec.json.encode(openapi(app))


@lru_cache(maxsize=1)
def _assets() -> dict[str, Path]:
    """Name -> file. Swagger UI is taken from the files of a package of which nothing is imported."""
    swagger_ui = Path(str(distribution("fastapi-offline").locate_file("fastapi_offline"))) / "static"
    here = Path(__file__).parent
    return {
        "start.js": here / "start.js",
        "swagger-ui-bundle.js": swagger_ui / "swagger-ui-bundle.js",
        "swagger-ui.css": swagger_ui / "swagger-ui.css",
    }
