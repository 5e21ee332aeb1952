"""The mail sink behaves as a mail server does, and fails as it is told."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.mail_sink.app import create_app
from deploy.local.simulators import serving
from tests.served import served

_WAIT_SECONDS = 120


@asynccontextmanager
async def _sink(**options: Any) -> AsyncIterator[tuple[httpx.AsyncClient, int]]:
    smtp = serving.listen(0)
    port = smtp.getsockname()[1]
    app = create_app(smtp, **options)
    async with served(app) as url, httpx.AsyncClient(base_url=url, timeout=_WAIT_SECONDS) as client:
        yield client, port


async def _send(port: int, *, to: str = "proche@exemple.fr") -> None:
    letter = EmailMessage()
    letter["From"] = "Parcours <relais@exemple.fr>"
    letter["To"] = to
    letter["Subject"] = "Des nouvelles de Françoise"
    letter["Message-ID"] = "<1@exemple.fr>"
    letter.set_content("Françoise est arrivée.")
    letter.add_alternative("<p>Françoise est arrivée.</p><script>alert(1)</script>", subtype="html")
    await asyncio.to_thread(_deliver, letter, port)


def _deliver(letter: EmailMessage, port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=_WAIT_SECONDS) as smtp:
        smtp.send_message(letter)


async def _script(client: httpx.AsyncClient, **rule: Any) -> None:
    assert (await client.put("/script", json={"rules": [rule]})).status_code == 200


async def test_it_shows_what_arrived_in_parts() -> None:
    async with _sink() as (client, port):
        await _send(port)
        listed = (await client.get("/messages")).json()
        assert [message["subject"] for message in listed] == ["Des nouvelles de Françoise"]
        message = (await client.get(f"/messages/{listed[0]['id']}")).json()
        assert message["text"].strip() == "Françoise est arrivée."
        assert (message["to"], message["message_id"]) == (["proche@exemple.fr"], "<1@exemple.fr>")
        assert (await client.get("/messages", params={"to": "autre@exemple.fr"})).json() == []
        assert (await client.get("/messages/none")).status_code == 404


async def test_the_html_of_a_message_is_shown_but_nothing_in_it_runs() -> None:
    async with _sink() as (client, port):
        await _send(port)
        listed = (await client.get("/messages")).json()
        shown = await client.get(f"/messages/{listed[0]['id']}/html")
        assert "Françoise est arrivée." in shown.text
        policy = shown.headers["content-security-policy"]
        assert "sandbox" in policy
        assert "default-src 'none'" in policy
        assert "script" not in policy


@pytest.mark.parametrize("status", [451, 550])
async def test_a_recipient_can_be_refused_a_number_of_times(status: int) -> None:
    async with _sink() as (client, port):
        await _script(client, to="proche@*", times=1, refuse_status=status)
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            await _send(port)
        assert refused.value.recipients["proche@exemple.fr"][0] == status
        await _send(port)
        await _send(port, to="autre@exemple.fr")
        assert [message["state"] for message in (await client.get("/messages")).json()] == [
            "accepted",
            "accepted",
        ]


async def test_the_content_can_be_refused() -> None:
    async with _sink() as (client, port):
        await _script(client, refuse_status=554, refuse_at="data")
        with pytest.raises(smtplib.SMTPDataError) as refused:
            await _send(port)
        assert refused.value.smtp_code == 554
        assert [message["state"] for message in (await client.get("/messages")).json()] == ["refused"]


@pytest.mark.parametrize("method", ["DELETE", "POST"])
async def test_it_can_be_emptied_and_its_script_too(method: str) -> None:
    async with _sink() as (client, port):
        await _script(client, refuse_status=550)
        assert (await client.delete("/script")).json() == {"rules": []}
        await _send(port)
        assert (await client.request(method, "/messages")).status_code == 204
        assert (await client.get("/messages")).json() == []


async def test_what_arrived_survives_a_restart_and_what_was_removed_does_not(tmp_path: Path) -> None:
    journal = tmp_path / "mail.jsonl"
    async with _sink(journal=journal) as (client, port):
        await _send(port)
        before = (await client.get("/messages")).json()
    assert journal.stat().st_mode & 0o077 == 0
    with journal.open("ab") as cut_off:
        cut_off.write(b'{"id": "of a line that a kill cut o')
    async with _sink(journal=journal) as (client, _):
        assert (await client.get("/messages")).json() == before
        await client.delete("/messages")
    async with _sink(journal=journal) as (client, _):
        assert (await client.get("/messages")).json() == []


async def test_it_has_a_page_that_loads_nothing_from_elsewhere() -> None:
    async with _sink() as (client, _):
        assert (await client.get("/health")).text == "ok"
        page = (await client.get("/")).text
        assert "Mail that arrived" in page
        assert "http:" not in page
        assert "https:" not in page
