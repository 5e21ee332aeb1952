"""A source shows a client certificate instead of a key, and may do the same with it."""

from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from starlette.types import Receive, Scope, Send

from services.admission.handlers.manage_access import NewSource
from services.admission.settings import Settings
from shared.events.admission import AccessGranted
from shared.web.client_certificates import CLIENT_CERTIFICATE, ClientCertificate
from tests.integration.admission.conftest import Open
from tests.integration.admission.running import Admission, open_client
from tests.integration.admission.test_access import operator, published
from tests.integration.database.certificates import make_certificate
from tests.unit.admission.bodies import CLINIC, encoded, movement


@pytest.fixture
def pem(tmp_path: Path) -> str:
    """The certificate of an application, with its authority's signature."""
    return make_certificate(tmp_path, host="ward-system")[1].read_text()


def of(pem: str) -> ClientCertificate:
    certificate = load_pem_x509_certificate(pem.encode())
    return ClientCertificate.of(certificate.public_bytes(Encoding.DER))


async def register(admission: Admission, source: NewSource, pem: str, **body: object) -> httpx.Response:
    path = f"/v1/keys/{source.key.key_id}/certificates"
    headers = await operator(admission)
    return await admission.client.post(path, json={"certificate": pem, **body}, headers=headers)


async def posted(
    admission: Admission, shown: ClientCertificate, body: dict[str, Any], **headers: str
) -> httpx.Response:
    """What a connection that showed the certificate is answered."""

    async def connected(scope: Scope, receive: Receive, send: Send) -> None:
        await admission.app({**scope, CLIENT_CERTIFICATE: shown}, receive, send)

    async with open_client(connected) as client:  # type: ignore[arg-type]
        return await client.post("/v1/movements", content=encoded(body), headers=headers)


async def test_what_was_sent_with_a_key_gets_its_first_receipt_with_a_certificate(
    admission: Admission, pem: str
) -> None:
    source, body = await admission.source(), movement()
    assert (await posted(admission, of(pem), body)).status_code == 401
    registered = (await register(admission, source, pem)).json()
    first = await admission.post(source, body)
    again = await posted(admission, of(pem), body)
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json()
    headers = await operator(admission)
    await admission.client.delete(f"/v1/keys/{registered['key_id']}", headers=headers)
    assert (await admission.post(source, body)).status_code == 200, "the key goes on"
    [row] = await admission.rows("SELECT revoked_at FROM api_keys WHERE key_sha256 = $1", of(pem))
    assert row["revoked_at"] is not None


async def test_a_certificate_ends_by_itself_is_listed_and_known_to_every_service(
    admission: Admission, pem: str
) -> None:
    source = await admission.source()
    registered = (await register(admission, source, pem)).json()
    ends_at = load_pem_x509_certificate(pem.encode()).not_valid_after_utc
    assert registered["certificate"] == of(pem)
    assert datetime.fromisoformat(registered["expires_at"]) == ends_at
    keys = (await admission.client.get("/v1/keys", headers=await operator(admission))).json()["keys"]
    listed = {key["key_id"]: key["certificate"] for key in keys}
    assert listed[registered["key_id"]] == of(pem)
    assert listed[str(source.key.key_id)] is None
    events = await published(admission, str(source.source.source_id))
    granted = [event for event in events if isinstance(event, AccessGranted)][-1]
    assert (granted.key_sha256, granted.scopes) == (of(pem), source.key.scopes)
    assert granted.expires_at == ends_at


async def test_who_sends_a_key_is_judged_by_the_key(admission: Admission, pem: str) -> None:
    await register(admission, await admission.source(), pem)
    answer = await posted(admission, of(pem), movement(), authorization="Bearer relais_other")
    assert answer.status_code == 401


async def test_a_certificate_is_registered_once_and_by_whoever_may_rotate_the_key(
    admission: Admission, pem: str
) -> None:
    source, other = await admission.source(), await admission.source()
    assert (await register(admission, source, pem)).status_code == 201
    assert (await register(admission, other, pem)).status_code == 409
    path = f"/v1/keys/{source.key.key_id}/certificates"
    elsewhere = await operator(admission, CLINIC)
    answer = await admission.client.post(path, json={"certificate": pem}, headers=elsewhere)
    assert answer.status_code == 404


@pytest.mark.parametrize("text", ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"])
async def test_what_is_no_certificate_is_refused(admission: Admission, text: str) -> None:
    answer = await register(admission, await admission.source(), text)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/certificate"]


async def test_a_certificate_of_another_version_is_refused(admission: Admission, pem: str) -> None:
    der = load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)
    version_3, version_2 = (b"\xa0\x03\x02\x01" + bytes([number]) for number in (2, 1))
    text = f"-----BEGIN CERTIFICATE-----\n{b64encode(der.replace(version_3, version_2, 1)).decode()}\n"
    answer = await register(admission, await admission.source(), text + "-----END CERTIFICATE-----")
    assert answer.status_code == 422


async def test_a_certificate_that_has_ended_is_refused(
    open_admission: Open, admission_settings: Settings, pem: str
) -> None:
    later = datetime(2090, 1, 1, tzinfo=UTC)
    async with open_admission(admission_settings, clock=lambda: later) as admission:
        answer = await register(admission, await admission.source(), pem)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["detail"] == "expected a certificate that has not ended"
