"""How does an SMS leave? One GET to a gateway that speaks Kannel's `sendsms`, which later reports on it."""

import math
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
from services.notifications.channels.observed import observed
from services.notifications.domain.delivery.delivery_reports import ReportCapability

_EVERY_REPORT = 31
"""Kannel's dlr-mask: delivered, failed, buffered, accepted and rejected by the network."""

_NOTHING_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_OUR_SETTINGS = (401, 404, 405)
_COME_BACK = (408, 425, 429)
_REFUSED_LOGIN = "Authorization failed"


class SmsChannel:
    """A Kannel-shaped gateway."""

    name: Final[Literal["sms"]] = "sms"
    gives_receipts: Final = True

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        url: str,
        username: str,
        password: str,
        public_url: str,
        capability: ReportCapability,
        sender: str | None = None,
    ) -> None:
        """`client` sends the current trace along, as that of `open_client` does.

        `public_url` is where the gateway reaches this service; `sender` has at most 11 characters.
        """
        self._client = client
        self._url = url
        self._account = {"username": username, "password": password} | ({"from": sender} if sender else {})
        self._reports_url = f"{public_url.rstrip('/')}/v1/delivery-reports/sms"
        self._capability = capability

    async def send(self, message: Message) -> SendResult:
        """See `Channel.send`. Wrong credentials are temporary: the fault is ours, not the contact's."""
        return await observed(self.name, self._send(message))

    async def _send(self, message: Message) -> SendResult:
        parameters = self._account | {
            "to": message.to,
            "text": message.text,
            "charset": "UTF-8",
            "coding": "0",
            "dlr-mask": str(_EVERY_REPORT),
            "dlr-url": self._report_url(message.attempt_id),
            "validity": str(max(1, math.floor(message.validity_seconds / 60))),
        }
        try:
            answer = await self._client.get(self._url, params=parameters)
        except _NOTHING_LEFT as error:
            return RejectedTemporarily(type(error).__name__)
        except httpx.TransportError as error:
            return Unknown(type(error).__name__)
        return _judged(answer)

    def _report_url(self, attempt_id: UUID) -> str:
        """Kannel puts the report's type, the network's id and answer in place of its own % codes."""
        ours = urlencode({"attempt": str(attempt_id), "token": self._capability.token(attempt_id)})
        return f"{self._reports_url}?{ours}&type=%d&provider_id=%F&answer=%A"


def _judged(answer: httpx.Response) -> SendResult:
    status = answer.status_code
    if answer.is_success:
        return Accepted(None)
    if status in _OUR_SETTINGS or answer.text.startswith(_REFUSED_LOGIN):
        return RejectedTemporarily(f"settings refused ({status})")
    if answer.is_client_error and status not in _COME_BACK:
        return RejectedPermanently(f"status {status}")
    return RejectedTemporarily(f"status {status}")
