"""Serves `POST /v1/keys/{key_id}/certificates`: a source shows a certificate instead of a key."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.api.key_shapes import check_expiry
from services.admission.domain.movement import Moment
from services.admission.handlers.register_certificate import CertificateTaken, register_certificate
from shared.events.admission import KeyLimits
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.client_certificates import ClientCertificate
from shared.web.contract import describe
from shared.web.decoding import decode, uuid_in_path
from shared.web.problems import FieldError, Problem

router = APIRouter()
Registrar = Annotated[Principal, Depends(Permission("register_certificate"))]


class NewCertificate(Struct, frozen=True, kw_only=True):
    """A certificate that an authority issued to the application; its private key stays there."""

    certificate: Annotated[str, Meta(max_length=16_384)]
    """PEM: `-----BEGIN CERTIFICATE-----` and so on."""
    expires_at: Moment | None = None
    """When it counts no more: in a year unless another time is said, at the latest with the certificate."""


class CertificateRegistered(Struct, frozen=True, kw_only=True):
    """Under which id the certificate is listed, rotated and revoked, as any key of the source."""

    source_id: UUID
    key_id: UUID
    certificate: str
    """`sha256:` and the digest of its DER."""
    expires_at: datetime | None
    limits: KeyLimits


@router.post(
    "/v1/keys/{key_id}/certificates",
    **describe(
        "Register a client certificate",
        caller="operator",
        answers={201: CertificateRegistered},
        request=NewCertificate,
        examples={"As an authority issued it": {"certificate": "-----BEGIN CERTIFICATE-----\n..."}},
        problems=[404, 409],
    ),
)
async def post_certificate(key_id: str, request: Request, operator: Registrar) -> Response:
    """Let the source of this key show a certificate instead, with the same scopes, sites and limits.

    It counts where the service itself ends TLS and knows the certificate's authority
    (`serve --client-authorities`); a request with a key is judged by its key.
    """
    dependencies = DEPENDENCIES.of(request)
    known_key_id, wanted = uuid_in_path(key_id), decode(await request.body(), NewCertificate)
    check_expiry(wanted.expires_at, dependencies.clock())
    certificate, ends_at = _read(wanted.certificate, now=dependencies.clock())
    try:
        key = await register_certificate(
            dependencies,
            known_key_id,
            certificate,
            by=operator,
            ends_at=ends_at,
            expires_at=wanted.expires_at,
        )
    except CertificateTaken:
        raise Problem(409, "The certificate is registered already") from None
    if key is None:
        raise Problem(404)
    body = CertificateRegistered(
        source_id=key.source_id,
        key_id=key.key_id,
        certificate=key.key_sha256,
        expires_at=key.expires_at,
        limits=key.limits,
    )
    return responses.json(201, body)


def _read(pem: str, *, now: datetime) -> tuple[ClientCertificate, datetime]:
    """Which certificate it is, and when it ends; raises `Problem` 422."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        ends_at = certificate.not_valid_after_utc
    except (ValueError, x509.InvalidVersion):
        error = FieldError("/certificate", "expected one certificate in PEM")
        raise Problem(422, "The body does not fit", errors=[error]) from None
    if ends_at <= now.astimezone(UTC):
        error = FieldError("/certificate", "expected a certificate that has not ended")
        raise Problem(422, "The body does not fit", errors=[error])
    return ClientCertificate.of(certificate.public_bytes(Encoding.DER)), ends_at
