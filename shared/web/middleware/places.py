"""Gives each request a place, or refuses it before anything is spent on it.

A request that is let in waits behind all that are inside, so the number of places, and nothing else, is what
keeps answers prompt when more is asked than can be done. Callers share them, so a crowd of one caller leaves
places to the others. Who brings no key, or one that was not recognised before, has a place among its like:
only who is recognised (`Place.recognised`, before the body is read) moves on to the others. It stands
outermost because that is where requests wait: a refusal costs neither a span nor a look at the body.
"""

import asyncio
from collections.abc import Hashable
from functools import lru_cache
from math import ceil
from time import monotonic
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.events.admission import KeyLimits
from shared.telemetry import metrics
from shared.web.client_certificates import CLIENT_CERTIFICATE
from shared.web.fairness.caller import Caller
from shared.web.fairness.callers import Callers
from shared.web.fairness.failed_keys import FailedKeys
from shared.web.fairness.shared_places import SharedPlaces
from shared.web.problems import RETRY_AFTER_SECONDS, Problem, response_of

MAX_IN_FLIGHT: Final = 512
"""Two full group commits of the intake: one that is committing and one that is filling."""
WITHOUT_KEY: Final = 128
"""Places of those who bring no key, whom an address admits or nothing does."""
OPERATIONAL: Final = 64
"""Places for what operators and our own services ask: few requests, and most needed under overload."""
HELD_BACK: Final = 512
HOLD_BACK_SECONDS: Final = 1.0
"""So long, and so many at a time, wait for the answer that they are beyond a limit of their own."""
PLACE: Final = "relais.place"

PROBES: Final = ("/health", "/ready")
METRICS: Final = "/metrics"
_LONGEST_HEADER: Final = 200
_TOO_MANY: Final = 429


class Place:
    """Where one request stands: in one pool at a time."""

    __slots__ = ("_address", "_caller", "_claimant", "_header", "_places", "_pool")

    def __init__(
        self, places: "Places", pool: SharedPlaces, claimant: Hashable, address: str, header: bytes | None
    ) -> None:
        self._places = places
        self._pool: SharedPlaces | None = pool
        self._claimant = claimant
        self._address = address
        self._header = header
        self._caller: Caller | None = None

    def recognised(self, caller_id: Hashable, limits: KeyLimits) -> None:
        """Move on to the places of recognised callers; raises `Problem` when the caller holds its share."""
        if self._header is None:
            return
        known = self._caller  # when the header was recognised before
        if known is not None and known.caller_id == caller_id and known.limits == limits:
            return
        caller = self._places.callers.remember(self._header, caller_id, limits)
        if self._pool is not self._places.unrecognised:
            return
        self.leave()
        refusal = self._places.enter(self, caller)
        if refusal is not None:
            raise refusal

    def unrecognised(self) -> None:
        """Count a key that nobody has against the address."""
        if self._header is not None:
            metrics.http_failed_keys_total.inc()
            self._places.callers.forget(self._header)
            self._places.failed_keys.note(self._address, self._places.seconds())

    def hold(self, pool: SharedPlaces, caller: Caller) -> None:
        """Stand in this pool from now on."""
        self._pool, self._claimant, self._caller = pool, caller.caller_id, caller
        caller.inside += 1

    def leave(self) -> None:
        """Give the place back, once."""
        if self._pool is not None:
            self._pool.give_back(self._claimant)
            self._pool = None
            if self._caller is not None:
                self._caller.inside -= 1

    def count_refused(self, count: int = 1) -> None:
        """Count mistakes of the caller: who makes many waits before the next."""
        if self._caller is not None:
            self._caller.refused.use(count)

    def count_bytes(self, count: int) -> None:
        """Count what was received against the caller's own limit."""
        if self._caller is not None and self._caller.bytes is not None:
            self._caller.bytes.use(count)


class Places:
    """ASGI middleware: 503 with `Retry-After` when the places or the caller's share of them are taken, 429
    when the caller is beyond a limit of its own."""

    def __init__(self, app: ASGIApp, *, limit: int = MAX_IN_FLIGHT, operational: bool = False) -> None:
        self._app = app
        self._operational = operational
        self._probes = (*PROBES, METRICS) if operational else PROBES
        self.seconds = monotonic
        self.hold_back_seconds = HOLD_BACK_SECONDS
        self._held_back = 0
        self.callers = Callers()
        self.failed_keys = FailedKeys()
        self.served = SharedPlaces(limit)
        self.unrecognised = SharedPlaces(limit)
        self.without_key = SharedPlaces(WITHOUT_KEY)
        self.operational = SharedPlaces(OPERATIONAL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._probes:
            await self._app(scope, receive, send)
            return
        place = self._place_for(scope)
        if isinstance(place, Problem):
            if place.status_code == _TOO_MANY and self._held_back < HELD_BACK:
                await self._hold_back()
            for message in _messages(place.status_code, int((place.headers or {})["retry-after"])):
                await send(message)
            return
        scope[PLACE] = place
        try:
            await self._app(scope, receive, send)
        finally:
            place.leave()

    async def _hold_back(self) -> None:
        # Who asks again as soon as it was answered asks once a second then, and costs nothing meanwhile.
        self._held_back += 1
        try:
            await asyncio.sleep(self.hold_back_seconds)
        finally:
            self._held_back -= 1

    def enter(self, place: Place, caller: Caller) -> Problem | None:
        """Let the request stand among those that are served, or say why not."""
        wait = caller.seconds_until_allowed(self.seconds())
        if wait:
            return _beyond_own_limit("key", wait)
        if not self.served.take(caller.caller_id):
            return _overloaded()
        place.hold(self.served, caller)
        if caller.requests is not None:
            caller.requests.use()
        return None

    def _place_for(self, scope: Scope) -> Place | Problem:
        header, address = _credential(scope), _address(scope)
        if header is None:
            return self._place_in(self.operational if self._operational else self.without_key, address, None)
        caller = self.callers.find(header)
        if caller is not None and self._operational:
            return self._place_in(self.operational, address, header)
        if caller is not None:
            place = Place(self, self.served, caller.caller_id, address, header)
            return self.enter(place, caller) or place
        wait = self.failed_keys.seconds_until_allowed(address, self.seconds())
        if wait:
            return _beyond_own_limit("address", wait)
        return self._place_in(self.operational if self._operational else self.unrecognised, address, header)

    def _place_in(self, pool: SharedPlaces, address: str, header: bytes | None) -> Place | Problem:
        return Place(self, pool, address, address, header) if pool.take(address) else _overloaded()


def place_of(scope: Scope) -> Place | None:
    """The place of a request; none where the application has no `Places` around it."""
    place: Place | None = scope.get(PLACE)
    return place


def _credential(scope: Scope) -> bytes | None:
    """By what the caller will be recognised; no header can be what stands for a certificate."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            return bytes(value) if len(value) <= _LONGEST_HEADER else None
    certificate = scope.get(CLIENT_CERTIFICATE)
    return None if certificate is None else b"\0" + certificate.encode()


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _overloaded() -> Problem:
    metrics.http_overload_refusals_total.inc()
    return Problem(503, headers={"retry-after": str(RETRY_AFTER_SECONDS)})


def _beyond_own_limit(whose: str, wait_seconds: float) -> Problem:
    metrics.http_limited_total.labels(whose).inc()
    return Problem(_TOO_MANY, headers={"retry-after": str(min(60, ceil(wait_seconds)))})


@lru_cache(maxsize=128)
def _messages(status: int, retry_after_seconds: int) -> tuple[Message, Message]:
    response = response_of(Problem(status, headers={"retry-after": str(retry_after_seconds)}))
    start = {"type": "http.response.start", "status": status, "headers": response.raw_headers}
    return start, {"type": "http.response.body", "body": response.body}
