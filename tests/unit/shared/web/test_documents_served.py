"""Every application serves its own document, and a page to try it that needs no other host."""

import re
from html.parser import HTMLParser

import httpx
import pytest
from fastapi import FastAPI

from shared.web.app import create_app
from shared.web.openapi.document import openapi
from tests.unit.shared.web.test_app import router, unconnected


@pytest.fixture
def app() -> FastAPI:
    return create_app(title="Ward <& bed>", lifespan=unconnected, routers=[router])


@pytest.fixture
def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


class Page(HTMLParser):
    """What a page runs, loads and calls itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline: list[str] = []
        self.title = ""
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        given = dict(attrs)
        self.loaded += [given[name] or "" for name in ("src", "href") if name in given]
        self.inline += [name for name in given if name.startswith("on") or name == "style"]

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in {"script", "style"}:
            self.inline.append(data)
        if self._inside == "title":
            self.title += data


async def test_the_document_is_served_as_it_is_generated(app: FastAPI, client: httpx.AsyncClient) -> None:
    response = await client.get("/openapi.json")
    assert response.headers["content-type"] == "application/json"
    assert response.json() == openapi(app)


async def test_the_page_loads_everything_from_here(client: httpx.AsyncClient) -> None:
    response = await client.get("/docs")
    page = Page(response.text)
    assert page.title == "Ward <& bed>"
    assert page.inline == []
    loaded = [address for address in page.loaded if address != "data:,"]
    assert len(loaded) == 3
    for address in loaded:
        assert re.fullmatch(r"docs/[a-z-]+\.(js|css)", address)
        asset = await client.get(f"/{address}")
        assert asset.status_code == 200
        kind = "text/css" if address.endswith("css") else "text/javascript"
        assert asset.headers["content-type"].startswith(kind)
        assert "max-age" in asset.headers["cache-control"]


@pytest.mark.parametrize("path", ["/docs", "/docs/start.js"])
async def test_the_page_may_run_and_call_nothing_else(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["form-action"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/docs/other.js", "/docs/..%2fapp.py", "/docs/favicon.png", "/redoc"])
async def test_nothing_else_is_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_the_documents_are_not_part_of_the_document(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert not [path for path in paths if path.startswith(("/docs", "/openapi"))]
