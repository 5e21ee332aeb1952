"""Sends SMS over a gateway that speaks Kannel's `sendsms`, and signs the URL of its delivery reports."""

import hashlib
import hmac
import math
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlencode
from uuid import UUID

import httpx

from services.notifications.channels.channel import (
    Accepted,
    Message,
    RejectedPermanently,
    RejectedTemporarily,
    SendResult,
    Unknown,
)
from shared.security.vault import Vault

DELIVERY_REPORTS_PATH: Final = "/v1/delivery-reports/sms"
"""Where the API takes the reports that the gateway is asked for."""

_EVERY_REPORT = 31
"""Kannel's dlr-mask: delivered, failed, buffered, accepted and rejected by the network."""

_NOTHING_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_OUR_SETTINGS = (401, 402, 404, 405)
_RETRYABLE_STATUSES = (408, 425, 429)
_REFUSED_LOGIN = "Authorization failed"


@dataclass(frozen=True)
class ReportTokens:
    """Signs and checks the tokens with which the gateway may report on an attempt."""

    secret: bytes = field(repr=False)

    def token(self, attempt_id: UUID) -> str:
        return hmac.new(self.secret, attempt_id.bytes, hashlib.sha256).hexdigest()[:32]

    def is_valid(self, attempt_id: UUID, token: str) -> bool:
        return hmac.compare_digest(self.token(attempt_id).encode(), token.encode())


def report_tokens_of(vault: Vault) -> ReportTokens:
    """Derived from the master key, so that the API checks what the worker signs."""
    return ReportTokens(vault.blind_index("delivery-reports"))


class SmsChannel:
    """A gateway that speaks Kannel's `sendsms` over HTTP.

    The text is the body and all else stands in headers: an address with its query is what servers, proxies
    and libraries write to their logs.
    """

    name: Final[Literal["sms"]] = "sms"
    gives_delivery_reports: Final = True

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        url: str,
        username: str,
        password: str,
        public_url: str,
        report_tokens: ReportTokens,
        sender: str | None = None,
    ) -> None:
        """`client` sends the current trace along, as that of `open_client` does.

        `public_url` is where the gateway reaches this service; `sender` has at most 11 characters.
        """
        self._client = client
        self._url = url
        self._account = {"Username": username, "Password": password} | ({"From": sender} if sender else {})
        self._reports_url = f"{public_url.rstrip('/')}{DELIVERY_REPORTS_PATH}"
        self._report_tokens = report_tokens

    async def send(self, message: Message) -> SendResult:
        """See `Channel.send`. Wrong credentials are temporary: the fault is ours, not the contact's."""
        parameters = self._account | {
            "To": message.to,
            "Coding": "0",
            "DLR-Mask": str(_EVERY_REPORT),
            "DLR-Url": self._report_url(message.attempt_id),
            "Validity": str(max(1, math.floor(message.validity_seconds / 60))),
        }
        headers = {f"X-Kannel-{name}": value for name, value in parameters.items()}
        headers["Content-Type"] = "text/plain; charset=UTF-8"
        try:
            answer = await self._client.post(self._url, content=message.text.encode(), headers=headers)
        except _NOTHING_LEFT as error:
            return RejectedTemporarily(type(error).__name__)
        except httpx.TransportError as error:
            return Unknown(type(error).__name__)
        return _result_of(answer)

    def _report_url(self, attempt_id: UUID) -> str:
        """Kannel puts the report's type, the network's id and answer in place of its own % codes."""
        ours = urlencode({"attempt": str(attempt_id), "token": self._report_tokens.token(attempt_id)})
        return f"{self._reports_url}?{ours}&type=%d&provider_id=%F&answer=%A"


def _result_of(answer: httpx.Response) -> SendResult:
    status = answer.status_code
    if answer.is_success:
        return Accepted(None)
    if status in _OUR_SETTINGS or answer.text.startswith(_REFUSED_LOGIN):
        return RejectedTemporarily(f"settings refused ({status})")
    if answer.is_client_error and status not in _RETRYABLE_STATUSES:
        return RejectedPermanently(f"status {status}")
    return RejectedTemporarily(f"status {status}")
