"""Serves `GET /sandbox`, the page on which a message is pasted and tried; nothing comes from another host.

The page itself tells nothing of anybody: the key typed into it goes with each attempt, and nowhere else.
"""

from functools import cache
from html import escape
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.responses import FileResponse, HTMLResponse, Response

from services.admission.api.sandbox.route import COMMANDS, PATH
from shared.web.problems import Problem

_SECURITY: Final = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_ASSETS: Final = frozenset({"page.css", "page.js"})
_HERE: Final = Path(__file__).with_name("assets")

router = APIRouter(include_in_schema=False)


@router.get("/sandbox")
async def show_page() -> Response:
    """The page; without JavaScript it says how to do the same from the command line."""
    return HTMLResponse(_page(), headers=_SECURITY)


@router.get("/sandbox/{name}")
async def show_asset(name: str) -> Response:
    """The script or the style sheet of the page."""
    if name not in _ASSETS:
        raise Problem(404)
    return FileResponse(_HERE / name, headers=_SECURITY)


@cache
def _page() -> str:
    options = "\n".join(f"<option>{escape(command)}</option>" for command in COMMANDS)
    text = (_HERE / "page.html").read_text(encoding="utf-8")
    return text.replace("{{ commands }}", options).replace("{{ address }}", f"$RELAIS{PATH}")
