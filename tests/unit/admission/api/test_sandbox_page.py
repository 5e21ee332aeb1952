"""The page of the sandbox loads nothing from elsewhere, and puts nothing that comes back in as markup."""

import re
from typing import Final

import httpx
import pytest

from deploy.local.places import PROJECT
from services.admission.wiring import SERVICE
from shared.spine.service.api import create_api

HERE: Final = PROJECT / "services/admission/api/sandbox/assets"


async def get(path: str) -> httpx.Response:
    transport = httpx.ASGITransport(create_api(SERVICE))
    async with httpx.AsyncClient(transport=transport, base_url="http://admission") as client:
        return await client.get(path)


async def test_the_page_is_open_and_strict() -> None:
    page = await get("/sandbox")
    policy = page.headers["content-security-policy"]
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?://|//[a-z]|style=|onclick|<script>|<style>|\{\{", page.text)
    assert "<option>merge</option>" in page.text
    for asset in re.findall(r'(?:src|href)="(sandbox/[^"]+)"', page.text):
        assert (await get(f"/{asset}")).status_code == 200


async def test_french_comes_first_and_the_page_helps_without_scripts() -> None:
    page = (await get("/sandbox")).text
    assert page.index("Rien n") < page.index("Nothing is stored")
    assert "<noscript>" in page
    assert "/v1/sandbox" in page


@pytest.mark.parametrize("name", ["page.html", "..%2Froute.py", "page.py", ""])
async def test_nothing_else_is_served(name: str) -> None:
    assert (await get(f"/sandbox/{name}")).status_code == 404


def test_what_comes_back_is_never_markup() -> None:
    script = (HERE / "page.js").read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(", script)
    assert not re.search(r"localStorage|sessionStorage|cookie|https?://", script)
