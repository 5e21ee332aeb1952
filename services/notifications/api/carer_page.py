"""The pages behind links, which run and load nothing: of messages (`/s/`), of invitations (`/i/`)."""

from functools import cache
from pathlib import Path
from typing import Final, get_args
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from services.notifications.api import DEPENDENCIES
from services.notifications.api.requests import GivenAnswer
from services.notifications.domain.circle.invitations import Answer
from services.notifications.domain.obligations import catalogue
from services.notifications.domain.wording import mail, texts
from services.notifications.domain.wording.context import Language, WordingContext
from services.notifications.handlers.circle.invite import answer_invitation, find_invitation
from services.notifications.handlers.delivery.carer_page import PageView, read_carer_page
from shared.security.authentication import Capability
from shared.web import responses
from shared.web.decoding import decode
from shared.web.problems import Problem

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}

router = APIRouter(include_in_schema=False)


@router.get("/s/{token}", dependencies=[Depends(Capability("read_carer_page"))])
async def show(token: str, request: Request) -> Response:
    """The page of a message; looking at it consumes, acknowledges and changes nothing."""
    dependencies = DEPENDENCIES.of(request)
    found = await read_carer_page(dependencies, token=token)
    if found is None:
        return _page("gone.html", 404, phone=dependencies.contact_phone)
    return _page("news.html", 200, **_words(found))


@router.get("/i/{token}", dependencies=[Depends(Capability("read_invitation"))])
async def show_invitation(token: str, request: Request) -> Response:
    """The question whether news may be sent; looking at it answers nothing."""
    dependencies = DEPENDENCIES.of(request)
    found = await find_invitation(dependencies, token=token)
    if found is None:
        return _page("gone.html", 404, phone=dependencies.contact_phone)
    return _page("invitation.html", 200, answer=found.answer, phone=dependencies.contact_phone)


@router.post("/i/{token}", dependencies=[Depends(Capability("answer_invitation"))])
async def take_answer(token: str, request: Request) -> Response:
    """The owner's answer, `accepted` or `refused`, as the page's form or as JSON; the last one holds."""
    dependencies = DEPENDENCIES.of(request)
    body = await request.body()
    if request.headers.get("content-type", "").startswith("application/json"):
        taken = decode(body, GivenAnswer)
        if not await answer_invitation(dependencies, token=token, answer=taken.answer):
            raise Problem(404)
        return responses.json(200, taken)
    given = parse_qs(body.decode("utf-8", "replace")).get("answer", [""])[0]
    answer = next((each for each in get_args(Answer) if each == given), None)
    if answer is None:
        return _page("invitation.html", 422, answer=None, phone=dependencies.contact_phone)
    if not await answer_invitation(dependencies, token=token, answer=answer):
        return _page("gone.html", 404, phone=dependencies.contact_phone)
    return _page("invitation.html", 200, answer=answer, phone=dependencies.contact_phone)


def _words(found: PageView) -> dict[str, object]:
    context = WordingContext(
        recipient="professional" if found.alias is None else "carer",
        alias=found.alias,
        occurred_at=found.occurred_at,
        link="",
        phone=found.phone,
        sent_at=found.read_at,
    )
    return {
        "fr": mail.sentence(found.kind, context, language="fr"),
        "en": mail.sentence(found.kind, context, language="en"),
        "state": _state(found),
        "said": _said(found, context),
        "now": _now(found, context),
        "phone": found.phone,
        "reference": found.reference,
    }


def _said(found: PageView, context: WordingContext) -> dict[Language, str]:
    """When it was said, in each language; nothing before it was."""
    if found.told_at is None:
        return {}
    return {
        language: mail.moment(found.told_at, language, context=context) for language in get_args(Language)
    }


def _now(found: PageView, context: WordingContext) -> dict[Language, tuple[str, str]]:
    """The moment, and what is true at it; nothing for who is not to be told of whom it is."""
    if found.present is None:
        return {}
    return {
        language: (
            mail.moment(found.read_at, language, context=context),
            (texts.PAGE_NOW_FR if language == "fr" else texts.PAGE_NOW_EN)[found.present].format(
                alias=found.alias
            ),
        )
        for language in get_args(Language)
    }


def _state(found: PageView) -> str:
    if catalogue.fact_of(found.kind) == "person.merged":
        return "plain"  # it says itself what is wrong
    if catalogue.is_retracted(found.kind):
        return "retracted"
    if not found.still_true:
        return "outdated"
    return "corrected" if catalogue.is_corrected(found.kind) else "plain"


def _page(template: str, status: int, **words: object) -> HTMLResponse:
    text = _templates().get_template(template).render(**words)
    return HTMLResponse(text, status, headers=_HEADERS)


@cache
def _templates() -> Environment:
    folder = Path(__file__).with_name("pages")
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["dialled"] = _dialled
    return environment


def _dialled(phone: str) -> str:
    return phone.replace(" ", "")
